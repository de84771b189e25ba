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
    /// The best of all entries' `phrasing`.
    pub nearest: f32,
    /// The best of all entries' `class`.
    pub clearest: f32,
}

impl Asked {
    /// One, for the constant part, and the parts.
    #[must_use]
    pub fn values(&self) -> [f32; 6] {
        [1.0, self.known, self.shortness, self.strange, self.nearest, self.clearest]
    }
}
