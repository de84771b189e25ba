//! Random operations, on a store and on a model of it that is so simple that it is obviously right.

use std::collections::BTreeMap;

use deskbell::desk::{ConversationId, MessageId, Receipt, Recipient, Reminder, Stage, TicketId};
use deskbell::store::{MemoryStore, Outcome, Pending, Store, StoreError};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::stores::{Place, TurnScene, at, id, staff_place, wait};

#[test]
fn a_store_in_memory_does_what_the_model_does() {
    run(300, || Subject { store: Some(Box::new(MemoryStore::new())), place: None });
}

#[test]
fn a_store_on_disk_does_what_the_model_does_also_when_it_is_closed_and_opened() {
    run(16, || {
        let place = Place::new();
        Subject { store: Some(Box::new(place.open())), place: Some(place) }
    });
}

/// Something that the runtime, a customer or the owner does.
#[derive(Debug, Clone)]
enum Op {
    /// A turn; `stale` is made from an older conversation.
    Turn {
        who: u8,
        event: u8,
        stale: bool,
        says: u8,
        relays: u8,
        wake: Option<u8>,
        ticket: Change,
        gap: bool,
        erase: bool,
    },
    /// The `n`-th delivery that is due is settled.
    Settle {
        n: u8,
        arrived: bool,
        again: Option<u8>,
    },
    Post {
        who: u8,
    },
    Forget {
        who: u8,
    },
    Tidy {
        until: u8,
    },
    BackUp,
    Reopen,
}

/// What becomes of a conversation's ticket.
#[derive(Debug, Clone, Copy)]
enum Change {
    Stays,
    Opens,
    Closes,
}

fn op() -> impl Strategy<Value = Op> {
    let change = prop_oneof![3 => Just(Change::Stays), 1 => Just(Change::Opens), 1 => Just(Change::Closes)];
    let who = 0..4_u8;
    prop_oneof![
        8 => (who.clone(), 0..30_u8, prop::bool::weighted(0.1), 0..3_u8, 0..2_u8, prop::option::of(0..90_u8), change,
            any::<bool>(), prop::bool::weighted(0.1))
            .prop_map(|(who, event, stale, says, relays, wake, ticket, gap, erase)| {
                Op::Turn { who, event, stale, says, relays, wake, ticket, gap, erase }
            }),
        6 => (0..6_u8, prop::bool::weighted(0.8), prop::option::of(0..90_u8))
            .prop_map(|(n, arrived, again)| Op::Settle { n, arrived, again }),
        1 => who.clone().prop_map(|who| Op::Post { who }),
        1 => who.prop_map(|who| Op::Forget { who }),
        1 => (0..90_u8).prop_map(|until| Op::Tidy { until }),
        1 => Just(Op::BackUp),
        1 => Just(Op::Reopen),
    ]
}

fn run(cases: u32, subject: impl Fn() -> Subject) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let played = TestRunner::new(config).run(&prop::collection::vec(op(), 1..60), |ops| {
        let mut subject = subject();
        let mut model = Model::default();
        for (moment, op) in (0..).zip(&ops) {
            play(op, moment, &mut subject, &mut model);
            model.compare(subject.store());
        }
        Ok(())
    });
    if let Err(error) = played {
        panic!("{error}");
    }
}

struct Subject {
    store: Option<Box<dyn Store>>,
    place: Option<Place>,
}

impl Subject {
    fn store(&self) -> &dyn Store {
        self.store.as_deref().expect("open")
    }
}

/// Everything in lists that are searched from end to end.
#[derive(Default)]
struct Model {
    conversations: BTreeMap<ConversationId, Talk>,
    heard: Vec<(ConversationId, MessageId)>,
    outbox: Vec<Pending>,
    tickets: Vec<(TicketId, ConversationId, bool)>,
    gaps: Vec<(i64, ConversationId)>,
    deliveries: u64,
}

#[derive(Default, Clone)]
struct Talk {
    version: u64,
    touched: i64,
    ticket: Option<TicketId>,
    wake: Option<i64>,
}

