//! Whatever stands in the files, reading gives entries and problems, and each problem has a place that can be shown.

use deskbell::faq::draft::{Draft, draft_to_markdown, to_markdown, words_to_answer};
use deskbell::faq::{self, ChannelKind, Channels, EntryId, Faq, RawFile, Span, Values};
use proptest::prelude::*;

const BUSINESS: &str = "name = 'x'\nlang = 'en'\ntime_zone = 'Europe/Berlin'\nopening_hours = 'Mo-Fr 10:00-18:00'\n[variables]\nphone = '1'\n";

fn read(path: &str, bytes: &[u8]) -> Faq {
    let file = |path: &str, bytes: &[u8]| RawFile { path: path.to_owned(), content: Ok(bytes.to_vec()) };
    let mut files = vec![file(path, bytes), file("other.md", b"## Other {#other}\n> o\n\nO. [a](#a)\n")];
    if path != "business.toml" {
        files.push(file("business.toml", BUSINESS.as_bytes()));
    }
    faq::read(files)
}

/// All that must hold for every `Faq`.
fn assert_sound(faq: &Faq) {
    let sound = |span: Span| {
        let text = &faq.sources[span.file.index()].text;
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    };
    for problem in &faq.problems {
        sound(problem.span);
        if let Some((span, _)) = &problem.also {
            sound(*span);
        }
        for color in [false, true] {
            let text = faq::render(problem, &faq.sources, "faq", color);
            assert!(
                text.contains(&problem.message.replace('\t', " ")[..1]) && text.ends_with('\n'),
                "{text}"
            );
            assert!(text.lines().count() <= 6, "{text}");
        }
        assert!(!problem.message.ends_with('.') && !problem.message.contains('\n'), "{}", problem.message);
    }
    let mut ids = std::collections::HashSet::new();
    for entry in &faq.entries {
        sound(entry.span);
        assert!(ids.insert((entry.language, entry.id.clone())), "two entries #{}", entry.id);
        assert!(entry.phrasings[0].means_this);
        entry.phrasings.iter().for_each(|phrasing| sound(phrasing.span));
        entry.patterns.iter().for_each(|pattern| sound(pattern.span));
        if let Some(answer) = entry.reply.answer() {
            sound(answer.span);
            answer.links.iter().for_each(|link| sound(link.span));
            if faq.is_good() {
                let values =
                    Values::new(&faq.firm, entry.language, true, "tomorrow", entry.captures(entry.title()));
                answer.render(&values).expect("an answer that was tried at load");
            }
        }
    }
}

/// Pieces that mean something somewhere, in any order.
fn fragments() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "# Topic\n",
        "## Question ",
        "##",
        "### Sub\n",
        "{#id}",
        "{#id .handover}",
        "{from=2026-01-01 until=2025-01-01}",
        "{",
        "}",
        "{{ phone }}",
        "{{ x }}",
        "{{",
        "}}",
        "{% if open_now %}",
        "{% else %}",
        "{% endif %}",
        "{%",
        "%}",
        "{#",
        "#}",
        "\n",
        "\n\n",
        "> ",
        "> not: ",
        "> /a(?<g>b)/\n",
        "> /(/\n",
        "/",
        "- ",
        "1. ",
        "[label](#id)",
        "[x](#other)\n",
        "[x](",
        "](",
        "![p](q)",
        "<!--",
        "-->",
        "```",
        "~~~\n",
        "---\n",
        "===\n",
        "    ",
        "\t",
        "**",
        "_",
        "`",
        "<b>",
        "&amp;",
        "\\",
        "ä",
        "🚲",
        "e\u{301}",
        "\u{202e}",
        "\0",
        "\r",
        "\u{feff}",
        "words and words",
        "[r]: https://x.y\n",
        "[r]",
        "?",
        ".",
        "| a | b |\n",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn toml_fragments() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "name",
        "lang",
        "languages",
        "time_zone",
        "country",
        "opening_hours",
        "[variables]\n",
        "[wording.en]\n",
        "[wording]\n",
        " = ",
        "\"en\"",
        "\"Mo-Fr 10:00-18:00\"",
        "\"Mo-Fr 10-18\"",
        "\"ü\\u00fc\"",
        "'",
        "\"",
        "\"\"\"",
        "[",
        "]",
        "{ en = 1 }",
        "\n",
        "#",
        "5",
        "0.1",
        "true",
        "ä",
        "🚲",
        "wrong_answers",
        "2026-01-01",
        "x.y",
        ",",
        "\0",
    ]);
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// Words as customers write them, with all that could be taken for a mark.
fn words() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "not:",
        "Not: ",
        "/x/",
        "/",
        ">",
        "#",
        "##",
        "{#id}",
        "{",
        "}",
        "{{ phone }}",
        "{% x %}",
        "<!--",
        "-->",
        "<b>",
        "*",
        "_",
        "`",
        "```",
        "[a](#b)",
        "[",
        "]",
        "\\",
        "1.",
        "1)",
        "-",
        "- ",
        "+",
        "=",
        "~~",
        "&amp;",
        "&",
        "!",
        " ",
        "a",
        "parcel",
        "ä",
        "🚲",
        "?",
        "\n",
        "\t",
        "nicht: ",
        "|",
        "https://x.y",
        "\u{200b}",
    ]);
    let text = prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat());
    // Something that matters for a question, at the end.
    text.prop_map(|text| format!("{text} q"))
}

