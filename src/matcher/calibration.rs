//! When to answer: from which confidence on, by what was seen on many firms.
//!
//! Confidence comes calibrated from [`prior`]. Drawing the weights, or this threshold, towards the firm's own phrasings was
//! tried and dropped: phrasings that an owner wrote resemble neither customers' questions nor each other as those do, and on
//! five of six sets the likelihood of customers' questions fell (`docs/accuracy.md`).

use crate::faq::{Entry, Use};

use super::decide::{ASK_BACK, ASK_BACK_MANY};
use super::{Thresholds, prior};

/// The lowest confidence from which on the answers given stay within the budget of wrong ones, and that from which on to ask
/// back, on firms whose entries have about as many phrasings (`plenty`: the mean of the logarithms of how many).
pub(super) fn thresholds(plenty: f32, budget: f32) -> Thresholds {
    let (few, many) = (lowest(&prior::FEW, budget), lowest(&prior::MANY, budget));
    let share = (plenty / MANY_PHRASINGS.ln()).clamp(0.0, 1.0);
    let answer = (few + share * (many - few)).clamp(LEAST_SURE, SUREST);
    let beyond = (plenty - FEW_PHRASINGS.ln()) / (MANY_PHRASINGS / FEW_PHRASINGS).ln();
    Thresholds { answer, clarify: ASK_BACK + beyond.clamp(0.0, 1.0) * (ASK_BACK_MANY - ASK_BACK) }
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

/// From so many phrasings an entry on, a firm is judged as one with many; up to so many, it has few.
const MANY_PHRASINGS: f32 = 5.0;
const FEW_PHRASINGS: f32 = 2.0;

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

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^24")]
fn count(n: usize) -> f32 {
    n as f32
}
