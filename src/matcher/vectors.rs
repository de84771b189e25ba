//! Many vectors in little memory, and their cosines with one: a byte a number, and a factor a vector.

use fearless_simd::{Level, Simd, dispatch, prelude::*};

/// Vectors of Euclidean length 1, rounded to bytes; a cosine is off by about 0.002.
#[derive(Debug, Default)]
pub(super) struct Vectors {
    width: usize,
    /// `width` numbers each.
    numbers: Vec<i8>,
    /// What one step of a vector's numbers stands for.
    steps: Vec<f32>,
}

/// A vector to compare with, rounded more finely.
pub(super) struct Rounded {
    numbers: Vec<i16>,
    step: f32,
}

/// The width comes in multiples of this: the bytes of the widest register.
const GRAIN: usize = 64;

impl Vectors {
    /// No vectors yet, of this many `dimensions`.
    pub(super) fn new(dimensions: usize) -> Self {
        Self { width: dimensions.next_multiple_of(GRAIN), numbers: Vec::new(), steps: Vec::new() }
    }

    pub(super) fn push(&mut self, vector: &[f32]) {
        let step = largest(vector) / 127.0;
        self.numbers.extend(vector.iter().map(|number| nearest_byte(number / step)));
        self.steps.push(step);
        self.numbers.resize(self.steps.len() * self.width, 0);
    }

    /// `vector`, ready to be compared.
    pub(super) fn rounded(&self, vector: &[f32]) -> Rounded {
        let step = largest(vector) / 4095.0;
        let mut numbers: Vec<i16> = vector.iter().map(|number| nearest_short(number / step)).collect();
        numbers.resize(self.width, 0);
        Rounded { numbers, step }
    }

    /// The cosines of `with` and the vectors in `places`, one after another.
    pub(super) fn cosines(&self, with: &Rounded, places: impl Iterator<Item = usize>) -> Vec<f32> {
        let level = Level::new();
        dispatch!(level, simd => cosines(simd, self, with, places))
    }
}

#[expect(
    clippy::inline_always,
    reason = "code is compiled for the instruction set of the function it is part of"
)]
#[inline(always)]
#[expect(clippy::cast_precision_loss, reason = "24 bits are enough for a cosine")]
fn cosines<S: Simd>(
    simd: S,
    vectors: &Vectors,
    with: &Rounded,
    places: impl Iterator<Item = usize>,
) -> Vec<f32> {
    let half = S::i16s::LEN;
    let cosine = |place: usize| {
        let numbers = &vectors.numbers[place * vectors.width..][..vectors.width];
        let mut total = S::i32s::splat(simd, 0);
        for (bytes, shorts) in numbers.chunks_exact(2 * half).zip(with.numbers.chunks_exact(2 * half)) {
            let (low, high) = S::i8s::from_slice(simd, bytes).widen();
            total += S::i16s::from_slice(simd, &shorts[..half]).pairwise_dot_product(low);
            total += S::i16s::from_slice(simd, &shorts[half..]).pairwise_dot_product(high);
        }
        total.reduce_sum() as f32 * vectors.steps[place] * with.step
    };
    places.map(cosine).collect()
}

fn largest(vector: &[f32]) -> f32 {
    vector.iter().fold(f32::MIN_POSITIVE, |largest, number| largest.max(number.abs()))
}

#[expect(clippy::cast_possible_truncation, reason = "within -127..=127 by the step")]
fn nearest_byte(value: f32) -> i8 {
    value.round() as i8
}

#[expect(clippy::cast_possible_truncation, reason = "within -4095..=4095 by the step")]
fn nearest_short(value: f32) -> i16 {
    value.round() as i16
}
