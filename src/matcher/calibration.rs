//! The owner's own phrasings, left out in turn, and strangers' questions: what they teach about confidence.
//!
//! Three kinds of examples. A phrasing left out shows how a question looks whose entry is there. The same with its whole
//! entry left out is a near miss: a question of the same trade that nothing answers. Strangers' questions are far misses.

use std::collections::HashMap;

use super::evidence::{Asked, Evidence};
use super::index::{Index, LeftOut};
use super::ranking::{Example, Ranking};
use super::semantics::{HeldOut, HeldOutOf};
use super::{Thresholds, query};

/// About so many questions are held out.
pub(super) const WANTED: usize = 800;

/// What share of the questions has no answer: near misses and far ones. A phrasing without its entry is a nearer miss
/// than customers' are, where entries lie as close as in a bank's FAQ, so it counts for few of them.
const NEAR: f32 = 0.08;
const FAR: f32 = 0.2;

/// Held-out phrasings and strangers, each kind weighing its share, together as much as their number.
pub(super) fn examples(index: &Index, held_out: &[HeldOut], strange: &[&str]) -> Vec<Example> {
    let mut own = Vec::new();
    let mut near = Vec::new();
    let mut far = Vec::new();
    let phrasings: HashMap<(usize, usize), LeftOut> =
        index.phrasings().into_iter().map(|one| ((one.entry, one.text), one)).collect();
    for one in held_out.iter().filter(|one| one.calibrating) {
        let meaning = index.semantics().meaning_held_out(one);
        match one.of {
            HeldOutOf::Phrasing(item, entry, text) => {
                let Some(&left_out) = phrasings.get(&(entry, text)) else {
                    continue;
                };
                let (candidates, asked) = index.gather_left_out(left_out, &meaning);
                let right = candidates.iter().position(|candidate| candidate.item == item);
                let evidence: Vec<Evidence> = candidates.iter().map(|candidate| candidate.evidence).collect();
                let mut without = evidence.clone();
                if let Some(right) = right {
                    without.remove(right);
                }
                let asked_without = Asked {
                    nearest: without.iter().map(|one| one.phrasing).fold(0.0, f32::max),
                    clearest: without.iter().map(|one| one.class).fold(0.0, f32::max),
                    ..asked
                };
                // An entry's only phrasing leaves nothing behind that a customer would find it by.
                if !left_out.only {
                    own.push(Example { candidates: evidence, asked, right, weight: 1.0 });
                }
                near.push(Example { candidates: without, asked: asked_without, right: None, weight: 1.0 });
            }
            HeldOutOf::Stranger(number) => {
                let words = query::as_asked(index, strange[number]);
                let (candidates, asked) = index.gather(&words, &meaning, None);
                let candidates = candidates.iter().map(|candidate| candidate.evidence).collect();
                far.push(Example { candidates, asked, right: None, weight: 1.0 });
            }
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
/// One wrong answer is added to those found: a threshold that few examples support must not look better than it is.
/// Few examples prove nothing: then the threshold stays at [`CAUTIOUS`] or above.
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
    let (mut given, mut wrong) = (0.0f32, 1.0f32);
    for &(confidence, right, weight) in &outcomes {
        given += weight;
        wrong += if right { 0.0 } else { weight };
        if wrong <= budget * given {
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

/// Asking back costs the customer a tap, a person's answer a wait: worth it when one in three such questions is spared it.
const CLARIFY: f32 = 0.35;

/// How many examples the prior counts as.
pub(super) const PRIOR_STRENGTH: f64 = 50.0;

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
