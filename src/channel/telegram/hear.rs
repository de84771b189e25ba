//! An update -> what was heard: types are mapped, and nothing is decided but whether the bot was spoken to.

use std::collections::BTreeSet;

use crate::channel::{Author, Heard, HeardAct};
use crate::desk::{ButtonPress, Company, ConversationId, MessageId, Said};
use crate::faq::{ChannelKind, EntryId};
use crate::text::Language;

use super::address::{Address, Written};
use super::chain;
use super::media;
use super::update::{CallbackQuery, Chat, Deleted, Entity, Message, User};

/// What an update is understood by.
#[derive(Debug, Clone)]
pub(super) struct Ears {
    /// The bot itself.
    pub(super) me: i64,
    /// Its user name, without the `@`.
    pub(super) username: String,
    /// Groups in which it reads everything.
    pub(super) groups: BTreeSet<i64>,
    /// The staff's chat, or one topic of it.
    pub(super) staff: Option<Address>,
}

/// How a message came: as written, or as changed (then the update's own number names the change).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Wrote,
    Rewrote { update: i64 },
}

impl Ears {
    /// A message, new or changed. `None`: it isn't for us.
    pub(super) fn message(&self, message: &Message, manner: Manner) -> Option<Heard> {
        let author = author(message)?;
        let among_staff = self.is_among_staff(message);
        if author.is_bot || message.sender_business_bot.is_some() {
            return None;
        }
        if message.rest.contains_key("is_automatic_forward") || message.chat.kind == "channel" {
            return None;
        }
        let act = if among_staff && message.rest.contains_key("forum_topic_closed") {
            // Staff closed the topic by hand, and mean the ticket.
            HeardAct::Commanded { name: "close".to_owned(), rest: String::new() }
        } else {
            self.act(message, manner, among_staff)?
        };
        let name = match manner {
            Manner::Wrote => Written::text(message.chat.id, message.number).name(),
            Manner::Rewrote { update } => MessageId(format!("u{update}")),
        };
        let place = self.place(message, among_staff);
        Some(heard(&message.chat, &place, author, name, act))
    }

    /// Messages that a customer deleted in their chat with the owner's own account.
    pub(super) fn deleted(deleted: &Deleted, update: i64) -> Vec<Heard> {
        let chat = &deleted.chat;
        let place =
            Address { business: Some(deleted.business_connection_id.clone()), ..Address::chat(chat.id) };
        let took_back = |message: &i32| {
            let written = Written::text(chat.id, *message);
            let name = MessageId(format!("u{update}/{message}"));
            let act = HeardAct::TookBack { message: written.name() };
            let author = Speaker { id: chat.id, name: full_name(chat), is_bot: false, language: None };
            heard(chat, &place, author, name, act)
        };
        deleted.message_ids.iter().map(took_back).collect()
    }

    /// A press on one of our buttons.
    pub(super) fn press(&self, query: &CallbackQuery) -> Option<Heard> {
        let message = query.message.as_ref()?;
        let press = ButtonPress::from_code(query.data.as_deref()?)?;
        let among_staff = self.is_among_staff(message);
        let mut place = Address { reply: None, ..self.place(message, false) };
        if among_staff && self.holds_chains(place.topic) {
            place.reply = Some(message.number);
            if let Some(ticket) = chain::ticket_of(message) {
                place = ticket;
            }
        }
        let name = MessageId(format!("q{}", query.id));
        let author = Speaker::user(&query.from);
        Some(heard(&message.chat, &place, author, name, HeardAct::Pressed(press)))
    }

    /// Where an answer to `message` belongs.
    fn place(&self, message: &Message, among_staff: bool) -> Address {
        let mut place = Address {
            topic: message.topic(),
            business: message.business_connection_id.clone(),
            ..Address::chat(message.chat.id)
        };
        if among_staff {
            // Without topics, a ticket is a chain of replies; what replies to nobody is talk among staff.
            let replied = message.replied.as_deref().filter(|_| self.holds_chains(place.topic));
            if let Some(replied) = replied.filter(|replied| self.is_mine(replied)) {
                place.reply = Some(replied.number);
                if let Some(ticket) = chain::ticket_of(replied) {
                    place = ticket;
                }
            }
        } else if !message.chat.is_private() {
            place.reply = Some(message.number);
        }
        place
    }

    fn act(&self, message: &Message, manner: Manner, among_staff: bool) -> Option<HeardAct> {
        let (text, entities) = message.words();
        let command = match manner {
            Manner::Wrote => self.command(text, entities),
            Manner::Rewrote { .. } => None,
        };
        match command {
            Some(Command::ForUs { name, rest }) if name == "start" => {
                return Some(HeardAct::Opened(EntryId::new(rest.trim())));
            }
            Some(Command::ForUs { name, rest }) => return Some(HeardAct::Commanded { name, rest }),
            Some(Command::ForAnotherBot) => return None,
            None => {}
        }
        let (mention, text) = self.without_mention(text, entities);
        let is_addressed = message.chat.is_private()
            || among_staff
            || mention
            || self.groups.contains(&message.chat.id)
            || message.replied.as_deref().is_some_and(|replied| self.is_mine(replied));
        if !is_addressed {
            return None;
        }
        let said = Said { text: media::words(message, text), attachments: media::attachments(message) };
        let is_empty = said.text.is_empty() && said.attachments.is_empty();
        match manner {
            Manner::Wrote if is_empty && mention => Some(HeardAct::Opened(None)),
            Manner::Wrote if is_empty => None,
            Manner::Wrote => Some(HeardAct::Wrote(said)),
            Manner::Rewrote { .. } => {
                let message = Written::text(message.chat.id, message.number).name();
                Some(HeardAct::Rewrote { message, said })
            }
        }
    }

