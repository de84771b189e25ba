//! The matcher at its door: which entry is meant, and what is done.

use std::sync::Arc;

use deskbell::faq::{ChannelKind, EntryId, RawFile, Severity, read};
use deskbell::matcher::{Audience, Certainty, Decision, Index, Query, captures, decide, explain, search};
use deskbell::text::Language;
use deskbell::time::Timestamp;
use proptest::prelude::*;

const EN: Language = Language::EN;
const DE: Language = Language::DE;

/// The index over an English `faq.md`.
fn english(page: &str) -> Index {
    index(&[("business.toml", "name = 'Radhaus'\nlang = 'en'"), ("faq.md", page)])
}

/// The index over these files of an owner.
fn index(files: &[(&str, &str)]) -> Index {
    let raw = |&(path, text): &(&str, &str)| RawFile {
        path: path.to_owned(),
        content: Ok(text.as_bytes().to_vec()),
    };
    let faq = read(files.iter().map(raw).collect());
    let errors =
        faq.problems.iter().filter(|problem| Severity::Error <= problem.severity).collect::<Vec<_>>();
    assert!(errors.is_empty(), "{errors:?}");
    Index::build(Arc::new(faq))
}

fn audience() -> Audience {
    Audience { channel: ChannelKind::Console, now: Timestamp::from_millis(1_000_000), language: None }
}

/// A small shop in English and German.
fn shop() -> Index {
    let business = "name = 'Radhaus'\nlanguages = ['en', 'de']\ntime_zone = 'Europe/Berlin'";
    index(&[("business.toml", business), ("en/shop.md", ENGLISH), ("de/shop.md", GERMAN)])
}

const ENGLISH: &str = r"
# Shop

## How long does delivery take? {#delivery-time}
> When will my parcel arrive?
> delivery time
> not: How long does a refund take?

Two to three working days inside Germany, up to five elsewhere.

## How do I return something? {#returns}
> Can I send an item back?
> return an order

Within 30 days, with the label that came in the box.

## When are you open? {#opening-hours}
> opening hours
> Are you open on Sundays?

Monday to Friday from 9 to 18, Saturday until 14.

## Where is my order? {#order-state}
> /order (number )?(?<order>\d{4,})/

We look after it.
";

const GERMAN: &str = r"
# Laden

## Wie lange dauert die Lieferung? {#delivery-time}
> Wann kommt mein Paket?
> /\b(liefer|versand)zeit/

Innerhalb Deutschlands zwei bis drei Werktage, sonst bis zu fünf.

## Wie schicke ich etwas zurück? {#returns}
> Rückgabe
> Kann ich Ware zurückgeben?

Innerhalb von 30 Tagen, mit dem Aufkleber aus dem Paket.

## Wann habt ihr geöffnet? {#opening-hours}
> Öffnungszeiten
> Habt ihr sonntags offen?

Montag bis Freitag von 9 bis 18 Uhr, samstags bis 14 Uhr.
";

fn best(index: &Index, text: &str) -> String {
    let query = Query::new(index, text, audience());
    search(index, &query).first().map_or_else(|| "-".to_owned(), |best| best.entry.to_string())
}

fn decision(index: &Index, text: &str) -> Decision {
    decide(&search(index, &Query::new(index, text, audience())), index.thresholds())
}

#[test]
fn questions_find_their_entry() {
    let shop = shop();
    let table = [
        ("how long till delivery", "delivery-time"),
        ("when does the parcel arrive", "delivery-time"),
        ("parcle arive when", "delivery-time"),
        ("i want to send back an item", "returns"),
        ("RETURN!!!", "returns"),
        ("are you open sundays", "opening-hours"),
        ("openinghours", "opening-hours"),
        ("wann kommt das Paket", "delivery-time"),
        ("wie lange dauert der Versand nach Österreich? Lieferdauer", "delivery-time"),
        ("ware zurueckgeben", "returns"),
        ("Ruckgabe", "returns"),
        ("oeffnungszeiten", "opening-hours"),
        ("offnungszeiten", "opening-hours"),
        ("Öffnungszeitn", "opening-hours"),
        ("habt ihr am sonntag auf?", "opening-hours"),
    ];
    for (text, expected) in table {
        assert_eq!(best(&shop, text), expected, "{text}");
    }
}

