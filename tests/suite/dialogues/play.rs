//! Plays a scene: its lines are what customers and staff do, and how much time passes; what comes of it is written
//! below them.

use std::collections::BTreeMap;
use std::time::Duration;

use deskbell::desk::{
    Action, Attachment, ButtonPress, Company, ConversationId, Customer, CustomerAct, Delivery, Event,
    Message, MessageId, Place, Post, Press, Recipient, Reminder, Said, StaffAct, StaffMember, TicketId, Turn,
    What,
};
use deskbell::faq::{ChannelKind, EntryId};
use deskbell::text::Language;
use deskbell::time::Timestamp;

use super::lines::{
    Played, attachment, clock_line, command, duration, find, moment, staff_command, unbracketed, unfold,
};
use super::script::{Item, Scene};
use super::show::Shown;
use super::world::World;

/// When a scene begins that doesn't say so: an hour at which somebody is there.
const USUAL: &str = "Mon 2026-11-23 11:00";
/// How long people take between two things that they do.
const PAUSE: Duration = Duration::from_secs(10);
/// How long they take where the line says `quickly`.
const QUICK_PAUSE: Duration = Duration::from_secs(1);
/// The customer, where a scene has only one.
const CUSTOMER: &str = "Ben";

/// The scene with what really comes of it.
pub(super) fn play(scene: &Scene) -> Scene {
    let mut stage = Stage::new();
    let mut items: Vec<Item> = Vec::new();
    let inputs: Vec<&String> = scene.items.iter().filter_map(input).collect();
    let mut next = inputs.iter().skip(1);
    for item in &scene.items {
        match item {
            Item::Kept(_) => items.push(item.clone()),
            Item::Output(_) => {}
            Item::Input(line) => {
                items.push(item.clone());
                let next = next.next().map_or("", |line| line.as_str());
                let output = stage.input(line, next).unwrap_or_else(|why| {
                    panic!("scene `{}` (line {} of its file): {why}: {line}", scene.title, scene.line)
                });
                items.extend(output.into_iter().map(Item::Output));
            }
        }
    }
    Scene { line: scene.line, title: scene.title.clone(), items }
}

fn input(item: &Item) -> Option<&String> {
    match item {
        Item::Input(line) => Some(line),
        Item::Kept(_) | Item::Output(_) => None,
    }
}

/// Somebody who writes to the firm, and what they have seen.
#[derive(Default)]
struct Guest {
    /// Their own messages: id and words, in order.
    wrote: Vec<(MessageId, String)>,
    /// Every button that the bot ever showed them.
    buttons: Vec<(String, Press)>,
    channel: Option<ChannelKind>,
    in_group: bool,
    app_language: Option<Language>,
    is_new: bool,
    /// Somebody who did something in this scene already.
    is_known: bool,
}

struct Stage {
    world: Option<World>,
    firm: String,
    policy: Vec<(String, Duration)>,
    flood_burst: Option<u32>,
    begins: Option<Timestamp>,
    shown: Shown,
    guests: BTreeMap<String, Guest>,
    /// What staff wrote: id and words, in order.
    staff_wrote: Vec<(MessageId, String)>,
    /// The buttons that staff were shown.
    staff_buttons: Vec<(String, ButtonPress)>,
    counted: u32,
    last_event: Option<Event>,
}

impl Stage {
    fn new() -> Self {
        Self {
            world: None,
            firm: "bakery".to_owned(),
            policy: Vec::new(),
            flood_burst: None,
            begins: None,
            shown: Shown::default(),
            guests: BTreeMap::new(),
            staff_wrote: Vec::new(),
            staff_buttons: Vec::new(),
            counted: 0,
            last_event: None,
        }
    }

