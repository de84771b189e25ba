//! What the ranker's prior is learnt from: questions with all that speaks for each entry, as numbers.

use crate::faq::EntryId;

pub use super::ranking::{ENTRY, NONE};
use super::ranking::{of_entry, of_none};
use super::{Evidence, Index, Query};

/// A question as the ranker sees it.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The entries that something speaks for, each with what its utility is made of.
    pub candidates: Vec<(EntryId, Vec<f32>)>,
    /// What the utility of "none of these" is made of.
    pub none: Vec<f32>,
}

/// `query` as the ranker sees it.
#[must_use]
pub fn lesson(index: &Index, query: &Query) -> Lesson {
    let (ranked, asked) = index.ranked(query);
    let features = |one: &Evidence| of_entry(one, &asked).to_vec();
    let candidates =
        ranked.iter().map(|(one, _)| (index.id(one.item).clone(), features(&one.evidence))).collect();
    Lesson { candidates, none: of_none(&asked).to_vec() }
}

/// A question with its typing errors mended.
#[must_use]
pub fn mended(query: &Query) -> String {
    query.mended()
}

/// A plain text without Markdown, and its sentences.
#[must_use]
pub fn plain(markdown: &str) -> (String, Vec<String>) {
    let text = super::plain::text(markdown);
    let sentences = super::plain::sentences(&text).map(str::to_owned).collect();
    (text, sentences)
}
