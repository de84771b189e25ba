//! A person is wanted: the question goes along, said with the wish or before it.

use super::action::Why;
use super::conversation::Stage;
use super::escalate::{self, HandOver};
use super::making::Making;
use super::speech::Speech;
use super::{burst, understand};

/// A person is wanted; `words`, where the wish says what it is about.
pub(super) fn wanted(making: &mut Making<'_>, words: Option<&str>) {
    if let Stage::WithStaff(_) = making.conversation.stage {
        return making.say(&Speech::PersonIsComing);
    }
    let pieces = burst::held(making, words.unwrap_or_default());
    let question = if pieces.is_empty() { asked_before(making) } else { pieces.join("\n") };
    let matches = understand::guesses(making, &question);
    let mut hand_over = HandOver::new(Why::Asked, question, Speech::CallingPerson);
    hand_over.matches = matches;
    escalate::escalate(making, hand_over);
}

/// The question that a person is probably wanted for.
fn asked_before(making: &Making<'_>) -> String {
    match (&making.conversation.stage, &making.conversation.last_asked) {
        (Stage::Clarifying { question, .. }, _) => question.clone(),
        (Stage::Open | Stage::WithStaff(_), Some(asked))
            if making.now().since(asked.at) <= making.context.policy.follow_up =>
        {
            asked.question.clone()
        }
        (Stage::Open | Stage::WithStaff(_), _) => String::new(),
    }
}
