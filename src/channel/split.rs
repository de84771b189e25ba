//! Long text -> pieces within a platform's limit, without breaking a word, a sign or a style where it can be helped.

use unicode_segmentation::UnicodeSegmentation;

use super::markup::{Rich, Styled};

/// Splits `rich` into pieces whose text measures at most `limit` by `measure` (characters, UTF-16 units, …; it must
/// add up over concatenation). A piece ends at an empty line, else at a line's end, else behind a sentence, else at a
/// space, else between two user-perceived characters (extended grapheme clusters, Unicode UAX #29). Styles go on in
/// the next piece; pictures go with the first.
///
/// A single grapheme that is larger than the limit (a letter with hundreds of marks) is cut between its characters.
#[must_use]
pub fn split(rich: &Rich, limit: usize, measure: impl Fn(&str) -> usize) -> Vec<Rich> {
    let mut pieces = Vec::new();
    let mut rest = 0..rich.text.len();
    while !rest.is_empty() {
        let text = &rich.text[rest.clone()];
        let end = rest.start + piece_end(text, limit.max(1), &measure);
        pieces.push(cut(rich, rest.start..end));
        rest.start = end + leading_space(&rich.text[end..]);
    }
    match pieces.first_mut() {
        Some(first) => first.images.clone_from(&rich.images),
        None if !rich.images.is_empty() => {
            pieces.push(Rich { images: rich.images.clone(), ..Rich::default() });
        }
        None => {}
    }
    pieces
}

/// How a message measures in Telegram: UTF-16 code units.
#[must_use]
pub fn utf16_units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// How a message measures in Discord: characters.
#[must_use]
pub fn characters(text: &str) -> usize {
    text.chars().count()
}

/// Where the first piece of `text` ends, in bytes; more than zero for a text that isn't empty.
fn piece_end(text: &str, limit: usize, measure: &impl Fn(&str) -> usize) -> usize {
    let fits = fitting(text, limit, measure);
    if fits == text.len() {
        return fits;
    }
    let head = &text[..fits];
    // A break far at the front would make many small pieces: it must leave at least half of the piece filled.
    let far_enough = |end: &usize| head.len() / 2 <= *end;
    let behind = |mark: &str| head.rfind(mark).map(|at| at + mark.len()).filter(far_enough);
    let sentence = || [". ", "! ", "? ", "… "].iter().filter_map(|mark| behind(mark)).max();
    let space = || head.rfind(char::is_whitespace).filter(|at| 0 < *at);
    behind("\n\n").or_else(|| behind("\n")).or_else(sentence).or_else(space).unwrap_or(fits)
}

/// The longest beginning of `text` that measures at most `limit`: whole graphemes, or where not even one fits,
/// characters, and at least one of them.
fn fitting(text: &str, limit: usize, measure: &impl Fn(&str) -> usize) -> usize {
    let mut measured = 0;
    for (start, grapheme) in text.grapheme_indices(true) {
        measured += measure(grapheme);
        if limit < measured {
            return if start == 0 { fitting_characters(grapheme, limit, measure) } else { start };
        }
    }
    text.len()
}

fn fitting_characters(grapheme: &str, limit: usize, measure: &impl Fn(&str) -> usize) -> usize {
    let mut measured = 0;
    for (start, character) in grapheme.char_indices() {
        measured += measure(&grapheme[start..start + character.len_utf8()]);
        if limit < measured && 0 < start {
            return start;
        }
    }
    grapheme.len()
}

fn leading_space(text: &str) -> usize {
    text.len() - text.trim_start_matches(['\n', ' ']).len()
}

/// The stretch `range`, with the styles that reach into it, and without space at its end.
fn cut(rich: &Rich, range: std::ops::Range<usize>) -> Rich {
    let text = rich.text[range.clone()].trim_end();
    let end = range.start + text.len();
    let spans = rich.spans.iter().filter_map(|span| {
        let inside = span.range.start.max(range.start)..span.range.end.min(end);
        (inside.start < inside.end).then(|| Styled {
            range: inside.start - range.start..inside.end - range.start,
            style: span.style.clone(),
        })
    });
    Rich { text: text.to_owned(), spans: spans.collect(), images: Vec::new() }
}
