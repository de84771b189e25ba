//! What the entries' texts mean, as vectors, and how near a question lies to them.

use std::borrow::Cow;

use crate::faq::{Entry, Use};

use super::classifier::{Classifier, Lessons};
use super::personal::personal;
use super::plain;
use super::vectors::{Rounded, Vectors};

/// Keeps vectors from one build to the next, so that one changed entry costs one encoding.
///
/// The key is the text; whoever implements this keeps vectors of different encoders ([`crate::encoder::Encoder::name`]) apart.
pub trait VectorCache {
    /// The vectors of `texts` that are kept, in the same order.
    fn get(&self, texts: &[&str]) -> Vec<Option<Vec<f32>>>;

    /// Keeps new vectors, each of its text.
    fn put(&self, vectors: &[(&str, &[f32])]);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCache;

impl VectorCache for NoCache {
    fn get(&self, texts: &[&str]) -> Vec<Option<Vec<f32>>> {
        vec![None; texts.len()]
    }

    fn put(&self, _vectors: &[(&str, &[f32])]) {}
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
    /// Cosine with the nearest of the owner's `not:` lines.
    pub(super) not: f32,
}

impl Semantic {
    /// Whether the owner said of questions like this one that they are not for this entry.
    pub(super) fn is_ruled_out(&self) -> bool {
        let nearest = self.phrasing.max(self.told).max(self.whole);
        RULED_OUT <= self.not && nearest + CLEARLY < self.not
    }
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
    /// A `not:` line.
    Not,
}

/// A question that was held out of the classifier's lessons.
pub(super) struct HeldOut {
    pub(super) of: HeldOutOf,
    pub(super) vector: Vec<f32>,
    /// The classifier's scores as if it had not been learnt; empty without classifier.
    pub(super) scores: Vec<f32>,
}

/// The vectors of texts, in the same order.
pub(super) type Encode<'a> = dyn Fn(&[&str]) -> Vec<Vec<f32>> + 'a;

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

/// A `not:` line rules its entry out for a question at least this near to it, and by so much nearer than to the entry's own
/// texts.
const RULED_OUT: f32 = 0.5;
const CLEARLY: f32 = 0.05;

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
        encode: &Encode<'_>,
        dimensions: usize,
        wanted: usize,
    ) -> (Self, Vec<HeldOut>) {
        let mut semantics =
            Self { vectors: Vectors::new(dimensions), kinds: Vec::new(), starts: vec![0], classifier: None };
        let lessons = items.iter().flatten().flat_map(|(_, entry)| meaning(entry)).count() + strange.len();
        // Where there is no classifier, a sample of the phrasings is kept, and not the vectors of all.
        let step =
            if Lessons::fit(lessons, items.len() + 1) { 1 } else { lessons.div_ceil(wanted.max(1)).max(1) };
        let mut learner = Learner { learnt: Vec::new(), seen: 0, step };
        let mut batch = Batch::default();
        for (item, editions) in items.iter().enumerate() {
            plan(&mut batch, item, editions, items.len());
            semantics.starts.push(semantics.kinds.len() + batch.planned.len());
            if BATCH <= batch.planned.len() {
                batch.flush(&mut semantics, &mut learner, encode);
            }
        }
        batch.flush(&mut semantics, &mut learner, encode);
        for (number, vector) in encode(strange).into_iter().enumerate() {
            learner.learn(HeldOutOf::Stranger(number), items.len(), vector);
        }
        let learnt = learner.learnt;
        let lessons: Vec<(&[f32], usize, f32)> =
            learnt.iter().map(|(_, vector, class)| (vector.as_slice(), *class, 1.0)).collect();
        let lessons = (step == 1).then(|| Lessons::new(&lessons, items.len() + 1)).flatten();
        let held_out = match lessons {
            Some(lessons) => {
                let classifier = Classifier::trained(&lessons);
                let held_out = lessons
                    .held_out(&classifier, wanted)
                    .into_iter()
                    .map(|(at, scores)| HeldOut { of: learnt[at].0, vector: learnt[at].1.clone(), scores })
                    .collect();
                semantics.classifier = Some(classifier);
                held_out
            }
            None => {
                let held_out = |(of, vector, _)| HeldOut { of, vector, scores: Vec::new() };
                learnt.into_iter().map(held_out).collect()
            }
        };
        (semantics, held_out)
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
        Meaning { rounded: self.vectors.rounded(vector), scores, personal: personal(vector) }
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
                    Kind::Not => found.not = found.not.max(cosine),
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

/// The phrasings that mean `entry`, with their places; none of entries that customers are not given.
fn meaning(entry: &Entry) -> impl Iterator<Item = (usize, &str)> {
    let given = entry.phrasings.iter().enumerate().filter(|_| entry.used == Use::Customers);
    given.filter(|(_, one)| one.means_this).map(|(text, one)| (text, one.text.as_str()))
}

/// Plans the vectors of one item, of `n_items`.
fn plan<'a>(batch: &mut Batch<'a>, item: usize, editions: &[(usize, &'a Entry)], n_items: usize) {
    for &(place, entry) in editions {
        for (text, phrasing) in meaning(entry) {
            batch.planned.push(Planned { kind: Kind::Phrasing(place, text), item, text: phrasing.into() });
        }
        let lines = entry.phrasings.iter().filter(|one| !one.means_this && entry.used == Use::Customers);
        for line in lines {
            batch.planned.push(Planned { kind: Kind::Not, item, text: line.text.as_str().into() });
        }
    }
    let given = editions.iter().filter(|(_, entry)| entry.used == Use::Customers && n_items <= MOST_ANSWERS);
    for &(place, entry) in given {
        let answer = entry.reply.answer().map(|answer| plain::text(&answer.text)).unwrap_or_default();
        if answer.trim().is_empty() {
            continue;
        }
        let mut add =
            |kind: Kind, text: String| batch.planned.push(Planned { kind, item, text: text.into() });
        if n_items <= MOST_SENTENCES {
            for sentence in plain::sentences(&answer) {
                add(Kind::Told(place), format!("{}: {sentence}", entry.title()));
                add(Kind::Sentence, sentence.to_owned());
            }
        }
        add(Kind::Whole(place), format!("{} {answer}", entry.title()));
    }
}

/// So many texts are encoded together: enough for two threads, few enough to keep in memory.
const BATCH: usize = 1024;

/// Texts that wait to be encoded.
#[derive(Default)]
struct Batch<'a> {
    planned: Vec<Planned<'a>>,
}

struct Planned<'a> {
    kind: Kind,
    item: usize,
    text: Cow<'a, str>,
}

impl Batch<'_> {
    fn flush(&mut self, semantics: &mut Semantics, learner: &mut Learner, encode: &Encode<'_>) {
        let texts: Vec<&str> = self.planned.iter().map(|one| &*one.text).collect();
        for (one, vector) in self.planned.iter().zip(encode(&texts)) {
            semantics.kinds.push(one.kind);
            semantics.vectors.push(&vector);
            if let Kind::Phrasing(entry, text) = one.kind {
                learner.learn(HeldOutOf::Phrasing(one.item, entry, text), one.item, vector);
            }
        }
        self.planned.clear();
    }
}

/// What is learnt from: every `step`-th question, with its class.
struct Learner {
    learnt: Vec<(HeldOutOf, Vec<f32>, usize)>,
    seen: usize,
    step: usize,
}

impl Learner {
    fn learn(&mut self, of: HeldOutOf, class: usize, vector: Vec<f32>) {
        if self.seen.is_multiple_of(self.step) {
            self.learnt.push((of, vector, class));
        }
        self.seen += 1;
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