fn play(op: &Op, moment: i64, subject: &mut Subject, model: &mut Model) {
    match op {
        Op::Turn { .. } => turn(op, moment, subject.store(), model),
        Op::Settle { n, arrived, again } => {
            let due = wait(subject.store().due(at(1000), 99)).expect("due");
            let Some(pending) = due.get(usize::from(*n)) else { return };
            let receipt = Receipt { place: staff_place("there"), messages: Vec::new() };
            let outcome = match again {
                Some(again) => Outcome::Again(at(i64::from(*again))),
                None if *arrived => Outcome::Delivered(receipt),
                None => Outcome::GivenUp,
            };
            wait(subject.store().settle(pending.number, outcome)).expect("settled");
            let position = model.outbox.iter().position(|one| one.number == pending.number).expect("known");
            match again {
                Some(again) => {
                    model.outbox[position].due = at(i64::from(*again));
                    model.outbox[position].tries += 1;
                }
                None => drop(model.outbox.remove(position)),
            }
        }
        Op::Post { who } => {
            let post = deskbell::desk::Post::Withdraw { relays: MessageId("m".to_owned()) };
            let delivery = deskbell::desk::Delivery { to: Recipient::Owner, post };
            let posted =
                wait(subject.store().post(name(*who), delivery.clone(), at(moment))).expect("posted");
            model.deliver(&name(*who), vec![posted], moment);
        }
        Op::Forget { who } => {
            wait(subject.store().forget(&name(*who))).expect("forgotten");
            model.forget(&name(*who));
        }
        Op::Tidy { until } => {
            let until = i64::from(*until);
            wait(subject.store().tidy(at(moment), at(until))).expect("tidied");
            let old = model.conversations.iter().filter(|(_, talk)| 0 < talk.version && talk.touched < until);
            let old: Vec<_> = old.map(|(id, _)| id.clone()).collect();
            old.iter().for_each(|id| model.forget(id));
            model.gaps.retain(|(at, _)| until <= *at);
        }
        Op::BackUp => wait(subject.store().back_up(at(moment))).expect("backed up"),
        Op::Reopen => {
            if let Some(place) = &subject.place {
                subject.store = None;
                subject.store = Some(Box::new(place.open()));
            }
        }
    }
}

fn turn(op: &Op, moment: i64, store: &dyn Store, model: &mut Model) {
    let Op::Turn { who, event, stale, says, relays, wake, ticket, gap, erase } = op else { return };
    let id = name(*who);
    let event = MessageId(format!("m{event}"));
    let mut before = wait(store.conversation(&id)).expect("read");
    if *stale {
        before.version += 1;
    }
    let fresh = wait(store.next_ticket(&id)).expect("a number");
    let mut scene = TurnScene::from(before, &event.0, at(moment)).customer("words");
    scene = (0..*says).fold(scene, |scene, _| scene.say("answer"));
    scene = (0..*relays).fold(scene, |scene, _| scene.relay(TicketId(1), "words"));
    let mut talk = model.conversations.get(&id).cloned().unwrap_or_default();
    let before_ticket = talk.ticket;
    match ticket {
        Change::Stays => {}
        Change::Opens => {
            scene = scene.open(fresh, "?");
            talk.ticket = Some(fresh);
        }
        Change::Closes => {
            scene = scene.close();
            talk.ticket = None;
        }
    }
    if let Some(wake) = wake {
        scene = scene.wake(at(i64::from(*wake)), Reminder::Expired);
    }
    if *gap {
        scene = scene.gap("why?");
    }
    if *erase {
        scene = scene.erase();
    }
    let was_heard = model.heard.contains(&(id.clone(), event.clone()));
    match scene.commit(store) {
        Err(StoreError::AlreadyHeard) => assert!(was_heard),
        Err(StoreError::Conflict) => assert!(*stale && !was_heard),
        Err(error) => panic!("{error}"),
        Ok(pending) => {
            assert!(!was_heard && !*stale);
            model.heard.push((id.clone(), event));
            let expected =
                usize::from(*says) + usize::from(*relays) + usize::from(matches!(ticket, Change::Opens));
            assert_eq!(pending.len(), expected);
            if *erase {
                model.forget(&id);
            } else {
                talk.version += 1;
                talk.touched = moment;
                talk.wake = wake.map(i64::from);
                if before_ticket != talk.ticket {
                    let closed =
                        model.tickets.iter_mut().filter(|(number, ..)| Some(*number) == before_ticket);
                    closed.for_each(|(.., open)| *open = false);
                    model.tickets.extend(talk.ticket.map(|number| (number, id.clone(), true)));
                }
                model.conversations.insert(id.clone(), talk);
                if *gap {
                    model.gaps.push((moment, id.clone()));
                }
            }
            model.deliver(&id, pending, moment);
        }
    }
}

