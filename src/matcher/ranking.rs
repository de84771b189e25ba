//! Evidence -> probabilities: the one place where the parts are weighed against each other.
//!
//! DESIGN. A conditional logit with an outside option (McFadden 1974): each entry has a utility, the weighted sum of its
//! evidence, and so has "none of these"; the probabilities are their softmax. The gap to the next entry, and whether
//! anything is near at all, need no features of their own. Squares let a part count more near its top; products with how
//! many phrasings there are, and with whether the language is another, let it count more or less there. The weights are
//! those of [`prior`], found on many firms.

use super::evidence::{Asked, Evidence};
use super::prior;

/// How many numbers make an entry's utility.
pub const ENTRY: usize = 24;
/// The same, of "none of these".
pub const NONE: usize = Asked::PARTS + 4;

/// What an entry's utility is the weighted sum of.
pub(super) fn of_entry(one: &Evidence, asked: &Asked) -> [f32; ENTRY] {
    let values = one.values();
    let words = [one.words, one.letters, one.covered, one.answered, one.answer_letters];
    let nearest = nearest(one);
    let mut features = [0.0; ENTRY];
    let products = [nearest, nearest * nearest, nearest * asked.foreign]
        .into_iter()
        .chain([one.class * asked.plenty, one.phrasing * asked.plenty])
        .chain(words.map(|part| part * part));
    let for_foreign = words.iter().take(4).map(|part| part * asked.foreign);
    let all = values.into_iter().chain(products).chain(for_foreign);
    features.iter_mut().zip(all).for_each(|(to, from)| *to = from);
    features
}

/// What the utility of "none of these" is the weighted sum of.
pub(super) fn of_none(asked: &Asked) -> [f32; NONE] {
    let nearest = nearest(&asked.most);
    let more = [1.0, nearest, nearest * asked.plenty, asked.most.class * asked.plenty];
    let mut features = [0.0; NONE];
    let all = more.into_iter().chain(asked.values());
    features.iter_mut().zip(all).for_each(|(to, from)| *to = from);
    features
}

/// The nearest of an entry's texts, by meaning.
fn nearest(one: &Evidence) -> f32 {
    one.phrasing.max(one.told).max(one.sentence).max(one.whole)
}

/// The weights of the evidence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ranking {
    /// Of an entry's parts.
    pub(super) entry: [f32; ENTRY],
    /// Of the question's parts, for "none of these".
    pub(super) none: [f32; NONE],
}

impl Ranking {
    /// Found on many firms.
    pub(super) const PRIOR: Self = Self { entry: prior::ENTRY, none: prior::NONE };

    /// The probability of each candidate; the rest to one is that of "none of these".
    pub(super) fn probabilities(&self, candidates: &[Evidence], asked: Asked) -> Vec<f32> {
        let none = dot(&self.none, &of_none(&asked));
        let utilities: Vec<f32> =
            candidates.iter().map(|one| dot(&self.entry, &of_entry(one, &asked))).collect();
        let most = utilities.iter().copied().fold(none, f32::max);
        let weights: Vec<f32> = utilities.iter().map(|utility| (utility - most).exp()).collect();
        let sum: f32 = weights.iter().sum::<f32>() + (none - most).exp();
        weights.into_iter().map(|weight| weight / sum).collect()
    }
}

fn dot<const N: usize>(left: &[f32; N], right: &[f32; N]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
