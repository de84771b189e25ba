//! Tickets: numbered without holes, found by their place, known as long as their conversation is.

use deskbell::desk::{MessageId, Receipt, TicketId};
use deskbell::store::{Outcome, Store, StoreError, TicketPlace};

use super::{TurnScene, at, every_store, id, staff_place, wait};

#[test]
fn a_ticket_is_found_by_its_place_once_it_has_one() {
    every_store(|house| {
        let number = open(&*house.store, "anna", "m1");
        let expected = |place: Option<&str>, open| {
            let place = place.map(staff_place);
            Some(TicketPlace { id: number, conversation: id("anna"), place, open })
        };
        assert_eq!(wait(house.store.ticket(number)).expect("read"), expected(None, true));
        assert_eq!(wait(house.store.ticket_at(&staff_place("thread 1"))).expect("read"), None);
        place(&*house.store, "thread 1");
        house.reopen();
        let store = &*house.store;
        assert_eq!(
            wait(store.ticket_at(&staff_place("thread 1"))).expect("read"),
            expected(Some("thread 1"), true)
        );
        assert_eq!(wait(store.ticket_at(&staff_place("thread 2"))).expect("read"), None);
        assert_eq!(
            wait(store.open_tickets()).expect("read"),
            expected(Some("thread 1"), true).into_iter().collect::<Vec<_>>()
        );

        TurnScene::of(store, "anna", "m2", at(1)).close().commit(store).expect("committed");
        assert_eq!(
            wait(store.ticket_at(&staff_place("thread 1"))).expect("read"),
            expected(Some("thread 1"), false)
        );
        assert_eq!(wait(store.ticket(number)).expect("read"), expected(Some("thread 1"), false));
        assert_eq!(wait(store.open_tickets()).expect("read"), []);
    });
}

#[test]
fn ticket_numbers_have_no_holes_and_no_doubles() {
    every_store(|house| {
        let store = &*house.store;
        // Two conversations ask at the same moment; one of them opens no ticket after all.
        assert_eq!(wait(store.next_ticket(&id("anna"))).expect("a number"), TicketId(1));
        assert_eq!(wait(store.next_ticket(&id("bert"))).expect("a number"), TicketId(2));
        assert_eq!(wait(store.next_ticket(&id("anna"))).expect("a number"), TicketId(1));
        TurnScene::of(store, "anna", "m1", at(0)).commit(store).expect("no ticket");
        assert_eq!(open(store, "carl", "m1"), TicketId(1));
        TurnScene::of(store, "bert", "m1", at(0)).open(TicketId(2), "?").commit(store).expect("committed");
        house.reopen();
        assert_eq!(open(&*house.store, "dora", "m1"), TicketId(3));
    });
}

#[test]
fn a_number_that_another_conversation_took_is_refused() {
    every_store(|house| {
        let store = &*house.store;
        TurnScene::of(store, "anna", "m1", at(0)).open(TicketId(1), "?").commit(store).expect("committed");
        let refused = TurnScene::of(store, "bert", "m1", at(0)).open(TicketId(1), "?").commit(store);
        assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
        let ticket = wait(store.ticket(TicketId(1))).expect("read").expect("a ticket");
        assert_eq!(ticket.conversation, id("anna"));
    });
}

#[test]
fn a_second_ticket_of_the_same_customer_closes_the_first() {
    every_store(|house| {
        let store = &*house.store;
        let first = open(store, "anna", "m1");
        let second = open(store, "anna", "m2");
        let numbers =
            wait(store.open_tickets()).expect("read").iter().map(|ticket| ticket.id).collect::<Vec<_>>();
        assert_eq!(numbers, [second]);
        assert!(!wait(store.ticket(first)).expect("read").expect("a ticket").open);
    });
}

#[test]
fn a_number_is_not_used_again_when_its_ticket_is_forgotten() {
    every_store(|house| {
        assert_eq!(open(&*house.store, "anna", "m1"), TicketId(1));
        place(&*house.store, "thread 1");
        wait(house.store.forget(&id("anna"))).expect("forgotten");
        house.reopen();
        let store = &*house.store;
        assert_eq!(wait(store.ticket(TicketId(1))).expect("read"), None);
        assert_eq!(wait(store.ticket_at(&staff_place("thread 1"))).expect("read"), None);
        assert_eq!(open(store, "bert", "m1"), TicketId(2));
    });
}

fn open(store: &dyn Store, name: &str, heard: &str) -> TicketId {
    let number = wait(store.next_ticket(&id(name))).expect("a number");
    TurnScene::of(store, name, heard, at(0)).open(number, "?").commit(store).expect("committed");
    number
}

fn place(store: &dyn Store, thread: &str) {
    let number = wait(store.due(at(0), 1)).expect("due")[0].number;
    let receipt = Receipt { place: staff_place(thread), messages: vec![MessageId("1".to_owned())] };
    wait(store.settle(number, Outcome::Delivered(receipt))).expect("settled");
}
