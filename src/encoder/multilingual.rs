//! The built-in encoder: Google's Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020, "Multilingual
//! Universal Sentence Encoder for Semantic Retrieval"; the small model, of convolutions).
//!
//! Each piece's row of 512 numbers goes through three branches that look at 2, 3 and 5 pieces in a row; row and branches
//! are summed over the text, which makes 1280 numbers of any length of text; a small network makes 512 of these.
//!
//! The layers were then taught further on firms' FAQs and their customers' questions (`tools/training`): a question lies
//! near the entry that answers it, though it shares no word with it. Table and pieces are as published.

use std::sync::LazyLock;

use fearless_simd::Level;

use super::Encoder;
use super::kernel::{Wholes, layer_norm, product, sum, tanh};
use super::rows::{Rows, Scale, WIDTH};
use super::tokenizer::{self, BEGIN, END, Piece};
use super::weights::{Convolution, Dense, ORDERS, Weights};

/// Width of a branch.
const BRANCH: usize = 256;
const BRANCHES: usize = ORDERS.len() * BRANCH;
const FEATURES: usize = WIDTH + BRANCHES;

/// The built-in encoder. It knows the pieces of the Latin script: English, German, French, Spanish, Italian, Dutch,
/// Polish, Portuguese and Turkish, in which sentences that mean the same lie near each other, whatever the language.
///
/// Only the first 256 pieces (about 180 words) of a text count.
pub struct Multilingual {
    name: &'static str,
    weights: Weights,
    rows: Rows,
    /// For each projection: the sums of its outputs' weights.
    projection_sums: [Vec<f32>; 3],
    level: Level,
}

/// The built-in encoder; the first call takes about a millisecond, the others nothing.
pub fn multilingual() -> &'static Multilingual {
    static ENCODER: LazyLock<Multilingual> =
        LazyLock::new(|| Multilingual::of(Weights::taught(), "use-multilingual-3-latin-service/2"));
    &ENCODER
}

/// The encoder as it was published: it knows nothing of customer service. Shows that the layers are computed rightly.
pub fn original() -> &'static Multilingual {
    static ENCODER: LazyLock<Multilingual> =
        LazyLock::new(|| Multilingual::of(Weights::original(), "use-multilingual-3-latin/1"));
    &ENCODER
}

impl Encoder for Multilingual {
    fn name(&self) -> &'static str {
        self.name
    }

    fn dimensions(&self) -> usize {
        512
    }

    fn encode(&self, text: &str) -> Vec<f32> {
        let pieces = tokenizer::pieces(&self.weights, text);
        if pieces.is_empty() {
            return vec![0.0; self.dimensions()];
        }
        let bounded: Vec<Piece> = [BEGIN].into_iter().chain(pieces).chain([END]).collect();
        self.sentence(&self.total(&bounded), bounded.len())
    }
}

impl Multilingual {
    fn of(weights: Weights, name: &'static str) -> Self {
        let projection_sums = weights.layers.projections.each_ref().map(Dense::sums);
        Self { name, rows: Rows::new(&weights), projection_sums, level: Level::new(), weights }
    }

    /// Whether `word` is one piece of the vocabulary, in the case given, in small letters or with a capital: a word
    /// that is common in one of the languages, and no typing error.
    pub fn knows(&self, word: &str) -> bool {
        let small = word.to_lowercase();
        let mut chars = small.chars();
        let capital = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect::<String>();
        [word, &small, &capital].iter().any(|word| tokenizer::is_piece(&self.weights, word))
    }

    /// Row and branches, 1280 numbers, summed over all pieces.
    fn total(&self, pieces: &[Piece]) -> Vec<f32> {
        let layers = &self.weights.layers;
        let mut levels = Wholes::zeros(pieces.len() * WIDTH);
        let scales: Vec<Scale> = (pieces.iter().zip(levels.numbers().chunks_exact_mut(WIDTH)))
            .map(|(piece, levels)| self.rows.read(&self.weights, *piece as usize, levels))
            .collect();
        let mut inputs = self.projected(&levels, &scales);
        layer_norm(&mut inputs, &layers.gain, &layers.shift);

        let branches: [Vec<f32>; ORDERS.len()] = std::array::from_fn(|branch| {
            let rows = inputs.chunks_exact(BRANCHES);
            let mut values: Vec<f32> =
                rows.flat_map(|row| &row[branch * BRANCH..][..BRANCH]).copied().collect();
            for convolution in &layers.convolutions[branch] {
                self.convolve(&mut values, ORDERS[branch], convolution);
            }
            values
        });

        let mut total = vec![0.0; FEATURES];
        let mut features = vec![0.0; FEATURES];
        for (index, (levels, scale)) in levels.numbers().chunks_exact(WIDTH).zip(scales).enumerate() {
            for (feature, level) in features.iter_mut().zip(levels) {
                *feature = scale.step * f32::from(*level) + scale.rest;
            }
            for (features, branch) in features[WIDTH..].chunks_exact_mut(BRANCH).zip(&branches) {
                features.copy_from_slice(&branch[index * BRANCH..][..BRANCH]);
            }
            layer_norm(&mut features, &layers.last_gain, &layers.last_shift);
            add(&mut total, &features);
        }
        total
    }