#[test]
fn a_phrasing_word_for_word_is_certain() {
    let shop = shop();
    for text in
        ["How long does delivery take?", "how long does delivery take", "  HOW long does DELIVERY take!! "]
    {
        let query = Query::new(&shop, text, audience());
        let found = search(&shop, &query);
        assert_eq!(found[0].entry.as_str(), "delivery-time");
        assert!(1.0 <= found[0].confidence.value(), "{text}");
        assert_eq!(explain(&shop, &query).certainty, Some(Certainty::Exact));
        assert!(matches!(decision(&shop, text), Decision::Answer(_)));
    }
}

#[test]
fn a_phrasing_under_two_entries_is_asked_back() {
    let both = english(
        "# Money\n\n## When do I get my refund? {#refund}\n> money back\n\nSoon.\n\n\
        ## When do I get my deposit? {#deposit}\n> money back\n\nLater.\n",
    );
    let Decision::Clarify(offered) = decision(&both, "Money back?") else {
        panic!("not asked back");
    };
    assert_eq!(offered.iter().map(|one| one.entry.as_str()).collect::<Vec<_>>(), ["refund", "deposit"]);
}

#[test]
fn a_not_line_forbids_its_entry() {
    let shop = shop();
    let query = Query::new(&shop, "how long does a refund take", audience());
    assert!(search(&shop, &query).iter().all(|found| found.entry.as_str() != "delivery-time"));
}

#[test]
fn a_not_line_forbids_its_entry_for_what_means_the_same() {
    let page = |not: &str| {
        format!(
            "## Delivery time {{#delivery}}\n> When will my parcel arrive?\n{not}\nTwo days.\n\n## Gift cards {{#gift}}\n\nFrom ten euros.\n"
        )
    };
    let shop =
        |not: &str| index(&[("business.toml", "name = 'Radhaus'\nlang = 'en'"), ("faq.md", &page(not))]);
    let found = |shop: &Index, text: &str| {
        let matches = search(shop, &Query::new(shop, text, audience()));
        matches.iter().any(|found| found.entry.as_str() == "delivery")
    };
    let (open, careful) = (shop(""), shop("> not: When will my refund arrive?\n"));
    for text in ["when do i get my refund", "Wann kommt meine Erstattung an?"] {
        assert!(found(&open, text), "{text}");
        assert!(!found(&careful, text), "{text}");
    }
    for text in ["when does my parcel come", "how long does delivery take", "Wann kommt mein Paket?"] {
        assert!(found(&careful, text), "{text}");
    }
}

#[test]
fn a_not_line_beats_a_pattern() {
    let page = "# Laden\n\n## Lieferzeit {#zeit}\n> /lieferzeit/\n> not: Lieferzeit für Firmen\n\nBald.\n";
    let careful = index(&[("business.toml", "name = 'Radhaus'\nlang = 'de'"), ("faq.md", page)]);
    assert!(matches!(decision(&careful, "lieferzeit nach wien"), Decision::Answer(_)));
    assert!(matches!(decision(&careful, "Lieferzeit für Firmen?"), Decision::HandOver(_)));
}

#[test]
fn a_pattern_is_certain_and_its_groups_are_caught() {
    let shop = shop();
    let query = Query::new(&shop, "what about Order Number 10234 please", audience());
    let found = search(&shop, &query);
    assert_eq!(found[0].entry.as_str(), "order-state");
    assert_eq!(explain(&shop, &query).certainty, Some(Certainty::Pattern));
    assert_eq!(captures(&shop, &found[0].entry, &query), [("order".to_owned(), "10234".to_owned())]);
    assert_eq!(captures(&shop, &EntryId::new("returns").unwrap(), &query), []);
}

#[test]
fn the_language_is_found_and_kept() {
    let shop = shop();
    let german = Audience { language: Some(DE), ..audience() };
    let table = [
        (audience(), "When are you open?", EN),
        (audience(), "Wann habt ihr geöffnet?", DE),
        (audience(), "bis wann kann ich ware zurückschicken", DE),
        (audience(), "can i send the goods back", EN),
        (german, "ok", DE),
        (german, "Paket 4711", DE),
        (german, "how long does it take until the parcel arrives at my home", EN),
    ];
    for (audience, text, expected) in table {
        assert_eq!(Query::new(&shop, text, audience).language, expected, "{text}");
    }
}