    /// Plays one line; `next` is the one that follows, which tells how long people wait in between.
    fn input(&mut self, line: &str, next: &str) -> Played<Vec<String>> {
        let (line, words) = unfold(line);
        let before: Vec<&str> = line.split(' ').collect();
        match before.as_slice() {
            ["at", day @ ..] => self.at(&day.join(" ")),
            ["wait", length] => {
                let then = self.world().now.plus(duration(length)?);
                Ok(self.pass(then, true))
            }
            ["firm", name] => {
                (*name).clone_into(&mut self.firm);
                Ok(Vec::new())
            }
            ["policy", "flood_burst", number] => {
                self.flood_burst = Some(number.parse().map_err(|_| "no number")?);
                Ok(Vec::new())
            }
            ["policy", name, length] => {
                self.policy.push(((*name).to_owned(), duration(length)?));
                Ok(Vec::new())
            }
            ["show", what] => {
                match *what {
                    "cards" => self.shown.cards = true,
                    "gaps" => self.shown.gaps = true,
                    "counts" => self.shown.counts = true,
                    _ => return Err("there is nothing like that to show".to_owned()),
                }
                Ok(Vec::new())
            }
            ["again"] => {
                let event = self.last_event.clone().ok_or("nothing happened yet")?;
                Ok(self.happens(event, next))
            }
            ["customer", rest @ ..] => self.customer(rest, words.as_deref(), next),
            ["staff", name, rest @ ..] => self.staff(name, rest, words.as_deref(), next),
            _ => Err("what does this line mean?".to_owned()),
        }
    }

    fn at(&mut self, day: &str) -> Played<Vec<String>> {
        if self.world.is_none() {
            self.begins = Some(moment(day)?);
            return Ok(Vec::new());
        }
        let then = moment(day)?;
        if then < self.world().now {
            return Err("time doesn't go back".to_owned());
        }
        Ok(self.pass(then, true))
    }

    fn world(&mut self) -> &mut World {
        let begins = self.begins;
        let firm = &self.firm;
        let policy = &self.policy;
        let flood_burst = self.flood_burst;
        self.world.get_or_insert_with(|| {
            let begins = begins.unwrap_or_else(|| moment(USUAL).expect("a day that is"));
            let mut world = World::new(super::firm(firm), begins);
            world.policy.flood_burst = flood_burst.unwrap_or(world.policy.flood_burst);
            for (name, length) in policy {
                match name.as_str() {
                    "burst" => world.policy.burst = *length,
                    "remind_after" => world.policy.remind_after = *length,
                    "close_after" => world.policy.close_after = *length,
                    "retention" => world.policy.retention = *length,
                    other => panic!("there is no policy `{other}`"),
                }
            }
            world
        })
    }

    fn customer(&mut self, rest: &[&str], words: Option<&str>, next: &str) -> Played<Vec<String>> {
        let (name, rest) = match rest {
            [name, rest @ ..] if name.starts_with(char::is_uppercase) => (*name, rest),
            _ => (CUSTOMER, rest),
        };
        if self.setting(name, rest)? {
            return Ok(Vec::new());
        }
        let act = self.customer_act(name, rest, words)?;
        let message = self.id();
        if let CustomerAct::Said(said) = &act {
            self.guest(name).wrote.push((message.clone(), said.text.clone()));
        }
        let what = What::Customer(self.who(name), act);
        let event = Event { conversation: self.conversation(name), message, what };
        Ok(self.happens(event, next))
    }

