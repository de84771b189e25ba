//! The outbox: in order within a conversation, nobody waits for anybody else's.

use deskbell::desk::{Message, MessageId, Part, Post, Receipt, Recipient, TicketId};
use deskbell::store::{Outcome, Store};

use super::{TurnScene, at, customer_place, every_store, id, wait};

#[test]
fn of_each_conversation_only_the_oldest_delivery_is_due() {
    every_store(|house| {
        TurnScene::of(&*house.store, "anna", "m1", at(0))
            .say("a1")
            .say("a2")
            .commit(&*house.store)
            .expect("committed");
        TurnScene::of(&*house.store, "bert", "m1", at(0)).say("b1").commit(&*house.store).expect("committed");
        TurnScene::of(&*house.store, "anna", "m2", at(0)).say("a3").commit(&*house.store).expect("committed");
        house.reopen();
        let store = &*house.store;
        assert_eq!(due(store, 0, 10), ["a1", "b1"]);
        assert_eq!(due(store, 0, 1), ["a1"]);
        deliver(store, "a1");
        assert_eq!(due(store, 0, 10), ["a2", "b1"]);
        deliver(store, "b1");
        deliver(store, "a2");
        assert_eq!(due(store, 0, 10), ["a3"]);
        deliver(store, "a3");
        assert_eq!(due(store, 99, 10), [""; 0]);
        assert_eq!(wait(store.next_due()).expect("next"), None);
    });
}

#[test]
fn what_must_wait_holds_back_its_own_conversation_and_no_other() {
    every_store(|house| {
        TurnScene::of(&*house.store, "anna", "m1", at(0))
            .say("a1")
            .say("a2")
            .commit(&*house.store)
            .expect("committed");
        TurnScene::of(&*house.store, "bert", "m1", at(0)).say("b1").commit(&*house.store).expect("committed");
        let number = number(&*house.store, "a1");
        wait(house.store.settle(number, Outcome::Again(at(30)))).expect("settled");
        house.reopen();
        let store = &*house.store;
        assert_eq!(due(store, 29, 10), ["b1"]);
        deliver(store, "b1");
        assert_eq!(wait(store.next_due()).expect("next"), Some(at(30)));
        let again = wait(store.due(at(30), 10)).expect("due");
        assert_eq!((again.len(), again[0].number, again[0].tries), (1, number, 1));
        wait(store.settle(number, Outcome::Again(at(40)))).expect("settled");
        assert_eq!(wait(store.due(at(40), 10)).expect("due")[0].tries, 2);
        deliver(store, "a1");
        assert_eq!(due(store, 40, 10), ["a2"]);
    });
}

#[test]
fn a_staff_chat_that_fails_keeps_no_customer_waiting() {
    every_store(|house| {
        let ticket = TicketId(1);
        let scene = |heard| TurnScene::of(&*house.store, "anna", heard, at(0));
        scene("m1")
            .relay(ticket, "t1")
            .say("c1")
            .relay(ticket, "t2")
            .commit(&*house.store)
            .expect("committed");
        scene("m2").say("c2").commit(&*house.store).expect("committed");
        wait(house.store.settle(number(&*house.store, "t1"), Outcome::Again(at(60)))).expect("settled");
        house.reopen();
        let store = &*house.store;
        assert_eq!(due(store, 0, 10), ["c1"]);
        deliver(store, "c1");
        assert_eq!(due(store, 0, 10), ["c2"]);
        assert_eq!(due(store, 60, 10), ["t1", "c2"]);
        deliver(store, "t1");
        assert_eq!(due(store, 60, 10), ["t2", "c2"]);
    });
}

#[test]
fn what_is_given_up_makes_room_for_the_next() {
    every_store(|house| {
        let store = &*house.store;
        TurnScene::of(store, "anna", "m1", at(0)).say("a1").say("a2").commit(store).expect("committed");
        wait(store.settle(number(store, "a1"), Outcome::GivenUp)).expect("settled");
        assert_eq!(due(store, 0, 10), ["a2"]);
    });
}

#[test]
fn a_delivery_is_settled_once() {
    every_store(|house| {
        let store = &*house.store;
        TurnScene::of(store, "anna", "m1", at(0)).say("a1").say("a2").commit(store).expect("committed");
        let first = number(store, "a1");
        deliver(store, "a1");
        wait(store.settle(first, Outcome::Again(at(9)))).expect("nothing left to settle");
        wait(store.settle(first, Outcome::GivenUp)).expect("nothing left to settle");
        wait(store.settle(4711, Outcome::GivenUp)).expect("never was one");
        assert_eq!(due(store, 99, 10), ["a2"]);
    });
}

