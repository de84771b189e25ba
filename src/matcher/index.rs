//! The index: compiled from a [`Faq`], immutable, shared by `Arc`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::encoder::{Encoder, Multilingual};
use crate::faq::{Entry, EntryId, Faq, Use};
use crate::text::typos::Correction;
use crate::text::{Language, language, words};

use super::certain::Certain;
use super::evidence::{Asked, Evidence};
use super::lexicon::Lexicon;
use super::memo::{self, Memo};
use super::query::{Audience, Read};
use super::ranking::Ranking;
use super::semantics::{Meaning, Semantics};
use super::shortlist::best;
use super::{Certainty, Confidence, Match, Query, Thresholds, query};

/// A knowledge base, ready for questions.
pub struct Index {
    pub(super) faq: Arc<Faq>,
    pub(super) items: Vec<Item>,
    pub(super) by_id: BTreeMap<EntryId, usize>,
    pub(super) certain: Certain,
    /// One for each of the firm's languages that has entries.
    pub(super) lexicons: Vec<Lexicon>,
    pub(super) semantics: Semantics,
    pub(super) encoder: &'static Multilingual,
    /// Mean of the logarithms of how many phrasings the entries have.
    pub(super) plenty: f32,
    pub(super) ranking: Ranking,
    pub(super) thresholds: Thresholds,
    /// How recent questions were read, by their text and the language so far.
    pub(super) read: Memo<(String, Option<Language>), Read>,
    /// What spoke for the items, by a recent question's text.
    pub(super) gathered: Memo<String, (Vec<Candidate>, Asked)>,
}

/// All editions of an entry.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: EntryId,
    /// Places in [`Faq::entries`].
    pub(super) editions: Vec<usize>,
}

/// An item that something speaks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) item: usize,
    pub(super) evidence: Evidence,
}

/// A phrasing to be left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeftOut {
    pub(super) item: usize,
    /// Whether the item has no other phrasing.
    pub(super) only: bool,
    lexicon: usize,
    phrasing: usize,
    /// Place in [`Faq::entries`] and in [`Entry::phrasings`].
    pub(super) entry: usize,
    pub(super) text: usize,
}

