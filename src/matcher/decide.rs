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

/// What to do, given the matches, best first.
#[must_use]
pub fn decide(matches: &[Match], thresholds: Thresholds) -> Decision {
    let offered: Vec<Match> = matches.iter().take(3).cloned().collect();
    let sum: f32 = offered.iter().map(|one| one.confidence.value()).sum();
    match matches.first() {
        Some(best) if thresholds.answer <= best.confidence.value() => Decision::Answer(best.clone()),
        Some(_) if thresholds.clarify <= sum => Decision::Clarify(offered),
        Some(_) => Decision::HandOver(HandOverReason::NotSure),
        None => Decision::HandOver(HandOverReason::NothingFits),
    }
}
