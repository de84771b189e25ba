//! Why a question is decided as it is: what `deskbell ask` shows.

use crate::faq::EntryId;
use crate::text::Language;

use super::query::Word;
use super::{Asked, Confidence, Decision, Evidence, Index, Query, Thresholds, decide, search};

/// Why a question is decided as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The language it is taken for.
    pub language: Language,
    /// The words that were mended, typed and meant.
    pub corrections: Vec<Word>,
    /// What the owner said outright, if that decided it.
    pub certainty: Option<Certainty>,
    /// The entries that something speaks for, best first, with their evidence, as if nothing were said outright.
    pub weighed: Vec<Weighed>,
    /// What is known of the question itself.
    pub asked: Asked,
    /// When the bot answers, when it asks back.
    pub thresholds: Thresholds,
    /// What the bot does.
    pub decision: Decision,
}

/// An entry with all that speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// The entry.
    pub entry: EntryId,
    /// How sure we are.
    pub confidence: Confidence,
    /// What speaks for it.
    pub evidence: Evidence,
}

/// What the owner said outright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// The question stands among the phrasings, word for word.
    Exact,
    /// A pattern fits.
    Pattern,
}

/// Why `query` is decided as it is.
#[must_use]
pub fn explain(index: &Index, query: &Query) -> Explanation {
    let (ranked, asked) = index.ranked(query);
    let weighed = ranked
        .into_iter()
        .map(|(candidate, confidence)| Weighed {
            entry: index.id(candidate.item).clone(),
            confidence,
            evidence: candidate.evidence,
        })
        .collect();
    Explanation {
        language: query.language,
        corrections: query.corrections().cloned().collect(),
        certainty: index.certainty(query),
        weighed,
        asked,
        thresholds: index.thresholds(),
        decision: decide(&search(index, query), index.thresholds()),
    }
}
