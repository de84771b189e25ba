//! What an owner is advised to add: by other firms' customers' words, tried on the owner's own index.

use std::sync::Arc;

use deskbell::advice::{Advised, WORDINGS, advise};
use deskbell::faq::{Faq, read};
use deskbell::matcher::{Audience, Index, Query, search};
use deskbell::runtime::folder;
use deskbell::time::Timestamp;

use crate::page::faq;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

const SHOP: &str = r"
## Delivery time {#delivery-time}

Two to three working days.

## Opening hours {#hours}
> When are you open?

Monday to Friday from 9 to 18.

## Boxing gloves in pink {#gloves}

In all sizes.
";

/// What two other firms are told.
const TOLD: &str = "=en
#Delivery time | Three to five working days.
How long does delivery take?
delivery time
how fast is the ^zeppelin
delivery time of a mattress
#Opening hours | Tuesday to Sunday from 10 to 17.
when are you open
open on sundays?
How long does delivery take on a Sunday?
=de
#Lieferzeit | Zwei Tage.
Wie lange dauert die Lieferung?
";

fn advised(faq: &Arc<Faq>, wordings: &str) -> Vec<Advised> {
    advise(&Index::build(faq.clone()), wordings, NOW)
}

/// The proposed questions of the entry `id`.
fn proposed(faq: &Faq, advised: &[Advised], id: &str) -> Vec<String> {
    let of_id = |one: &&Advised| faq.entries[one.entry].id.as_str() == id;
    advised.iter().find(of_id).map(|one| one.proposed.clone()).unwrap_or_default()
}

#[test]
fn customers_words_from_a_like_entry_are_proposed_where_they_belong() {
    let faq = faq(SHOP);
    let advised = advised(&faq, TOLD);
    let delivery = proposed(&faq, &advised, "delivery-time");
    assert!(delivery.contains(&"How long does delivery take?".to_owned()), "{delivery:?}");
    let hours = proposed(&faq, &advised, "hours");
    assert!(hours.contains(&"open on sundays?".to_owned()), "{hours:?}");
    assert!(!advised.iter().any(|one| faq.entries[one.entry].id.as_str() == "gloves"), "nobody has the like");
}

#[test]
fn what_stands_there_what_another_entry_answers_and_odd_words_are_not_proposed() {
    let faq = faq(SHOP);
    let advised = advised(&faq, TOLD);
    let all: Vec<&String> = advised.iter().flat_map(|one| &one.proposed).collect();
    assert!(!all.iter().any(|text| text.to_lowercase().starts_with("when are you open")), "{all:?}");
    assert!(!all.iter().any(|text| *text == "delivery time"), "{all:?}");
    assert!(!all.iter().any(|text| text.contains("Sunday?")), "the delivery's, and not the hours': {all:?}");
    assert!(!all.iter().any(|text| text.contains("zeppelin")), "a rare word: {all:?}");
    assert!(!all.iter().any(|text| text.contains("mattress")), "a word that leads away: {all:?}");
    assert!(!all.iter().any(|text| text.contains("Lieferung")), "another language: {all:?}");
}

#[test]
fn a_rare_word_is_none_where_the_owner_uses_it() {
    let faq = faq(&SHOP.replace("Two to three", "By zeppelin. Two to three"));
    let delivery = proposed(&faq, &advised(&faq, TOLD), "delivery-time");
    assert!(delivery.contains(&"how fast is the zeppelin".to_owned()), "{delivery:?}");
}

#[test]
fn of_the_sample_shop_each_proposed_question_already_leads_to_its_entry_alone_and_stands_nowhere() {
    let files = folder::read(std::path::Path::new("faq")).expect("the sample is there");
    let faq = Arc::new(read(files));
    let index = Index::build(faq.clone());
    let advised = advise(&index, WORDINGS, NOW);
    let mut seen = std::collections::BTreeSet::new();
    for one in &advised {
        let entry = &faq.entries[one.entry];
        assert!(one.proposed.len() <= 4 && !entry.small_talk, "{one:?}");
        for text in &one.proposed {
            let audience = Audience {
                channel: deskbell::faq::ChannelKind::Console,
                now: NOW,
                language: Some(entry.language),
            };
            let matches = search(&index, &Query::new(&index, text, audience));
            assert_eq!(matches[0].entry, entry.id, "{text}");
            assert!(seen.insert(text.clone()), "{text} is proposed twice");
            assert!(entry.phrasings.iter().all(|phrasing| phrasing.text != *text), "{text}");
        }
    }
    assert!(20 < seen.len(), "{seen:?}");
    assert_eq!(advised, advise(&index, WORDINGS, NOW), "the same files give the same advice");
}