#[test]
fn what_is_out_of_season_or_for_others_is_never_given() {
    let index = english(
        "# Hours\n\n## christmas opening hours {#past until=1969-12-26}\n\nClosed.\n\n\
        ## easter opening hours {#coming from=1970-04-01}\n\nClosed.\n\n\
        ## summer opening hours {#staff .staff-only}\n> /summer/\n\nClosed.\n\n\
        ## telegram opening hours {#telegram channel=telegram}\n\nClosed.\n\n\
        ## opening hours {#always}\n> When are you open?\n\nDaily.\n",
    );
    for text in
        ["christmas opening hours", "easter opening hours", "summer opening hours", "telegram opening hours"]
    {
        let query = Query::new(&index, text, audience());
        let found: Vec<String> = search(&index, &query).iter().map(|found| found.entry.to_string()).collect();
        assert!(found.iter().all(|id| id == "always"), "{text}: {found:?}");
    }
    let telegram = Audience { channel: ChannelKind::Telegram, ..audience() };
    let found = search(&index, &Query::new(&index, "telegram opening hours", telegram));
    assert_eq!(found[0].entry.as_str(), "telegram");
}

#[test]
fn staff_find_their_snippets_by_name() {
    let index = english("# Staff\n\n## x {#snippet .staff-only}\n\nHello.\n");
    assert!(index.entry(&EntryId::new("snippet").unwrap(), EN).is_some());
}

#[test]
fn a_stranger_is_handed_over() {
    let shop = shop();
    for text in [
        "what is the capital of france",
        "schreib mir ein gedicht über katzen",
        "asdf qwertz",
        "",
        "🎉🎉",
        "?",
    ] {
        assert!(
            matches!(decision(&shop, text), Decision::HandOver(_)),
            "{text}: {:?}",
            decision(&shop, text)
        );
    }
}

#[test]
fn slips_are_mended_and_shown() {
    let shop = shop();
    let query = Query::new(&shop, "wann kommt mein pakte", audience());
    let mended: Vec<(String, String)> =
        query.corrections().map(|word| (word.typed.clone(), word.meant.clone())).collect();
    assert_eq!(mended, [("pakte".to_owned(), "paket".to_owned())]);
}

#[test]
fn an_empty_knowledge_base_hands_over() {
    // An empty folder is an error, so it never goes live by a reload; a new firm begins with one all the same.
    let empty = Index::build(Arc::new(read(Vec::new())));
    assert!(matches!(decision(&empty, "hello"), Decision::HandOver(_)));
}

#[test]
fn confidences_are_a_distribution_best_first() {
    let shop = shop();
    for text in ["open", "parcel return", "how long", "Wann?"] {
        let found = search(&shop, &Query::new(&shop, text, audience()));
        let sum: f32 = found.iter().map(|one| one.confidence.value()).sum();
        assert!(sum <= 1.0001, "{text}: {sum}");
        assert!(found.is_sorted_by(|left, right| right.confidence <= left.confidence), "{text}");
    }
}

#[test]
fn the_same_question_is_always_decided_alike() {
    let (one, two) = (shop(), shop());
    for text in ["when open", "parcel", "zurück", "is my order here"] {
        let left = explain(&one, &Query::new(&one, text, audience()));
        let right = explain(&two, &Query::new(&two, text, audience()));
        assert_eq!(left, right);
    }
}

#[test]
fn a_million_characters_are_cut_and_matched() {
    let shop = shop();
    for piece in
        ["a", "ä", "\u{0}", "\u{202E}", "👩‍👩‍👧", "e\u{0301}\u{0302}\u{0303}", "\u{FDFA}", "delivery ", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L"]
    {
        let text = piece.repeat(1_000_000 / piece.chars().count());
        let query = Query::new(&shop, &text, audience());
        assert!(query.text.chars().count() <= 2 * Query::LIMIT);
        let _ = search(&shop, &query);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_decided(text in "\\PC{0,200}|.{0,200}|[a-zäöüß ?!']{0,80}") {
        use std::sync::LazyLock;
        static SHOP: LazyLock<Index> = LazyLock::new(shop);
        let found = search(&SHOP, &Query::new(&SHOP, &text, audience()));
        prop_assert!(found.len() <= Index::MATCHES);
        prop_assert!(found.iter().all(|one| (0.0..=1.0).contains(&one.confidence.value())));
        let _ = decide(&found, SHOP.thresholds());
    }
}
