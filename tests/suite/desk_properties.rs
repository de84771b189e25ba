//! Whatever happens in whatever order, the desk keeps its promises: random events against a world in small.
//!
//! The promises, as `Watch` looks at them after every turn:
//! - a customer's message is answered, or passed on to an open ticket, or waits in the burst with a wake-up set; only a
//!   flood and a block let it fall, and a flood says so once;
//! - while people have a conversation, the bot says nothing to what the customer writes but "passed on" (once a ticket)
//!   and "a person is coming" (to a call);
//! - it says at most once that it is a bot; what it remembers stays small; the same turn made again is the same;
//! - nothing of one conversation shows in another; nobody's words are ever Markdown;
//! - what staff do in a closed ticket's place, or in another customer's, never reaches this customer.

use std::collections::BTreeMap;
use std::time::Duration;

use deskbell::desk::{
    Action, Attachment, AttachmentKind, ButtonPress, Company, Conversation, ConversationId, Count, Customer,
    CustomerAct, Delivery, Event, Message, MessageId, Part, Place, Post, Press, Recipient, Reminder, Said,
    Speaker, StaffAct, StaffMember, Stage, TicketId, Turn, What, wording_sentences,
};
use deskbell::faq::{ChannelKind, EntryId};
use deskbell::text::{Language, normalize};
use deskbell::time::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::dialogues::firm;
use crate::dialogues::world::World;

/// Monday, 23 November 2026, 11:00 in Berlin.
const MONDAY: Timestamp = Timestamp::from_millis(1_795_428_000_000);
const CUSTOMERS: usize = 3;
/// A store's value stays below 64 KB; what lies around the words takes a part of it.
const LARGEST: usize = 48_000;
/// What each customer and each of the staff hides in all of their words; it must never become a link.
const LINK: &str = "[x](http://evil.example)";

/// Something that happens.
#[derive(Debug, Clone)]
enum Op {
    /// A customer writes something.
    Says { who: usize, text: String },
    /// A customer sends something.
    Sends { who: usize, kind: AttachmentKind, text: String },
    /// A customer presses the button shown to them this many buttons ago.
    PressesSeen { who: usize, back: usize },
    /// A customer presses what a forger may send.
    PressesAnything { who: usize, press: Press },
    /// A customer changes a message that they wrote this many messages ago.
    Changes { who: usize, back: usize, text: String },
    /// A customer takes back a message.
    Deletes { who: usize, back: usize },
    /// A customer uses a command.
    Commands { who: usize, act: CustomerAct },
    /// Staff do something in the place of a ticket.
    Staff { member: usize, ticket: u64, act: StaffDoes },
    /// A forged event: the conversation is not the ticket's.
    Forged { who: usize, ticket: u64, act: StaffDoes },
    /// The last event is delivered again.
    Again,
    /// Time passes.
    Waits(Duration),
}

/// What staff do; messages are named by how long ago they were written.
#[derive(Debug, Clone)]
enum StaffDoes {
    Act(StaffAct),
    Says(String),
    Changes(usize, String),
    Deletes(usize),
}

fn words() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "When are you open?",
        "wann haben Sie geöffnet",
        "how much is it?",
        "Was kostet das?",
        "and on Sundays?",
        "my parcel is wet inside",
        "I want to complain",
        "Can I cancel my order?",
        "L-4711",
        "my name is ",
        "hi",
        "thanks",
        "ok",
        "yes",
        "no",
        "1",
        "2",
        "99",
        "the second one",
        "person",
        "Mensch",
        "can I talk to a human",
        "preson",
        "When are you open? Can I pay by card? Why is the moon?",
        "?",
        "👍",
        "/unknown",
        "",
        " ",
        "\u{200b}",
    ]);
    prop_oneof![
        8 => known.prop_map(str::to_owned),
        2 => "\\PC{0,40}",
        1 => ".{0,40}",
        1 => (0_usize..3, 500_usize..6000).prop_map(|(kind, length)| ["abc ", "🦀 ", "\u{1}"][kind].repeat(length)),
    ]
}

