//! An interaction (a press, a choice, a command, a form) -> what Discord is answered at once, and what the inbox takes.
//!
//! Discord waits three seconds for the first answer. So it is answered before anything is stored, and what is said
//! later are ordinary messages: those have a nonce, so that nothing is said twice, and work long after the quarter of
//! an hour that an interaction lives. Only `/mydata` and `/forget` on a server are answered aside, for the one who
//! asks.

use serde_json::{Value, json};
use serenity::all::{
    ActionRowComponent, CommandDataOptionValue, CommandInteraction, CommandType, ComponentInteraction,
    ComponentInteractionDataKind, CreateActionRow, CreateInputText, CreateModal, InputTextStyle, Member,
    MessageFlags, ModalInteraction, PartialChannel, Permissions, User,
};

use crate::channel::{Author, HeardAct};
use crate::desk::{Company, Said};
use crate::text::Language;

use super::address::Address;
use super::body::Body;
use super::buttons;
use super::commands::{FOR_STAFF, SAVE_AS_ANSWER};
use super::events;
use super::hear::{Routed, Told, alone, among, route};
use super::notes::Notes;
use super::places::{Places, Spot};
use super::settings::AnswersIn;
use super::words::{Words, language_of};

/// What is done with an interaction.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) ticket: Ticket,
    /// The first answer, as Discord takes it.
    pub(super) answer: Value,
    /// What is handed in, if anything.
    pub(super) hearing: Option<Hearing>,
    /// What comes after it was handed in.
    pub(super) after: After,
}

/// What an interaction is answered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) application: u64,
    pub(super) token: String,
}

/// What is handed in.
#[derive(Debug, Clone)]
pub(super) struct Hearing {
    pub(super) author: Author,
    /// An address of [`Address::User`] means: the private chat, which isn't known yet, and so isn't its conversation.
    pub(super) routed: Routed,
    pub(super) act: HeardAct,
}

/// What comes after an interaction was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing.
    Nothing,
    /// "Thinking …" is taken away; what is to be said comes as an ordinary message.
    TakeAway,
    /// What is said replies to the message that the first answer has become.
    ReplyToIt,
}

/// Who acts, and where.
struct Scene<'a> {
    notes: &'a Notes,
    ticket: Ticket,
    channel: u64,
    spot: Spot,
    user: u64,
    author: Author,
    language: Language,
    /// Whether the bot may write in the channel.
    may_write: bool,
}

/// A press on a button, or a choice in a menu.
pub(super) fn component(places: &Places, notes: &Notes, pressed: &ComponentInteraction) -> Plan {
    let in_guild = pressed.guild_id.is_some();
    let scene = Scene::new(
        places,
        notes,
        (pressed.id.get(), pressed.application_id.get(), &pressed.token),
        (in_guild, pressed.channel_id.get(), pressed.channel.as_ref()),
        (&pressed.user, pressed.member.as_ref(), &pressed.locale, pressed.app_permissions),
    );
    let chosen = match &pressed.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.as_slice(),
        _ => &[],
    };
    let Some(press) = buttons::pressed(&pressed.data.custom_id, chosen) else {
        return scene.only_say(Words::OldButton);
    };
    let message = pressed.message.id.get();
    let aside = pressed.message.flags.is_some_and(|flags| flags.contains(MessageFlags::EPHEMERAL));
    let routed = if aside {
        Some(scene.aside())
    } else if scene.spot == Spot::StaffRoom {
        // A ticket's card stands in the staff's channel, and its thread below it has the card's id.
        Some(among(message, scene.user, Address::Channel(message)))
    } else {
        scene.here(Some(message))
    };
    let Some(routed) = routed else { return scene.only_say(Words::OldButton) };
    scene.hand_in(json!({ "type": 6 }), routed, HeardAct::Pressed(press), After::Nothing)
}

/// A slash command, or the message command.
pub(super) fn command(places: &Places, notes: &Notes, called: &CommandInteraction) -> Plan {
    let in_guild = called.guild_id.is_some();
    let scene = Scene::new(
        places,
        notes,
        (called.id.get(), called.application_id.get(), &called.token),
        (in_guild, called.channel_id.get(), called.channel.as_ref()),
        (&called.user, called.member.as_deref(), &called.locale, called.app_permissions),
    );
    if called.data.kind == CommandType::Message && called.data.name == SAVE_AS_ANSWER {
        let target = called.data.target_id.map(|target| target.get().to_string());
        return scene.for_staff("teach", target.unwrap_or_default());
    }
    let name = called.data.name.as_str();
    let given =
        |option: &str| called.data.options.iter().find(|one| one.name == option).map(|one| &one.value);
    let text = |option: &str| match given(option) {
        Some(CommandDataOptionValue::String(text)) => text.trim().to_owned(),
        _ => String::new(),
    };
    match name {
        "close" => {
            let save = matches!(given("save"), Some(CommandDataOptionValue::Boolean(true)));
            scene.for_staff(name, if save { "save".to_owned() } else { String::new() })
        }
        "answer" => scene.for_staff(name, text("entry")),
        "note" | "reply" => match text("text") {
            empty if empty.is_empty() => scene.ask_for_text(name),
            text => scene.words(name, &text),
        },
        _ if FOR_STAFF.contains(&name) => scene.for_staff(name, String::new()),
        "ask" => scene.question(&text("question")),
        _ => scene.for_customer(name),
    }
}

