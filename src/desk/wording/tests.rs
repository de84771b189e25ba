//! What every language keeps: the same words filled in, a call that is understood, labels that fit.

use chrono::TimeZone;

use crate::faq::{RawFile, read};
use crate::text::Language;

use super::super::owner::{Saved, saved_news};
use super::super::{calls, clean};
use super::sheet::Name;
use super::*;

#[test]
fn every_language_fills_in_the_same_words() {
    for language in Language::KNOWN {
        for name in Name::ALL {
            let english = sorted(check::braced(english::ENGLISH.sentences.get(*name)));
            let theirs = sorted(check::braced(sheet(language).sentences.get(*name)));
            assert_eq!(english, theirs, "{language} {}", name.as_str());
        }
    }
}

#[test]
fn every_known_language_has_a_sheet_of_its_own() {
    let firsts: Vec<&str> =
        Language::KNOWN.iter().map(|language| sheet(*language).sentences.welcome).collect();
    assert_eq!(firsts.len(), sorted(firsts.clone()).len());
}

#[test]
fn the_words_that_the_bot_names_call_a_person() {
    let naming = [
        Name::Introduction,
        Name::Help,
        Name::MenuEmpty,
        Name::AskAgain,
        Name::BackAfterSilence,
        Name::BackUnanswered,
    ];
    for language in Language::KNOWN {
        for name in naming {
            let sentence = sheet(language).sentences.get(name);
            let word = quoted(sentence).unwrap_or_else(|| panic!("{language}: no word in `{sentence}`"));
            let call = calls::person(word).unwrap_or_else(|| panic!("{language}: `{word}` calls nobody"));
            assert!(call.language.is_none_or(|called| called == language), "{language}: {word}");
        }
    }
}

#[test]
fn the_label_for_a_person_can_be_typed_anywhere() {
    for language in Language::KNOWN {
        let label = sheet(language).sentences.button_person;
        assert!(calls::person(label).is_some(), "{language}: {label}");
    }
}

#[test]
fn labels_fit_on_buttons_and_sentences_are_neat() {
    for language in Language::KNOWN {
        for (name, sentence) in sentences(language) {
            if name.starts_with("button_") {
                assert!(sentence.chars().count() <= 34, "{language} {name}: {sentence}");
            }
            assert!(sentence.chars().count() <= clean::MESSAGE / 8, "{language} {name}");
            assert_eq!(sentence.trim(), sentence, "{language} {name}");
            assert!(!sentence.contains("  ") && !sentence.contains('"'), "{language} {name}: {sentence}");
        }
    }
}

#[test]
fn moments_are_said_as_people_say_them() {
    let at = |day: u32, hour: u32| {
        chrono_tz::Europe::Berlin.with_ymd_and_hms(2026, 11, day, hour, 5, 0).single().expect("a moment")
    };
    // A Monday.
    let now = at(23, 12);
    let all = |language| -> Vec<String> {
        [at(20, 9), at(22, 9), at(23, 14), at(24, 9), at(28, 9), at(30, 9), at(2, 9)]
            .into_iter()
            .map(|then| moment(then, now, language))
            .collect()
    };
    assert_eq!(
        all(Language::EN),
        [
            "on Friday at 9:05",
            "yesterday at 9:05",
            "today at 14:05",
            "tomorrow at 9:05",
            "on Saturday at 9:05",
            "on 30 November at 9:05",
            "on 2 November at 9:05"
        ]
    );
    assert_eq!(
        all(Language::DE),
        [
            "am Freitag um 9:05 Uhr",
            "gestern um 9:05 Uhr",
            "heute um 14:05 Uhr",
            "morgen um 9:05 Uhr",
            "am Samstag um 9:05 Uhr",
            "am 30. November um 9:05 Uhr",
            "am 2. November um 9:05 Uhr"
        ]
    );
    assert_eq!(all(Language::FR)[3..6], ["demain à 9h05", "samedi à 9h05", "le 30 novembre à 9h05"]);
    assert_eq!(
        all(Language::ES)[3..6],
        ["mañana a las 9:05", "el sábado a las 9:05", "el 30 de noviembre a las 9:05"]
    );
    assert_eq!(all(Language::IT)[3..6], ["domani alle 9:05", "sabato alle 9:05", "il 30 novembre alle 9:05"]);
    assert_eq!(
        all(Language::NL)[3..6],
        ["morgen om 9:05 uur", "zaterdag om 9:05 uur", "op 30 november om 9:05 uur"]
    );
    assert_eq!(all(Language::PT)[3..6], ["amanhã às 9:05", "no sábado às 9:05", "em 30 de novembro às 9:05"]);
    assert_eq!(all(Language::PL)[3..6], ["jutro o 9:05", "w sobotę o 9:05", "30 listopada o 9:05"]);
    assert_eq!(all(Language::TR)[3..6], ["yarın saat 9:05", "cumartesi saat 9:05", "30 Kasım saat 9:05"]);
}