    fn is_among_staff(&self, message: &Message) -> bool {
        let place = Address { topic: message.topic(), ..Address::chat(message.chat.id) };
        self.staff.as_ref().is_some_and(|staff| staff.holds(&place))
    }

    /// Whether tickets in this topic of the staff's chat (`None`: outside of any) are chains of replies.
    fn holds_chains(&self, topic: Option<i32>) -> bool {
        topic.is_none() || self.staff.as_ref().is_some_and(|staff| staff.topic == topic)
    }

    fn is_mine(&self, message: &Message) -> bool {
        message.from.as_ref().is_some_and(|from| from.id == self.me)
    }

    /// A command at the very beginning: `/name@bot rest`.
    fn command(&self, text: &str, entities: &[Entity]) -> Option<Command> {
        let entity = entities.iter().find(|entity| entity.kind == "bot_command" && entity.offset == 0)?;
        let range = entity.range(text)?;
        let name = text[range.clone()].strip_prefix('/')?;
        let (name, bot) = name.split_once('@').map_or((name, None), |(name, bot)| (name, Some(bot)));
        if bot.is_some_and(|bot| !bot.eq_ignore_ascii_case(&self.username)) {
            return Some(Command::ForAnotherBot);
        }
        let rest = text[range.end..].trim().to_owned();
        Some(Command::ForUs { name: name.to_lowercase(), rest })
    }

    /// Whether the bot is mentioned, and the text without it.
    fn without_mention(&self, text: &str, entities: &[Entity]) -> (bool, String) {
        let names_me = |entity: &&Entity| match entity.kind.as_str() {
            "mention" => entity.range(text).is_some_and(|range| {
                text[range].trim_start_matches('@').eq_ignore_ascii_case(&self.username)
            }),
            "text_mention" => entity.user.as_ref().is_some_and(|user| user.id == self.me),
            _ => false,
        };
        let ranges: Vec<_> =
            entities.iter().filter(names_me).filter_map(|entity| entity.range(text)).collect();
        // Stretches may lie in one another, and in any order.
        let is_left = |at: usize| !ranges.iter().any(|range| range.contains(&at));
        let left: String = text.char_indices().filter(|(at, _)| is_left(*at)).map(|(_, c)| c).collect();
        (!ranges.is_empty(), left.trim().to_owned())
    }
}

fn heard(chat: &Chat, place: &Address, author: Speaker, name: MessageId, act: HeardAct) -> Heard {
    let own = Address { reply: None, topic: None, ..place.clone() };
    let key = if chat.is_private() { own.to_string() } else { format!("{own}:{}", author.id) };
    Heard {
        conversation: ConversationId::new(ChannelKind::Telegram, key),
        message: name,
        place: place.place(),
        company: if chat.is_private() { Company::Alone } else { Company::AmongOthers },
        author: Author {
            id: author.id.to_string(),
            name: author.name,
            roles: Vec::new(),
            app_language: author.language,
        },
        act,
    }
}

enum Command {
    ForUs { name: String, rest: String },
    ForAnotherBot,
}

/// Who speaks: somebody, or a chat in whose name somebody speaks (an anonymous admin).
struct Speaker {
    id: i64,
    name: String,
    is_bot: bool,
    language: Option<Language>,
}

fn author(message: &Message) -> Option<Speaker> {
    if let Some(chat) = &message.sender_chat {
        let name = printable(chat.title.as_deref().unwrap_or_default());
        return Some(Speaker { id: chat.id, name, is_bot: false, language: None });
    }
    message.from.as_ref().map(Speaker::user)
}

impl Speaker {
    fn user(user: &User) -> Self {
        let full = match &user.last_name {
            Some(last) => format!("{} {last}", user.first_name),
            None => user.first_name.clone(),
        };
        let name = match (printable(&full), &user.username) {
            (name, Some(username)) if name.is_empty() => username.clone(),
            (name, _) => name,
        };
        let language = user.language_code.as_deref().and_then(|code| Language::new(code.get(..2)?));
        Self { id: user.id, name, is_bot: user.is_bot, language }
    }
}

fn full_name(chat: &Chat) -> String {
    let names = [&chat.first_name, &chat.last_name];
    printable(&names.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" "))
}

/// Names are shown among other words: without control signs, line breaks and signs that turn the reading direction.
fn printable(name: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept: String =
        name.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !turns(*c)).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_that_lie_in_one_another_take_nothing_else_with_them() {
        let ears = Ears { me: 7, username: "TestBot".to_owned(), groups: BTreeSet::new(), staff: None };
        let entities: Vec<Entity> = serde_json::from_str(
            r#"[{"type": "text_mention", "offset": 0, "length": 12, "user": {"id": 7, "is_bot": true, "first_name": "T"}},
                {"type": "mention", "offset": 4, "length": 8}, {"type": "mention", "offset": 4, "length": 8}]"#,
        )
        .expect("entities");
        assert_eq!(ears.without_mention("hey @TestBot öffnet?", &entities), (true, "öffnet?".to_owned()));
        assert_eq!(ears.without_mention("hey @TestBot", &entities), (true, String::new()));
        assert_eq!(ears.without_mention("öffnet?", &entities), (false, "öffnet?".to_owned()));
    }
}
