//! Evidence -> probabilities: the one place where the parts are weighed against each other.
//!
//! DESIGN. A conditional logit with an outside option (McFadden 1974): each entry has a utility, the weighted sum of its
//! evidence, and so has "none of these"; the probabilities are their softmax. The gap to the next entry, and whether
//! anything is near at all, need no features of their own. The weights start from [`Ranking::PRIOR`], found on many
//! firms, and are drawn towards what the firm's own phrasings show, the more of them there are the further.

use super::evidence::{Asked, Evidence};
use super::optimize;

const ENTRY: usize = Evidence::NAMES.len();
const NONE: usize = 6;

/// The weights of the evidence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ranking {
    /// Of an entry's parts.
    pub(super) entry: [f32; ENTRY],
    /// Of the question's parts, for "none of these".
    pub(super) none: [f32; NONE],
}

/// A question of which the right entry is known.
#[derive(Debug, Clone)]
pub(super) struct Example {
    pub(super) candidates: Vec<Evidence>,
    pub(super) asked: Asked,
    /// Which candidate is right; `None`: no one is.
    pub(super) right: Option<usize>,
    /// How many questions it stands for.
    pub(super) weight: f32,
}

impl Ranking {
    /// Found on the tuning files of public sets and on invented firms.
    pub(super) const PRIOR: Self = Self {
        entry: [0.0, 1.2, 3.0, 5.0, 4.0, 1.5, 0.0, 4.5, 3.5, 11.0],
        none: [4.0, 1.0, 1.0, 0.0, 0.0, 4.0],
    };

    /// The probability of each candidate; the rest to one is that of "none of these".
    pub(super) fn probabilities(&self, candidates: &[Evidence], asked: Asked) -> Vec<f32> {
        let none = dot(&self.none, &asked.values());
        let utilities: Vec<f32> = candidates.iter().map(|one| dot(&self.entry, &one.values())).collect();
        let most = utilities.iter().copied().fold(none, f32::max);
        let weights: Vec<f32> = utilities.iter().map(|utility| (utility - most).exp()).collect();
        let sum: f32 = weights.iter().sum::<f32>() + (none - most).exp();
        weights.into_iter().map(|weight| weight / sum).collect()
    }

    /// The weights that make `examples` likeliest (maximum a posteriori); `self` counts as `strength` examples.
    pub(super) fn fitted(&self, examples: &[Example], strength: f64) -> Self {
        let start: Vec<f32> = self.entry.iter().chain(&self.none).copied().collect();
        let parts: Vec<Parts> = examples.iter().map(Parts::new).collect();
        let loss = |weights: &[f32], gradient: &mut [f32]| {
            let mut loss = 0.0;
            let mut sums = vec![0.0; weights.len()];
            for ((sum, weight), start) in sums.iter_mut().zip(weights).zip(&start) {
                let off = f64::from(weight - start);
                *sum = strength * STIFF * off;
                loss += 0.5 * strength * STIFF * off * off;
            }
            loss = parts.iter().fold(loss, |loss, parts| loss + parts.loss(weights, &mut sums));
            gradient.iter_mut().zip(sums).for_each(|(to, from)| *to = narrow(from));
            loss
        };
        let found = optimize::minimize(&start, loss, 100, 1e-6);
        let mut fitted = self.clone();
        for (to, from) in fitted.entry.iter_mut().chain(&mut fitted.none).zip(found) {
            *to = from;
        }
        fitted
    }
}

/// How much one example of the prior holds a weight: the curvature of an undecided example.
const STIFF: f64 = 0.02;

/// An example as numbers, for the fitting loop.
struct Parts {
    candidates: Vec<[f32; ENTRY]>,
    asked: [f32; NONE],
    right: Option<usize>,
    weight: f64,
}

impl Parts {
    fn new(example: &Example) -> Self {
        Self {
            candidates: example.candidates.iter().map(Evidence::values).collect(),
            asked: example.asked.values(),
            right: example.right,
            weight: f64::from(example.weight),
        }
    }

    /// Minus the log-likelihood of the right one; adds its gradient.
    fn loss(&self, weights: &[f32], gradient: &mut [f64]) -> f64 {
        let (entry, none) = weights.split_at(ENTRY);
        let sum = |weights: &[f32], values: &[f32]| -> f64 {
            weights.iter().zip(values).map(|(&weight, &value)| f64::from(weight) * f64::from(value)).sum()
        };
        let mut utilities: Vec<f64> = self.candidates.iter().map(|values| sum(entry, values)).collect();
        utilities.push(sum(none, &self.asked));
        let most = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = utilities.iter().map(|utility| (utility - most).exp()).sum();
        let right = self.right.unwrap_or(self.candidates.len());
        for (at, utility) in utilities.iter().enumerate() {
            let error = (utility - most).exp() / total - if at == right { 1.0 } else { 0.0 };
            let (values, offset): (&[f32], usize) = match self.candidates.get(at) {
                Some(values) => (values, 0),
                None => (&self.asked, ENTRY),
            };
            for (gradient, &value) in gradient[offset..].iter_mut().zip(values) {
                *gradient += self.weight * error * f64::from(value);
            }
        }
        self.weight * (most + total.ln() - utilities[right])
    }
}

fn dot<const N: usize>(left: &[f32; N], right: &[f32; N]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[expect(clippy::cast_possible_truncation, reason = "a weight needs no more than 24 bits")]
fn narrow(value: f64) -> f32 {
    value as f32
}
