//! The knowledge base's words in one language, and what they say about a question.
//!
//! Three views on each entry: its phrasings one by one (the nearest counts), all its phrasings together, and its answer;
//! each by stemmed words, the first and last by groups of three to five letters too. A word weighs the more the fewer
//! entries use it, and words of grammar weigh little.

use crate::text::typos::Vocabulary;
use crate::text::{Language, normalize, words};

use super::compounds::Compounds;
use super::postings::{Postings, hash};

/// What the words say about one entry, each from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Lexical {
    /// Cosine with the nearest phrasing, by words.
    pub(super) words: f32,
    /// Cosine with the nearest phrasing, by letter groups.
    pub(super) grams: f32,
    /// Share of the question's weight that its phrasings hold.
    pub(super) covered: f32,
    /// Share of the question's weight that only its answer holds.
    pub(super) answered: f32,
    /// Cosine with the answer, by letter groups.
    pub(super) answer_grams: f32,
}

/// One language's words.
#[derive(Debug)]
pub(super) struct Lexicon {
    pub(super) language: Language,
    pub(super) vocabulary: Vocabulary,
    compounds: Compounds,
    /// Entry of each phrasing.
    entries: Vec<u32>,
    n_entries: usize,
    phrasing_words: Postings,
    phrasing_grams: Postings,
    /// Entries by the words of their phrasings; counts say in how many.
    bags: Postings,
    answer_words: Postings,
    answer_grams: Postings,
    word_norms: Vec<f32>,
    gram_norms: Vec<f32>,
    answer_norms: Vec<f32>,
}

