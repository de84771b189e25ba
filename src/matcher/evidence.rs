//! What speaks for an entry, by name, and what is known of the question itself.
//!
//! All that the matcher finds out goes through these two structs; `ranking.rs` alone turns them into probabilities.

use super::lexicon::Lexical;
use super::semantics::Semantic;

/// What speaks for one entry; every part about from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// The words of its nearest phrasing, cosine of TF-IDF.
    pub words: f32,
    /// The groups of three to five letters of its nearest phrasing, cosine of TF-IDF.
    pub letters: f32,
    /// Share of the question's weight that its phrasings hold together.
    pub covered: f32,
    /// Share of the question's weight that only its answer holds.
    pub answered: f32,
    /// The letter groups of its answer, cosine of TF-IDF.
    pub answer_letters: f32,
    /// The meaning of its nearest phrasing, cosine.
    pub phrasing: f32,
    /// The meaning of its heading with the nearest sentence of its answer, cosine.
    pub told: f32,
    /// The meaning of the nearest sentence of its answer, cosine.
    pub sentence: f32,
    /// The meaning of heading and answer together, cosine.
    pub whole: f32,
    /// The classifier's score, in tenths of a logit; 0 where there is no classifier.
    pub class: f32,
}

impl Evidence {
    /// The names of the parts, in the order of [`Evidence::values`].
    pub const NAMES: [&'static str; 10] = [
        "words",
        "letters",
        "covered",
        "answered",
        "answer_letters",
        "phrasing",
        "told",
        "sentence",
        "whole",
        "class",
    ];

    /// The parts, in the order of [`Evidence::NAMES`].
    #[must_use]
    pub fn values(&self) -> [f32; 10] {
        [
            self.words,
            self.letters,
            self.covered,
            self.answered,
            self.answer_letters,
            self.phrasing,
            self.told,
            self.sentence,
            self.whole,
            self.class,
        ]
    }

    /// Takes from `other` what speaks more for the entry: its edition in another language.
    pub(super) fn join(&mut self, other: &Lexical) {
        self.words = self.words.max(other.words);
        self.letters = self.letters.max(other.grams);
        self.covered = self.covered.max(other.covered);
        self.answered = self.answered.max(other.answered);
        self.answer_letters = self.answer_letters.max(other.answer_grams);
    }

    /// Takes in what the vectors say.
    pub(super) fn mean(&mut self, semantic: &Semantic) {
        self.phrasing = semantic.phrasing;
        self.told = semantic.told;
        self.sentence = semantic.sentence;
        self.whole = semantic.whole;
        self.class = semantic.class / 10.0;
    }

    /// The most of each part that speaks for any of `all`.
    pub(super) fn most<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let more = |most: Self, one: &Self| Self {
            words: most.words.max(one.words),
            letters: most.letters.max(one.letters),
            covered: most.covered.max(one.covered),
            answered: most.answered.max(one.answered),
            answer_letters: most.answer_letters.max(one.answer_letters),
            phrasing: most.phrasing.max(one.phrasing),
            told: most.told.max(one.told),
            sentence: most.sentence.max(one.sentence),
            whole: most.whole.max(one.whole),
            class: most.class.max(one.class),
        };
        all.copied().reduce(|most, one| more(most, &one)).unwrap_or_default()
    }

    /// A first guess by the words alone, and by all parts, to leave out the entries that little speaks for.
    pub(super) fn by_words(&self) -> f32 {
        self.words + self.letters + 0.5 * self.covered + 0.5 * self.answered + self.answer_letters
    }

    pub(super) fn rough(&self) -> f32 {
        self.by_words() + 2.0 * (self.phrasing + self.told + self.sentence + self.whole + self.class)
    }
}

/// What is known of the question itself: speaks for or against "none of these".
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Asked {
    /// Share of its weight that the knowledge base's words hold.
    pub known: f32,
    /// One over its number of words.
    pub shortness: f32,
    /// The classifier's score for "none of these", in tenths of a logit.
    pub strange: f32,
    /// 1 where it is clearly in a language that the firm doesn't write, else 0.
    pub foreign: f32,
    /// How many phrasings the firm's entries have: mean of the logarithms.
    pub plenty: f32,
    /// How much it sounds like a matter for a person (where is my order, move me to Friday, a complaint).
    pub personal: f32,
    /// Share of its words that were mended: what they are taken for is a guess.
    pub mended: f32,
    /// The most of each part that speaks for any entry.
    pub most: Evidence,
}

impl Asked {
    /// How many numbers [`Asked::values`] gives.
    pub const PARTS: usize = 7 + Evidence::NAMES.len();

    /// The parts, those of the most that speaks for any entry last.
    #[must_use]
    pub fn values(&self) -> [f32; Self::PARTS] {
        let own =
            [self.known, self.shortness, self.strange, self.foreign, self.plenty, self.personal, self.mended];
        let most = self.most.values();
        std::array::from_fn(|at| if at < own.len() { own[at] } else { most[at - own.len()] })
    }
}
