//! FAQPage in JSON-LD (<https://schema.org/FAQPage>): read from a file or from a saved web page, written for the firm's
//! own website.

use std::sync::LazyLock;

use anyhow::Context as _;
use pulldown_cmark::{Options, Parser, html};
use regex::Regex;
use serde_json::{Value, json};

use super::web;
use super::{Found, Item};
use crate::faq::draft::Draft;
use crate::text::Language;

/// Deepest nesting that is looked into; what is read here comes from elsewhere.
const DEEPEST: usize = 32;

/// The questions of every FAQPage in `text`: JSON, or a web page with JSON in its scripts.
pub(in crate::cli) fn read(text: &str) -> anyhow::Result<Found> {
    let mut found = Found::default();
    if text.trim_start().starts_with(['{', '[']) {
        let value: Value = serde_json::from_str(text).context("the JSON is not right")?;
        pages(&value, None, 0, &mut found);
        return Ok(found);
    }
    for (number, script) in SCRIPT.captures_iter(text).enumerate() {
        let json = script["json"].trim().trim_start_matches("<!--").trim_end_matches("-->").trim();
        match serde_json::from_str::<Value>(json) {
            Ok(value) => pages(&value, None, 0, &mut found),
            Err(error) => {
                found
                    .notes
                    .push(format!("the page's JSON-LD script number {} is not right: {error}", number + 1));
            }
        }
    }
    Ok(found)
}

static SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?is)<script[^>]*type\s*=\s*["']?application/ld\+json["']?[^>]*>(?P<json>.*?)</script\s*>"#)
        .expect("the pattern is right: tested")
});

/// Looks for pages wherever they stand: alone, in a list, in a graph, inside another page.
fn pages(value: &Value, language: Option<Language>, depth: usize, found: &mut Found) {
    if DEEPEST < depth {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| pages(value, language, depth + 1, found)),
        Value::Object(object) => {
            let language = object
                .get("inLanguage")
                .and_then(Value::as_str)
                .and_then(|tag| Language::new(&tag.split(['-', '_']).next()?.to_ascii_lowercase()))
                .or(language);
            if is(value, "FAQPage") {
                for question in each(object.get("mainEntity")) {
                    questions(question, language, found);
                }
            } else {
                object.values().for_each(|value| pages(value, language, depth + 1, found));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn questions(value: &Value, language: Option<Language>, found: &mut Found) {
    if !is(value, "Question") {
        return;
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let named = value.get("name").or_else(|| value.get("text")).and_then(text);
    let title = web::words(&named.unwrap_or_default());
    let answers = each(value.get("acceptedAnswer")).chain(each(value.get("suggestedAnswer")));
    let answer =
        answers.filter_map(|answer| answer.get("text").and_then(text)).map(|html| web::answer(&html)).next();
    match answer {
        Some(answer) if !title.is_empty() && !answer.is_empty() => {
            let draft = Draft { title, answer, ..Draft::default() };
            found.entries.push(Item { draft, language, ..Item::default() });
        }
        _ if title.is_empty() => found.notes.push("a question without words was left out".to_owned()),
        _ => found.notes.push(format!("“{title}” has no answer, and was left out")),
    }
}

/// Whether `value` is of the type `name`, among others perhaps.
fn is(value: &Value, name: &str) -> bool {
    let fits = |kind: &str| {
        kind.trim_start_matches("https://schema.org/").trim_start_matches("http://schema.org/") == name
    };
    each(value.get("@type")).filter_map(Value::as_str).any(fits)
}

/// A value, or each of a list.
fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (one, many): (Option<&Value>, &[Value]) = match value {
        Some(Value::Array(values)) => (None, values),
        other => (other, &[]),
    };
    one.into_iter().chain(many)
}

/// A question for a website, with its answer in Markdown.
pub(in crate::cli) struct Published {
    pub(in crate::cli) question: String,
    pub(in crate::cli) answer: String,
}

/// The page as JSON-LD, ready to stand in a `<script type="application/ld+json">`.
pub(in crate::cli) fn write(language: Language, entries: &[Published]) -> anyhow::Result<String> {
    let questions: Vec<Value> = entries
        .iter()
        .map(|entry| {
            let mut answer = String::new();
            html::push_html(&mut answer, Parser::new_ext(&entry.answer, Options::empty()));
            json!({
                "@type": "Question",
                "name": entry.question,
                "acceptedAnswer": { "@type": "Answer", "text": answer.trim() },
            })
        })
        .collect();
    let page = json!({
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": language.to_string(),
        "mainEntity": questions,
    });
    // Inside a script no text may end it.
    Ok(serde_json::to_string_pretty(&page)?.replace("</", "<\\/") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_found_wherever_they_stand() {
        let question = |name: &str| json!({"@type": "Question", "name": name, "acceptedAnswer": {"@type": "Answer", "text": "<p>Yes.</p>"}});
        let page = json!({"@type": ["WebPage", "FAQPage"], "inLanguage": "de-DE", "mainEntity": [question("A?"), question("<b>B</b>?")]});
        let graph = json!({"@context": "https://schema.org", "@graph": [{"@type": "Organization"}, page]})
            .to_string();
        let single = json!({"@type": "https://schema.org/FAQPage", "mainEntity": question("C?")}).to_string();
        let saved = format!(
            "<html><script type='application/ld+json'>{graph}</script><script type=application/ld+json>{{</script>\
                             <SCRIPT TYPE=\"application/ld+json\">{single}</SCRIPT></html>"
        );
        let found = read(&saved).expect("a page");
        let titles: Vec<&str> = found.entries.iter().map(|item| item.draft.title.as_str()).collect();
        assert_eq!(titles, ["A?", "B?", "C?"]);
        assert_eq!(found.entries[0].language, Some(Language::DE));
        assert_eq!(found.entries[0].draft.answer, "Yes.");
        assert_eq!(found.notes.len(), 1, "{:?}", found.notes);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let entries = [
            Published {
                question: "Open </script>?".to_owned(),
                answer: "**Yes**, and\n\n- here\n- there".to_owned(),
            },
            Published {
                question: "„Auch“ sonntags?".to_owned(),
                answer: "Nein: [Plan](https://example.com).".to_owned(),
            },
        ];
        let written = write(Language::DE, &entries).expect("written");
        assert!(!written.contains("</"), "{written}");
        let found = read(&format!("<script type=\"application/ld+json\">{written}</script>")).expect("read");
        assert_eq!(found.entries.len(), 2);
        assert_eq!(found.entries[0].draft.answer, "**Yes**, and\n\n- here\n- there");
        assert_eq!(found.entries[1].draft.title, "„Auch“ sonntags?");
        assert_eq!(found.entries[1].draft.answer, "Nein: [Plan](https://example.com).");
        assert_eq!(found.entries[1].language, Some(Language::DE));
    }
}
