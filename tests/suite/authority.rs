//! Who is not staff can't act as staff, and no customer reaches into another one's conversation: at random, a hundred
//! thousand times.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use deskbell::channel::{Author, Channel, DeliverError, Heard, HeardAct, Parcel};
use deskbell::desk::{
    ButtonPress, Company, ConversationId, Message, MessageId, Part, Place, Policy, Post, Press, Receipt, Said,
};
use deskbell::faq::{self, ChannelKind, EntryId, RawFile};
use deskbell::matcher::Index;
use deskbell::runtime::{Clock, Parts, Runtime, Staff};
use deskbell::store::{MemoryStore, Store};
use futures::future::BoxFuture;

use crate::house::{Luck, times};

const CUSTOMERS: u64 = 8;
/// The one of the staff, and the staff's role.
const EVE: &str = "900";
const ROLE: &str = "555";

/// What went out: where to, what kind of thing, and its words.
type Sent = (String, &'static str, String);

struct Platform {
    kind: ChannelKind,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Channel for Platform {
    fn kind(&self) -> ChannelKind {
        self.kind
    }

    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Receipt, DeliverError>> {
        Box::pin(async move {
            let mut place = parcel.to.clone();
            let (kind, words) = match &parcel.post {
                Post::Say { message, .. } => ("say", words(message)),
                Post::Amend { message, .. } => ("amend", words(message)),
                Post::Withdraw { .. } => ("withdraw", String::new()),
                Post::OpenTicket { title, card } => {
                    place.address = format!("desk/t{}", parcel.number);
                    ("open", format!("{title} {}", words(card)))
                }
                Post::MarkTicket { title, .. } => ("mark", title.clone()),
            };
            let mut sent = self.sent.lock().expect("nobody panicked");
            sent.push((place.address.clone(), kind, words));
            Ok(Receipt { place, messages: vec![MessageId(format!("p{}", parcel.number))] })
        })
    }
}

fn words(message: &Message) -> String {
    let parts = message.parts.iter().map(|part| match part {
        Part::Markdown(text) | Part::Literal(text) => text.as_str(),
    });
    parts.collect::<Vec<_>>().join("\n")
}

fn author(id: &str, name: &str, roles: &[&str]) -> Author {
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    Author { id: id.to_owned(), name: name.to_owned(), roles, app_language: None }
}

/// A customer does something in their own chat.
fn by_customer(number: u64, event: &str, act: HeardAct, name: &str) -> Heard {
    let address = format!("{}", 1000 + number);
    Heard {
        conversation: ConversationId::new(ChannelKind::Telegram, &address),
        message: MessageId(event.to_owned()),
        place: Place { channel: ChannelKind::Telegram, address: address.clone() },
        // As on another platform, somebody may have the number of somebody of the staff, or of their role.
        author: author(&address, name, &[ROLE, EVE]),
        company: Company::Alone,
        act,
    }
}

/// Somebody does something in a place on the staff's platform.
fn at_desk(who: Author, place: &str, event: &str, act: HeardAct) -> Heard {
    Heard {
        conversation: ConversationId::new(ChannelKind::Discord, format!("{place}:{}", who.id)),
        message: MessageId(event.to_owned()),
        place: Place { channel: ChannelKind::Discord, address: place.to_owned() },
        author: who,
        company: Company::AmongOthers,
        act,
    }
}

fn said(text: &str) -> HeardAct {
    HeardAct::Wrote(Said::text(text))
}

fn commanded(name: &str, rest: &str) -> HeardAct {
    HeardAct::Commanded { name: name.to_owned(), rest: rest.to_owned() }
}

/// What staff can do, with `text` where they can say something.
fn staff_act(luck: &mut Luck, text: &str) -> HeardAct {
    let hours = EntryId::new("hours").expect("a valid id");
    match luck.below(13) {
        0 => said(text),
        1 => commanded("close", "save"),
        2 => commanded("claim", ""),
        3 => commanded("answer", "hours"),
        4 => commanded("teach", ""),
        5 => commanded("block", ""),
        6 => commanded("transcript", ""),
        7 => commanded("note", text),
        8 => HeardAct::Pressed(ButtonPress::Claim),
        9 => HeardAct::Pressed(ButtonPress::Close),
        10 => HeardAct::Pressed(ButtonPress::CloseAndSave),
        11 => HeardAct::Pressed(ButtonPress::SendAnswer(hours)),
        _ => HeardAct::Rewrote { message: MessageId("by-eve".to_owned()), said: Said::text(text) },
    }
}

#[tokio::test]
async fn nobody_gets_anywhere_without_authority() {
    let file = "## When are you open? {#hours}\n\nFrom 8 to 18.\n";
    let files = vec![RawFile { path: "shop.md".to_owned(), content: Ok(file.as_bytes().to_vec()) }];
    let sent: Arc<Mutex<Vec<Sent>>> = Arc::default();
    let store = Arc::new(MemoryStore::new());
    let parts = Parts {
        store: store.clone(),
        index: Arc::new(Index::build(Arc::new(faq::read(files)))),
        faq: None,
        policy: Policy { burst: Duration::ZERO, flood_burst: u32::MAX, ..Policy::default() },
        staff: Staff {
            place: Some(Place { channel: ChannelKind::Discord, address: "desk".to_owned() }),
            members: vec![(ChannelKind::Discord, EVE.to_owned())],
            roles: vec![(ChannelKind::Discord, ROLE.to_owned())],
        },
        owner: None,
        clock: Clock::System,
    };
    let platform = |kind| -> Arc<dyn Channel> { Arc::new(Platform { kind, sent: sent.clone() }) };
    let runtime =
        Runtime::start(parts, vec![platform(ChannelKind::Telegram), platform(ChannelKind::Discord)]);
    let inbox = runtime.inbox();
    // Each customer has a ticket, with something private in it.
    let mut tickets = Vec::new();
    for number in 0..CUSTOMERS {
        let name = format!("Customer {number}");
        let private = format!("private-words-of-{number}.");
        inbox.accept(by_customer(number, "m1", said(&private), &name)).await.expect("taken");
        inbox.accept(by_customer(number, "m2", commanded("person", ""), &name)).await.expect("taken");
        runtime.quiet().await.expect("all said");
        let opened = sent.lock().expect("nobody panicked").iter().rev().find(|one| one.1 == "open").cloned();
        tickets.push(opened.expect("a ticket was opened").0);
        assert_eq!(store.open_tickets().await.expect("readable").len(), tickets.len());
    }
    tickets.dedup();
    assert_eq!(tickets.len() as u64, CUSTOMERS);
    let opening = sent.lock().expect("nobody panicked").len();

    let mut luck = Luck(0x0dde_5e5e_ed00_0001);
    for number in 0..times("DESKBELL_OPERATIONS", 100_000) {
        let event = format!("attack-{number}");
        let ticket = &tickets[usize::try_from(luck.below(CUSTOMERS)).expect("small")];
        let heard = if luck.below(3) == 0 {
            // A customer, in their own chat: staff's commands and buttons, and other customers' messages.
            let who = luck.below(CUSTOMERS);
            let text = format!("{event}-by-{who}.");
            let other = MessageId(
                ["m1", "m2", "by-eve", "p1", "p7"][usize::try_from(luck.below(5)).expect("small")].to_owned(),
            );
            let act = match luck.below(5) {
                0 => HeardAct::Rewrote { message: MessageId("attack-1".to_owned()), said: Said::text(&text) },
                1 => HeardAct::TookBack { message: other },
                2 => HeardAct::Pressed(ButtonPress::Customer(Press::Topic(7))),
                _ => staff_act(&mut luck, &text),
            };
            by_customer(who, &event, act, "Eve (Staff)")
        } else {
            // A stranger in a ticket's place, or a guessed one.
            let text = format!("{event}-by-stranger.");
            let (id, roles): (&str, &[&str]) = match luck.below(5) {
                0 => (ROLE, &[EVE]),
                1 => ("0900", &["0555", "5555"]),
                2 => ("", &[""]),
                3 => ("900 ", &[" 555"]),
                _ => ("901", &[]),
            };
            let place =
                if luck.below(4) == 0 { format!("desk/t{}", luck.below(10_000)) } else { ticket.clone() };
            // A stranger at a ticket that isn't there is among staff, outside of any ticket.
            at_desk(author(id, "Eve", roles), &place, &event, staff_act(&mut luck, &text))
        };
        inbox.accept(heard).await.expect("taken");
    }
    runtime.quiet().await.expect("all said");

    {
        let sent = sent.lock().expect("nobody panicked");
        assert!(opening < sent.len(), "customers' own words reach their own tickets");
        for (address, kind, words) in &sent[opening..] {
            assert!(!["mark", "open", "withdraw"].contains(kind), "{kind} at {address}: {words}");
            let of = tickets.iter().position(|ticket| ticket == address).map_or_else(
                || address.parse::<u64>().expect("a customer's chat") - 1000,
                |position| position as u64,
            );
            assert!(!words.contains("by-stranger"), "a stranger is heard at {address}: {words}");
            for other in (0..CUSTOMERS).filter(|other| *other != of) {
                assert!(!words.contains(&format!("private-words-of-{other}.")), "{address}: {words}");
                assert!(!words.contains(&format!("-by-{other}.")), "{address}: {words}");
            }
            assert!(
                !words.contains("From 8 to 18") || !address.starts_with("10"),
                "an answer was sent: {words}"
            );
        }
    }
    assert_eq!(store.open_tickets().await.expect("readable").len() as u64, CUSTOMERS);
    assert!(store.drafts().await.expect("readable").is_empty());

    // The same things do something when staff do them.
    let eve = || author(EVE, "Eve", &[]);
    let by_role = author("77", "Ben", &[ROLE]);
    for (who, act, event) in [
        (eve(), commanded("claim", ""), "claims"),
        (by_role, said("Here we are."), "says"),
        (eve(), commanded("close", ""), "closes"),
    ] {
        inbox.accept(at_desk(who, &tickets[0], event, act)).await.expect("taken");
    }
    runtime.quiet().await.expect("all said");
    assert!(
        sent.lock()
            .expect("nobody panicked")
            .iter()
            .any(|one| one.0 == "1000" && one.2.contains("Here we are."))
    );
    assert_eq!(store.open_tickets().await.expect("readable").len() as u64, CUSTOMERS - 1);
    runtime.stop().await.expect("stopped");
}