/// A form that was sent.
pub(super) fn form(places: &Places, notes: &Notes, sent: &ModalInteraction) -> Plan {
    let in_guild = sent.guild_id.is_some();
    let scene = Scene::new(
        places,
        notes,
        (sent.id.get(), sent.application_id.get(), &sent.token),
        (in_guild, sent.channel_id.get(), sent.channel.as_ref()),
        (&sent.user, sent.member.as_ref(), &sent.locale, sent.app_permissions),
    );
    let inputs = sent.data.components.iter().flat_map(|row| &row.components);
    let text = inputs.filter_map(|input| match input {
        ActionRowComponent::InputText(input) => input.value.as_deref(),
        _ => None,
    });
    let text: Vec<&str> = text.map(str::trim).filter(|text| !text.is_empty()).collect();
    match text.first() {
        Some(text) => scene.words(&sent.data.custom_id, text),
        None => scene.only_say(Words::OldButton),
    }
}

impl<'a> Scene<'a> {
    fn new(
        places: &'a Places,
        notes: &'a Notes,
        (id, application, token): (u64, u64, &str),
        (in_guild, channel, partial): (bool, u64, Option<&PartialChannel>),
        (user, member, locale, permissions): (&User, Option<&Member>, &str, Option<Permissions>),
    ) -> Self {
        let parent =
            partial.filter(|channel| channel.thread_metadata.is_some()).and_then(|channel| channel.parent_id);
        let spot = places.spot_below(in_guild, channel, parent.map(serenity::all::ChannelId::get));
        let writing =
            if parent.is_some() { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
        let app_language = language_of(locale);
        Self {
            notes,
            ticket: Ticket { id, application, token: token.to_owned() },
            channel,
            spot,
            user: user.id.get(),
            author: Author {
                id: user.id.to_string(),
                name: events::name(member.and_then(|member| member.nick.as_deref()), user),
                roles: member.map(|member| events::ids(&member.roles)).unwrap_or_default(),
                app_language,
            },
            language: app_language.unwrap_or(Language::EN),
            may_write: permissions.is_none_or(|all| all.contains(Permissions::VIEW_CHANNEL | writing)),
        }
    }

    /// The way of what is done here; in reply to `message`, where others read along.
    fn here(&self, message: Option<u64>) -> Option<Routed> {
        if let Spot::Post { .. } | Spot::Elsewhere = self.spot
            && message.is_none()
        {
            return Some(among(self.channel, self.user, Address::Channel(self.channel)));
        }
        let told = Told {
            channel: self.channel,
            message: message.unwrap_or_default(),
            user: self.user,
            to_bot: true,
            to_other: false,
        };
        let routed = route(self.spot, told, self.notes)?;
        let nothing_to_answer = message.is_none() && matches!(routed.address, Address::Reply { .. });
        let address = if nothing_to_answer { Address::Channel(self.channel) } else { routed.address };
        Some(Routed { address, ..routed })
    }

    /// The same conversation, but only the one who acts sees it.
    fn aside(&self) -> Routed {
        let address = Address::Aside {
            user: self.user,
            application: self.ticket.application,
            token: self.ticket.token.clone(),
        };
        let here = self.here(None).unwrap_or_else(|| among(self.channel, self.user, address.clone()));
        Routed { address, company: Company::Alone, ..here }
    }

    fn hand_in(self, answer: Value, routed: Routed, act: HeardAct, after: After) -> Plan {
        let hearing = Hearing { author: self.author, routed, act };
        Plan { ticket: self.ticket, answer, hearing: Some(hearing), after }
    }

    /// Nothing comes of it but a word to the one who acts.
    fn only_say(self, words: Words) -> Plan {
        let answer = message(&Body::literal(words.say(self.language)).aside());
        Plan { ticket: self.ticket, answer, hearing: None, after: After::Nothing }
    }

    fn is_ticket(&self) -> bool {
        self.spot == Spot::Ticket
    }

    /// A staff command without words of its own.
    fn for_staff(self, name: &str, rest: String) -> Plan {
        if !self.is_ticket() {
            return self.only_say(Words::OnlyInTickets);
        }
        let routed = among(self.channel, self.user, Address::Channel(self.channel));
        let act = HeardAct::Commanded { name: name.to_owned(), rest };
        self.hand_in(thinking_aside(), routed, act, After::TakeAway)
    }

    /// `/note` and `/reply`: what was written is shown in the thread.
    fn words(self, name: &str, text: &str) -> Plan {
        if !self.is_ticket() {
            return self.only_say(Words::OnlyInTickets);
        }
        let routed = among(self.channel, self.user, Address::Channel(self.channel));
        let (shown, act) = if name == "reply" {
            (text.to_owned(), HeardAct::Wrote(Said::text(text)))
        } else {
            (format!("// {text}"), HeardAct::Commanded { name: "note".to_owned(), rest: text.to_owned() })
        };
        self.hand_in(message(&Body::literal(&shown)), routed, act, After::Nothing)
    }

    /// A form for a longer text.
    fn ask_for_text(self, name: &str) -> Plan {
        if !self.is_ticket() {
            return self.only_say(Words::OnlyInTickets);
        }
        let title = if name == "reply" { Words::FormReply } else { Words::FormNote };
        let title = title.say(self.language);
        let input =
            CreateInputText::new(InputTextStyle::Paragraph, title, "text").max_length(2000).required(true);
        let form = CreateModal::new(name, title).components(vec![CreateActionRow::InputText(input)]);
        Plan {
            ticket: self.ticket,
            answer: json!({ "type": 9, "data": form }),
            hearing: None,
            after: After::Nothing,
        }
    }

    /// `/ask`: the question is shown, so that others see what the answer is about, and answered below it.
    fn question(self, text: &str) -> Plan {
        let act = HeardAct::Wrote(Said::text(text));
        match self.spot {
            Spot::StaffRoom | Spot::Ticket => self.only_say(Words::OnlyForCustomers),
            _ if !self.may_write => self.in_private(act),
            Spot::Customers(AnswersIn::PrivateThread) => self.in_private_thread(act),
            Spot::Private | Spot::Customers(_) | Spot::Below { .. } | Spot::Post { .. } | Spot::Elsewhere => {
                let Some(routed) = self.here(None) else { return self.only_say(Words::OnlyForCustomers) };
                let shown = message(&Body::question(text));
                self.hand_in(shown, routed, act, After::ReplyToIt)
            }
        }
    }

    /// Any other command of a customer's.
    fn for_customer(self, name: &str) -> Plan {
        let act = HeardAct::Commanded { name: name.to_owned(), rest: String::new() };
        let private_matter = ["mydata", "forget"].contains(&name);
        match self.spot {
            Spot::StaffRoom | Spot::Ticket => self.only_say(Words::OnlyForCustomers),
            Spot::Customers(AnswersIn::Place) | Spot::Below { .. } | Spot::Post { .. } | Spot::Elsewhere
                if private_matter =>
            {
                let routed = self.aside();
                self.hand_in(thinking_aside(), routed, act, After::Nothing)
            }
            _ if !self.may_write => self.in_private(act),
            Spot::Customers(AnswersIn::PrivateThread) => self.in_private_thread(act),
            Spot::Private | Spot::Customers(_) | Spot::Below { .. } | Spot::Post { .. } | Spot::Elsewhere => {
                let Some(routed) = self.here(None) else { return self.only_say(Words::OnlyForCustomers) };
                self.hand_in(thinking_aside(), routed, act, After::TakeAway)
            }
        }
    }

    /// The bot may not write here: the answer comes in the private chat.
    fn in_private(self, act: HeardAct) -> Plan {
        let answer = message(&Body::literal(Words::WroteToYou.say(self.language)).aside());
        let routed = alone(String::new(), Address::User(self.user));
        self.hand_in(answer, routed, act, After::Nothing)
    }

    fn in_private_thread(self, act: HeardAct) -> Plan {
        let answer = message(&Body::literal(Words::InYourThread.say(self.language)).aside());
        match self.here(None) {
            Some(routed) => self.hand_in(answer, routed, act, After::Nothing),
            None => self.only_say(Words::OnlyForCustomers),
        }
    }
}

/// An answer that is a message.
fn message(body: &Body) -> Value {
    json!({ "type": 4, "data": body })
}

/// "Thinking …", seen by the one who acts.
fn thinking_aside() -> Value {
    json!({ "type": 5, "data": { "flags": 64 } })
}
