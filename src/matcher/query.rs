//! A customer's words, prepared once, and to whom the answer would go.

use crate::faq::ChannelKind;
use crate::text::{Language, language, normalize, words};
use crate::time::Timestamp;

use super::{Index, certain, memo};

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
        let text = normalize::clean(text);
        let so_far = audience.language;
        let read = if memo::is_short(&text) {
            index.read.recall((text.clone(), so_far), || read(index, &text, so_far))
        } else {
            read(index, &text, so_far)
        };
        let Read { language, normal, words, foreign, vector } = read;
        Self { text, language, audience, normal, words, foreign, vector }
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
        mended_text(&self.text, &self.words)
    }

    /// The words that were mended.
    pub fn corrections(&self) -> impl Iterator<Item = &Word> {
        corrections(&self.words)
    }
}

/// How a text was read.
#[derive(Debug, Clone)]
pub(super) struct Read {
    language: Language,
    normal: String,
    words: Vec<Word>,
    foreign: bool,
    vector: Vec<f32>,
}

fn read(index: &Index, text: &str, so_far: Option<Language>) -> Read {
    let normal = certain::key(text);
    let certain = index.language_of_exact(&normal);
    let language = certain.unwrap_or_else(|| index.language(&normal, so_far));
    let words = match certain {
        Some(_) => as_typed(&normal),
        None => mended(index, &normal),
    };
    // The owner's own words need no vector to be found by.
    let exact = index.is_exact(&normal);
    let vector = if exact { Vec::new() } else { index.encoder().encode(&mended_text(text, &words)) };
    let foreign = language::is_foreign(&normal, &index.faq().firm.languages);
    Read { language, normal, words, foreign, vector }
}

/// One of the owner's phrasings as if a customer had asked it. It is not looked up among the exact ones.
pub(super) fn left_out(text: &str, language: Language, audience: Audience) -> Query {
    let normal = certain::key(text);
    let words = as_typed(&normal);
    Query { text: text.to_owned(), language, audience, normal, words, foreign: false, vector: Vec::new() }
}

/// The words that were mended.
pub(super) fn corrections(words: &[Word]) -> impl Iterator<Item = &Word> {
    words.iter().filter(|word| normalize::fold(&word.typed) != normalize::fold(&word.meant))
}

fn mended_text(text: &str, words: &[Word]) -> String {
    let corrections: Vec<&Word> = corrections(words).collect();
    let mut mended = String::with_capacity(text.len());
    for piece in text.split(' ') {
        let correction = corrections.iter().find(|word| word.typed == normalize::normalize(piece));
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

/// Words beyond these are not looked at: no question is that long.
const MOST_WORDS: usize = 200;

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
