//! What the entries' texts mean, as vectors, and how near a question lies to them.

use crate::faq::{Entry, Use};

use super::adapter::adapter;
use super::classifier::{Classifier, Lessons};
use super::plain;
use super::vectors::{Rounded, Vectors};

/// Keeps vectors from one build to the next, so that one changed entry costs one encoding.
///
/// The key is the text; whoever implements this keeps vectors of different encoders ([`crate::encoder::Encoder::name`]) apart.
pub trait VectorCache {
    /// The vector of `text`, if it is kept.
    fn get(&self, text: &str) -> Option<Vec<f32>>;

    /// Keeps the vector of `text`.
    fn put(&self, text: &str, vector: &[f32]);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCache;

impl VectorCache for NoCache {
    fn get(&self, _text: &str) -> Option<Vec<f32>> {
        None
    }

    fn put(&self, _text: &str, _vector: &[f32]) {}
}

/// What the vectors say about one entry.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Semantic {
    /// Cosine with the nearest phrasing.
    pub(super) phrasing: f32,
    /// Cosine with the nearest "heading: sentence of the answer".
    pub(super) told: f32,
    /// Cosine with the nearest sentence of the answer alone.
    pub(super) sentence: f32,
    /// Cosine with heading and answer together.
    pub(super) whole: f32,
    /// The classifier's score.
    pub(super) class: f32,
}

/// The entries' texts as vectors.
#[derive(Debug, Default)]
pub(super) struct Semantics {
    vectors: Vectors,
    /// For each vector.
    kinds: Vec<Kind>,
    /// Where each item's vectors start; one more than items.
    starts: Vec<usize>,
    classifier: Option<Classifier>,
}

/// What a vector is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A phrasing: place of the entry, and of the text in it.
    Phrasing(usize, usize),
    /// Heading and one sentence of the answer; place of the entry.
    Told(usize),
    /// One sentence of the answer.
    Sentence,
    /// Heading and answer; place of the entry.
    Whole(usize),
}

/// A question that was held out of the classifier's lessons.
pub(super) struct HeldOut {
    pub(super) of: HeldOutOf,
    pub(super) vector: Vec<f32>,
    /// The classifier's scores as if it had not been learnt; empty without classifier.
    pub(super) scores: Vec<f32>,
}

/// Where a held-out question is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeldOutOf {
    /// Item, place of the entry, and of the phrasing in it.
    Phrasing(usize, usize, usize),
    /// The stranger's question with this number.
    Stranger(usize),
}

/// What a question means.
pub(super) struct Meaning {
    rounded: Rounded,
    /// The classifier's scores for the items, and for "none of these" last; empty without classifier.
    pub(super) scores: Vec<f32>,
    /// How much it sounds like a matter for a person.
    pub(super) personal: f32,
}

/// From so many items on, answers are not looked at sentence by sentence; from so many, not at all: it would take too long to
/// encode them.
const MOST_SENTENCES: usize = 3_000;
const MOST_ANSWERS: usize = 20_000;

/// Up to so many vectors all are compared; beyond, those of promising items alone, where a classifier knows which.
const MOST_COMPARED: usize = 4_000;

impl Semantics {
    /// The vectors of `items`: for each, its entries with their places. Also questions held out of the classifier, at
    /// least `wanted` where there are as many.
    pub(super) fn build(
        items: &[Vec<(usize, &Entry)>],
        strange: &[&str],
        encode: &dyn Fn(&str) -> Vec<f32>,
        dimensions: usize,
        wanted: usize,
    ) -> (Self, Vec<HeldOut>) {
        let mut semantics =
            Self { vectors: Vectors::new(dimensions), kinds: Vec::new(), starts: vec![0], classifier: None };
        let mut learnt: Vec<(HeldOutOf, Vec<f32>, usize, f32)> = Vec::new();
        for (item, editions) in items.iter().enumerate() {
            let given = || editions.iter().filter(|(_, entry)| entry.used == Use::Customers);
            for &(place, entry) in given() {
                for (text, phrasing) in entry.phrasings.iter().enumerate().filter(|(_, one)| one.means_this) {
                    let vector = encode(&phrasing.text);
                    semantics.push(Kind::Phrasing(place, text), &vector);
                    learnt.push((HeldOutOf::Phrasing(item, place, text), vector, item, 1.0));
                }
            }
            for &(place, entry) in given().filter(|_| items.len() <= MOST_ANSWERS) {
                let answer = entry.reply.answer().map(|answer| plain::text(&answer.text)).unwrap_or_default();
                if answer.trim().is_empty() {
                    continue;
                }
                if items.len() <= MOST_SENTENCES {
                    for sentence in plain::sentences(&answer) {
                        let told = encode(&format!("{}: {sentence}", entry.title()));
                        semantics.push(Kind::Told(place), &told);
                        semantics.push(Kind::Sentence, &encode(sentence));
                    }
                }
                semantics.push(Kind::Whole(place), &encode(&format!("{} {answer}", entry.title())));
            }
            semantics.starts.push(semantics.kinds.len());
        }
        for (number, question) in strange.iter().enumerate() {
            learnt.push((HeldOutOf::Stranger(number), encode(question), items.len(), 1.0));
        }
        let mut held_out = Vec::new();
        let lessons: Vec<(&[f32], usize, f32)> =
            learnt.iter().map(|(_, vector, class, weight)| (vector.as_slice(), *class, *weight)).collect();
        if let Some(lessons) = Lessons::new(&lessons, items.len() + 1) {
            let classifier = Classifier::trained(&lessons);
            for (at, scores) in lessons.held_out(&classifier, wanted) {
                held_out.push(HeldOut { of: learnt[at].0, vector: learnt[at].1.clone(), scores });
            }
            semantics.classifier = Some(classifier);
        } else {
            let step = learnt.len().div_ceil(wanted.max(1)).max(1);
            held_out.extend(learnt.into_iter().step_by(step).map(|(of, vector, ..)| HeldOut {
                of,
                vector,
                scores: Vec::new(),
            }));
        }
        (semantics, held_out)
    }

