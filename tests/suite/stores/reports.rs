//! What the owner learns: counters, gaps, drafts.

use std::collections::BTreeMap;

use deskbell::desk::{Count, TicketId, Why};
use deskbell::faq::{ChannelKind, EntryId};
use deskbell::store::{Store, Tally};
use deskbell::text::Language;

use super::{TurnScene, at, every_store, id, wait};

const DAY: i64 = 24 * 60 * 60;

#[test]
fn counters_add_up_by_day_and_language() {
    every_store(|house| {
        let answered = || Count::Answered(EntryId::new("delivery-time").expect("an id"));
        let asked = |store: &dyn Store, heard: &str, seconds, language| {
            TurnScene::of(store, "anna", heard, at(seconds))
                .language(language)
                .count(Count::Asked)
                .count(answered())
                .commit(store)
                .expect("committed");
        };
        asked(&*house.store, "m1", 0, Language::DE);
        asked(&*house.store, "m2", 1, Language::DE);
        house.reopen();
        let store = &*house.store;
        asked(store, "m3", 2, Language::EN);
        asked(store, "m4", DAY, Language::DE);
        let handed_over = Count::HandedOver(Why::NoneOfThose);
        TurnScene::of(store, "bert", "m1", at(DAY))
            .count(handed_over.clone())
            .commit(store)
            .expect("committed");

        let day = u32::try_from(at(0).as_millis() / 1000 / DAY).expect("a day");
        let tally = |day, language, counts: &[(Count, u64)]| Tally {
            day,
            channel: ChannelKind::Telegram,
            language,
            counts: counts.iter().cloned().collect::<BTreeMap<_, _>>(),
        };
        let tallies = wait(store.tallies(at(0))).expect("read");
        assert_eq!(
            tallies,
            [
                tally(day, Some(Language::DE), &[(Count::Asked, 2), (answered(), 2)]),
                tally(day, Some(Language::EN), &[(Count::Asked, 1), (answered(), 1)]),
                tally(day + 1, None, &[(handed_over, 1)]),
                tally(day + 1, Some(Language::DE), &[(Count::Asked, 1), (answered(), 1)]),
            ]
        );
        assert_eq!(wait(store.tallies(at(DAY))).expect("read"), tallies[2..]);
    });
}

#[test]
fn gaps_are_listed_since_a_moment_oldest_first() {
    every_store(|house| {
        for (heard, seconds) in [("m1", 0), ("m2", 5), ("m3", 10)] {
            let scene = TurnScene::of(&*house.store, "anna", heard, at(seconds));
            scene.gap(&format!("why {seconds}?")).commit(&*house.store).expect("committed");
        }
        house.reopen();
        let gaps = wait(house.store.gaps(at(5))).expect("read");
        let questions: Vec<&str> = gaps.iter().map(|gap| gap.question.as_str()).collect();
        assert_eq!(questions, ["why 5?", "why 10?"]);
        assert_eq!(gaps[0].conversation, id("anna"));
    });
}

#[test]
fn a_draft_waits_until_it_is_written() {
    every_store(|house| {
        let scene = TurnScene::of(&*house.store, "anna", "m1", at(0));
        scene.draft("one?", TicketId(1)).draft("two?", TicketId(1)).commit(&*house.store).expect("committed");
        house.reopen();
        let store = &*house.store;
        let drafts = wait(store.drafts()).expect("read");
        let questions: Vec<&str> = drafts.iter().map(|(_, draft)| draft.question.as_str()).collect();
        assert_eq!(questions, ["one?", "two?"]);
        wait(store.draft_written(drafts[0].0)).expect("written");
        wait(store.draft_written(drafts[0].0)).expect("written before");
        assert_eq!(wait(store.drafts()).expect("read"), drafts[1..]);
    });
}
