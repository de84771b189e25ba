//! What becomes of good files: entries, answers as customers get them, hours, bytes of every kind.

use deskbell::faq::{
    self, ChannelKind, Channels, Digest, Entry, Expected, Faq, RawFile, Reply, Severity, Unreadable, Use,
    Values,
};
use deskbell::text::Language;
use deskbell::time::Timestamp;

const BUSINESS: &str = r#"name = "Example Bikes"
languages = ["en", "de"]
time_zone = "Europe/Berlin"
country = "DE"
opening_hours = "Mo-Fr 10:00-18:00; PH off"
wrong_answers = 0.02
[variables]
phone = "030 *123*"
price = { en = "€5", de = "5 €" }
number = 1_000
[wording.de]
hello = "Hallo!"
"#;

fn read(files: &[(&str, &str)]) -> Faq {
    let mut raw: Vec<RawFile> = files.iter().map(|(path, text)| file(path, text.as_bytes())).collect();
    if !files.iter().any(|(path, _)| *path == "business.toml") {
        raw.push(file("business.toml", BUSINESS.as_bytes()));
    }
    faq::read(raw)
}

fn file(path: &str, bytes: &[u8]) -> RawFile {
    RawFile { path: path.to_owned(), content: Ok(bytes.to_vec()) }
}

fn entry<'a>(faq: &'a Faq, id: &str) -> &'a Entry {
    let mut entries = faq.entries.iter().filter(|entry| entry.language == Language::EN);
    entries.find(|entry| entry.id.as_str() == id).unwrap_or_else(|| panic!("no {id}: {:#?}", faq.problems))
}

fn shown(faq: &Faq) -> String {
    faq.problems.iter().map(|problem| faq::render(problem, &faq.sources, "faq", false)).collect()
}

fn utc(moment: &str) -> Timestamp {
    let moment =
        moment.parse::<chrono::DateTime<chrono::Utc>>().expect("a moment such as 2026-01-01T00:00:00Z");
    Timestamp::from(moment)
}

fn answer_of(faq: &Faq, id: &str, open_now: bool, text: &str) -> String {
    let entry = entry(faq, id);
    let values = Values::new(&faq.firm, entry.language, open_now, "on Monday at 10:00", entry.captures(text));
    entry.reply.answer().expect("an answer").render(&values).expect("a template that was tried at load")
}

