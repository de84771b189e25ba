//! A customer's words, prepared once, and to whom the answer would go.

use crate::faq::ChannelKind;
use crate::text::{Language, language, normalize, words};
use crate::time::Timestamp;

use super::{Index, certain};

/// To whom, where and when the answer would go: decides which entries are in season.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audience {
    /// Where the customer writes.
    pub channel: ChannelKind,
    /// When.
    pub now: Timestamp,
    /// The language that the conversation is held in so far, if any: kept unless the words clearly are another.
    pub language: Option<Language>,
}

/// A customer's words, prepared once for every part of the matcher.
#[derive(Debug, Clone)]
pub struct Query {
    /// As written, cut at [`Query::LIMIT`] characters, without what cannot be seen.
    pub text: String,
    /// The firm's language that it is taken for.
    pub language: Language,
    /// To whom the answer goes.
    pub audience: Audience,
    /// The form in which questions are compared.
    pub(super) normal: String,
    /// Its words, typing errors mended.
    pub(super) words: Vec<Word>,
    /// Whether it is clearly in a language that the firm doesn't write.
    pub(super) foreign: bool,
    /// What it means; empty where the owner's own words make that needless.
    pub(super) vector: Vec<f32>,
}

/// A word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it was typed, in normal form.
    pub typed: String,
    /// What it is taken for; the same unless it was mended.
    pub meant: String,
}

impl Query {
    /// Longest text that is looked at, in characters; what is longer is cut before anything else.
    pub const LIMIT: usize = normalize::LIMIT;

    /// `text`, prepared for `index`.
    #[must_use]
    pub fn new(index: &Index, text: &str, audience: Audience) -> Self {
        let cleaned = normalize::clean(text);
        let normal = certain::key(&cleaned);
        let certain = index.language_of_exact(&normal);
        let language = certain.unwrap_or_else(|| index.language(&normal, audience.language));
        let words = match certain {
            Some(_) => as_typed(&normal),
            None => mended(index, &normal),
        };
        let foreign = language::is_foreign(&normal, &index.faq().firm.languages);
        let vector = Vec::new();
        let mut query = Self { text: cleaned, language, audience, normal, words, foreign, vector };
        if certain.is_none() {
            query.vector = index.encoder().encode(&query.mended());
        }
        query
    }

    /// `text` as it is understood after the question `before`: "and on Sundays?" after "when are you open?".
    #[must_use]
    pub fn after(index: &Index, before: &str, text: &str, audience: Audience) -> Self {
        let (before, text) = (normalize::cut(before), normalize::cut(text));
        Self::new(index, &format!("{before} {text}"), audience)
    }

    /// The text with its typing errors mended: what the encoder reads.
    #[must_use]
    pub(super) fn mended(&self) -> String {
        let mut mended = String::with_capacity(self.text.len());
        for piece in self.text.split(' ') {
            let normal = normalize::normalize(piece);
            let correction = self.corrections().find(|word| word.typed == normal);
            if !mended.is_empty() {
                mended.push(' ');
            }
            match correction {
                Some(word) => {
                    mended.push_str(&word.meant);
                    mended.extend(piece.chars().rev().take_while(|c| !c.is_alphanumeric()));
                }
                None => mended.push_str(piece),
            }
        }
        mended
    }

    /// The words that were mended.
    pub fn corrections(&self) -> impl Iterator<Item = &Word> {
        self.words.iter().filter(|word| normalize::fold(&word.typed) != normalize::fold(&word.meant))
    }
}

/// Words beyond these are not looked at: no question is that long.
const MOST_WORDS: usize = 200;

/// The words of a stranger's question, mended as a customer's are.
pub(super) fn as_asked(index: &Index, text: &str) -> Vec<Word> {
    mended(index, &normalize::normalize(text))
}

/// The words of the owner's own text, which is taken as it is.
pub(super) fn as_written(text: &str) -> Vec<Word> {
    as_typed(&normalize::normalize(text))
}

fn as_typed(normal: &str) -> Vec<Word> {
    let whole = |word: &str| Word { typed: word.to_owned(), meant: word.to_owned() };
    words::split(normal).take(MOST_WORDS).map(whole).collect()
}

fn mended(index: &Index, normal: &str) -> Vec<Word> {
    let mut mended = as_typed(normal);
    let foreign = language::is_foreign(normal, &index.faq().firm.languages);
    for word in &mut mended {
        if !index.knows(&word.typed)
            && let Some(correction) = index.correct(&word.typed)
            && (!foreign || correction.slips == 0)
        {
            word.meant = correction.meant.join(" ");
        }
    }
    mended
}
