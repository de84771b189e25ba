//! What an owner could add: questions that customers of invented firms ask about the same, tried on the owner's own files.
//!
//! DESIGN. `wordings.txt` holds what customers say to the entries of some hundred invented firms (`tools/training/corpus`). Each of
//! those entries belongs to the one of the owner's that is most like it, by what heading and first words mean, if they are
//! alike enough. What customers say to it is then put to the owner's own index, as a customer's question. That shows which
//! entries customers would miss; and what the index leads to the right entry, but to no other, may be proposed: the nearest to
//! the entry first, nothing that stands there already, and nothing with a rare word that the owner's files don't have.
//! Nothing here runs, and the file isn't read, unless `deskbell check` asks for it.

mod choice;
mod likeness;
mod wordings;

use std::collections::BTreeSet;

use crate::faq::EntryId;
use crate::matcher::{Decision, Index};
use crate::text::Language;
use crate::time::Timestamp;

/// The file that is built in: made by `tools/training/wordings.py`.
pub const WORDINGS: &str = include_str!("wordings.txt");

/// What is advised for an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advised {
    /// Its place in [`crate::faq::Faq::entries`].
    pub entry: usize,
    /// What became of questions that customers of other firms ask about the same.
    pub tried: Tried,
    /// Questions that the owner could add to it, the nearest first.
    pub proposed: Vec<String>,
}

/// What became of questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tried {
    /// Answered with the entry.
    pub right: usize,
    /// Asked back, with the entry among those offered.
    pub offered: usize,
    /// A person is called, at once or because none of those offered is the entry.
    pub person: usize,
    /// Answered with another entry.
    pub wrong: usize,
}

impl Tried {
    /// How many there were.
    #[must_use]
    pub fn all(&self) -> usize {
        self.right + self.offered + self.missed()
    }

    /// How many of them didn't lead to the entry.
    #[must_use]
    pub fn missed(&self) -> usize {
        self.person + self.wrong
    }

    fn count(&mut self, decision: &Decision, entry: &EntryId) {
        *match decision {
            Decision::Answer(best) if best.entry == *entry => &mut self.right,
            Decision::Answer(_) => &mut self.wrong,
            Decision::Clarify(offered) if offered.iter().any(|one| one.entry == *entry) => &mut self.offered,
            Decision::Clarify(_) | Decision::HandOver(_) => &mut self.person,
        } += 1;
    }
}

/// What `wordings` ([`WORDINGS`], or another file of its form) advise for the entries of `index` at `now`: for each
/// that other firms have as well, in the order of the files.
#[must_use]
pub fn advise(index: &Index, wordings: &str, now: Timestamp) -> Vec<Advised> {
    let languages: BTreeSet<Language> = index.faq().entries.iter().map(|entry| entry.language).collect();
    let mut advised: Vec<Advised> = languages
        .into_iter()
        .flat_map(|language| {
            let told = wordings::told(wordings, language);
            let pairs = likeness::pairs(index.faq(), language, &told);
            choice::advised(index, language, now, &pairs)
        })
        .collect();
    advised.sort_by_key(|one| one.entry);
    advised
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}
