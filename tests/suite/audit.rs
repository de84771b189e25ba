//! The owner's phrasings, left out in turn: what to expect, which are stolen, which entries will be missed.

use std::sync::Arc;

use deskbell::faq::{ChannelKind, Faq, read};
use deskbell::matcher::{Audience, Audit, Decision, Expected, NoCache, Query, audit, decide, search};
use deskbell::runtime::folder;
use deskbell::time::Timestamp;

use crate::page::faq;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

fn audited(faq: &Arc<Faq>) -> Audit {
    audit(faq.clone(), NOW, &NoCache).1
}

/// `#returns` holds a question (the marked one) that belongs to `#opening-hours`.
const SHOP: &str = r"
## When are you open? {#opening-hours}
> Are you open on Sundays?
> Are you open on Saturdays?
> Are you open on Mondays?
> What are your opening hours on Sundays?

Monday to Friday from 9 to 18, Saturday until 14.

## How do I return something? {#returns}
> Can I send an item back?
> How can I return an item that I don't like?
> Are you open on Fridays?

Within 30 days, with the label that came in the box.

## Delivery {#delivery}

Two to three working days.
";
const MISPLACED: &str = "Are you open on Fridays?";

#[test]
fn a_question_under_the_wrong_entry_is_named_with_the_entry_that_takes_it() {
    let faq = faq(SHOP);
    let audit = audited(&faq);
    let stolen: Vec<(&str, String)> = audit
        .strays
        .iter()
        .map(|stray| {
            let text = &faq.entries[stray.place.entry].phrasings[stray.place.phrasing].text;
            (text.as_str(), stray.answer.to_string())
        })
        .collect();
    assert_eq!(stolen, [(MISPLACED, "opening-hours".to_owned())]);
}

#[test]
fn what_is_said_of_a_question_comes_true_when_it_is_really_taken_out() {
    let without = faq(&SHOP.replace(&format!("> {MISPLACED}\n"), ""));
    let (index, audit) = audit(without, NOW, &NoCache);
    assert_eq!(audit.strays, []);
    let audience = Audience { channel: ChannelKind::Console, now: NOW, language: None };
    let matches = search(&index, &Query::new(&index, MISPLACED, audience));
    let Decision::Answer(best) = decide(&matches, index.thresholds()) else { panic!("{matches:?}") };
    assert_eq!(best.entry.as_str(), "opening-hours");
}

#[test]
fn an_entry_with_one_terse_question_is_likely_to_be_missed_and_a_pattern_helps() {
    let terse = faq(SHOP);
    let named = |faq: &Arc<Faq>| -> Vec<String> {
        let missed = audited(faq).missed;
        missed.iter().map(|one| faq.entries[one.place.entry].id.to_string()).collect()
    };
    assert!(named(&terse).contains(&"delivery".to_owned()), "{:?}", named(&terse));
    let pattern = faq(&SHOP.replace("{#delivery}\n", "{#delivery}\n> /deliver|ship/\n"));
    assert!(!named(&pattern).contains(&"delivery".to_owned()), "{:?}", named(&pattern));
}

#[test]
fn too_few_questions_are_called_too_few() {
    let expected = audited(&faq(SHOP)).expected;
    assert_eq!((expected.left_out, expected.phrasings), (9, 10), "an only question isn't left out");
    assert!(!expected.is_known());
}

#[test]
fn every_question_of_the_sample_is_left_out_once_and_few_go_wrong() {
    let files = folder::read(std::path::Path::new("faq")).expect("the sample is there");
    let faq = Arc::new(read(files));
    let audit = audited(&faq);
    let Expected { left_out, phrasings, right, offered, person, wrong } = audit.expected;
    assert!(audit.expected.is_known(), "{:?}", audit.expected);
    assert_eq!(left_out, right + offered + person + wrong);
    assert!(left_out <= phrasings);
    assert_eq!(audit.strays.len(), wrong, "each wrong answer is named");
    assert!(wrong * 10 <= left_out, "{:?}", audit.expected);
    assert!(person < left_out, "{:?}", audit.expected);
}

#[test]
fn what_is_out_of_season_is_neither_asked_nor_takes_anything() {
    let over = SHOP.replace("{#opening-hours}", "{#opening-hours from=1970-01-01 until=1970-01-02}");
    let faq = faq(&over);
    let after = Timestamp::from_millis(10 * 24 * 3_600_000);
    let audit = audit(faq, after, &NoCache).1;
    assert_eq!(audit.strays, []);
    assert_eq!(audit.expected.left_out, 4);
}
