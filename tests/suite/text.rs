//! How people type: tables of texts and what is made of them.

use deskbell::text::typos::Vocabulary;
use deskbell::text::{Language, normalize, sentences, words};
use proptest::prelude::*;

#[test]
fn one_form() {
    let table = [
        ("How long DOES it take?!", "how long does it take"),
        ("don't", "dont"),
        ("geht's", "gehts"),
        ("l'heure d’ouverture", "l heure d ouverture"),
        ("dell'ordine", "dell ordine"),
        ("E\u{301}cole", "école"),
        ("ﬁne ①②", "fine 12"),
        ("wo\u{200B}rd\u{202E}s\u{0}", "words"),
        ("Z͑ͫ̓ͪA̴̵̜̰͔L", "zal"),
        ("👍 ok 👩‍👩‍👧", "ok"),
        ("İstanbul", "istanbul"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("50€", "50 euro"),
        ("a\n\n\tb", "a b"),
        ("STRASSE straße", "strasse straße"),
        ("…", ""),
    ];
    for (text, expected) in table {
        assert_eq!(normalize::normalize(text), expected, "{text:?}");
    }
}

#[test]
fn umlauts_and_marks_meet() {
    let table = [
        ["größe", "groesse", "grosse"],
        ["öffnung", "oeffnung", "offnung"],
        ["rückgabe", "rueckgabe", "ruckgabe"],
        ["déjà", "dejà", "deja"],
        ["łódź", "lódź", "lodz"],
        ["ığdır", "igdir", "ıgdır"],
    ];
    for [one, two, three] in table {
        assert_eq!(normalize::fold(one), normalize::fold(two));
        assert_eq!(normalize::fold(one), normalize::fold(three));
    }
}

#[test]
fn stems_by_language() {
    let table = [
        ("en", "deliveries", "delivery"),
        ("en", "returning", "returned"),
        ("de", "lieferungen", "lieferung"),
        ("de", "gemütlich", "gemuetlich"),
        ("de", "häuser", "haus"),
        ("fr", "livraisons", "livraison"),
        ("es", "entregas", "entrega"),
        ("it", "consegne", "consegna"),
        ("nl", "leveringen", "levering"),
        ("pt", "entregas", "entrega"),
        ("tr", "kargolar", "kargo"),
    ];
    for (code, one, two) in table {
        let language = Language::new(code).unwrap();
        assert_eq!(words::stem(one, language), words::stem(two, language), "{code}: {one}, {two}");
    }
}

#[test]
fn slips_are_mended() {
    let known = [
        "delivery",
        "deliver",
        "time",
        "refund",
        "return",
        "parcel",
        "öffnungszeiten",
        "open",
        "kaffee",
        "sunday",
    ];
    let vocabulary = Vocabulary::new(known);
    let table = [
        ("delivry", "delivery"),
        ("dilevery", "delivery"),
        ("delievry", "delivery"),
        ("parcle", "parcel"),
        ("oeffnungszeiten", "öffnungszeiten"),
        ("offnungszeitn", "öffnungszeiten"),
        ("kafee", "kaffee"),
        ("opne", "open"),
        ("deliverytime", "delivery time"),
        ("refnud", "refund"),
        // Left alone: too short, digits, too far.
        ("tim", "-"),
        ("pacel7", "-"),
        ("banana", "-"),
        ("opps", "-"),
    ];
    for (typed, expected) in table {
        let meant =
            vocabulary.correct(typed).map_or_else(|| "-".to_owned(), |correction| correction.meant.join(" "));
        assert_eq!(meant, expected, "{typed}");
    }
}

#[test]
fn one_message_several_questions() {
    let table: [(&str, &[&str]); 10] = [
        ("When are you open?", &["When are you open?"]),
        (
            "When are you open on Sunday? And do you repair e-bikes?",
            &["When are you open on Sunday?", "And do you repair e-bikes?"],
        ),
        (
            "I ordered a bike last week. When does it arrive?",
            &["I ordered a bike last week. When does it arrive?"],
        ),
        (
            "Hi! I ordered a bike. When does it arrive? Also, can I return the helmet?",
            &["Hi! I ordered a bike. When does it arrive?", "Also, can I return the helmet?"],
        ),
        ("Do you deliver? And when?", &["Do you deliver? And when?"]),
        (
            "what is the price for shipping\nwhere is my parcel now",
            &["what is the price for shipping", "where is my parcel now"],
        ),
        ("Really??? Can I return it?", &["Really??? Can I return it?"]),
        (
            "When are you open today? Do you sell helmets? Thanks!",
            &["When are you open today?", "Do you sell helmets?"],
        ),
        ("My order has not arrived.", &["My order has not arrived."]),
        ("", &[""]),
    ];
    for (message, expected) in table {
        assert_eq!(sentences::questions(message, Language::EN), expected, "{message}");
    }
}

#[test]
fn what_only_makes_sense_after_another_question() {
    let follow_ups = ["and on Sundays?", "what about children?", "how long?", "and for e-bikes"];
    for text in follow_ups {
        assert!(sentences::is_follow_up(text, Language::EN), "{text}");
    }
    for text in [
        "and how much does the delivery of a bike to Austria cost?",
        "opening hours",
        "parcel",
        "",
        "delivery",
    ] {
        assert!(!sentences::is_follow_up(text, Language::EN), "{text}");
    }
    assert!(sentences::is_follow_up("und sonntags?", Language::DE));
}

proptest! {
    #[test]
    fn the_form_is_its_own_form(text in ".{0,100}") {
        let once = normalize::normalize(&text);
        prop_assert_eq!(normalize::normalize(&once), once);
    }

    #[test]
    fn questions_are_parts_of_the_message_in_order(text in "[a-zA-Z ?.!\n]{0,200}") {
        let mut at = 0;
        for question in sentences::questions(&text, Language::EN) {
            let found = text[at..].find(question);
            prop_assert!(found.is_some());
            at += found.unwrap_or(0) + question.len();
        }
    }

    #[test]
    fn no_word_breaks_the_vocabulary(word in "\\PC{0,60}") {
        let vocabulary = Vocabulary::new(["delivery", "größe", "ａ", "time"]);
        let _ = vocabulary.correct(&word);
    }
}
