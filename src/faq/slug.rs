//! A question -> the id that it has when the owner gives none.

use unicode_normalization::UnicodeNormalization;

use super::entry::EntryId;

/// The id made of the words of `question`; `None` when there is no letter or digit in it.
///
/// `ä` becomes `ae` and `ß` becomes `ss`, other accents are dropped, everything between words becomes one hyphen. It is at
/// most [`EntryId::LIMIT`] bytes long and ends with a whole word.
#[must_use]
pub fn slug(question: &str) -> Option<EntryId> {
    let mut words = Words::default();
    for c in question.nfc().flat_map(char::to_lowercase) {
        match c {
            'ä' => words.extend("ae"),
            'ö' => words.extend("oe"),
            'ü' => words.extend("ue"),
            'ß' => words.extend("ss"),
            // An apostrophe stands inside a word: `can't` is one.
            '\'' | '’' => {}
            _ => words.extend(&without_accents(c)),
        }
    }
    EntryId::new(&words.shortened())
}

/// `c` in its plainest form. Marks of other scripts than Latin stay: `й` is another letter than `и`.
fn without_accents(c: char) -> String {
    let mut parts = std::iter::once(c).nfkd().peekable();
    let is_latin = parts.peek().is_some_and(char::is_ascii);
    let bare = parts.filter(|c| !is_latin || !('\u{300}'..='\u{36f}').contains(c));
    bare.nfc().flat_map(char::to_lowercase).collect()
}

#[derive(Default)]
struct Words {
    text: String,
}

impl Words {
    fn extend(&mut self, letters: &str) {
        for c in letters.chars() {
            if c.is_alphanumeric() && !c.is_uppercase() {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with('-') {
                self.text.push('-');
            }
        }
    }

    fn shortened(&self) -> String {
        let whole = self.text.trim_end_matches('-');
        if whole.len() <= EntryId::LIMIT {
            return whole.to_owned();
        }
        let cut = whole.floor_char_boundary(EntryId::LIMIT);
        // A cut that falls right behind a word keeps it.
        let end = if whole[cut..].starts_with('-') { cut } else { whole[..cut].rfind('-').unwrap_or(cut) };
        whole[..end].trim_end_matches('-').to_owned()
    }
}