    fn push(&mut self, kind: Kind, vector: &[f32]) {
        self.kinds.push(kind);
        self.vectors.push(&adapter().bend(vector));
    }

    /// What the question with this vector means.
    pub(super) fn meaning(&self, vector: &[f32]) -> Meaning {
        let scores = self.classifier.as_ref().map_or_else(Vec::new, |classifier| classifier.scores(vector));
        self.meant(vector, scores)
    }

    /// The same for a question held out.
    pub(super) fn meaning_held_out(&self, held_out: &HeldOut) -> Meaning {
        self.meant(&held_out.vector, held_out.scores.clone())
    }

    fn meant(&self, vector: &[f32], scores: Vec<f32>) -> Meaning {
        let adapter = adapter();
        let rounded = self.vectors.rounded(&adapter.bend(vector));
        Meaning { rounded, scores, personal: adapter.personal(vector) }
    }

    /// What the vectors say about each item; `left_out`: as if this phrasing (entry, text) did not exist.
    ///
    /// Where there are very many vectors, only the items that `promising` names and those that the classifier favours
    /// are compared.
    pub(super) fn weigh(
        &self,
        meaning: &Meaning,
        left_out: Option<(usize, usize)>,
        promising: &dyn Fn() -> Vec<usize>,
    ) -> Vec<Semantic> {
        let n_items = self.starts.len().saturating_sub(1);
        let mut found = vec![Semantic::default(); n_items];
        for (found, score) in found.iter_mut().zip(&meaning.scores) {
            found.class = *score;
        }
        let all = self.kinds.len() <= MOST_COMPARED || meaning.scores.is_empty();
        let items: Vec<usize> =
            if all { (0..n_items).collect() } else { favoured(&meaning.scores[..n_items], promising()) };
        let places = items.iter().flat_map(|&item| self.starts[item]..self.starts[item + 1]);
        let mut cosines = self.vectors.cosines(&meaning.rounded, places).into_iter();
        for item in items {
            let kinds = &self.kinds[self.starts[item]..self.starts[item + 1]];
            let found = &mut found[item];
            for (kind, cosine) in kinds.iter().zip(cosines.by_ref()) {
                match *kind {
                    Kind::Phrasing(entry, text) if Some((entry, text)) == left_out => {}
                    Kind::Phrasing(..) => found.phrasing = found.phrasing.max(cosine),
                    // They begin with the heading: without it, they don't exist.
                    Kind::Told(entry) | Kind::Whole(entry) if Some((entry, 0)) == left_out => {}
                    Kind::Told(_) => found.told = found.told.max(cosine),
                    Kind::Whole(_) => found.whole = found.whole.max(cosine),
                    Kind::Sentence => found.sentence = found.sentence.max(cosine),
                }
            }
            if left_out.is_some_and(|(entry, text)| text == 0 && kinds.contains(&Kind::Phrasing(entry, text)))
            {
                found.told = found.told.max(found.sentence);
                found.whole = found.whole.max(found.sentence);
            }
        }
        found
    }
}

/// How many of the classifier's favourites are compared.
const FAVOURITES: usize = 30;

/// `promising` and the items of the highest scores, each once, ascending.
fn favoured(scores: &[f32], promising: Vec<usize>) -> Vec<usize> {
    let mut items: Vec<usize> = (0..scores.len()).collect();
    items.sort_by(|&left, &right| scores[right].total_cmp(&scores[left]));
    items.truncate(FAVOURITES);
    items.extend(promising);
    items.sort_unstable();
    items.dedup();
    items
}