/// A text that goes into a [`Lexicon`]; entries are numbers below `n_entries`.
pub(super) struct Texts<'a> {
    pub(super) n_entries: usize,
    /// Entry, phrasing.
    pub(super) phrasings: Vec<(u32, &'a str)>,
    /// Entry, answer.
    pub(super) answers: Vec<(u32, &'a str)>,
}

/// A question's terms for one language.
#[derive(Debug, Default)]
pub(super) struct Terms {
    /// Hash and class weight of each word or part of one.
    words: Vec<(u32, f32)>,
    grams: Vec<u32>,
}

impl Lexicon {
    pub(super) fn new(language: Language, texts: &Texts<'_>) -> Self {
        let normals: Vec<(u32, String)> =
            texts.phrasings.iter().map(|&(entry, text)| (entry, normalize::normalize(text))).collect();
        let answers: Vec<(u32, String)> =
            texts.answers.iter().map(|&(entry, text)| (entry, normalize::normalize(text))).collect();
        let all = || normals.iter().chain(&answers).flat_map(|(_, normal)| words::split(normal));
        let compounds = Compounds::new(all(), language);
        let mut lexicon = Self {
            language,
            vocabulary: Vocabulary::new(all().filter(|word| !words::is_stop(word, language))),
            compounds,
            entries: normals.iter().map(|&(entry, _)| entry).collect(),
            n_entries: texts.n_entries,
            phrasing_words: Postings::default(),
            phrasing_grams: Postings::default(),
            bags: Postings::default(),
            answer_words: Postings::default(),
            answer_grams: Postings::default(),
            word_norms: Vec::new(),
            gram_norms: Vec::new(),
            answer_norms: vec![0.0; texts.n_entries],
        };
        let terms: Vec<Terms> =
            normals.iter().map(|(_, normal)| lexicon.terms(words::split(normal))).collect();
        let of_answers: Vec<(u32, Terms)> =
            answers.iter().map(|(entry, normal)| (*entry, lexicon.terms(words::split(normal)))).collect();
        let mut words = Vec::new();
        let mut grams = Vec::new();
        let mut bags = Vec::new();
        for ((phrasing, terms), &entry) in (0u32..).zip(&terms).zip(&lexicon.entries) {
            words.extend(terms.words.iter().map(|&(word, _)| (word, phrasing)));
            bags.extend(terms.words.iter().map(|&(word, _)| (word, entry)));
            grams.extend(terms.grams.iter().map(|&gram| (gram, phrasing)));
        }
        lexicon.phrasing_words = Postings::new(words);
        lexicon.phrasing_grams = Postings::new(grams);
        lexicon.bags = Postings::new(bags);
        let answer_words =
            of_answers.iter().flat_map(|(entry, terms)| terms.words.iter().map(|&(word, _)| (word, *entry)));
        lexicon.answer_words = Postings::new(answer_words.collect());
        if texts.n_entries <= MOST_ANSWERS {
            let grams =
                of_answers.iter().flat_map(|(entry, terms)| terms.grams.iter().map(|&gram| (gram, *entry)));
            lexicon.answer_grams = Postings::new(grams.collect());
        }
        lexicon.word_norms = terms
            .iter()
            .map(|terms| norm(terms.words.iter().map(|&(word, class)| class * lexicon.word_weight(word, 0))))
            .collect();
        lexicon.gram_norms = terms
            .iter()
            .map(|terms| norm(terms.grams.iter().map(|&gram| lexicon.gram_weight(gram, 0))))
            .collect();
        for (entry, terms) in &of_answers {
            let weight = norm(terms.grams.iter().map(|&gram| lexicon.gram_weight(gram, 0)));
            let sum = &mut lexicon.answer_norms[*entry as usize];
            *sum = (*sum * *sum + weight * weight).sqrt();
        }
        lexicon
    }

    /// The terms of these words (normal form).
    pub(super) fn terms<'a>(&self, words: impl Iterator<Item = &'a str>) -> Terms {
        let mut terms = Terms::default();
        let mut padded = String::new();
        for word in words {
            let class = words::weight(word, self.language);
            terms.words.push((hash(&words::stem(word, self.language)), class_weight(class)));
            if let Some(parts) = self.compounds.parts(word, self.language) {
                terms.words.extend(parts.iter().map(|part| (hash(part), PART)));
            }
            if class != words::Weight::Function {
                padded.clear();
                padded.push(' ');
                padded.push_str(&normalize::fold(word));
                padded.push(' ');
                grams(&padded, &mut terms.grams);
            }
        }
        // A word said twice means no more than once.
        terms.words.sort_by(|left, right| left.0.cmp(&right.0).then(right.1.total_cmp(&left.1)));
        terms.words.dedup_by_key(|term| term.0);
        terms.grams.sort_unstable();
        terms.grams.dedup();
        terms
    }

    /// What the words say about each entry; `left_out`: as if this phrasing, which the terms are of, did not exist.
    pub(super) fn weigh(&self, terms: &Terms, left_out: Option<usize>) -> Vec<Lexical> {
        let own = left_out.map(|phrasing| self.entries[phrasing] as usize);
        let mut found = vec![Lexical::default(); self.n_entries];
        let mut by_phrasing = vec![0.0f32; self.entries.len()];

        let mut total = 0.0;
        let mut square = 0.0;
        for &(word, class) in &terms.words {
            let gone = own.map_or(0, |own| self.only_there(word, own));
            let weight = class * self.word_weight(word, gone);
            total += weight;
            square += weight * weight;
            for (phrasing, _) in self.phrasing_words.of(word) {
                by_phrasing[phrasing] += weight * weight;
            }
            for (entry, count) in self.bags.of(word) {
                if Some(entry) != own || 1 < count {
                    found[entry].covered += weight;
                }
            }
            let mut bag = self.bags.of(word).peekable();
            for (entry, _) in self.answer_words.of(word) {
                while bag.next_if(|&(other, _)| other < entry).is_some() {}
                let in_bag = bag
                    .peek()
                    .is_some_and(|&(other, count)| other == entry && (Some(entry) != own || 1 < count));
                if !in_bag {
                    found[entry].answered += weight;
                }
            }
        }
        let length = square.sqrt();
        self.nearest(&by_phrasing, &self.word_norms, length, left_out, &mut found, |found| &mut found.words);

        by_phrasing.fill(0.0);
        square = 0.0;
        for &gram in &terms.grams {
            let gone = usize::from(left_out.is_some());
            let weight = self.gram_weight(gram, gone);
            square += weight * weight;
            if MOST_PHRASINGS < self.phrasing_grams.holding(gram) {
                continue;
            }
            for (phrasing, _) in self.phrasing_grams.of(gram) {
                by_phrasing[phrasing] += weight * weight;
            }
            for (entry, _) in self.answer_grams.of(gram) {
                found[entry].answer_grams += weight * weight;
            }
        }
        let length = square.sqrt();
        self.nearest(&by_phrasing, &self.gram_norms, length, left_out, &mut found, |found| &mut found.grams);

        for (found, &norm) in found.iter_mut().zip(&self.answer_norms) {
            found.covered = share(found.covered, total);
            found.answered = share(found.answered, total);
            found.answer_grams = share(found.answer_grams, length * norm);
        }
        found
    }

    /// Share of the weight of `terms` that any entry's phrasings or answers know.
    pub(super) fn known(&self, terms: &Terms, left_out: Option<usize>) -> f32 {
        let own = left_out.map(|phrasing| self.entries[phrasing] as usize);
        let (mut known, mut total) = (0.0, 0.0);
        for &(word, class) in &terms.words {
            let gone = own.map_or(0, |own| self.only_there(word, own));
            let weight = class * self.word_weight(word, gone);
            total += weight;
            if gone < self.entries_with(word) {
                known += weight;
            }
        }
        share(known, total)
    }

    fn nearest(
        &self,
        by_phrasing: &[f32],
        norms: &[f32],
        length: f32,
        left_out: Option<usize>,
        found: &mut [Lexical],
        field: impl Fn(&mut Lexical) -> &mut f32,
    ) {
        for (phrasing, (&sum, &norm)) in by_phrasing.iter().zip(norms).enumerate() {
            if 0.0 < sum && Some(phrasing) != left_out {
                let best = field(&mut found[self.entries[phrasing] as usize]);
                *best = best.max(share(sum, norm * length));
            }
        }
    }

    /// The weight of a word by how few entries use it; `gone` of these don't count.
    fn word_weight(&self, word: u32, gone: usize) -> f32 {
        rarity(self.entries_with(word).saturating_sub(gone), self.n_entries)
    }

    fn gram_weight(&self, gram: u32, gone: usize) -> f32 {
        rarity(self.phrasing_grams.holding(gram).saturating_sub(gone), self.entries.len())
    }

    /// How many entries use `word`, in phrasings or answers (those in both are counted by the larger part).
    fn entries_with(&self, word: u32) -> usize {
        self.bags.holding(word).max(self.answer_words.holding(word))
    }

    /// 1 when `own` uses `word` in a single phrasing and not in its answer: without that phrasing it doesn't use it.
    fn only_there(&self, word: u32, own: usize) -> usize {
        let once = self.bags.of(word).any(|(entry, count)| entry == own && count == 1);
        usize::from(once && !self.answer_words.of(word).any(|(entry, _)| entry == own))
    }
}