fn press() -> impl Strategy<Value = Press> {
    let id = prop::sample::select(vec![
        "opening-hours",
        "vegan",
        "complaint",
        "cancel",
        "ask-date",
        "stollen",
        "gone",
    ])
    .prop_map(|id| EntryId::new(id).expect("a name"));
    prop_oneof![
        id.clone().prop_map(Press::Entry),
        id.clone().prop_map(Press::Helped),
        id.prop_map(Press::NotThis),
        Just(Press::NoneOfThese),
        Just(Press::Person),
        (0_u16..9).prop_map(Press::Topic),
        (0_u16..9, 0_u16..3).prop_map(|(topic, page)| Press::TopicPage(topic, page)),
        (0_u16..9).prop_map(Press::Topics),
        Just(Press::ForgetMe),
        Just(Press::KeepMe),
    ]
}

fn staff_does() -> impl Strategy<Value = StaffDoes> {
    let id = prop::sample::select(vec!["opening-hours", "ask-date", "complaint", "gone"])
        .prop_map(|id| EntryId::new(id).expect("a name"));
    prop_oneof![
        4 => words().prop_map(StaffDoes::Says),
        1 => words().prop_map(|text| StaffDoes::Says(format!("// {text}"))),
        1 => (0_usize..4, words()).prop_map(|(back, text)| StaffDoes::Changes(back, text)),
        1 => (0_usize..4).prop_map(StaffDoes::Deletes),
        1 => words().prop_map(|text| StaffDoes::Act(StaffAct::Noted(text))),
        1 => Just(StaffDoes::Act(StaffAct::Claimed)),
        2 => any::<bool>().prop_map(|save| StaffDoes::Act(StaffAct::Closed { save })),
        1 => id.prop_map(|id| StaffDoes::Act(StaffAct::Answered(id))),
        1 => Just(StaffDoes::Act(StaffAct::Taught)),
        1 => prop_oneof![Just(StaffAct::Blocked), Just(StaffAct::Unblocked)].prop_map(StaffDoes::Act),
        1 => Just(StaffDoes::Act(StaffAct::AskedForTranscript)),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let who = || 0..CUSTOMERS;
    let kind = prop::sample::select(vec![
        AttachmentKind::Image,
        AttachmentKind::Voice,
        AttachmentKind::Video,
        AttachmentKind::Sticker,
        AttachmentKind::Location,
        AttachmentKind::File,
    ]);
    let command = prop::sample::select(vec![
        CustomerAct::Started(None),
        CustomerAct::Started(EntryId::new("vegan")),
        CustomerAct::Started(EntryId::new("ask-date")),
        CustomerAct::AskedForHelp,
        CustomerAct::AskedForMenu,
        CustomerAct::AskedForPerson,
        CustomerAct::AskedToBeForgotten,
        CustomerAct::AskedForTheirData,
    ]);
    let seconds = prop::sample::select(vec![0_u64, 1, 3, 30, 700, 4000, 90_000, 3_000_000]);
    prop_oneof![
        12 => (who(), words()).prop_map(|(who, text)| Op::Says { who, text }),
        1 => (who(), kind, words()).prop_map(|(who, kind, text)| Op::Sends { who, kind, text }),
        5 => (who(), 0_usize..12).prop_map(|(who, back)| Op::PressesSeen { who, back }),
        2 => (who(), press()).prop_map(|(who, press)| Op::PressesAnything { who, press }),
        2 => (who(), 0_usize..4, words()).prop_map(|(who, back, text)| Op::Changes { who, back, text }),
        2 => (who(), 0_usize..4).prop_map(|(who, back)| Op::Deletes { who, back }),
        2 => (who(), command).prop_map(|(who, act)| Op::Commands { who, act }),
        6 => (0_usize..2, 1_u64..8, staff_does()).prop_map(|(member, ticket, act)| Op::Staff { member, ticket, act }),
        2 => (who(), 1_u64..8, staff_does()).prop_map(|(who, ticket, act)| Op::Forged { who, ticket, act }),
        1 => Just(Op::Again),
        4 => seconds.prop_map(|seconds| Op::Waits(Duration::from_secs(seconds))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]
    #[test]
    fn the_desk_keeps_its_promises(ops in prop::collection::vec(op(), 1..80)) {
        let mut watch = Watch::new();
        for op in &ops {
            watch.play(op)?;
        }
        // In the end nothing waits that nobody will look at.
        watch.wait(Duration::from_secs(3))?;
        for who in 0..CUSTOMERS {
            let conversation = watch.world.conversation(&id(who));
            prop_assert!(conversation.burst.is_empty(), "read by now: {:?}", conversation.burst);
        }
    }
}

/// How many conversations are played: `PROPTEST_CASES`, or a number that takes seconds.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60)
}

fn id(who: usize) -> ConversationId {
    ConversationId::new(
        if who == 0 { ChannelKind::Discord } else { ChannelKind::Telegram },
        format!("chat-{who}"),
    )
}

/// What only this customer writes.
fn secret(who: usize) -> String {
    format!("qz{who}zq")
}

/// The world, and what was seen in it.
struct Watch {
    world: World,
    counted: u64,
    last: Option<Event>,
    wrote: BTreeMap<usize, Vec<MessageId>>,
    staff_wrote: Vec<MessageId>,
    seen: BTreeMap<usize, Vec<Press>>,
    /// How often each conversation was told that it talks to a bot, since it was last forgotten.
    introduced: BTreeMap<ConversationId, usize>,
    /// How often "passed on" was said in each ticket.
    added: BTreeMap<TicketId, usize>,
}

impl Watch {
    fn new() -> Self {
        Self {
            world: World::new(firm("bakery"), MONDAY),
            counted: 0,
            last: None,
            wrote: BTreeMap::new(),
            staff_wrote: Vec::new(),
            seen: BTreeMap::new(),
            introduced: BTreeMap::new(),
            added: BTreeMap::new(),
        }
    }

    fn play(&mut self, op: &Op) -> TestCaseResult {
        self.counted += 1;
        let message = MessageId(format!("m{}", self.counted));
        let back = |list: Option<&Vec<MessageId>>, back: usize| {
            list.and_then(|list| list.iter().rev().nth(back)).cloned().unwrap_or(MessageId("none".to_owned()))
        };
        let signed = |who: usize, text: &str| {
            if text.trim().is_empty() { text.to_owned() } else { format!("{text} {}{LINK}", secret(who)) }
        };
        let by = |who: usize, act: CustomerAct| (id(who), What::Customer(customer(who), act));
        let (conversation, what) = match op {
            Op::Says { who, text } => {
                self.wrote.entry(*who).or_default().push(message.clone());
                // Signed words are never a choice, so every other message is sent as it is.
                let text = if self.counted.is_multiple_of(2) { text.clone() } else { signed(*who, text) };
                by(*who, CustomerAct::Said(Said::text(&text)))
            }
            Op::Sends { who, kind, text } => {
                self.wrote.entry(*who).or_default().push(message.clone());
                let attachment = Attachment { kind: *kind, reference: "file-1".to_owned(), name: None };
                let said = Said { text: signed(*who, text), attachments: vec![attachment] };
                by(*who, CustomerAct::Said(said))
            }
            Op::PressesSeen { who, back } => {
                let seen = self.seen.get(who).and_then(|seen| seen.iter().rev().nth(*back));
                let Some(press) = seen.cloned() else { return Ok(()) };
                by(*who, CustomerAct::Pressed(press))
            }
            Op::PressesAnything { who, press } => by(*who, CustomerAct::Pressed(press.clone())),
            Op::Changes { who, back: ago, text } => {
                let changed = back(self.wrote.get(who), *ago);
                by(*who, CustomerAct::Edited { message: changed, said: Said::text(&signed(*who, text)) })
            }
            Op::Deletes { who, back: ago } => {
                by(*who, CustomerAct::Deleted { message: back(self.wrote.get(who), *ago) })
            }
            Op::Commands { who, act } => by(*who, act.clone()),
            Op::Staff { member, ticket, act } => {
                let ticket = TicketId(*ticket);
                let Some(conversation) = self.world.ticket(ticket).cloned() else { return Ok(()) };
                let act = self.staff_act(act, &message);
                (conversation, What::Staff(staff(*member), ticket, act))
            }
            Op::Forged { who, ticket, act } => {
                let ticket = TicketId(*ticket);
                if self.world.ticket(ticket) == Some(&id(*who)) {
                    return Ok(());
                }
                let act = self.staff_act(act, &message);
                (id(*who), What::Staff(staff(0), ticket, act))
            }
            Op::Again => {
                let Some(event) = self.last.clone() else { return Ok(()) };
                prop_assert!(self.world.hear(&event).is_none(), "heard once");
                return Ok(());
            }
            Op::Waits(length) => return self.wait(*length),
        };
        let event = Event { conversation, message, what };
        let before = self.world.conversation(&event.conversation);
        self.last = Some(event.clone());
        let Some(turn) = self.world.hear(&event) else { return Ok(()) };
        self.look(&event, &before, &turn, self.world.now)
    }

    fn staff_act(&mut self, act: &StaffDoes, message: &MessageId) -> StaffAct {
        let back = |wrote: &Vec<MessageId>, ago: usize| {
            wrote.iter().rev().nth(ago).cloned().unwrap_or(MessageId("none".to_owned()))
        };
        match act {
            StaffDoes::Act(act) => act.clone(),
            StaffDoes::Says(text) => {
                self.staff_wrote.push(message.clone());
                StaffAct::Said(Said::text(&format!("{text}{LINK}")))
            }
            StaffDoes::Changes(ago, text) => StaffAct::Edited {
                message: back(&self.staff_wrote, *ago),
                said: Said::text(&format!("{text}{LINK}")),
            },
            StaffDoes::Deletes(ago) => StaffAct::Deleted { message: back(&self.staff_wrote, *ago) },
        }
    }

    fn wait(&mut self, length: Duration) -> TestCaseResult {
        let then = self.world.now.plus(length);
        let mut before: BTreeMap<ConversationId, Conversation> =
            (0..CUSTOMERS).map(|who| (id(who), self.world.conversation(&id(who)))).collect();
        for (now, id, turn) in self.world.pass(then) {
            let reminder = if before[&id].burst.is_empty() { Reminder::Expired } else { Reminder::BurstOver };
            let event =
                Event { conversation: id.clone(), message: turn.heard.clone(), what: What::Woke(reminder) };
            self.look(&event, &before[&id], &turn, now)?;
            before.insert(id, turn.conversation.clone());
        }
        Ok(())
    }

    /// Looks at a turn: every promise that it could break.
    fn look(&mut self, event: &Event, before: &Conversation, turn: &Turn, now: Timestamp) -> TestCaseResult {
        self.note_buttons(event, turn);
        is_small(&turn.conversation)?;
        nobodys_words_are_markdown(turn)?;
        nothing_of_others_shows(event, turn)?;
        has_a_wake_up(turn, now)?;
        self.introduces_itself_once(event, turn)?;
        match &event.what {
            What::Customer(_, act) => self.heard_a_customer(event, act, before, turn)?,
            What::Staff(_, ticket, act) => heard_staff(*ticket, act, before, turn)?,
            What::Woke(Reminder::BurstOver) => {
                prop_assert!(turn.conversation.burst.is_empty());
                prop_assert!(!to_customer(turn).is_empty(), "what was held back is answered");
            }
            What::Woke(_) => {}
        }
        Ok(())
    }

    fn note_buttons(&mut self, event: &Event, turn: &Turn) {
        let who = (0..CUSTOMERS).find(|who| id(*who) == event.conversation).expect("one of ours");
        for message in to_customer(turn) {
            for button in &message.buttons {
                if let ButtonPress::Customer(press) = &button.press {
                    self.seen.entry(who).or_default().push(press.clone());
                }
            }
        }
    }

    fn introduces_itself_once(&mut self, event: &Event, turn: &Turn) -> TestCaseResult {
        let times = to_customer(turn).iter().filter(|message| says(message, "introduction")).count();
        let sum = self.introduced.entry(event.conversation.clone()).or_default();
        *sum += times;
        prop_assert!(*sum <= 1, "it says once that it is a bot");
        let spoke = to_customer(turn).iter().any(|message| !message.buttons.is_empty());
        prop_assert!(*sum == 1 || !spoke, "and before anything else");
        if erases(turn) {
            *sum = 0;
        }
        Ok(())
    }

    fn heard_a_customer(
        &mut self,
        event: &Event,
        act: &CustomerAct,
        before: &Conversation,
        turn: &Turn,
    ) -> TestCaseResult {
        if before.blocked {
            prop_assert!(turn.actions.is_empty(), "a blocked customer causes nothing: {:?}", turn.actions);
            return Ok(());
        }
        let CustomerAct::Said(said) = act else { return Ok(()) };
        let flooded = turn.actions.contains(&Action::Count(Count::Flooded));
        let kept =
            turn.conversation.transcript.iter().any(|line| line.message.as_ref() == Some(&event.message));
        let held_back = !kept && turn.conversation.flood.noticed;
        let is_empty = normalize::clean(&said.text).is_empty() && said.attachments.is_empty();
        let answered = !to_customer(turn).is_empty();
        let passed_on = deliveries(turn).any(|delivery| match &delivery.post {
            Post::Say { relays: Some(relays), .. } => *relays == event.message,
            Post::OpenTicket { .. } => true,
            Post::Say { .. } | Post::Amend { .. } | Post::Withdraw { .. } | Post::MarkTicket { .. } => false,
        });
        let waits = !turn.conversation.burst.is_empty()
            && turn.wake.is_some_and(|(at, reminder)| {
                reminder == Reminder::BurstOver && at <= self.world.now.plus(self.world.policy.burst)
            });
        prop_assert!(
            answered || passed_on || waits || flooded || held_back || is_empty,
            "`{}` is lost: {:?}",
            said.text,
            turn
        );
        if let Stage::WithStaff(ticket) = &before.stage
            && !flooded
            && !held_back
        {
            prop_assert!(passed_on, "what is written to people is passed on");
            for message in to_customer(turn) {
                let adds = says(message, "added");
                prop_assert!(
                    adds || says(message, "person_is_coming"),
                    "the bot talks in between: {message:?}"
                );
                *self.added.entry(ticket.id).or_default() += usize::from(adds);
            }
            prop_assert!(self.added.get(&ticket.id).copied().unwrap_or(0) <= 1);
        }
        Ok(())
    }
}

fn heard_staff(ticket: TicketId, act: &StaffAct, before: &Conversation, turn: &Turn) -> TestCaseResult {
    let open = matches!(&before.stage, Stage::WithStaff(other) if other.id == ticket);
    let takes_back = matches!(act, StaffAct::Deleted { .. });
    for delivery in deliveries(turn) {
        match (&delivery.to, &delivery.post) {
            (Recipient::Customer(_), Post::Withdraw { .. }) => {
                prop_assert!(before.tickets.contains(&ticket) && (takes_back || open));
            }
            (Recipient::Customer(_), _) => {
                prop_assert!(open, "a closed ticket's place is heard: {delivery:?}");
            }
            // To block somebody closes the ticket that they have now, wherever it is said.
            (Recipient::Ticket(other), _) => prop_assert!(*other == ticket || *act == StaffAct::Blocked),
            (Recipient::Owner, _) => prop_assert!(false, "staff acts are no news for the owner"),
        }
    }
    if !before.tickets.contains(&ticket) {
        let touched = Conversation { touched: turn.conversation.touched, ..before.clone() };
        prop_assert_eq!(&touched, &turn.conversation, "another customer's ticket changes nothing here");
    }
    Ok(())
}

fn customer(who: usize) -> Customer {
    let id = id(who);
    Customer {
        id: format!("id-{who}"),
        name: format!("\u{202e}Guest\n{}{LINK}{}", secret(who), "x".repeat(if who == 2 { 5000 } else { 0 })),
        place: Place { channel: id.channel(), address: id.key().to_owned() },
        company: if who == 1 { Company::AmongOthers } else { Company::Alone },
        app_language: None,
    }
}

fn staff(member: usize) -> StaffMember {
    StaffMember {
        channel: ChannelKind::Discord,
        id: format!("s{member}"),
        name: format!("Anna{member}{LINK}"),
    }
}

fn deliveries(turn: &Turn) -> impl Iterator<Item = &Delivery> {
    turn.actions.iter().filter_map(|action| match action {
        Action::Deliver(delivery) => Some(delivery),
        Action::NoteGap(_) | Action::Count(_) | Action::SaveDraft(_) | Action::Erase => None,
    })
}

fn message_of(post: &Post) -> Option<&Message> {
    match post {
        Post::Say { message, .. } | Post::Amend { message, .. } => Some(message),
        Post::OpenTicket { card, .. } => Some(card),
        Post::Withdraw { .. } | Post::MarkTicket { .. } => None,
    }
}

/// New messages to the customer.
fn to_customer(turn: &Turn) -> Vec<&Message> {
    let said = deliveries(turn).filter(|delivery| {
        matches!(delivery.to, Recipient::Customer(_)) && matches!(delivery.post, Post::Say { .. })
    });
    said.filter_map(|delivery| message_of(&delivery.post)).collect()
}

fn erases(turn: &Turn) -> bool {
    turn.actions.contains(&Action::Erase)
}

/// Whether the bot's sentence called `name` is in `message`, in English or in German.
fn says(message: &Message, name: &str) -> bool {
    [Language::EN, Language::DE].into_iter().any(|language| {
        let ours = wording_sentences(language).find(|(other, _)| *other == name).expect("a sentence").1;
        let ours = ours.replace("{firm}", "Backhaus Lindner");
        message.plain_text().contains(&ours)
    })
}

fn is_small(conversation: &Conversation) -> TestCaseResult {
    let lines = conversation.transcript.iter().map(|line| {
        let who = match &line.speaker {
            Speaker::Customer | Speaker::Bot => 0,
            Speaker::Staff(name) | Speaker::Note(name) => name.len(),
        };
        who + line.text.len() + 32
    });
    let buttons = conversation.buttons.iter().map(|button| button.label.len() + 64);
    let ticket = match &conversation.stage {
        Stage::WithStaff(ticket) => {
            ticket.question.len() + ticket.last_answer.as_ref().map_or(0, |answer| answer.text.len())
        }
        Stage::Clarifying { question, .. } => question.len() + 256,
        Stage::Open => 0,
    };
    let asked =
        conversation.last_asked.as_ref().map_or(0, |asked| asked.question.len() + 64 * asked.tried.len());
    let name = conversation.customer.as_ref().map_or(0, |customer| customer.name.len());
    let burst: usize = conversation.burst.iter().map(String::len).sum();
    let size = lines.sum::<usize>() + buttons.sum::<usize>() + ticket + asked + name + burst;
    prop_assert!(size < LARGEST, "a conversation of {size} bytes");
    prop_assert!(conversation.transcript.len() <= Conversation::LINES);
    prop_assert!(conversation.tickets.len() <= Conversation::TICKETS);
    Ok(())
}

fn nobodys_words_are_markdown(turn: &Turn) -> TestCaseResult {
    for delivery in deliveries(turn) {
        for part in message_of(&delivery.post).iter().flat_map(|message| &message.parts) {
            if let Part::Markdown(text) = part {
                prop_assert!(!text.contains(LINK), "somebody's words are Markdown: {text}");
            }
        }
    }
    Ok(())
}

fn nothing_of_others_shows(event: &Event, turn: &Turn) -> TestCaseResult {
    let shown = format!("{:?}{:?}", turn.actions, turn.conversation);
    for who in (0..CUSTOMERS).filter(|who| id(*who) != event.conversation) {
        prop_assert!(!shown.contains(&secret(who)), "customer {who} shows in {}", event.conversation);
    }
    if let What::Staff(_, ticket, _) = &event.what
        && !turn.conversation.tickets.contains(ticket)
    {
        let shown = format!("{:?}", turn.actions);
        let own = (0..CUSTOMERS).find(|who| id(*who) == event.conversation).expect("one of ours");
        prop_assert!(!shown.contains(&secret(own)), "a stranger's ticket shows this customer");
    }
    Ok(())
}

fn has_a_wake_up(turn: &Turn, now: Timestamp) -> TestCaseResult {
    if erases(turn) {
        prop_assert_eq!(turn.wake, None, "what is forgotten is not woken");
        prop_assert!(turn.conversation.transcript.is_empty() && turn.conversation.customer.is_none());
        return Ok(());
    }
    let (at, _) = turn.wake.expect("every conversation is looked at again");
    prop_assert!(now <= at, "woken in the past, again and again");
    Ok(())
}
