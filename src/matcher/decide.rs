//! Confidence -> decision: answer, ask back, or hand over.
//!
//! THE POLICY, by expected value for the customer. The right answer at once is worth 1. The right answer among up to three
//! buttons is worth [`TAP`]: one more tap. A person, who may take a while, is worth [`WAIT`]; buttons of which none is right,
//! and then a person, [`IN_VAIN`]. So the bot asks back rather than hand over from that probability on at which
//! the buttons are worth as much as the wait ([`ASK_BACK`]). Where entries have many phrasings, what is still unsure is more
//! often a question that no entry answers: there the bound is higher ([`ASK_BACK_MANY`]). What a wrong answer costs is the
//! owner's to say: `wrong_answers` is the share of the answers given that may be wrong, and the threshold for answering is the
//! lowest that keeps to it (`calibration.rs`).

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

/// What the right answer behind one more tap is worth, where the right answer at once is worth 1.
const TAP: f32 = 0.8;

/// What a person's answer after a wait is worth.
const WAIT: f32 = 0.5;

/// What a person's answer is worth after buttons of which none was right.
const IN_VAIN: f32 = 0.2;

/// From this probability on that the right entry is among those offered, asking back is worth more than handing over.
pub(super) const ASK_BACK: f32 = (WAIT - IN_VAIN) / (TAP - IN_VAIN);

/// The same where entries have many phrasings. With a third of the questions unanswerable, as in the firms of
/// `tools/training/corpus`, the sum of these values was best between .65 and .7 on public `dev` questions.
pub(super) const ASK_BACK_MANY: f32 = 0.65;

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