#[test]
fn a_word_to_the_owner_stands_in_line_like_all_others() {
    every_store(|house| {
        let store = &*house.store;
        let message =
            Message { parts: vec![Part::Markdown("faq/hours.md".to_owned())], ..Message::default() };
        let delivery =
            deskbell::desk::Delivery { to: Recipient::Owner, post: Post::Say { message, relays: None } };
        let posted = wait(store.post(id("owner"), delivery.clone(), at(3))).expect("posted");
        assert_eq!((posted.tries, posted.due, &posted.delivery), (0, at(3), &delivery));
        assert_eq!(wait(store.due(at(2), 10)).expect("due"), []);
        assert_eq!(wait(store.due(at(3), 10)).expect("due"), [posted]);
    });
}

#[test]
fn where_words_arrived_is_known_so_that_edits_follow() {
    every_store(|house| {
        let store = &*house.store;
        let ticket = wait(store.next_ticket(&id("anna"))).expect("a number");
        TurnScene::of(store, "anna", "m1", at(0))
            .open(ticket, "?")
            .relay(ticket, "hello")
            .commit(store)
            .expect("committed");
        let opened = wait(store.due(at(0), 9)).expect("due")[0].number;
        wait(store.settle(opened, Outcome::GivenUp)).expect("settled");
        let relays = MessageId("m1".to_owned());
        assert_eq!(wait(store.delivered_as(&id("anna"), &relays)).expect("read"), None);
        let first = receipt("thread", &["77", "78"]);
        let number = wait(store.due(at(0), 9)).expect("due")[0].number;
        wait(store.settle(number, Outcome::Delivered(first.clone()))).expect("settled");
        house.reopen();
        let store = &*house.store;
        assert_eq!(wait(store.delivered_as(&id("anna"), &relays)).expect("read"), Some(first));
        assert_eq!(wait(store.delivered_as(&id("bert"), &relays)).expect("read"), None);

        let message = Message { parts: vec![Part::Literal("hallo".to_owned())], ..Message::default() };
        let amend = Post::Amend { relays: relays.clone(), message };
        let withdraw = Post::Withdraw { relays: relays.clone() };
        TurnScene::of(store, "anna", "m2", at(1))
            .deliver(Recipient::Ticket(ticket), amend)
            .deliver(Recipient::Ticket(ticket), withdraw)
            .commit(store)
            .expect("committed");
        let second = receipt("thread", &["77"]);
        let number = wait(store.due(at(1), 9)).expect("due")[0].number;
        wait(store.settle(number, Outcome::Delivered(second.clone()))).expect("settled");
        assert_eq!(wait(store.delivered_as(&id("anna"), &relays)).expect("read"), Some(second.clone()));
        let number = wait(store.due(at(1), 9)).expect("due")[0].number;
        wait(store.settle(number, Outcome::Delivered(second))).expect("settled");
        assert_eq!(wait(store.delivered_as(&id("anna"), &relays)).expect("read"), None);
    });
}

/// The words of the deliveries that are due.
fn due(store: &dyn Store, seconds: i64, limit: usize) -> Vec<String> {
    let due = wait(store.due(at(seconds), limit)).expect("due");
    due.iter().map(|pending| words(&pending.delivery.post)).collect()
}

fn number(store: &dyn Store, said: &str) -> u64 {
    let due = wait(store.due(at(1000), 100)).expect("due");
    due.iter().find(|pending| words(&pending.delivery.post) == said).expect("it is due").number
}

fn deliver(store: &dyn Store, said: &str) {
    let receipt = receipt("chat", &["99"]);
    wait(store.settle(number(store, said), Outcome::Delivered(receipt))).expect("settled");
}

fn receipt(place: &str, messages: &[&str]) -> Receipt {
    let messages = messages.iter().map(|message| MessageId((*message).to_owned())).collect();
    Receipt { place: customer_place(place), messages }
}

fn words(post: &Post) -> String {
    match post {
        Post::Say { message, .. } | Post::Amend { message, .. } => match &message.parts[0] {
            Part::Markdown(words) | Part::Literal(words) => words.clone(),
        },
        Post::Withdraw { .. } | Post::OpenTicket { .. } | Post::MarkTicket { .. } => String::new(),
    }
}
