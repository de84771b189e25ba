//! The index: compiled from a [`Faq`], immutable, shared by `Arc`.

use std::sync::Arc;

use crate::faq::{Entry, EntryId, Faq};
use crate::text::Language;

use super::{Match, Query, Thresholds};

/// A knowledge base, ready for questions.
#[derive(Debug)]
pub struct Index {
    faq: Arc<Faq>,
    thresholds: Thresholds,
}

impl Index {
    /// Most matches that a search gives.
    pub const MATCHES: usize = 10;

    /// The index over `faq` with the default budget of wrong answers.
    #[must_use]
    pub fn build(faq: Arc<Faq>) -> Self {
        Self { faq, thresholds: Thresholds { answer: 0.9, clarify: 0.5 } }
    }

    /// What it was built from.
    #[must_use]
    pub fn faq(&self) -> &Faq {
        &self.faq
    }

    /// When to answer, when to ask back.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        self.thresholds
    }

    /// The entry `id` in `language`, or in the first of the firm's languages that has it.
    #[must_use]
    pub fn entry(&self, id: &EntryId, language: Language) -> Option<&Entry> {
        let of = |wanted: Language| self.faq.entries.iter().find(|e| e.id == *id && e.language == wanted);
        of(language).or_else(|| self.faq.firm.languages.iter().find_map(|&wanted| of(wanted)))
    }

    pub(super) fn search(&self, _query: &Query) -> Vec<Match> {
        Vec::new()
    }
}