/// What a part of a compound weighs beside a word.
const PART: f32 = 0.8;

/// From so many entries on answers are matched by their words alone; their letter groups would take too much memory.
const MOST_ANSWERS: usize = 5_000;

/// Letter groups in more phrasings than this tell nothing apart, and take long to walk through.
const MOST_PHRASINGS: usize = 20_000;

fn class_weight(class: words::Weight) -> f32 {
    match class {
        words::Weight::Function => 0.1,
        words::Weight::Asking => 0.4,
        words::Weight::Content => 1.0,
    }
}

/// Inverse document frequency as in BM25, never negative.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^24")]
fn rarity(holding: usize, all: usize) -> f32 {
    let (holding, all) = (holding.min(all) as f32, all as f32);
    (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln()
}

fn norm(weights: impl Iterator<Item = f32>) -> f32 {
    weights.map(|weight| weight * weight).sum::<f32>().sqrt()
}

fn share(part: f32, whole: f32) -> f32 {
    if 0.0 < whole { part / whole } else { 0.0 }
}

/// Pushes the hashes of all groups of three to five letters of `padded`.
fn grams(padded: &str, hashes: &mut Vec<u32>) {
    let starts: Vec<usize> = padded.char_indices().map(|(at, _)| at).chain([padded.len()]).collect();
    for length in 3..=5 {
        for window in starts.windows(length + 1) {
            hashes.push(hash(&padded[window[0]..window[length]]));
        }
    }
}