    /// `customer is new`, `customer writes on discord`, …
    fn setting(&mut self, name: &str, rest: &[&str]) -> Played<bool> {
        let guest = self.guest(name);
        match rest {
            ["is", "new"] => guest.is_new = true,
            ["writes", "on", channel] => {
                guest.channel = Some(ChannelKind::by_name(channel).ok_or("an unknown channel")?);
            }
            ["writes", "in", "a", "group"] => guest.in_group = true,
            ["has", "an", "app", "in", code] => guest.app_language = Language::new(code),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn customer_act(&mut self, name: &str, rest: &[&str], words: Option<&str>) -> Played<CustomerAct> {
        let words = || words.map(str::to_owned).ok_or("there are no words behind a `>`");
        let rest = match rest {
            ["quickly", rest @ ..] => rest,
            _ => rest,
        };
        Ok(match rest {
            [] => command(&words()?),
            ["sends", kind, reference @ ..] => {
                let attachment =
                    Attachment { kind: attachment(kind)?, reference: reference.join(" "), name: None };
                let text = words().unwrap_or_default();
                CustomerAct::Said(Said { text, attachments: vec![attachment] })
            }
            ["presses", label @ ..] => CustomerAct::Pressed(self.seen_button(name, &label.join(" "))?),
            ["opens", "the", "chat"] => CustomerAct::Started(None),
            ["opens", "the", "chat", "by", id] => {
                CustomerAct::Started(EntryId::new(id.trim_start_matches('#')))
            }
            ["changes", old @ ..] => CustomerAct::Edited {
                message: find(&self.guest(name).wrote, &old.join(" "))?,
                said: Said::text(&words()?),
            },
            ["deletes", old @ ..] => {
                CustomerAct::Deleted { message: find(&self.guest(name).wrote, &old.join(" "))? }
            }
            _ => return Err("what does the customer do?".to_owned()),
        })
    }

    fn seen_button(&mut self, name: &str, label: &str) -> Played<Press> {
        let label = unbracketed(label)?;
        let seen = self.guest(name).buttons.iter().rev().find(|(seen, _)| seen == label);
        seen.map(|(_, press)| press.clone()).ok_or_else(|| "there was no such button".to_owned())
    }

    fn staff(&mut self, name: &str, rest: &[&str], words: Option<&str>, next: &str) -> Played<Vec<String>> {
        let name = name.trim_end_matches('>');
        let (ticket, rest) = match rest {
            ["in", number, rest @ ..] => {
                let number = number.trim_start_matches('#').parse().map_err(|_| "no ticket's number")?;
                (TicketId(number), rest)
            }
            _ => (self.world().newest_ticket().ok_or("there is no ticket yet")?, rest),
        };
        let act = self.staff_act(rest, words)?;
        let message = self.id();
        if let StaffAct::Said(said) = &act {
            self.staff_wrote.push((message.clone(), said.text.clone()));
        }
        let member =
            StaffMember { channel: ChannelKind::Discord, id: format!("id-{name}"), name: name.to_owned() };
        let conversation = self.world().ticket(ticket).cloned().ok_or("nobody has that ticket")?;
        Ok(self.happens(Event { conversation, message, what: What::Staff(member, ticket, act) }, next))
    }

    fn staff_act(&mut self, rest: &[&str], words: Option<&str>) -> Played<StaffAct> {
        let words = || words.map(str::to_owned).ok_or("there are no words behind a `>`");
        Ok(match rest {
            [] => staff_command(&words()?)?,
            ["presses", label @ ..] => {
                let label = label.join(" ");
                let label = unbracketed(&label)?;
                // A guess's label ends with its probability, which a scene needn't know.
                let seen = self.staff_buttons.iter().rev().find(|(seen, _)| seen.starts_with(label));
                match &seen.ok_or("there was no such button")?.1 {
                    ButtonPress::SendAnswer(id) => StaffAct::Answered(id.clone()),
                    ButtonPress::Claim => StaffAct::Claimed,
                    ButtonPress::Close => StaffAct::Closed { save: false },
                    ButtonPress::CloseAndSave => StaffAct::Closed { save: true },
                    ButtonPress::Customer(_) => return Err("that is a customer's button".to_owned()),
                }
            }
            ["sends", kind, reference @ ..] => {
                let attachment =
                    Attachment { kind: attachment(kind)?, reference: reference.join(" "), name: None };
                StaffAct::Said(Said { text: words().unwrap_or_default(), attachments: vec![attachment] })
            }
            ["changes", old @ ..] => StaffAct::Edited {
                message: find(&self.staff_wrote, &old.join(" "))?,
                said: Said::text(&words()?),
            },
            ["deletes", old @ ..] => StaffAct::Deleted { message: find(&self.staff_wrote, &old.join(" "))? },
            _ => return Err("what do staff do?".to_owned()),
        })
    }

    /// The event, what comes of it, and what comes of the time that passes until the next thing happens.
    fn happens(&mut self, event: Event, next: &str) -> Vec<String> {
        let id = event.conversation.clone();
        let by_customer = matches!(event.what, What::Customer(..));
        let turn = self.world().hear(&event);
        self.last_event = Some(event);
        let Some(turn) = turn else { return vec!["(heard before)".to_owned()] };
        let mut lines = self.show(&id, &turn);
        let waits = matches!(self.world().wake(&id), Some((_, Reminder::BurstOver)));
        let quickly =
            next.split('>').next().is_some_and(|before| before.split(' ').any(|word| word == "quickly"));
        let pause = if quickly { QUICK_PAUSE } else { PAUSE };
        let then = self.world().now.plus(pause);
        lines.extend(self.pass(then, false));
        if lines.is_empty() {
            let waits = waits && by_customer;
            lines.push(if waits { "(waits whether more comes)" } else { "(silence)" }.to_owned());
        }
        lines
    }

    fn pass(&mut self, then: Timestamp, clock: bool) -> Vec<String> {
        let started = self.world().now;
        let mut lines = Vec::new();
        for (at, id, turn) in self.world().pass(then) {
            let shown = self.show(&id, &turn);
            if clock && !shown.is_empty() {
                lines.push(clock_line(started, at));
            }
            lines.extend(shown);
        }
        lines
    }

    fn show(&mut self, id: &ConversationId, turn: &Turn) -> Vec<String> {
        let guest = self.guests.keys().find(|name| key(name) == id.key()).cloned().unwrap_or_default();
        let named = Some(guest.as_str()).filter(|name| *name != CUSTOMER);
        for action in &turn.actions {
            self.see_buttons(&guest, action);
        }
        let shown = self.shown;
        let world = self.world();
        let actions = turn.actions.iter();
        actions
            .filter_map(|action| shown.action(action, named, |relays| world.passed_on(id, relays)))
            .collect()
    }

    fn see_buttons(&mut self, guest: &str, action: &Action) {
        let Action::Deliver(Delivery { to, post }) = action else { return };
        let message: &Message = match post {
            Post::Say { message, .. } | Post::Amend { message, .. } => message,
            Post::OpenTicket { card, .. } => card,
            Post::Withdraw { .. } | Post::MarkTicket { .. } => return,
        };
        for button in &message.buttons {
            match (to, &button.press) {
                (Recipient::Customer(_), ButtonPress::Customer(press)) => {
                    self.guest(guest).buttons.push((button.label.clone(), press.clone()));
                }
                (Recipient::Ticket(_) | Recipient::Owner | Recipient::Customer(_), press) => {
                    self.staff_buttons.push((button.label.clone(), press.clone()));
                }
            }
        }
    }

    fn guest(&mut self, name: &str) -> &mut Guest {
        self.guests.entry(name.to_owned()).or_default()
    }

    /// The customer; the first time, their conversation begins as one in which the bot has introduced itself, unless
    /// the scene says that they are new.
    fn who(&mut self, name: &str) -> Customer {
        let id = self.conversation(name);
        let Guest { in_group, app_language, is_new, is_known, .. } = *self.guest(name);
        self.guest(name).is_known = true;
        let mut conversation = self.world().conversation(&id);
        if !is_known && !is_new {
            conversation.introduced = true;
            self.world().keep(conversation);
        }
        Customer {
            id: format!("id-{name}"),
            name: name.to_owned(),
            place: Place { channel: id.channel(), address: key(name) },
            company: if in_group { Company::AmongOthers } else { Company::Alone },
            app_language,
        }
    }

    fn conversation(&mut self, name: &str) -> ConversationId {
        let channel = self.guest(name).channel.unwrap_or(ChannelKind::Telegram);
        ConversationId::new(channel, key(name))
    }

    fn id(&mut self) -> MessageId {
        self.counted += 1;
        MessageId(format!("m{}", self.counted))
    }
}

fn key(name: &str) -> String {
    format!("chat-{name}")
}
