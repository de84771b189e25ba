//! Entries -> an index: what is counted, encoded and learnt when the files are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::encoder::{Encoder as _, multilingual};
use crate::faq::{Entry, Faq, Use};
use crate::text::Language;

use super::certain::Certain;
use super::encoding::vectors_of;
use super::index::{Index, Item};
use super::lexicon::{Lexicon, Texts};
use super::memo::Memo;
use super::ranking::Ranking;
use super::semantics::{HeldOut, NoCache, Semantics, VectorCache};
use super::{Thresholds, calibration, strangers};

impl Index {
    /// The index over `faq` within the owner's budget of wrong answers.
    #[must_use]
    pub fn build(faq: Arc<Faq>) -> Self {
        let budget = faq.firm.wrong_answers;
        Self::build_within(faq, budget)
    }

    /// The index over `faq`; `wrong_answers`: what share of the answers given may be wrong, 0 to 1.
    #[must_use]
    pub fn build_within(faq: Arc<Faq>, wrong_answers: f64) -> Self {
        Self::build_with(faq, wrong_answers, &NoCache)
    }

    /// The same, with vectors that are kept from one build to the next.
    #[must_use]
    pub fn build_with(faq: Arc<Faq>, wrong_answers: f64, cache: &dyn VectorCache) -> Self {
        Self::build_audited(faq, wrong_answers, cache, 0).0
    }

    /// The same, with questions held out of it: at least `audited`, where there are as many.
    pub(super) fn build_audited(
        faq: Arc<Faq>,
        wrong_answers: f64,
        cache: &dyn VectorCache,
        audited: usize,
    ) -> (Self, Vec<HeldOut>) {
        let encoder = multilingual();
        let mut index = Self {
            items: Vec::new(),
            by_id: BTreeMap::new(),
            certain: Certain::default(),
            lexicons: Vec::new(),
            semantics: Semantics::default(),
            encoder,
            plenty: calibration::plenty(&faq.entries),
            ranking: Ranking::PRIOR,
            thresholds: Thresholds { answer: 1.0, clarify: 1.0 },
            read: Memo::default(),
            gathered: Memo::default(),
            faq,
        };
        let faq = Arc::clone(&index.faq);
        for (at, entry) in faq.entries.iter().enumerate() {
            let item = *index.by_id.entry(entry.id.clone()).or_insert(index.items.len());
            if item == index.items.len() {
                index.items.push(Item { id: entry.id.clone(), editions: Vec::new() });
            }
            index.items[item].editions.push(at);
            if entry.used == Use::Customers {
                index.certain.add(item, entry);
            }
        }
        index.lexicons = index.languages().into_iter().map(|language| index.lexicon(language)).collect();
        let encode = |texts: &[&str]| vectors_of(texts, encoder, cache);
        let strange = index.strangers();
        let items: Vec<Vec<(usize, &Entry)>> = index
            .items
            .iter()
            .map(|item| item.editions.iter().map(|&at| (at, &faq.entries[at])).collect())
            .collect();
        let (semantics, held_out) =
            Semantics::build(&items, &strange, &encode, encoder.dimensions(), audited);
        index.semantics = semantics;
        index.thresholds = calibration::thresholds(index.plenty, narrow(wrong_answers));
        (index, held_out)
    }

    /// The strangers' questions that it was built with.
    pub(super) fn strangers(&self) -> Vec<&'static str> {
        self.languages().into_iter().flat_map(strangers::questions).collect()
    }

    /// The languages that have entries, the firm's own first.
    pub(super) fn languages(&self) -> Vec<Language> {
        let mut languages = Vec::new();
        let written = self.faq.entries.iter().map(|entry| entry.language);
        let firm = self
            .faq
            .firm
            .languages
            .iter()
            .copied()
            .filter(|one| self.faq.entries.iter().any(|entry| entry.language == *one));
        for language in firm.chain(written) {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
        languages
    }

    /// Item, place of the entry, place of the phrasing: those that mean their entry, in the order of the files.
    pub(super) fn phrasings_in(&self, language: Language) -> Vec<(usize, usize, usize)> {
        let mut phrasings = Vec::new();
        for (item, of) in self.items.iter().enumerate() {
            let given = |entry: &Entry| entry.language == language && entry.used == Use::Customers;
            for &entry in of.editions.iter().filter(|&&entry| given(&self.faq.entries[entry])) {
                let texts = self.faq.entries[entry].phrasings.iter().enumerate();
                phrasings
                    .extend(texts.filter(|(_, text)| text.means_this).map(|(text, _)| (item, entry, text)));
            }
        }
        phrasings
    }

    fn lexicon(&self, language: Language) -> Lexicon {
        let number = |item: usize| u32::try_from(item).expect("fewer than 2^32 entries fit into memory");
        let phrasings = self
            .phrasings_in(language)
            .into_iter()
            .map(|(item, entry, text)| (number(item), self.faq.entries[entry].phrasings[text].text.as_str()))
            .collect();
        let mut answers = Vec::new();
        for (item, of) in self.items.iter().enumerate() {
            let given = |entry: &&Entry| entry.language == language && entry.used == Use::Customers;
            let editions = self.editions(of).filter(given);
            answers.extend(
                editions.filter_map(|entry| Some((number(item), entry.reply.answer()?.text.as_str()))),
            );
        }
        Lexicon::new(language, &Texts { n_entries: self.items.len(), phrasings, answers })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share needs no more than 24 bits")]
fn narrow(share: f64) -> f32 {
    share as f32
}
