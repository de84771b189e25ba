//! Confidence -> decision: answer, ask back, or hand over.

use super::Match;

/// What to do with a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Give this entry's answer.
    Answer(Match),
    /// Ask "Did you mean …?" with these, best first, at most three.
    Clarify(Vec<Match>),
    /// Ring for a person.
    HandOver(HandOverReason),
}

/// Why a person is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOverReason {
    /// No entry is near.
    NothingFits,
    /// Entries are near, but none is sure enough, and there are too many to ask back.
    NotSure,
}

/// From which confidence on what is done; found when the index is built, from the owner's `wrong_answers`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// At least this sure: answer.
    pub answer: f32,
    /// At least this sure that the right one is among those offered: ask back.
    pub clarify: f32,
}

/// At most so many entries are offered when the bot asks back.
const OFFERED: usize = 3;

/// An entry is offered only when it is at least this sure…
const WORTH_OFFERING: f32 = 0.04;

/// …and an entry is near at all when the best is at least this sure.
const NEAR: f32 = 0.1;

/// What to do, given the matches, best first.
#[must_use]
pub fn decide(matches: &[Match], thresholds: Thresholds) -> Decision {
    let Some(best) = matches.first() else {
        return Decision::HandOver(HandOverReason::NothingFits);
    };
    if thresholds.answer <= best.confidence.value() {
        return Decision::Answer(best.clone());
    }
    let worth = |one: &&Match| WORTH_OFFERING <= one.confidence.value();
    let offered: Vec<Match> = matches.iter().take(OFFERED).filter(worth).cloned().collect();
    let sum: f32 = offered.iter().map(|one| one.confidence.value()).sum();
    if thresholds.clarify <= sum {
        Decision::Clarify(offered)
    } else if best.confidence.value() < NEAR {
        Decision::HandOver(HandOverReason::NothingFits)
    } else {
        Decision::HandOver(HandOverReason::NotSure)
    }
}