    /// What the rows are in the three branches, 768 numbers for each piece. A row's value is `step * level + rest`, so
    /// its product is `step` times that of the whole levels, and `rest` times the sum of the weights.
    fn projected(&self, levels: &Wholes, scales: &[Scale]) -> Vec<f32> {
        let layers = &self.weights.layers;
        let mut projected = vec![0.0; scales.len() * BRANCHES];
        for (branch, dense) in layers.projections.iter().enumerate() {
            let column = branch * BRANCH..(branch + 1) * BRANCH;
            let products = product(self.level, levels, WIDTH, scales.len(), dense);
            let rows = projected.chunks_exact_mut(BRANCHES).zip(products.chunks_exact(BRANCH)).zip(scales);
            for ((row, products), scale) in rows {
                let (step, rest) = (scale.step * dense.step, scale.rest * dense.step);
                let biases = layers.projection_bias[column.clone()].iter().zip(&self.projection_sums[branch]);
                for ((value, product), (bias, sum)) in
                    row[column.clone()].iter_mut().zip(products).zip(biases)
                {
                    *value = step * product + rest * sum + bias;
                }
            }
        }
        projected
    }

    /// Adds to each row what the layer makes of it and its neighbours; beyond the ends of the text lie zeros.
    fn convolve(&self, values: &mut [f32], order: usize, layer: &Convolution) {
        let count = values.len() / BRANCH;
        let before = (order - 1) / 2 * BRANCH;
        let mut padded = Wholes::zeros(values.len() + (order - 1) * BRANCH);
        let step = padded.round(before, values) * layer.dense.step;
        let products = product(self.level, &padded, BRANCH, count, &layer.dense);
        for (values, products) in values.chunks_exact_mut(BRANCH).zip(products.chunks_exact(BRANCH)) {
            for ((value, product), bias) in values.iter_mut().zip(products).zip(&layer.bias) {
                *value += (step * product + bias).max(0.0);
            }
        }
    }

    /// The vector of a sentence of `count` pieces with this total.
    fn sentence(&self, total: &[f32], count: usize) -> Vec<f32> {
        let layers = &self.weights.layers;
        #[expect(clippy::cast_precision_loss, reason = "a text has few pieces")]
        let count = count as f32;
        let mut mean = self.apply(total, &layers.reduce);
        for (value, bias) in mean.iter_mut().zip(&layers.reduce_bias) {
            *value = (*value + count * bias) / count.sqrt();
        }

        let mut hidden = self.apply(&mean, &layers.hidden);
        relu(&mut hidden);
        let mut middle = self.apply(&mean, &layers.bypass);
        add(&mut middle, &self.apply(&hidden, &layers.inner));
        relu(&mut middle);
        let mut hidden = self.apply(&middle, &layers.last_hidden);
        relu(&mut hidden);
        let mut vector = self.apply(&middle, &layers.last_bypass);
        add(&mut vector, &self.apply(&hidden, &layers.last_inner));

        for value in &mut vector {
            *value = tanh(*value);
        }
        let length = sum(&vector, |value| value * value).sqrt().max(f32::MIN_POSITIVE);
        for value in &mut vector {
            *value /= length;
        }
        vector
    }

    /// The layer, applied to one row.
    fn apply(&self, values: &[f32], dense: &Dense) -> Vec<f32> {
        let mut rounded = Wholes::zeros(values.len());
        let step = rounded.round(0, values) * dense.step;
        let mut outputs = product(self.level, &rounded, values.len(), 1, dense);
        for output in &mut outputs {
            *output *= step;
        }
        outputs
    }
}

fn add(values: &mut [f32], others: &[f32]) {
    for (value, other) in values.iter_mut().zip(others) {
        *value += other;
    }
}

fn relu(values: &mut [f32]) {
    for value in values {
        *value = value.max(0.0);
    }
}