#[test]
fn all_parts_of_an_entry_are_read() {
    let faq = read(&[(
        "en/orders.md",
        r"# Orders and *delivery*

## How long does **delivery** take? {#delivery-time .handover from=2026-12-01 until=2026-12-26 channel=telegram,discord}
> When will my parcel arrive?
> delivery time
> not: How long does a refund take?
> /\b(?<order>EB-\d{5})/

Two to three [working days](#days). <!-- really? -->

- [Where is my parcel?](#tracking)
- [What does **delivery** cost?](#delivery-cost)

Ordered before **14:00**? It leaves today.

## Can I pay by PayPal?
> paypal
Yes.
",
    )]);
    let entry = entry(&faq, "delivery-time");
    assert_eq!(entry.language, Language::EN);
    assert_eq!(entry.topic.as_deref(), Some("Orders and delivery"));
    assert_eq!(entry.title(), "How long does delivery take?");
    let phrasings: Vec<(&str, bool)> =
        entry.phrasings.iter().map(|phrasing| (phrasing.text.as_str(), phrasing.means_this)).collect();
    assert_eq!(
        phrasings,
        [
            ("How long does delivery take?", true),
            ("When will my parcel arrive?", true),
            ("delivery time", true),
            ("How long does a refund take?", false),
        ]
    );
    assert_eq!(entry.patterns[0].source, r"\b(?<order>EB-\d{5})");
    assert!(entry.patterns[0].regex.is_match("where is eb-12345"));
    assert_eq!(entry.captures("Where is EB-12345?"), [("order".to_owned(), "EB-12345".to_owned())]);
    assert_eq!(entry.captures("Where is it?"), []);
    assert_eq!(entry.used, Use::Customers);
    assert_eq!(entry.channels, Channels::Only(vec![ChannelKind::Telegram, ChannelKind::Discord]));
    // Whole days in Berlin, where winter is an hour ahead of UTC.
    assert_eq!(entry.season.from, Some(utc("2026-11-30T23:00:00Z")));
    assert_eq!(entry.season.until, Some(utc("2026-12-26T23:00:00Z")));
    let Reply::AnswerThenHandOver(answer) = &entry.reply else { panic!("{:?}", entry.reply) };
    assert_eq!(answer.text, "Two to three working days. \n\nOrdered before **14:00**? It leaves today.");
    let links: Vec<(&str, &str)> =
        answer.links.iter().map(|link| (link.label.as_str(), link.to.as_str())).collect();
    assert_eq!(
        links,
        [
            ("working days", "days"),
            ("Where is my parcel?", "tracking"),
            ("What does delivery cost?", "delivery-cost"),
        ]
    );
    assert_eq!(entry.span, faq.entries[0].phrasings[0].span);
    assert_eq!(faq.sources[entry.span.file.index()].slice(entry.span), "How long does **delivery** take?");
}

#[test]
fn an_entry_may_ring_at_once_or_be_for_staff_alone() {
    let faq = read(&[(
        "en/a.md",
        "## I want to complain {.handover}\n> complaint\n\n## Ask for the number {.staff-only}\n\nWhich number?\n",
    )]);
    assert_eq!(entry(&faq, "i-want-to-complain").reply, Reply::HandOver);
    assert_eq!(entry(&faq, "ask-for-the-number").used, Use::StaffOnly);
}

#[test]
fn without_an_id_the_question_gives_one() {
    let long = "What happens to my order when nobody is at home on the day of delivery?";
    let cases = [
        ("Wie öffne ich das große Schloß?", Some("wie-oeffne-ich-das-grosse-schloss")),
        ("O\u{308}ffnungszeiten", Some("oeffnungszeiten")),
        ("Où est le café ?", Some("ou-est-le-cafe")),
        ("I can't pay", Some("i-cant-pay")),
        ("24/7?", Some("24-7")),
        ("Где мой заказ?", Some("где-мой-заказ")),
        ("営業時間は？", Some("営業時間は")),
        (long, Some("what-happens-to-my-order-when-nobody-is-at-home")),
        (
            "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
            Some("donaudampfschifffahrtsgesellschaftskapitaensmuet"),
        ),
        ("???", None),
        ("", None),
    ];
    for (question, id) in cases {
        assert_eq!(faq::slug(question).as_ref().map(faq::EntryId::as_str), id, "{question}");
    }
}

#[test]
fn answers_are_said_with_the_firms_values() {
    let faq = read(&[
        (
            "en/a.md",
            "## Call {#call}\n> call us\n> /about (?<order>\\w+)/\n\nCall **{{ phone }}**, {{ price }}, {{ number }}.\n\n{% if open_now %}\nWe are open.\n{% else %}\nWe open {{ opens_next }}.\n{% endif %}\n\n{% if order %}About {{ order }}.{% endif %}\n",
        ),
        ("de/a.md", "## Anrufen {#call}\n> anruf\n\n{{ name }}: {{ price }}\n"),
    ]);
    assert_eq!(shown(&faq), "");
    assert_eq!(answer_of(&faq, "call", true, ""), "Call **030 *123***, €5, 1_000.\n\nWe are open.");
    assert_eq!(
        answer_of(&faq, "call", false, "a call about bike"),
        "Call **030 *123***, €5, 1_000.\n\nWe open on Monday at 10:00.\n\nAbout bike."
    );
    let german = faq.entries.iter().find(|entry| entry.language == Language::DE).expect("the German entry");
    let values = Values::new(&faq.firm, Language::DE, true, "", entry(&faq, "call").captures(""));
    let said = german.reply.answer().expect("an answer").render(&values).expect("a good template");
    assert_eq!(said, "Example Bikes: 5 €");
}

#[test]
fn a_customer_cannot_make_the_bot_say_marked_up_words() {
    let faq = read(&[(
        "en/a.md",
        "## Name {#name .handover}\n> who am I\n> /I am (?<who>.+)/\n\nHello {{ who }}!\n{{ who|upper }}\n",
    )]);
    assert!(faq.is_good(), "{}", shown(&faq));
    let said = answer_of(
        &faq,
        "name",
        true,
        "I am **[free](https://evil.example)** <b>@everyone\u{202e}</b> {{ phone }}",
    );
    assert_eq!(
        said.lines().next(),
        Some(r"Hello \*\*\[free\]\(https://evil.example\)\*\* \<b\>@everyone\</b\> \{\{ phone \}\}!")
    );
    let said = answer_of(&faq, "name", true, "I am 1. x");
    assert_eq!(said, "Hello 1\\. x!\n1\\. X");
}

#[test]
fn an_answer_that_is_no_template_is_said_as_it_stands() {
    let faq =
        read(&[("en/a.md", "## Braces {#braces}\n> {}\n> braces\n\nWrite { or } or {#x, 100 % sure.\n")]);
    let answer = entry(&faq, "braces").reply.answer().expect("an answer");
    assert!(!answer.is_template());
    assert_eq!(answer_of(&faq, "braces", true, ""), "Write { or } or {#x, 100 % sure.");
}

#[test]
fn the_firm_is_read() {
    let faq = read(&[("en/a.md", "## A {#a}\n> b\n\nC.\n"), ("de/a.md", "## A {#a}\n> b\n\nC.\n")]);
    assert_eq!(shown(&faq), "");
    let firm = &faq.firm;
    assert_eq!(firm.name, "Example Bikes");
    assert_eq!(firm.languages, [Language::EN, Language::DE]);
    assert_eq!(firm.time_zone, chrono_tz::Europe::Berlin);
    assert_eq!(firm.country.as_deref(), Some("DE"));
    assert!((firm.wrong_answers - 0.02).abs() < f64::EPSILON);
    assert_eq!(firm.variable("price", Language::DE), Some("5 €"));
    assert_eq!(firm.variable("price", Language::new("fr").expect("two letters")), Some("€5"));
    assert_eq!(firm.variable("number", Language::EN), Some("1_000"));
    assert_eq!(firm.variable("nothing", Language::EN), None);
    assert_eq!(firm.wording[&Language::DE]["hello"], "Hallo!");
    let place = firm.wording_places[&Language::DE]["hello"];
    let business = faq.sources.iter().find(|source| source.path == "business.toml").expect("it was given");
    assert_eq!((business.slice(place.key), business.slice(place.value)), ("hello", "\"Hallo!\""));
    assert_eq!(firm.local(utc("2026-07-01T12:00:00Z")).format("%H:%M").to_string(), "14:00");
}

#[test]
fn checks_are_read() {
    let faq = read(&[
        ("en/a.md", "## A {#a}\n> b\n\nC.\n"),
        ("de/a.md", "## A {#a}\n> b\n\nC.\n"),
        ("checks.toml", "\"what is a\" = \"a\"\n\"let me speak to someone\" = \"person\"\n'b?' = '#a'\n"),
    ]);
    assert_eq!(shown(&faq), "");
    let checks: Vec<(&str, &Expected)> =
        faq.checks.iter().map(|check| (check.question.as_str(), &check.expected)).collect();
    let a = Expected::Entry(faq::EntryId::new("a").expect("a good id"));
    assert_eq!(checks, [("what is a", &a), ("let me speak to someone", &Expected::Person), ("b?", &a)]);
}

#[test]
fn the_order_of_files_does_not_matter_and_equal_files_have_equal_digests() {
    let a = file("a.md", b"## A\n> a\n\nB.\n");
    let b = file("b.md", b"## C\n> c\n\nD.\n");
    let one = faq::read(vec![a.clone(), b.clone()]);
    let other = faq::read(vec![b.clone(), a.clone()]);
    assert_eq!(one.digest, other.digest);
    assert_eq!(one.entries, other.entries);
    assert_ne!(one.digest, faq::read(vec![a.clone()]).digest);
    assert_ne!(
        one.digest,
        faq::read(vec![file("b.md", b"## A\n> a\n\nB.\n"), file("a.md", b"## C\n> c\n\nD.\n")]).digest
    );
    // What isn't read doesn't count.
    assert_eq!(
        one.digest,
        faq::read(vec![a.clone(), b.clone(), file("README.md", b"x"), file("drafts/x.md", b"x")]).digest
    );
    let unread = RawFile { path: "c.md".to_owned(), content: Err(Unreadable::LeadsOut) };
    assert_ne!(one.digest, faq::read(vec![a, b, unread]).digest);
    assert_eq!(one.digest.to_string().len(), 12);
    assert_ne!(Digest::of([]), one.digest);
}

#[test]
fn windows_line_ends_and_byte_order_marks_change_nothing() {
    let text = "## How long? {#a}\n> x y\n\nTwo\ndays {{ phnoe }}.\n";
    let plain = read(&[("en/a.md", text), ("de/a.md", text)]);
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let mac = text.replace('\n', "\r");
    let others = read(&[("en/a.md", &windows), ("de/a.md", &mac)]);
    assert_eq!(plain.entries, others.entries);
    assert_eq!(shown(&plain), shown(&others));
    assert!(shown(&plain).contains("faq/de/a.md:5:9: error"), "{}", shown(&plain));
}

#[test]
fn bytes_that_are_no_text_are_pointed_at() {
    let problem = |path: &str, bytes: &[u8]| {
        shown(&faq::read(vec![
            file("a.md", b"## A\n> b\n\nC.\n"),
            file("business.toml", b"name = 'x'\nlang = 'en'"),
            file(path, bytes),
        ]))
    };
    insta::assert_snapshot!(problem("b.md", b"\xef\xbb\xbf## \xc3\xbcber\r\n> f\xfcr\r\n\r\nGr\xfc\xdfe.\r\n"), @r"
    faq/b.md:2:4: error: the byte 0xFC is not UTF-8
      2 | > f�r
        |    ^
    hint: save the file as UTF-8; it looks like Windows-1252, where this byte is `ü`
    ");
    insta::assert_snapshot!(problem("b.md", b"## A\x00B {#b}\n> x\n\nC.\n"), @r"
    faq/b.md:1:5: error: there is a zero byte here, so this is not a text file
      1 | ## A␀B {#b}
        |     ^
    hint: save it again as plain text in UTF-8, or take it out of the folder
    ");
    insta::assert_snapshot!(problem("b.md", b"\xff\xfe#\x00#\x00 \x00A\x00\n\x00"), @r"
    faq/b.md:1:1: error: this file is not UTF-8; it looks like UTF-16
    hint: save it as UTF-8 (in Notepad: Save as, Encoding: UTF-8)
    ");
    insta::assert_snapshot!(problem("b.md", b"#\x00#\x00 \x00A\x00\n\x00\n\x00"), @r"
    faq/b.md:1:1: error: this file is not UTF-8; it looks like UTF-16
    hint: save it as UTF-8 (in Notepad: Save as, Encoding: UTF-8)
    ");
    insta::assert_snapshot!(problem("b.md", b"## A \x81"), @r"
    faq/b.md:1:6: error: the byte 0x81 is not UTF-8
      1 | ## A �
        |      ^
    hint: save the file as UTF-8
    ");
}

#[test]
fn files_that_could_not_be_taken_are_named_and_nothing_else_is_blamed() {
    let bad = |path: &str, reason: Unreadable| RawFile { path: path.to_owned(), content: Err(reason) };
    let faq = faq::read(vec![
        file("business.toml", b"name = 'x'\nlang = 'en'"),
        file("a.md", b"## A\n> b\n\nC. [d](#d)\n"),
        bad("big.md", Unreadable::TooLarge { size: 100 << 20, limit: faq::LARGEST_FILE }),
        bad("link.md", Unreadable::LeadsOut),
        bad("locked.md", Unreadable::Refused("Permission denied (os error 13)".to_owned())),
    ]);
    assert!(!faq.is_good());
    insta::assert_snapshot!(shown(&faq), @r"
    faq/big.md:1:1: error: this file is too large: 100 MB, and 32 MB are allowed
    hint: split it, or take it out of the folder
    faq/link.md:1:1: error: this is a link to a place outside of the FAQ folder, so it was not read
    hint: copy the file itself into the folder
    faq/locked.md:1:1: error: this file could not be read: Permission denied (os error 13)
    hint: let the user that deskbell runs as read it
    ");
}

#[test]
fn a_file_that_is_too_large_is_refused_whoever_read_it() {
    let bytes = vec![b'x'; usize::try_from(faq::LARGEST_FILE).expect("32 MB") + 1];
    let faq = faq::read(vec![RawFile { path: "a.md".to_owned(), content: Ok(bytes) }]);
    assert!(shown(&faq).contains("a.md:1:1: error: this file is too large: 33 MB, and 32 MB are allowed"));
}

#[test]
fn answers_past_their_last_day_are_found_when_asked() {
    let faq = read(&[
        (
            "en/a.md",
            "## Christmas? {#christmas until=2026-12-26}\n> xmas\n\nYes.\n\n## Always? {#always}\n> ever\n\nYes.\n",
        ),
        ("de/a.md", "## Weihnachten? {#christmas}\n> xmas\n\nJa.\n\n## Immer? {#always}\n> je\n\nJa.\n"),
    ]);
    assert_eq!(faq::overdue(&faq, utc("2026-12-26T22:59:59Z")), []);
    let over = faq::overdue(&faq, utc("2026-12-26T23:00:00Z"));
    let text: String = over.iter().map(|problem| faq::render(problem, &faq.sources, "faq", false)).collect();
    insta::assert_snapshot!(text, @r"
    faq/en/a.md:1:27: warning: the last day of this answer was 2026-12-26
      1 | ## Christmas? {#christmas until=2026-12-26}
        |                           ^^^^^^^^^^^^^^^^
    hint: set `until=` to another day, or take the entry out
    ");
}

#[test]
fn only_errors_keep_files_from_going_live() {
    let faq = read(&[("en/a.md", "## A {#a}\n\nB.\n"), ("de/a.md", "## A {#a}\n> b\n\nC.\n")]);
    assert_eq!(faq.problems.iter().map(|problem| problem.severity).collect::<Vec<_>>(), [Severity::Warning]);
    assert!(faq.is_good());
}

#[test]
fn colours_are_for_terminals() {
    let faq = read(&[("en/a.md", "## A {#a #b}\n> x\n\nB.\n"), ("de/a.md", "## A {#a}\n> b\n\nC.\n")]);
    let text = faq::render(&faq.problems[0], &faq.sources, "", true);
    assert!(text.starts_with("\u{1b}[1men/a.md:1:10:\u{1b}[0m \u{1b}[1;31merror:\u{1b}[0m"), "{text:?}");
    assert!(!faq::render(&faq.problems[0], &faq.sources, "", false).contains('\u{1b}'));
}
