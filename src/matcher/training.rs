//! What the ranker's prior is learnt from: questions with all that speaks for each entry, as numbers.

use std::sync::Arc;

use crate::encoder::{Encoder as _, multilingual};
use crate::faq::{EntryId, Faq};

pub use super::ranking::{ENTRY, NONE};
use super::ranking::{of_entry, of_none};
use super::{Evidence, Index, NoCache, Query, calibration};

/// A question as the ranker sees it.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The entries that something speaks for, each with what its utility is made of.
    pub candidates: Vec<(EntryId, Vec<f32>)>,
    /// What the utility of "none of these" is made of.
    pub none: Vec<f32>,
}

/// A phrasing of the owner's own (or a stranger's question), left out.
#[derive(Debug, Clone)]
pub struct Own {
    /// The candidates, each with what its utility is made of.
    pub candidates: Vec<Vec<f32>>,
    /// What the utility of "none of these" is made of.
    pub none: Vec<f32>,
    /// Which candidate is right.
    pub right: Option<usize>,
    /// How many questions it stands for.
    pub weight: f32,
}

/// The index over `faq`, and its own phrasings, left out in turn.
#[must_use]
pub fn build(faq: Arc<Faq>, wrong_answers: f64) -> (Index, Vec<Own>) {
    let (index, held_out) = Index::build_audited(faq, wrong_answers, &NoCache, calibration::WANTED);
    let own = calibration::examples(&index, &held_out, &index.strangers())
        .into_iter()
        .map(|one| Own {
            candidates: one.candidates.iter().map(|it| of_entry(it, &one.asked).to_vec()).collect(),
            none: of_none(&one.asked).to_vec(),
            right: one.right,
            weight: one.weight,
        })
        .collect();
    (index, own)
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

/// The vector of a question, its typing errors mended.
#[must_use]
pub fn vector(query: &Query) -> Vec<f32> {
    multilingual().encode(&query.mended())
}

/// A plain text without Markdown, and its sentences.
#[must_use]
pub fn plain(markdown: &str) -> (String, Vec<String>) {
    let text = super::plain::text(markdown);
    let sentences = super::plain::sentences(&text).map(str::to_owned).collect();
    (text, sentences)
}
