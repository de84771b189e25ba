//! When to answer, by what was seen on many firms; and a firm's own phrasings, left out in turn, as examples.
//!
//! Confidence comes calibrated from [`prior`]. Drawing the weights towards the firm's own phrasings was tried and dropped:
//! phrasings that an owner wrote resemble neither customers' questions nor each other as those do, and on five of six sets
//! the likelihood of customers' questions fell (`docs/accuracy.md`). The examples serve that comparison.
//!
//! Three kinds of examples. A phrasing left out shows how a question looks whose entry is there. The same with its whole
//! entry left out is a near miss: a question of the same trade that nothing answers. Strangers' questions are far misses.

use std::collections::HashMap;

use super::decide::ASK_BACK;
use crate::faq::{Entry, Use};

use super::evidence::{Asked, Evidence};
use super::index::{Index, LeftOut};
use super::ranking::Example;
use super::semantics::{HeldOut, HeldOutOf};
use super::{Thresholds, prior, query};

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
    for one in held_out {
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
                let asked_without = Asked { most: Evidence::most(without.iter()), ..asked };
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

/// The lowest confidence from which on the answers given stay within the budget of wrong ones, on firms whose entries have
/// about as many phrasings (`plenty`: the mean of the logarithms of how many).
pub(super) fn thresholds(plenty: f32, budget: f32) -> Thresholds {
    let (few, many) = (lowest(&prior::FEW, budget), lowest(&prior::MANY, budget));
    let share = (plenty / MANY_PHRASINGS.ln()).clamp(0.0, 1.0);
    Thresholds { answer: (few + share * (many - few)).clamp(LEAST_SURE, SUREST), clarify: ASK_BACK }
}

/// The mean of the logarithms of how many phrasings the entries have that customers may be given.
pub(super) fn plenty(entries: &[Entry]) -> f32 {
    let given = entries.iter().filter(|entry| entry.used == Use::Customers);
    let logarithms: Vec<f32> = given
        .map(|entry| entry.phrasings.iter().filter(|one| one.means_this).count().max(1))
        .map(|phrasings| count(phrasings).ln())
        .collect();
    logarithms.iter().sum::<f32>() / count(logarithms.len()).max(1.0)
}

/// From so many phrasings an entry on, a firm is judged as one with many.
const MANY_PHRASINGS: f32 = 5.0;

/// Never demand more confidence than this, nor less.
const SUREST: f32 = 0.95;
const LEAST_SURE: f32 = 0.5;

fn lowest(outcomes: &prior::Outcomes, budget: f32) -> f32 {
    let mut lowest = SUREST;
    let (mut given, mut wrong) = (0.0f32, 0.0f32);
    for &(confidence, wrong_here) in outcomes {
        given += 1.0;
        wrong += wrong_here;
        if wrong <= budget * given {
            lowest = confidence;
        }
    }
    lowest
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
