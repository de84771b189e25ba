//! Unicode, case, punctuation, emoji -> one form.
//!
//! Three forms, each for its reader: [`clean`] for patterns and the encoder (as written, without what cannot be seen),
//! [`normalize`] for comparing questions and splitting words, [`fold`] for comparing words (no marks on letters).

use unicode_normalization::UnicodeNormalization as _;

/// Longest text that is looked at, in characters; what is longer is cut before anything else.
pub const LIMIT: usize = 4096;

/// The first [`LIMIT`] characters of `text`. Takes the same time for any length.
#[must_use]
pub fn cut(text: &str) -> &str {
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// `text` as written, cut, in Unicode's form NFKC, without control, bidi and zero-width characters and stacked marks;
/// white space runs become one space.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len().min(4 * LIMIT));
    let mut space = false;
    for c in cut(text).nfkc().take(2 * LIMIT) {
        if c.is_whitespace() {
            space = true;
        } else if !is_invisible(c) && !is_mark(c) {
            if space && !cleaned.is_empty() {
                cleaned.push(' ');
            }
            space = false;
            cleaned.push(c);
        }
    }
    cleaned
}

/// The form in which questions are compared: [`clean`], lower case, words of letters and digits with one space between.
///
/// An apostrophe is left out where it shortens a word (`don't` -> `dont`) and parts where it joins two
/// (`l'heure` -> `l heure`).
#[must_use]
pub fn normalize(text: &str) -> String {
    let cleaned = clean(text);
    let mut normal = String::with_capacity(cleaned.len());
    let letters: Vec<char> = cleaned.chars().flat_map(char::to_lowercase).filter(|&c| !is_mark(c)).collect();
    for (at, &c) in letters.iter().enumerate() {
        if c.is_alphanumeric() {
            normal.push(c);
        } else if c == '€' {
            word_break(&mut normal);
            normal.push_str("euro ");
        } else if !(is_apostrophe(c) && shortens(&letters, at)) {
            word_break(&mut normal);
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// `word` without marks on its letters: `ä` -> `a`, `ł` -> `l`, `ß` -> `ss`, and German `ae`, `oe`, `ue` -> `a`, `o`,
/// `u`, so that `größe`, `groesse` and `grosse` meet. Not a word that anybody should see.
#[must_use]
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii() {
            push_folded(&mut folded, c);
            continue;
        }
        match c {
            'ß' => folded.push_str("ss"),
            'ı' => folded.push('i'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'æ' => folded.push('a'),
            'ø' | 'œ' => folded.push('o'),
            other => {
                std::iter::once(other)
                    .nfd()
                    .filter(|&part| !is_mark(part))
                    .for_each(|part| folded.push(part));
            }
        }
    }
    folded
}

/// Pushes an ASCII letter; the `e` of `ae`, `oe`, `ue` is left out.
fn push_folded(folded: &mut String, c: char) {
    let umlaut = c == 'e' && folded.ends_with(['a', 'o', 'u']) && !folded.ends_with("qu");
    if !umlaut {
        folded.push(c);
    }
}

fn word_break(normal: &mut String) {
    if !normal.is_empty() && !normal.ends_with(' ') {
        normal.push(' ');
    }
}

/// Whether the apostrophe at `at` stands in for letters (`don't`, `geht's`) and does not join two words (`l'heure`).
fn shortens(letters: &[char], at: usize) -> bool {
    let is_letter = |c: &&char| c.is_alphanumeric();
    let left = letters[..at].iter().rev().take_while(is_letter).take(3).count();
    let right = letters[at + 1..].iter().take_while(is_letter).take(3).count();
    2 < left && 0 < right && right < 3
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '′')
}

/// Control characters, zero-width and bidi marks, variation selectors, tags, private use.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{E000}'..='\u{F8FF}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFD}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{10FFFF}')
}

/// Marks that stand on the letter before; what NFKC did not join to a letter is decoration.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}
