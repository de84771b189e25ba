//! The owner's own phrasings, left out in turn, and strangers' questions: what they teach about confidence.
//!
//! Three kinds of examples. A phrasing left out shows how a question looks whose entry is there. The same with its whole
//! entry left out is a near miss: a question of the same trade that nothing answers. Strangers' questions are far misses.

use super::evidence::Evidence;
use super::index::Index;
use super::ranking::{Example, Ranking};
use super::{Thresholds, query, strangers};

/// At most so many phrasings are left out, evenly taken from all.
const PHRASINGS: usize = 600;

/// At most so many strangers a language.
const STRANGERS: usize = 150;

/// What share of the questions has no answer: near misses and far ones. Chats show a third or more.
const NEAR: f32 = 0.2;
const FAR: f32 = 0.2;

/// Left-out phrasings and strangers, each kind weighing its share, together as much as their number.
pub(super) fn examples(index: &Index) -> Vec<Example> {
    let mut own = Vec::new();
    let mut near = Vec::new();
    for left_out in sample(&index.phrasings(), PHRASINGS) {
        let (candidates, asked) = index.gather_left_out(left_out);
        let right = candidates.iter().position(|candidate| candidate.item == left_out.item);
        let evidence: Vec<Evidence> = candidates.iter().map(|candidate| candidate.evidence).collect();
        let mut without = evidence.clone();
        if let Some(right) = right {
            without.remove(right);
        }
        // An entry's only phrasing leaves nothing behind that a customer would find it by.
        if !left_out.only {
            own.push(Example { candidates: evidence, asked, right, weight: 1.0 });
        }
        near.push(Example { candidates: without, asked, right: None, weight: 1.0 });
    }
    let mut far = Vec::new();
    for &language in &index.faq().firm.languages {
        for question in sample(&strangers::questions(language).collect::<Vec<_>>(), STRANGERS) {
            let words = query::as_asked(index, question);
            let (candidates, asked) = index.gather(&words);
            let candidates = candidates.iter().map(|candidate| candidate.evidence).collect();
            far.push(Example { candidates, asked, right: None, weight: 1.0 });
        }
    }
    let total = count(own.len().max(10));
    weigh(&mut own, total * (1.0 - NEAR - FAR));
    weigh(&mut near, total * NEAR);
    weigh(&mut far, total * FAR);
    own.into_iter().chain(near).chain(far).collect()
}

/// The lowest confidence from which on the answers given stay within the budget of wrong ones.
///
/// The share of wrong answers is estimated twice, by what happened to the examples and by what their confidences
/// promise, and the worse one counts. Few examples prove nothing: then the threshold stays at [`CAUTIOUS`] or above.
pub(super) fn thresholds(ranking: &Ranking, examples: &[Example], budget: f32) -> Thresholds {
    let mut outcomes: Vec<(f32, bool, f32)> = examples
        .iter()
        .filter_map(|example| {
            let probabilities = ranking.probabilities(&example.candidates, example.asked);
            let (best, confidence) = probabilities
                .into_iter()
                .enumerate()
                .max_by(|left, right| left.1.total_cmp(&right.1).then(right.0.cmp(&left.0)))?;
            Some((confidence, example.right == Some(best), example.weight))
        })
        .collect();
    outcomes.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut answer = SUREST;
    let (mut given, mut wrong, mut promised) = (0.0f32, 0.0f32, 0.0f32);
    for &(confidence, right, weight) in &outcomes {
        given += weight;
        wrong += if right { 0.0 } else { weight };
        promised += weight * (1.0 - confidence);
        if wrong.max(promised) <= budget * given {
            answer = confidence;
        }
    }
    let own: f32 = outcomes.iter().filter(|outcome| outcome.1).map(|outcome| outcome.2).sum();
    let least = if own < ENOUGH { CAUTIOUS } else { LEAST_SURE };
    Thresholds { answer: answer.clamp(least, SUREST), clarify: CLARIFY }
}

/// Never demand more confidence than this, nor less.
const SUREST: f32 = 0.95;
const LEAST_SURE: f32 = 0.5;

/// Below so many phrasings found again, the threshold is this at least.
const ENOUGH: f32 = 30.0;
const CAUTIOUS: f32 = 0.8;

/// Asking back costs the customer a tap and a moment: worth it when the right entry is likelier among those offered than not.
const CLARIFY: f32 = 0.5;

/// How many examples the prior counts as.
pub(super) const PRIOR_STRENGTH: f64 = 50.0;

/// At most `most` of `all`, evenly taken.
fn sample<T: Copy>(all: &[T], most: usize) -> Vec<T> {
    let step = all.len().div_ceil(most).max(1);
    all.iter().copied().step_by(step).collect()
}

fn weigh(examples: &mut [Example], together: f32) {
    let each = together / count(examples.len()).max(1.0);
    for example in examples {
        example.weight = each;
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^24")]
fn count(n: usize) -> f32 {
    n as f32
}
