//! Which entry is meant, and how sure are we: build an [`Index`], [`search`] it, [`decide`].

mod confidence;
mod decide;
mod index;
mod query;

pub use confidence::Confidence;
pub use decide::{Decision, HandOverReason, Thresholds, decide};
pub use index::Index;
pub use query::{Audience, Query};

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
