//! The index: compiled from a [`Faq`], immutable, shared by `Arc`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::encoder::{Encoder, Multilingual, multilingual};
use crate::faq::{Entry, EntryId, Faq, Use};
use crate::text::typos::Correction;
use crate::text::{Language, language, words};

use super::certain::Certain;
use super::encoding::vectors_of;
use super::evidence::{Asked, Evidence};
use super::lexicon::{Lexicon, Texts};
use super::memo::{self, Memo};
use super::query::{Audience, Read};
use super::ranking::Ranking;
use super::semantics::{HeldOut, Meaning, NoCache, Semantics, VectorCache, Wanted};
use super::shortlist::best;
use super::{Certainty, Confidence, Match, Query, Thresholds, calibration, query, strangers};

/// A knowledge base, ready for questions.
pub struct Index {
    faq: Arc<Faq>,
    items: Vec<Item>,
    by_id: BTreeMap<EntryId, usize>,
    certain: Certain,
    /// One for each of the firm's languages that has entries.
    lexicons: Vec<Lexicon>,
    semantics: Semantics,
    encoder: &'static Multilingual,
    ranking: Ranking,
    thresholds: Thresholds,
    /// How recent questions were read, by their text and the language so far.
    pub(super) read: Memo<(String, Option<Language>), Read>,
    /// What spoke for the items, by a recent question's text.
    gathered: Memo<String, (Vec<Candidate>, Asked)>,
}

/// All editions of an entry.
#[derive(Debug)]
struct Item {
    id: EntryId,
    /// Places in [`Faq::entries`].
    editions: Vec<usize>,
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
        let strange: Vec<&str> = index.languages().into_iter().flat_map(strangers::questions).collect();
        let items: Vec<Vec<(usize, &Entry)>> = index
            .items
            .iter()
            .map(|item| item.editions.iter().map(|&at| (at, &faq.entries[at])).collect())
            .collect();
        let wanted = Wanted { calibrating: calibration::WANTED, audited };
        let (semantics, held_out) = Semantics::build(&items, &strange, &encode, encoder.dimensions(), wanted);
        index.semantics = semantics;
        let examples = calibration::examples(&index, &held_out, &strange);
        index.ranking = Ranking::PRIOR.fitted(&examples, calibration::PRIOR_STRENGTH);
        index.thresholds = calibration::thresholds(&index.ranking, &examples, narrow(wrong_answers));
        (index, held_out)
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
        let item = &self.items[*self.by_id.get(id)?];
        let of = |wanted: Language| self.editions(item).find(|entry| entry.language == wanted);
        of(language)
            .or_else(|| self.faq.firm.languages.iter().find_map(|&wanted| of(wanted)))
            .or_else(|| self.editions(item).next())
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
        evidence.iter_mut().zip(&meant).for_each(|(evidence, meant)| evidence.mean(meant));
        let candidates: Vec<Candidate> = best(&evidence, Evidence::rough)
            .into_iter()
            .map(|item| Candidate { item, evidence: evidence[item] })
            .collect();
        let most =
            |of: fn(&Evidence) -> f32| candidates.iter().map(|one| of(&one.evidence)).fold(0.0, f32::max);
        #[expect(clippy::cast_precision_loss, reason = "at most a few hundred words")]
        let shortness = 1.0 / words.len().max(1) as f32;
        let strange = meaning.scores.get(self.items.len()).copied().unwrap_or(0.0) / 10.0;
        let asked = Asked {
            known,
            shortness,
            strange,
            nearest: most(|one| one.phrasing),
            clearest: most(|one| one.class),
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

    fn editions(&self, item: &Item) -> impl Iterator<Item = &Entry> {
        item.editions.iter().map(|&at| &self.faq.entries[at])
    }

    /// The languages that have entries, the firm's own first.
    fn languages(&self) -> Vec<Language> {
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
    fn phrasings_in(&self, language: Language) -> Vec<(usize, usize, usize)> {
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

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("items", &self.items.len())
            .field("thresholds", &self.thresholds)
            .finish_non_exhaustive()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share needs no more than 24 bits")]
fn narrow(share: f64) -> f32 {
    share as f32
}