fn shown(words: &str) -> String {
    let visible: String = words.chars().filter(|&c| c != '\u{200b}').collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

proptest! {
    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..200), path in prop::sample::select(vec!["a.md", "business.toml", "checks.toml", "de/a.md"])) {
        assert_sound(&read(path, &bytes));
    }

    #[test]
    fn any_text_can_be_read(text in "\\PC{0,200}", path in prop::sample::select(vec!["a.md", "business.toml", "checks.toml"])) {
        assert_sound(&read(path, text.as_bytes()));
    }

    #[test]
    fn any_mixture_of_marks_can_be_read(text in fragments()) {
        assert_sound(&read("a.md", text.as_bytes()));
    }

    #[test]
    fn any_mixture_of_keys_can_be_read(text in toml_fragments(), path in prop::sample::select(vec!["business.toml", "checks.toml"])) {
        assert_sound(&read(path, text.as_bytes()));
    }

    #[test]
    fn half_of_a_file_can_be_read(cut in 0_usize..2_000) {
        let whole = include_str!("faq_files/headings.txt");
        assert_sound(&read("a.md", &whole.as_bytes()[..cut.min(whole.len())]));
    }

    #[test]
    fn what_staff_teach_becomes_an_entry(question in words(), answer in words(), note in words()) {
        let faq = read("a.md", draft_to_markdown(&question, &answer, &note).as_bytes());
        let problems: Vec<&str> = faq.problems.iter().map(|problem| problem.message.as_str()).collect();
        // The other file's link, and that it is asked in one way only.
        prop_assert!(problems.len() <= 2, "{problems:?}");
        prop_assert_eq!(faq.entries.len(), 2);
        prop_assert_eq!(faq.entries[0].title(), shown(&question));
        prop_assert_eq!(&faq.entries[0].reply.answer().expect("an answer").text, &words_to_answer(&answer));
    }

    #[test]
    fn what_customers_wrote_comes_back_as_words(title in words(), phrasings in prop::collection::vec(words(), 0..4), negatives in prop::collection::vec(words().prop_map(|words| format!("{words} n")), 0..2), answer in words(), label in words(), handover: bool) {
        let draft = Draft {
            id: EntryId::new("a"),
            title: title.clone(),
            phrasings: phrasings.clone(),
            negatives: negatives.clone(),
            patterns: vec![r"\bx\d{3}".to_owned()],
            answer: words_to_answer(&answer),
            links: vec![(label.clone(), EntryId::new("other").expect("a good id"))],
            handover,
            channels: vec![ChannelKind::Discord],
            ..Draft::default()
        };
        let text = to_markdown(&draft);
        // Twice, since a file has neighbours.
        let faq = read("a.md", format!("{text}## Next {{#next}}\n> n\n\nN.\n").as_bytes());
        let shown_problems: String = faq.problems.iter().map(|problem| faq::render(problem, &faq.sources, "", false)).collect();
        prop_assert!(faq.is_good(), "{text}\n{shown_problems}");
        prop_assert_eq!(faq.entries.len(), 3, "{}", text);
        let entry = faq.entries.iter().find(|entry| entry.id.as_str() == "a").expect("the entry that was written");
        let expected: Vec<(String, bool)> = std::iter::once(&title).chain(&phrasings).map(|words| (shown(words), true)).chain(negatives.iter().map(|words| (shown(words), false))).collect();
        let found: Vec<(String, bool)> = entry.phrasings.iter().map(|phrasing| (phrasing.text.clone(), phrasing.means_this)).collect();
        prop_assert_eq!(found, expected, "{}", text);
        prop_assert_eq!(entry.patterns.len(), 1);
        prop_assert_eq!(&entry.channels, &Channels::Only(vec![ChannelKind::Discord]));
        let said = entry.reply.answer().expect("an answer");
        prop_assert!(!said.is_template());
        prop_assert_eq!(&said.text, &draft.answer, "{}", text);
        prop_assert_eq!(&said.links[0].label, &shown(&label), "{}", text);
    }
}

#[test]
fn a_hundred_thousand_entries_are_read_in_seconds() {
    let mut text = String::new();
    for number in 0..100_000 {
        use std::fmt::Write;
        let _ = write!(
            text,
            "## Question number {number}? {{#q{number}}}\n> ask {number}\n\nAnswer {number}, **bold**.\n\n- [next](#q{})\n\n",
            (number + 1) % 100_000
        );
    }
    let faq = read("a.md", text.as_bytes());
    assert_eq!(faq.entries.len(), 100_001);
    assert!(
        faq.problems.iter().all(|problem| problem.message.contains("`#a`")),
        "{:?}",
        faq.problems.first()
    );
}
