//! An entry written back as Markdown: what staff teach, and what other tools export, becomes a file that the owner can edit.

use std::fmt::Write;

use chrono::NaiveDate;

use super::entry::{ChannelKind, EntryId};

/// An entry to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// Its id; `None`: the slug of the title.
    pub id: Option<EntryId>,
    /// The heading.
    pub title: String,
    /// What else customers say.
    pub phrasings: Vec<String>,
    /// What must *not* get this answer.
    pub negatives: Vec<String>,
    /// Patterns, without their slashes.
    pub patterns: Vec<String>,
    /// The answer, as Markdown.
    pub answer: String,
    /// Links below the answer: label and target.
    pub links: Vec<(String, EntryId)>,
    /// `.handover`
    pub handover: bool,
    /// `.staff-only`
    pub staff_only: bool,
    /// `from=`
    pub from: Option<NaiveDate>,
    /// `until=`
    pub until: Option<NaiveDate>,
    /// `channel=`; empty: everywhere.
    pub channels: Vec<ChannelKind>,
}

/// `draft` as it stands in a file, with a blank line at its end. Whatever title and phrasings hold, they come back as words:
/// nothing that a customer wrote can become a heading, a pattern, a comment or a template.
#[must_use]
pub fn to_markdown(draft: &Draft) -> String {
    let mut text = format!("## {}", inline(&one_line(&draft.title)));
    let attributes = attributes(draft);
    if !attributes.is_empty() {
        let _ = write!(text, " {{{}}}", attributes.join(" "));
    }
    text.push('\n');
    let negatives = draft.negatives.iter().map(|words| ("not: ", words));
    for (mark, words) in draft.phrasings.iter().map(|words| ("", words)).chain(negatives) {
        let words = one_line(words);
        // A line without words would be an error; it says nothing anyway.
        if words.contains(char::is_alphanumeric) {
            let _ = writeln!(text, "> {mark}{}", quoted(&words));
        }
    }
    for pattern in &draft.patterns {
        let _ = writeln!(text, "> /{pattern}/");
    }
    if !draft.answer.trim().is_empty() {
        let _ = writeln!(text, "\n{}", draft.answer.trim_end());
    }
    if !draft.links.is_empty() {
        text.push('\n');
    }
    for (label, to) in &draft.links {
        let _ = writeln!(text, "- [{}](#{to})", inline(&one_line(label)));
    }
    text.push('\n');
    text
}

/// `words` as a quoted line, a further phrasing for an entry: `> and on Sundays?`. `None` where there are no words in it.
#[must_use]
pub fn phrasing_line(words: &str) -> Option<String> {
    let words = one_line(words);
    words.contains(char::is_alphanumeric).then(|| format!("> {}", quoted(&words)))
}

/// A topic's heading, with a blank line below it.
#[must_use]
pub fn topic_to_markdown(topic: &str) -> String {
    format!("# {}\n\n", inline(&one_line(topic)))
}

/// A question and the words with which staff answered it, as an entry for `faq/drafts/`; `note` says where it comes from, in a
/// comment above it.
#[must_use]
pub fn draft_to_markdown(question: &str, answer: &str, note: &str) -> String {
    let draft = Draft { title: question.to_owned(), answer: words_to_answer(answer), ..Draft::default() };
    // A comment ends with the first `-->`, wherever it stands.
    let note = one_line(note).replace("--", "–");
    format!("<!-- {note} -->\n\n{}", to_markdown(&draft))
}

/// Plain words as the Markdown of an answer: for a reply that staff typed into a chat. Line breaks stay.
#[must_use]
pub fn words_to_answer(words: &str) -> String {
    let lines: Vec<String> = words.trim().lines().map(|line| inline(line.trim())).collect();
    lines.join("\n")
}

fn attributes(draft: &Draft) -> Vec<String> {
    let mut attributes: Vec<String> = draft.id.iter().map(|id| format!("#{id}")).collect();
    if draft.handover {
        attributes.push(".handover".to_owned());
    }
    if draft.staff_only {
        attributes.push(".staff-only".to_owned());
    }
    attributes.extend(draft.from.map(|day| format!("from={day}")));
    attributes.extend(draft.until.map(|day| format!("until={day}")));
    if !draft.channels.is_empty() {
        let names: Vec<&str> = draft.channels.iter().map(|kind| kind.name()).collect();
        attributes.push(format!("channel={}", names.join(",")));
    }
    attributes
}

/// `text` on one line, without signs that nobody sees.
fn one_line(text: &str) -> String {
    let visible: String =
        text.chars().filter(|&c| !super::template::is_invisible(c) || c.is_whitespace()).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words for a heading, a label or a line of an answer: whatever Markdown or a template would take for a mark is escaped.
fn inline(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    let mut rest = words.chars().peekable();
    while let Some(c) = rest.next() {
        let mark = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' | '#' | '{' | '}' => true,
            '%' => text.ends_with('{'),
            '>' | '-' | '+' | '=' => text.is_empty(),
            '&' => rest.peek().is_some_and(|next| !next.is_whitespace()),
            '.' | ')' => !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()),
            _ => false,
        };
        if mark {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// Words for a quoted line: these are taken as they stand, but for backslashes, comments, and marks at the begin.
fn quoted(words: &str) -> String {
    let text = words.replace('\\', "\\\\").replace('<', "\\<");
    if text.get(..4).is_some_and(|mark| mark.eq_ignore_ascii_case("not:")) {
        return text.replacen(':', "\\:", 1);
    }
    if text.starts_with(['/', '>', '`', '~', '#', '-', '+', '*', '=', '_']) {
        format!("\\{text}")
    } else {
        text
    }
}