impl Index {
    /// Most matches that a search gives.
    pub const MATCHES: usize = 10;

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
        let item = &self.items[*self.by_id.get(id)?];
        let of = |wanted: Language| self.editions(item).find(|entry| entry.language == wanted);
        of(language)
            .or_else(|| self.faq.firm.languages.iter().find_map(|&wanted| of(wanted)))
            .or_else(|| self.editions(item).next())
    }

    /// Forgets the questions that were asked lately: somebody wants nothing of theirs to be kept.
    pub fn forget_questions(&self) {
        self.read.clear();
        self.gathered.clear();
    }

    pub(super) fn search(&self, query: &Query) -> Vec<Match> {
        let mut matches: Vec<Match> = match self.certain(query) {
            items if items.is_empty() => self
                .ranked(query)
                .0
                .into_iter()
                .map(|(candidate, confidence)| self.found(candidate.item, confidence))
                .collect(),
            items => self.shared(items),
        };
        matches.truncate(Self::MATCHES);
        matches
    }

    /// The items that the owner gave outright for this question: word for word, else by a pattern.
    pub(super) fn certain(&self, query: &Query) -> Vec<usize> {
        let may = |item: &usize| self.may_give(*item, query);
        let exact: Vec<usize> =
            self.certain.exact(&query.normal).iter().map(|&(item, _)| item).filter(may).collect();
        if exact.is_empty() { self.fitting(query) } else { exact }
    }

    /// What the owner's patterns alone give for this question.
    pub(super) fn by_pattern(&self, query: &Query) -> Vec<Match> {
        self.shared(self.fitting(query))
    }

    fn fitting(&self, query: &Query) -> Vec<usize> {
        self.certain.fitting(&query.text).into_iter().filter(|&item| self.may_give(item, query)).collect()
    }

    /// One of these is right for certain, and nothing is known about which.
    fn shared(&self, items: Vec<usize>) -> Vec<Match> {
        let each = Confidence::shared(items.len());
        items.into_iter().map(|item| self.found(item, each)).collect()
    }

    /// How the owner gave an item outright for this question, if so.
    pub(super) fn certainty(&self, query: &Query) -> Option<Certainty> {
        let &first = self.certain(query).first()?;
        let exact = self.certain.exact(&query.normal).iter().any(|&(item, _)| item == first);
        Some(if exact { Certainty::Exact } else { Certainty::Pattern })
    }

    /// The candidates with their probabilities, best first.
    pub(super) fn ranked(&self, query: &Query) -> (Vec<(Candidate, Confidence)>, Asked) {
        let gather = || {
            let late;
            let vector = if query.vector.is_empty() {
                late = self.encoder.encode(&query.mended());
                &late
            } else {
                &query.vector
            };
            self.gather(&query.words, &self.semantics.meaning(vector), None)
        };
        let (candidates, asked) = if memo::is_short(&query.text) {
            self.gathered.recall(query.text.clone(), gather)
        } else {
            gather()
        };
        let asked = Asked { foreign: f32::from(u8::from(query.foreign)), ..asked };
        (self.weighed(candidates, asked, query), asked)
    }

    /// Those of the candidates that may be given, with their probabilities, best first.
    pub(super) fn weighed(
        &self,
        mut candidates: Vec<Candidate>,
        asked: Asked,
        query: &Query,
    ) -> Vec<(Candidate, Confidence)> {
        candidates.retain(|candidate| self.may_give(candidate.item, query));
        let evidence: Vec<Evidence> = candidates.iter().map(|candidate| candidate.evidence).collect();
        let probabilities = self.ranking.probabilities(&evidence, asked);
        let mut ranked: Vec<(Candidate, Confidence)> =
            candidates.into_iter().zip(probabilities.into_iter().map(Confidence::clamped)).collect();
        ranked.sort_by(|left, right| {
            right.1.value().total_cmp(&left.1.value()).then(left.0.item.cmp(&right.0.item))
        });
        ranked
    }

    /// What speaks for the items, and what is known of the question.
    pub(super) fn gather(
        &self,
        words: &[query::Word],
        meaning: &Meaning,
        left_out: Option<LeftOut>,
    ) -> (Vec<Candidate>, Asked) {
        let mut evidence = vec![Evidence::default(); self.items.len()];
        let mut known = 0.0f32;
        for (at, lexicon) in self.lexicons.iter().enumerate() {
            let phrasing =
                left_out.filter(|left_out| left_out.lexicon == at).map(|left_out| left_out.phrasing);
            let terms = lexicon.terms(words.iter().flat_map(|word| words::split(&word.meant)));
            known = known.max(lexicon.known(&terms, phrasing));
            let found = lexicon.weigh(&terms, phrasing);
            evidence.iter_mut().zip(&found).for_each(|(evidence, found)| evidence.join(found));
        }
        let promising = || best(&evidence, Evidence::by_words);
        let without = left_out.map(|left_out| (left_out.entry, left_out.text));
        let meant = self.semantics.weigh(meaning, without, &promising);
        for (evidence, meant) in evidence.iter_mut().zip(&meant) {
            if meant.is_ruled_out() {
                *evidence = Evidence::default();
            } else {
                evidence.mean(meant);
            }
        }
        let candidates: Vec<Candidate> = best(&evidence, Evidence::rough)
            .into_iter()
            .map(|item| Candidate { item, evidence: evidence[item] })
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "at most a few hundred words")]
        let [count, mended] = [words.len().max(1), query::corrections(words).count()].map(|n| n as f32);
        let strange = meaning.scores.get(self.items.len()).copied().unwrap_or(0.0) / 10.0;
        let asked = Asked {
            known,
            shortness: 1.0 / count,
            strange,
            foreign: 0.0,
            plenty: self.plenty,
            personal: meaning.personal,
            mended: mended / count,
            most: Evidence::most(candidates.iter().map(|one| &one.evidence)),
        };
        (candidates, asked)
    }

    /// The phrasing of these words, as if it did not exist.
    pub(super) fn gather_left_out(&self, left_out: LeftOut, meaning: &Meaning) -> (Vec<Candidate>, Asked) {
        let text = &self.faq.entries[left_out.entry].phrasings[left_out.text].text;
        self.gather(&query::as_written(text), meaning, Some(left_out))
    }

    pub(super) fn semantics(&self) -> &Semantics {
        &self.semantics
    }

    pub(super) fn encoder(&self) -> &dyn Encoder {
        self.encoder
    }

    /// All phrasings that mean their entry.
    pub(super) fn phrasings(&self) -> Vec<LeftOut> {
        let mut all: Vec<LeftOut> = Vec::new();
        for (lexicon, of) in self.lexicons.iter().enumerate() {
            let texts = self.phrasings_in(of.language);
            all.extend(texts.into_iter().enumerate().map(|(phrasing, (item, entry, text))| LeftOut {
                item,
                only: false,
                lexicon,
                phrasing,
                entry,
                text,
            }));
        }
        let mut counts = vec![0; self.items.len()];
        for one in &all {
            counts[one.item] += 1;
        }
        for one in &mut all {
            one.only = counts[one.item] == 1;
        }
        all
    }

    /// The firm's language in which `normal` stands as a phrasing, if in one alone.
    pub(super) fn language_of_exact(&self, normal: &str) -> Option<Language> {
        let found = self.certain.exact(normal);
        let &(_, language) = found.first()?;
        found.iter().all(|&(_, other)| other == language).then_some(language)
    }

    /// Whether `normal` stands as a phrasing.
    pub(super) fn is_exact(&self, normal: &str) -> bool {
        !self.certain.exact(normal).is_empty()
    }

    /// The firm's language that `normal` is in.
    pub(super) fn language(&self, normal: &str, so_far: Option<Language>) -> Language {
        let used = |word: &str, language: Language| {
            self.lexicons
                .iter()
                .find(|lexicon| lexicon.language == language)
                .map_or(0, |lexicon| lexicon.vocabulary.count(word))
        };
        language::detect(normal, &self.faq.firm.languages, &language::Hints { so_far, used: &used })
    }

    /// Whether `word` is used in the knowledge base, or is a word of grammar in one of its languages.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.encoder.knows(word)
            || self
                .lexicons
                .iter()
                .any(|lexicon| lexicon.vocabulary.contains(word) || words::is_stop(word, lexicon.language))
    }

    /// The known word that the unknown `word` was meant to be.
    pub(super) fn correct(&self, word: &str) -> Option<Correction> {
        let corrections = self.lexicons.iter().filter_map(|lexicon| lexicon.vocabulary.correct(word));
        corrections.min_by_key(|correction| correction.slips)
    }

    pub(super) fn captures(&self, entry: &EntryId, query: &Query) -> Vec<(String, String)> {
        self.by_id.get(entry).map_or_else(Vec::new, |&item| self.certain.captures(item, &query.text))
    }

    pub(super) fn id(&self, item: usize) -> &EntryId {
        &self.items[item].id
    }

    pub(super) fn found(&self, item: usize, confidence: Confidence) -> Match {
        Match { entry: self.items[item].id.clone(), confidence }
    }

    /// Whether the edition that the customer would be given may be given, here and now, for this question.
    fn may_give(&self, item: usize, query: &Query) -> bool {
        let Audience { channel, now, .. } = query.audience;
        let entry = self.entry(&self.items[item].id, query.language);
        entry.is_some_and(|entry| {
            entry.used == Use::Customers && entry.season.contains(now) && entry.channels.include(channel)
        }) && !self.certain.forbids(item, &query.normal)
    }

    pub(super) fn editions(&self, item: &Item) -> impl Iterator<Item = &Entry> {
        item.editions.iter().map(|&at| &self.faq.entries[at])
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("items", &self.items.len())
            .field("thresholds", &self.thresholds)
            .finish_non_exhaustive()
    }
}