#[test]
fn what_became_of_saved_files_is_said_in_the_firms_language_and_the_place_to_the_letter() {
    let text = |part: &Part| match part {
        Part::Markdown(text) | Part::Literal(text) => text.clone(),
    };
    let firm = |language: Language| {
        let business = format!("name = 'Lindner'\nlanguages = ['{language}', 'en']\n").into_bytes();
        read(vec![RawFile { path: "business.toml".to_owned(), content: Ok(business) }]).firm
    };
    let place = "faq/shop.md:3:1: `#x` is *no* entry";
    let mut heads = Vec::new();
    for language in Language::KNOWN {
        let firm = firm(language);
        let live = saved_news(&firm, Saved::Live(76), None, Some(3));
        let live: Vec<String> = live.parts.iter().map(text).collect();
        assert!(live[0].contains("76") && live[1].contains("`deskbell check`"), "{language}: {live:?}");
        assert!(live[1].contains('3'), "{language}: {live:?}");
        let mistaken = saved_news(&firm, Saved::Mistaken, Some(place.to_owned()), None).parts;
        assert_eq!(mistaken[1..], [Part::Literal(place.to_owned())], "{language}");
        let empty = saved_news(&firm, Saved::Empty, None, None).parts;
        heads.extend([live[0].clone(), text(&mistaken[0]), text(&empty[0])]);
    }
    let all = heads.len();
    heads.sort();
    heads.dedup();
    assert_eq!(heads.len(), all, "each language says each in words of its own: {heads:?}");
}

#[test]
fn what_is_filled_in_is_not_filled_in_again() {
    let value = |word: &str| (word == "name").then_some("{name} {firm}");
    assert_eq!(filled("{name} is here, {else}, {", value), "{name} {firm} is here, {else}, {");
}

#[test]
fn the_owners_sentences_are_looked_at() {
    let business = "name = 'Lindner'\nlang = 'en'\n\n[wording.en]\nno_answer = 'I ask {firm}.'\nno_answers = 'x'\n\
        flood = 'Slowly, {name}!'\nout_of_hours = 'Back {opens}, {soon}'\nbutton_helped = ''\nbutton_more = '";
    let business = format!("{business}{}'\nwhatever = 'x'\n", "m".repeat(90));
    let file = RawFile { path: "business.toml".to_owned(), content: Ok(business.clone().into_bytes()) };
    let faq = read(vec![file]);
    let found: Vec<String> = check(&faq.firm)
        .iter()
        .map(|problem| {
            let hint = problem.hint.as_deref().unwrap_or_default();
            let hint: String = hint.chars().take(60).collect();
            format!("{} | {} | {hint}", faq.sources[0].slice(problem.span), problem.message)
        })
        .collect();
    assert_eq!(
        found,
        [
            "'' | `button_helped` says nothing | take the line away, and the bot says: That helped",
            &format!(
                "'{}' | `button_more` stands on a button, and is 90 characters long | at most 80 fit",
                "m".repeat(90)
            ),
            "'Slowly, {name}!' | nothing is filled in for `{name}` | only `{firm}` is filled in here",
            "no_answers | the bot has no sentence called `no_answers` | did you mean `no_answer`?",
            "'Back {opens}, {soon}' | nothing is filled in for `{soon}` | this sentence knows `{opens}` and `{firm}`",
            "whatever | the bot has no sentence called `whatever` | the names are introduction, welcome, help, menu_topics, menu",
        ]
    );
}

fn sorted(mut words: Vec<&str>) -> Vec<&str> {
    words.sort_unstable();
    words.dedup();
    words
}

/// The first word in quotation marks.
fn quoted(sentence: &str) -> Option<&str> {
    let start = sentence.find(['“', '„', '«', '‘'])?;
    let rest = sentence[start..].trim_start_matches(['“', '„', '«', '‘']);
    let end = rest.find(['”', '“', '»', '’'])?;
    Some(rest[..end].trim_matches(|c: char| c.is_whitespace()))
}