impl Model {
    fn deliver(&mut self, id: &ConversationId, pending: Vec<Pending>, moment: i64) {
        for pending in pending {
            self.deliveries += 1;
            assert_eq!((pending.number, pending.tries, pending.due), (self.deliveries, 0, at(moment)));
            assert_eq!(pending.conversation, *id);
            self.outbox.push(pending);
        }
    }

    fn forget(&mut self, id: &ConversationId) {
        self.conversations.remove(id);
        self.outbox.retain(|pending| pending.conversation != *id);
        self.tickets.retain(|(_, owner, _)| owner != id);
        self.gaps.retain(|(_, owner)| owner != id);
    }

    fn compare(&self, store: &dyn Store) {
        for who in 0..4 {
            let talk = self.conversations.get(&name(who)).cloned().unwrap_or_default();
            let conversation = wait(store.conversation(&name(who))).expect("read");
            let ticket = match &conversation.stage {
                Stage::WithStaff(ticket) => Some(ticket.id),
                Stage::Open | Stage::Clarifying { .. } => None,
            };
            assert_eq!((conversation.version, ticket), (talk.version, talk.ticket));
        }
        for moment in [0, 45, 1000] {
            let mut heads: Vec<&Pending> = Vec::new();
            for pending in &self.outbox {
                let side = |one: &Pending| std::mem::discriminant(&one.delivery.to);
                let in_line =
                    |one: &&Pending| one.conversation == pending.conversation && side(one) == side(pending);
                if self.outbox.iter().filter(in_line).all(|one| pending.number <= one.number)
                    && pending.due <= at(moment)
                {
                    heads.push(pending);
                }
            }
            let due = wait(store.due(at(moment), 99)).expect("due");
            assert_eq!(due.iter().collect::<Vec<_>>(), heads);
        }
        let mut wakes: Vec<_> =
            self.conversations.iter().filter_map(|(id, talk)| Some((talk.wake?, id.clone()))).collect();
        wakes.sort();
        let woken = wait(store.woken(at(1000), 99)).expect("woken");
        let woken: Vec<_> = woken.into_iter().map(|wake| (wake.at, wake.conversation)).collect();
        assert_eq!(woken, wakes.into_iter().map(|(wake, id)| (at(wake), id)).collect::<Vec<_>>());
        let open = wait(store.open_tickets())
            .expect("read")
            .into_iter()
            .map(|ticket| (ticket.id, ticket.conversation));
        let expected =
            self.tickets.iter().filter(|(.., open)| *open).map(|(number, id, _)| (*number, id.clone()));
        assert_eq!(open.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        let gaps = wait(store.gaps(at(0))).expect("read").into_iter().map(|gap| (gap.at, gap.conversation));
        let expected = self.gaps.iter().map(|(moment, id)| (at(*moment), id.clone()));
        assert_eq!(gaps.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        for (id, event) in &self.heard {
            assert!(wait(store.was_heard(id, event)).expect("read"));
        }
    }
}

fn name(who: u8) -> ConversationId {
    id(["anna", "bert", "carl", "dora"][usize::from(who)])
}
