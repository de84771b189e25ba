//! A classifier over sentence vectors, trained when the index is built.
//!
//! Multinomial logistic regression with the entries as classes, and one more for "none of these", which strangers'
//! questions stand for. Trained by L-BFGS; the same regression with a part of the lessons held out shows what it is
//! worth on questions that it hasn't seen.

use super::matrix::Matrix;
use super::optimize;

/// How little large weights cost, against errors: scikit-learn's `C`.
const C: f32 = 30.0;

/// Steps of the first training; of one that starts from its result.
const STEPS: usize = 30;
const MORE_STEPS: usize = 10;

/// A step that gains less than this share is the last.
const LEAST: f64 = 1e-3;

/// More numbers than this take too long to train: lessons times classes.
const LARGEST: usize = 4_000_000;

/// The lessons are dealt out to so many hands, one of which is held out.
const HANDS: usize = 5;

/// What is learnt from: vectors, each with its class.
pub(super) struct Lessons {
    vectors: Matrix,
    turned: Matrix,
    classes: Vec<usize>,
    weights: Vec<f32>,
    n_classes: usize,
}

/// Scores for each class: the logarithm of its probability, up to a number that is the same for all.
#[derive(Debug)]
pub(super) struct Classifier {
    /// Dimensions and one, by classes.
    weights: Matrix,
    dimensions: usize,
}

impl Lessons {
    /// Lessons (vector, class, weight); `None` where they are too many to be learnt while the bot starts, or too few classes.
    pub(super) fn new(lessons: &[(&[f32], usize, f32)], n_classes: usize) -> Option<Self> {
        let dimensions = lessons.first()?.0.len();
        if !Self::fit(lessons.len(), n_classes) {
            return None;
        }
        let mut vectors = Matrix::zeros(lessons.len(), dimensions + 1);
        for (at, (vector, _, _)) in lessons.iter().enumerate() {
            let row = vectors.row_mut(at);
            row[..dimensions].copy_from_slice(vector);
            row[dimensions] = 1.0;
        }
        Some(Self {
            turned: vectors.transposed(),
            vectors,
            classes: lessons.iter().map(|lesson| lesson.1).collect(),
            weights: lessons.iter().map(|lesson| lesson.2).collect(),
            n_classes,
        })
    }

    /// Whether so many lessons can be learnt while the bot starts, and there are classes to tell apart.
    pub(super) fn fit(lessons: usize, n_classes: usize) -> bool {
        2 <= n_classes && lessons * n_classes <= LARGEST
    }

    /// The scores of `wanted` lessons at least, each by a classifier that was trained without it (and some others).
    ///
    /// Each starts from `trained`, less what the held-out lessons pulled it by.
    pub(super) fn held_out(&self, trained: &Classifier, wanted: usize) -> Vec<(usize, Vec<f32>)> {
        let mut seen = vec![0; self.n_classes];
        let hands: Vec<usize> = self
            .classes
            .iter()
            .map(|&class| {
                seen[class] += 1;
                // Small classes start at different hands, so that the hands are of a size.
                (seen[class] + class) % HANDS
            })
            .collect();
        let mut scored = Vec::new();
        for hand in 0..HANDS {
            if wanted <= scored.len() {
                break;
            }
            let out: Vec<usize> = (0..hands.len()).filter(|&at| hands[at] == hand).collect();
            let rest: Vec<usize> = (0..hands.len()).filter(|&at| hands[at] != hand).collect();
            let (held, rest) = (self.part(&out), self.part(&rest));
            let mut start = trained.weights.clone();
            let mut pull = Matrix::zeros(start.rows(), start.columns());
            held.errors(&start, &mut pull);
            for (weight, pull) in start.numbers_mut().iter_mut().zip(pull.numbers()) {
                *weight += pull;
            }
            let classifier = rest.train(start, MORE_STEPS);
            scored.extend(out.iter().enumerate().map(|(row, &at)| {
                let vector = held.vectors.row(row);
                (at, classifier.scores(&vector[..classifier.dimensions]))
            }));
        }
        scored
    }

    fn part(&self, places: &[usize]) -> Self {
        let vectors = Matrix::of(
            self.vectors.columns(),
            places.iter().map(|&at| self.vectors.row(at)).collect::<Vec<_>>().into_iter(),
        );
        Self {
            turned: vectors.transposed(),
            vectors,
            classes: places.iter().map(|&at| self.classes[at]).collect(),
            weights: places.iter().map(|&at| self.weights[at]).collect(),
            n_classes: self.n_classes,
        }
    }

    fn train(&self, start: Matrix, steps: usize) -> Classifier {
        let mut weights = start;
        let mut pull = Matrix::zeros(weights.rows(), weights.columns());
        let mut at = weights.clone();
        let found = optimize::minimize(
            weights.numbers(),
            |point, gradient| {
                at.numbers_mut().copy_from_slice(point);
                let loss = self.errors(&at, &mut pull);
                let mut size = 0.0;
                for ((gradient, pull), weight) in gradient.iter_mut().zip(pull.numbers()).zip(point) {
                    *gradient = pull + weight;
                    size += weight * weight;
                }
                loss + 0.5 * f64::from(size)
            },
            steps,
            LEAST,
        );
        weights.numbers_mut().copy_from_slice(&found);
        Classifier { dimensions: self.vectors.columns() - 1, weights }
    }

    /// The loss with these `weights`, and its gradient.
    fn errors(&self, weights: &Matrix, gradient: &mut Matrix) -> f64 {
        let mut scores = Matrix::zeros(self.vectors.rows(), self.n_classes);
        scores.set_product(&self.vectors, weights);
        let mut loss = 0.0;
        for (at, &class) in self.classes.iter().enumerate() {
            let row = scores.row_mut(at);
            let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let right = row[class];
            let mut total = 0.0;
            for score in &mut *row {
                *score = (*score - most).exp();
                total += *score;
            }
            let weight = C * self.weights[at];
            loss += f64::from(weight * (most + total.ln() - right));
            let factor = weight / total;
            for score in &mut *row {
                *score *= factor;
            }
            row[class] -= weight;
        }
        gradient.set_product(&self.turned, &scores);
        loss
    }
}

impl Classifier {
    /// The classifier that fits `lessons` best.
    pub(super) fn trained(lessons: &Lessons) -> Self {
        lessons.train(Matrix::zeros(lessons.vectors.columns(), lessons.n_classes), STEPS)
    }

    /// A score for each class.
    pub(super) fn scores(&self, vector: &[f32]) -> Vec<f32> {
        let mut scores = self.weights.row(self.dimensions).to_vec();
        for (row, &number) in vector.iter().enumerate() {
            for (score, weight) in scores.iter_mut().zip(self.weights.row(row)) {
                *score += number * weight;
            }
        }
        scores
    }
}
