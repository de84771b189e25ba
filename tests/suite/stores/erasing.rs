//! Forgetting and tidying: what goes, what stays, and when.

use deskbell::desk::{
    Conversation, Count, Delivery, MessageId, Post, Receipt, Recipient, Reminder, TicketId,
};
use deskbell::faq::ChannelKind;
use deskbell::store::{Outcome, Store};

use super::{TurnScene, at, every_store, id, staff_place, wait};

const HOUR: i64 = 60 * 60;

#[test]
fn forgetting_takes_all_of_one_customer_and_nothing_of_the_others() {
    every_store(|house| {
        lives(&*house.store, "anna", "thread a");
        let (bert, bert_ticket) = lives(&*house.store, "bert", "thread b");
        wait(house.store.forget(&id("anna"))).expect("forgotten");
        house.reopen();
        let store = &*house.store;
        assert_eq!(wait(store.conversation(&id("anna"))).expect("read"), Conversation::new(id("anna")));
        assert_eq!(wait(store.delivered_as(&id("anna"), &MessageId("m1".to_owned()))).expect("read"), None);
        assert_eq!(wait(store.ticket_at(&staff_place("thread a"))).expect("read"), None);

        assert_eq!(wait(store.conversation(&id("bert"))).expect("read"), bert);
        assert!(wait(store.delivered_as(&id("bert"), &MessageId("m1".to_owned()))).expect("read").is_some());
        let ticket = wait(store.ticket_at(&staff_place("thread b"))).expect("read").expect("a ticket");
        assert_eq!(ticket.id, bert_ticket);
        let of_bert = |all: Vec<_>| assert_eq!(all, [id("bert")]);
        of_bert(
            wait(store.open_tickets()).expect("read").into_iter().map(|ticket| ticket.conversation).collect(),
        );
        of_bert(wait(store.gaps(at(0))).expect("read").into_iter().map(|gap| gap.conversation).collect());
        of_bert(
            wait(store.woken(at(99), 9)).expect("read").into_iter().map(|wake| wake.conversation).collect(),
        );
        of_bert(
            wait(store.due(at(99), 9))
                .expect("read")
                .into_iter()
                .map(|pending| pending.conversation)
                .collect(),
        );
        assert_eq!(wait(store.drafts()).expect("read").len(), 1);
        let counted: u64 =
            wait(store.tallies(at(0))).expect("read").iter().flat_map(|tally| tally.counts.values()).sum();
        assert_eq!(counted, 2, "counters hold nobody's words");
    });
}

#[test]
fn all_conversations_of_a_customer_are_found_and_nobody_elses() {
    every_store(|house| {
        lives(&*house.store, "anna", "thread a");
        lives(&*house.store, "bert", "thread b");
        house.reopen();
        let of = |channel, customer| wait(house.store.conversations_of(channel, customer)).expect("read");
        assert_eq!(of(ChannelKind::Telegram, "anna"), [id("anna")]);
        assert_eq!(of(ChannelKind::Discord, "anna"), []);
        assert_eq!(of(ChannelKind::Telegram, "ann"), []);
    });
}

#[test]
fn an_event_stays_heard_when_its_conversation_is_forgotten() {
    every_store(|house| {
        lives(&*house.store, "anna", "thread a");
        wait(house.store.forget(&id("anna"))).expect("forgotten");
        house.reopen();
        assert!(wait(house.store.was_heard(&id("anna"), &MessageId("m1".to_owned()))).expect("read"));
    });
}

#[test]
fn the_last_words_to_a_forgotten_customer_and_to_staff_still_go_out() {
    every_store(|house| {
        let (_, ticket) = lives(&*house.store, "anna", "thread a");
        let mark = Post::MarkTicket { title: "closed".to_owned(), closed: true };
        let pending = TurnScene::of(&*house.store, "anna", "forget", at(20))
            .close()
            .say("Done.")
            .deliver(Recipient::Ticket(ticket), mark)
            .gap("a last question")
            .count(Count::Closed)
            .erase()
            .commit(&*house.store)
            .expect("committed");
        house.reopen();
        let store = &*house.store;
        assert_eq!(wait(store.conversation(&id("anna"))).expect("read"), Conversation::new(id("anna")));
        assert_eq!(wait(store.gaps(at(0))).expect("read"), []);
        assert_eq!(wait(store.woken(at(99), 9)).expect("read"), []);
        assert_eq!(pending.len(), 2);
        assert_eq!(wait(store.due(at(20), 9)).expect("due"), pending);
        wait(store.settle(pending[0].number, delivered("chat"))).expect("settled");
        assert_eq!(wait(store.due(at(20), 9)).expect("due"), pending[1..]);
        let known = wait(store.ticket(ticket)).expect("read").expect("known while words are on their way");
        assert_eq!((known.place, known.open), (Some(staff_place("thread a")), false));
        assert_eq!(wait(store.open_tickets()).expect("read"), []);
        wait(store.settle(pending[1].number, delivered("thread a"))).expect("settled");
        assert_eq!(wait(store.ticket(ticket)).expect("read"), None);
        assert_eq!(wait(store.next_due()).expect("read"), None);
    });
}

