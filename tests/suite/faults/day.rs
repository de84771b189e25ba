//! A scripted day at the desk, and all that a store knows afterwards.

use std::fmt::Write as _;

use deskbell::desk::{Count, Delivery, Message, MessageId, Post, Receipt, Recipient, Reminder, TicketId};
use deskbell::faq::Digest;
use deskbell::store::{Outcome, Store, StoreError};

use crate::stores::{TurnScene, at, customer_place, files, id, staff_place, vector_key, wait};

/// Something that is asked of a store, again and again until it is acknowledged. The number is what the runtime
/// remembers between two tries: which delivery it is about.
pub(super) type Deed = Box<dyn Fn(&dyn Store, &mut Option<u64>) -> Result<(), StoreError>>;

/// The deeds of the day.
pub(super) fn deeds() -> Vec<Deed> {
    vec![
        turn("anna", "a1", |scene| {
            scene.customer("Are you open?").say("Yes.").say("Anything?").count(Count::Asked)
        }),
        turn("bert", "b1", |scene| scene.customer("My parcel is wet").wake(at(900), Reminder::BurstOver)),
        Box::new(|store, _| {
            let ticket = wait(store.next_ticket(&id("bert")))?;
            if wait(store.was_heard(&id("bert"), &MessageId("b2".to_owned())))? {
                return Ok(());
            }
            let before = wait(store.conversation(&id("bert")))?;
            done(TurnScene::from(before, "b2", at(60)).open(ticket, "wet").gap("wet").commit(store))
        }),
        settle("bert", Outcome::Delivered(receipt("thread 1"))),
        settle("anna", Outcome::Delivered(Receipt { place: customer_place("anna"), messages: Vec::new() })),
        turn("bert", "b3", |scene| {
            scene
                .customer("the red one")
                .relay(TicketId(1), "the red one")
                .draft("wet?", TicketId(1))
                .say("Thanks.")
        }),
        settle("bert", Outcome::Delivered(receipt("thread 1"))),
        turn("carl", "c1", |scene| {
            scene.customer("hello").say("Hello!").wake(at(80), Reminder::Expired).gap("hello")
        }),
        Box::new(|store, _| {
            wait(store.keep_faq(files(&[("a.md", "## A")]), Digest([1; 32]), 1, at(1))).map(drop)
        }),
        Box::new(|store, _| {
            wait(store.keep_faq(files(&[("a.md", "## B")]), Digest([2; 32]), 1, at(2))).map(drop)
        }),
        Box::new(|store, _| {
            wait(store.keep_vectors(vec![(vector_key(1), vec![1]), (vector_key(2), vec![2])]))
        }),
        Box::new(|store, _| wait(store.keep_only_vectors(vec![vector_key(2)]))),
        Box::new(|store, _| wait(store.keep_note("session", "resume".to_owned()))),
        turn("bert", "b4", |scene| scene.close().say("Closed.").count(Count::Closed)),
        Box::new(|store, _| wait(store.draft_written(1))),
        Box::new(|store, _| wait(store.forget(&id("carl")))),
        turn("dora", "d1", |scene| scene.customer("forget me").say("Done.").erase()),
        settle("dora", Outcome::GivenUp),
        Box::new(|store, _| wait(store.tidy(at(49 * 3600), at(30)))),
        Box::new(|store, _| wait(store.back_up(at(50 * 3600)))),
        Box::new(|store, _| wait(store.flush())),
    ]
}

/// Deeds that leave more behind when they are done twice.
pub(super) fn deeds_that_count() -> Vec<Deed> {
    vec![
        settle("anna", Outcome::Again(at(500))),
        Box::new(|store, _| {
            let post = Post::Say { message: Message::default(), relays: None };
            wait(store.post(id("owner"), Delivery { to: Recipient::Owner, post }, at(5))).map(drop)
        }),
    ]
}

/// Does a deed as the runtime would: a turn whose event was heard before is done.
fn turn(name: &'static str, event: &'static str, play: impl Fn(TurnScene) -> TurnScene + 'static) -> Deed {
    Box::new(move |store, _| {
        if wait(store.was_heard(&id(name), &MessageId(event.to_owned())))? {
            return Ok(());
        }
        let before = wait(store.conversation(&id(name)))?;
        done(play(TurnScene::from(before, event, at(40))).commit(store))
    })
}

fn done<T>(committed: Result<T, StoreError>) -> Result<(), StoreError> {
    match committed {
        Ok(_) | Err(StoreError::AlreadyHeard) => Ok(()),
        Err(error) => Err(error),
    }
}

fn settle(name: &'static str, outcome: Outcome) -> Deed {
    Box::new(move |store, remembered| {
        if remembered.is_none() {
            let due = wait(store.due(at(9999), 99))?;
            *remembered =
                due.iter().find(|pending| pending.conversation == id(name)).map(|pending| pending.number);
        }
        wait(store.settle(remembered.expect("something is due"), outcome.clone()))
    })
}

fn receipt(thread: &str) -> Receipt {
    Receipt { place: staff_place(thread), messages: vec![MessageId("1".to_owned())] }
}

/// Everything that can be read of a store.
pub(super) fn all_of(store: &dyn Store) -> String {
    let mut all = String::new();
    for (name, events) in [("anna", 1), ("bert", 4), ("carl", 1), ("dora", 1), ("owner", 0)] {
        line(&mut all, &wait(store.conversation(&id(name))));
        for event in (1..=events).map(|n| MessageId(format!("{}{n}", &name[..1]))) {
            line(&mut all, &wait(store.was_heard(&id(name), &event)));
            line(&mut all, &wait(store.delivered_as(&id(name), &event)));
        }
    }
    line(&mut all, &wait(store.due(at(99_999_999), 99)));
    line(&mut all, &wait(store.next_due()));
    line(&mut all, &wait(store.woken(at(99_999_999), 99)));
    line(&mut all, &wait(store.next_ticket(&id("next"))));
    line(&mut all, &wait(store.ticket_at(&staff_place("thread 1"))));
    line(&mut all, &wait(store.open_tickets()));
    line(&mut all, &wait(store.gaps(at(0))));
    line(&mut all, &wait(store.tallies(at(0))));
    line(&mut all, &wait(store.drafts()));
    line(&mut all, &wait(store.good_faq()));
    line(&mut all, &wait(store.faq_log()));
    line(&mut all, &wait(store.note("session")));
    all
}

fn line<T: std::fmt::Debug>(all: &mut String, answer: &Result<T, StoreError>) {
    let answer = answer.as_ref().expect("read");
    let _ = writeln!(all, "{answer:?}");
}
