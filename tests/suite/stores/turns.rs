//! Turns: stored whole, heard once, refused when somebody else's came first.

use deskbell::desk::{Conversation, MessageId, Reminder};
use deskbell::store::{StoreError, Wake};

use super::{TurnScene, at, every_store, id, wait};

#[test]
fn a_conversation_that_nobody_has_stored_is_fresh() {
    every_store(|house| {
        let conversation = wait(house.store.conversation(&id("anna"))).expect("read");
        assert_eq!(conversation, Conversation::new(id("anna")));
    });
}

#[test]
fn a_turn_is_found_again_also_after_a_restart() {
    every_store(|house| {
        let scene = TurnScene::of(&*house.store, "anna", "m1", at(0)).customer("Are you open?").say("Yes.");
        let turn = scene.turn();
        let pending = wait(house.store.commit(turn.clone(), at(0))).expect("committed");
        assert_eq!(pending.len(), 1);
        house.reopen();
        let stored = wait(house.store.conversation(&id("anna"))).expect("read");
        assert_eq!(stored.version, 1);
        assert_eq!(stored, Conversation { version: 1, ..turn.conversation });
        assert_eq!(wait(house.store.due(at(0), 10)).expect("due"), pending);
    });
}

#[test]
fn a_turn_from_an_older_conversation_is_refused_and_leaves_nothing() {
    every_store(|house| {
        let store = &*house.store;
        let old = wait(store.conversation(&id("anna"))).expect("read");
        TurnScene::of(store, "anna", "m1", at(0)).customer("first").commit(store).expect("committed");
        let refused =
            TurnScene::from(old, "m2", at(1)).customer("second").say("hello").gap("second?").commit(store);
        assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
        assert_eq!(wait(store.conversation(&id("anna"))).expect("read").version, 1);
        assert!(!wait(store.was_heard(&id("anna"), &MessageId("m2".to_owned()))).expect("read"));
        assert_eq!(wait(store.due(at(9), 10)).expect("due"), []);
        assert_eq!(wait(store.gaps(at(0))).expect("gaps"), []);
    });
}

#[test]
fn an_event_is_heard_once() {
    every_store(|house| {
        TurnScene::of(&*house.store, "anna", "m1", at(0))
            .customer("first")
            .commit(&*house.store)
            .expect("committed");
        house.reopen();
        let store = &*house.store;
        assert!(wait(store.was_heard(&id("anna"), &MessageId("m1".to_owned()))).expect("read"));
        assert!(!wait(store.was_heard(&id("bert"), &MessageId("m1".to_owned()))).expect("read"));
        let again = TurnScene::of(store, "anna", "m1", at(1)).customer("first").say("hello").commit(store);
        assert!(matches!(again, Err(StoreError::AlreadyHeard)), "{again:?}");
        assert_eq!(wait(store.due(at(9), 10)).expect("due"), []);
        TurnScene::of(store, "bert", "m1", at(1)).customer("mine").commit(store).expect("another's event");
    });
}

#[test]
fn an_event_that_was_heard_is_no_conflict_even_from_an_older_conversation() {
    every_store(|house| {
        let store = &*house.store;
        let old = wait(store.conversation(&id("anna"))).expect("read");
        TurnScene::from(old.clone(), "m1", at(0)).customer("first").commit(store).expect("committed");
        let again = TurnScene::from(old, "m1", at(0)).customer("first").commit(store);
        assert!(matches!(again, Err(StoreError::AlreadyHeard)), "{again:?}");
    });
}

#[test]
fn a_later_wish_to_be_woken_replaces_the_earlier_one() {
    every_store(|house| {
        let store = &*house.store;
        let scene = |heard, seconds| TurnScene::of(store, "anna", heard, at(seconds));
        scene("m1", 0).wake(at(10), Reminder::BurstOver).commit(store).expect("committed");
        assert_eq!(wait(store.woken(at(9), 10)).expect("woken"), []);
        assert_eq!(wait(store.next_due()).expect("next"), Some(at(10)));
        let first = Wake { conversation: id("anna"), reminder: Reminder::BurstOver, at: at(10) };
        assert_eq!(wait(store.woken(at(10), 10)).expect("woken"), [first]);
        scene("m2", 1).wake(at(20), Reminder::TicketWaits).commit(store).expect("committed");
        assert_eq!(wait(store.woken(at(19), 10)).expect("woken"), []);
        let second = Wake { conversation: id("anna"), reminder: Reminder::TicketWaits, at: at(20) };
        assert_eq!(wait(store.woken(at(20), 10)).expect("woken"), [second]);
        scene("m3", 2).commit(store).expect("committed");
        assert_eq!(wait(store.woken(at(99), 10)).expect("woken"), []);
        assert_eq!(wait(store.next_due()).expect("next"), None);
    });
}

#[test]
fn a_wake_up_stays_until_its_turn_is_stored() {
    every_store(|house| {
        let store = &*house.store;
        TurnScene::of(store, "anna", "m1", at(0))
            .wake(at(10), Reminder::Expired)
            .commit(store)
            .expect("committed");
        TurnScene::of(store, "bert", "m1", at(0))
            .wake(at(5), Reminder::BurstOver)
            .commit(store)
            .expect("committed");
        house.reopen();
        let store = &*house.store;
        let names = |limit| -> Vec<_> {
            let woken = wait(store.woken(at(10), limit)).expect("woken");
            woken.into_iter().map(|wake| wake.conversation).collect()
        };
        assert_eq!(names(10), [id("bert"), id("anna")]);
        assert_eq!(names(1), [id("bert")]);
        TurnScene::of(store, "bert", "w1", at(10)).commit(store).expect("committed");
        assert_eq!(names(10), [id("anna")]);
    });
}

#[test]
fn an_adapters_note_outlives_a_restart() {
    every_store(|house| {
        assert_eq!(wait(house.store.note("session")).expect("read"), None);
        wait(house.store.keep_note("session", "one".to_owned())).expect("kept");
        wait(house.store.keep_note("session", "two".to_owned())).expect("kept");
        house.reopen();
        assert_eq!(wait(house.store.note("session")).expect("read"), Some("two".to_owned()));
    });
}
