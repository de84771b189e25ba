//! The owner's answers as plain sentences: without Markdown and template marks.

use unicode_segmentation::UnicodeSegmentation as _;

/// More sentences of an answer are not looked at one by one.
const MOST: usize = 16;

/// `markdown` as a reader sees it, roughly: marks, addresses and template tags are left out, lines stay.
pub(super) fn text(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(c) = rest.chars().next() {
        let skipped = match c {
            '{' => tag(rest),
            ']' => Some(address(rest)),
            '*' | '_' | '`' | '#' | '[' | '!' | '>' | '|' | '~' => {
                Some(usize::from(c != '!' || rest.starts_with("![")))
            }
            _ => None,
        };
        match skipped {
            Some(length) if 0 < length => {
                rest = &rest[length..];
            }
            _ => {
                plain.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    plain
}

/// The sentences of plain text that say something, at most [`MOST`].
pub(super) fn sentences(plain: &str) -> impl Iterator<Item = &str> {
    plain
        .lines()
        .flat_map(|line| line.trim_start_matches(['-', '+', ' ', '\t']).split_sentence_bounds())
        .map(str::trim)
        .filter(|sentence| 3 <= sentence.chars().filter(|c| c.is_alphabetic()).count())
        .take(MOST)
}

/// The length of a `{{ … }}` or `{% … %}` at the start of `text`.
fn tag(text: &str) -> Option<usize> {
    let end = match text.get(..2)? {
        "{{" => "}}",
        "{%" => "%}",
        "{#" => "#}",
        _ => return None,
    };
    text.find(end).map(|at| at + end.len())
}

/// The length of `](address)` at the start of `text`; of `]` alone where no address follows.
fn address(text: &str) -> usize {
    let length = text.strip_prefix("](").and_then(|rest| rest.find(')')).map(|at| at + 3);
    length.unwrap_or(1)
}
