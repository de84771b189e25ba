//! What customers type: cut, normal form, sentences, words, languages, typing errors.

#![no_main]

use std::sync::LazyLock;

use deskbell::text::language::{Hints, detect, is_foreign};
use deskbell::text::typos::Vocabulary;
use deskbell::text::{Language, normalize, sentences, words};
use libfuzzer_sys::fuzz_target;

static KNOWN: LazyLock<Vocabulary> = LazyLock::new(|| {
    let text = "when are you open delivery delivery costs größe rückgabe öffnungszeiten livraison łódź abrir horario";
    Vocabulary::new(text.split(' '))
});

fuzz_target!(|input: &[u8]| {
    let whole = String::from_utf8_lossy(input);
    let text = normalize::cut(&whole);
    assert!(whole.starts_with(text));
    let _ = normalize::clean(text);
    let normal = normalize::normalize(text);
    assert_eq!(normal.trim(), normal, "the normal form has no space around it");
    let used = |word: &str, _| KNOWN.count(word);
    for so_far in [None, Some(Language::DE)] {
        let spoken = detect(&normal, &Language::KNOWN, &Hints { so_far, used: &used });
        assert!(Language::KNOWN.contains(&spoken));
    }
    let _ = is_foreign(&normal, &[Language::EN]);
    for language in Language::KNOWN {
        for question in sentences::questions(text, language) {
            assert!(text.contains(question));
        }
        let _ = sentences::is_follow_up(text, language);
        for word in words::split(&normal).take(50) {
            let _ = words::stem(word, language);
            let _ = words::weight(word, language);
        }
    }
    for word in words::split(&normal).take(50) {
        let _ = normalize::fold(word);
        if let Some(found) = KNOWN.correct(word) {
            assert!(!found.meant.is_empty());
        }
    }
});