#[test]
fn who_writes_again_after_being_forgotten_is_kept() {
    every_store(|house| {
        lives(&*house.store, "anna", "thread a");
        let last_words = TurnScene::of(&*house.store, "anna", "forget", at(20)).say("Done.").erase();
        let pending = last_words.commit(&*house.store).expect("committed");
        let (again, ticket) = {
            let store = &*house.store;
            let number = wait(store.next_ticket(&id("anna"))).expect("a number");
            TurnScene::of(store, "anna", "new", at(21))
                .customer("hello again")
                .open(number, "?")
                .commit(store)
                .expect("committed");
            (wait(store.conversation(&id("anna"))).expect("read"), number)
        };
        wait(house.store.settle(pending[0].number, delivered("chat"))).expect("settled");
        wait(house.store.tidy(at(30), at(0))).expect("tidied");
        house.reopen();
        let store = &*house.store;
        assert_eq!(wait(store.conversation(&id("anna"))).expect("read"), again);
        assert!(wait(store.ticket(ticket)).expect("read").is_some());
        assert_eq!(wait(store.due(at(30), 9)).expect("due").len(), 1);
    });
}

#[test]
fn tidying_drops_what_has_outlived_its_time() {
    every_store(|house| {
        let store = &*house.store;
        TurnScene::of(store, "old", "m1", at(0))
            .customer("hello")
            .gap("old?")
            .commit(store)
            .expect("committed");
        TurnScene::of(store, "new", "m1", at(0))
            .customer("hello")
            .gap("older?")
            .commit(store)
            .expect("committed");
        TurnScene::of(store, "new", "m2", at(40 * HOUR)).gap("new?").commit(store).expect("committed");
        let heard = |name: &str, message: &str| {
            wait(store.was_heard(&id(name), &MessageId(message.to_owned()))).expect("read")
        };
        wait(store.tidy(at(47 * HOUR), at(HOUR))).expect("tidied");
        assert_eq!(wait(store.conversation(&id("old"))).expect("read").version, 0);
        assert_eq!(wait(store.conversation(&id("new"))).expect("read").version, 2);
        let questions: Vec<String> =
            wait(store.gaps(at(0))).expect("read").into_iter().map(|gap| gap.question).collect();
        assert_eq!(questions, ["new?"]);
        assert!(heard("old", "m1") && heard("new", "m1") && heard("new", "m2"));
        wait(store.tidy(at(49 * HOUR), at(HOUR))).expect("tidied");
        assert!(!heard("old", "m1") && !heard("new", "m1") && heard("new", "m2"));
    });
}

/// A conversation with something in every table.
fn lives(store: &dyn Store, name: &str, thread: &str) -> (Conversation, TicketId) {
    let ticket = wait(store.next_ticket(&id(name))).expect("a number");
    TurnScene::of(store, name, "m1", at(0))
        .customer("where is it?")
        .open(ticket, "where is it?")
        .relay(ticket, "where is it?")
        .say("I am asking a colleague.")
        .gap("where is it?")
        .draft("where is it?", ticket)
        .count(Count::Asked)
        .wake(at(50), Reminder::TicketWaits)
        .commit(store)
        .expect("committed");
    for place in [thread, thread] {
        let due = wait(store.due(at(0), 99)).expect("due");
        let number = due.iter().find(|pending| pending.conversation == id(name)).expect("due").number;
        wait(store.settle(number, delivered(place))).expect("settled");
    }
    (wait(store.conversation(&id(name))).expect("read"), ticket)
}

fn delivered(thread: &str) -> Outcome {
    Outcome::Delivered(Receipt { place: staff_place(thread), messages: vec![MessageId("1".to_owned())] })
}

#[test]
fn forgetting_somebody_unknown_harms_nobody() {
    every_store(|house| {
        let store = &*house.store;
        let message = deskbell::desk::Message::default();
        let delivery = Delivery { to: Recipient::Owner, post: Post::Say { message, relays: None } };
        wait(store.post(id("owner"), delivery, at(0))).expect("posted");
        wait(store.forget(&id("nobody"))).expect("forgotten");
        assert_eq!(wait(store.due(at(0), 9)).expect("due").len(), 1);
    });
}
