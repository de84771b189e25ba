//! Which entry is meant, and how sure are we: build an [`Index`], [`search`] it, [`decide`].

mod alike;
mod audit;
mod build;
mod calibration;
mod certain;
mod classifier;
mod compounds;
mod confidence;
mod decide;
mod encoding;
mod evidence;
mod explain;
mod index;
mod lexicon;
mod matrix;
mod memo;
mod optimize;
mod personal;
mod plain;
mod postings;
mod prior;
mod query;
mod ranking;
mod semantics;
mod shortlist;
mod strangers;
pub mod training;
mod vectors;

pub use alike::alike;
pub use audit::{Audit, Expected, Missed, Place, Stray, audit};
pub use confidence::Confidence;
pub use decide::{Decision, HandOverReason, Thresholds, decide};
pub use evidence::{Asked, Evidence};
pub use explain::{Certainty, Explanation, Weighed, explain};
pub use index::Index;
pub use query::{Audience, Query, Word};
pub use semantics::{NoCache, VectorCache};

use crate::faq::EntryId;

/// An entry that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The entry; its translations share the id.
    pub entry: EntryId,
    /// How sure we are that this one, and no other and none, is meant.
    pub confidence: Confidence,
}

/// The entries that `query` may mean, best first, at most [`Index::MATCHES`]; the confidences add up to at most one,
/// the rest is the share of "none of these".
#[must_use]
pub fn search(index: &Index, query: &Query) -> Vec<Match> {
    index.search(query)
}

/// What the entry's patterns caught of `query`: names and values of their named groups (`(?<order>\d+)`), for
/// `{{ order }}` in the answer. Empty when no pattern fits; the first value counts when two patterns catch one name.
#[must_use]
pub fn captures(index: &Index, entry: &EntryId, query: &Query) -> Vec<(String, String)> {
    index.captures(entry, query)
}
