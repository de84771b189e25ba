//! Other people's words, made fit to keep and to pass on: bounded, and without signs that nobody sees.

use crate::matcher::Query;

use super::event::Said;

/// Longest message that is looked at, kept or passed on, in characters; no platform sends a longer one.
pub(super) const MESSAGE: usize = Query::LIMIT;
/// Longest name shown, in characters.
pub(super) const NAME: usize = 64;
/// Longest label of a button, in characters (Discord takes no more).
pub(super) const LABEL: usize = 80;

/// Attachments that are passed on of one message; no platform sends more.
const ATTACHMENTS: usize = 10;

/// What somebody wrote: without control characters (line breaks stay), at most `limit` characters.
pub(super) fn message(text: &str, limit: usize) -> String {
    // Reading a little more than the limit is enough to know whether it must be cut.
    let visible = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    let kept: String = visible.take(limit + 1).collect();
    shortened(&kept, limit)
}

/// What somebody calls themselves: one line, without signs that turn the reading direction.
pub(super) fn name(text: &str) -> String {
    let visible =
        text.chars().take(4 * NAME).filter(|c| !turns(*c) && (!c.is_control() || c.is_whitespace()));
    let visible: String = visible.collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    shortened(&words.join(" "), NAME)
}

/// `text`, at most `limit` characters long; a cut shows as an ellipsis.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

/// A line of a transcript: what follows after a line break is indented, so that nobody's words can pass for
/// somebody else's line.
pub(super) fn spoken(who: &str, text: &str) -> String {
    format!("{who}: {}", text.replace('\n', "\n    "))
}

/// Embeddings, overrides and isolates of the reading direction, and marks that nobody sees.
const fn turns(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What was written, fit to keep and to pass on.
pub(super) fn tidy(said: &Said) -> Said {
    Said {
        text: message(&said.text, MESSAGE),
        attachments: said.attachments.iter().take(ATTACHMENTS).cloned().collect(),
    }
}
