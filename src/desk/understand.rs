//! A customer's message -> what is asked in it, and what to do about each question.

use crate::faq::EntryId;
use crate::matcher::{self, Decision, Match, Query};
use crate::text::sentences;

use super::conversation::Stage;
use super::making::Making;

/// A question, and what to do about it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// The customer's words.
    pub(super) question: String,
    /// What to do.
    pub(super) decision: Decision,
    /// The nearest entries, best first.
    pub(super) matches: Vec<Match>,
}

impl Reading {
    pub(super) fn is_answer(&self) -> bool {
        matches!(self.decision, Decision::Answer(_))
    }

    pub(super) fn answer(&self) -> Option<&EntryId> {
        match &self.decision {
            Decision::Answer(best) => Some(&best.entry),
            Decision::Clarify(_) | Decision::HandOver(_) => None,
        }
    }
}

/// Reads `pieces`, the messages of one burst in their order. The parts are read first (each piece may hold several
/// questions); where not all of them are understood alone, the whole is tried, then the question before.
///
/// The result is never empty: one reading per question.
pub(super) fn read(making: &Making<'_>, pieces: &[String]) -> Vec<Reading> {
    let whole = pieces.join(" ");
    let language = making.language();
    let questions: Vec<String> =
        pieces.iter().flat_map(|piece| sentences::questions(piece, language)).map(str::to_owned).collect();
    if questions.len() <= 1 {
        return vec![with_what_came_before(making, one(making, &whole))];
    }
    let parts: Vec<Reading> = questions.iter().map(|question| one(making, question)).collect();
    if parts.iter().all(Reading::is_answer) {
        return distinct(parts, making);
    }
    let together = one(making, &whole);
    if together.is_answer() && !parts.iter().any(|part| is_other_answer(part, &together, making)) {
        return vec![together];
    }
    settle(making, parts, together)
}

/// Some parts are answers, some aren't, and the whole isn't one: what is understood is kept, and the rest is read as
/// one question, unless it is only said along the way ("thanks", "I have a question").
fn settle(making: &Making<'_>, parts: Vec<Reading>, together: Reading) -> Vec<Reading> {
    let (mut answers, rest): (Vec<Reading>, Vec<Reading>) = parts.into_iter().partition(Reading::is_answer);
    let useful = |reading: &Reading| reading.answer().is_some_and(|id| !is_small_talk(making, id));
    if !answers.iter().any(useful) {
        // Only small talk was understood: the question is in the rest.
        let rest: Vec<&str> = rest.iter().map(|reading| reading.question.as_str()).collect();
        let rest = with_what_came_before(making, one(making, &rest.join(" ")));
        let question = if rest.is_answer() { rest } else { better(rest, together) };
        return vec![question];
    }
    answers.retain(useful);
    let open: Vec<&str> = rest
        .iter()
        .map(|reading| reading.question.as_str())
        .filter(|question| asks_something(question))
        .collect();
    let mut readings = distinct(answers, making);
    if !open.is_empty() {
        readings.push(one(making, &open.join(" ")));
    }
    readings
}

/// The reading that helps the customer more: to be asked back is better than to wait.
fn better(one: Reading, other: Reading) -> Reading {
    let rank = |reading: &Reading| match reading.decision {
        Decision::Answer(_) => 2,
        Decision::Clarify(_) => 1,
        Decision::HandOver(_) => 0,
    };
    if rank(&one) < rank(&other) { other } else { one }
}

/// Each entry once, small talk only where there is nothing else.
fn distinct(parts: Vec<Reading>, making: &Making<'_>) -> Vec<Reading> {
    let only_small_talk = parts.iter().all(|part| part.answer().is_some_and(|id| is_small_talk(making, id)));
    let mut kept: Vec<Reading> = Vec::new();
    for part in parts {
        let small_talk = part.answer().is_some_and(|id| is_small_talk(making, id));
        let again = kept.iter().any(|other| other.answer().is_some() && other.answer() == part.answer());
        if !again && (only_small_talk || !small_talk) {
            kept.push(part);
        }
    }
    kept
}

fn is_other_answer(part: &Reading, whole: &Reading, making: &Making<'_>) -> bool {
    part.answer().is_some_and(|id| Some(id) != whole.answer() && !is_small_talk(making, id))
}

pub(super) fn is_small_talk(making: &Making<'_>, id: &EntryId) -> bool {
    making.entry(id).is_some_and(|entry| entry.small_talk)
}

/// One question, read alone.
fn one(making: &Making<'_>, text: &str) -> Reading {
    let index = making.context.index;
    decided(making, text, &Query::new(index, text, making.audience()))
}

fn decided(making: &Making<'_>, question: &str, query: &Query) -> Reading {
    let index = making.context.index;
    let matches = matcher::search(index, query);
    let decision = matcher::decide(&matches, index.thresholds());
    Reading { question: question.to_owned(), decision, matches }
}

/// A follow-up such as "and on Sundays?" is read with the question before it, where it isn't understood alone.
fn with_what_came_before(making: &Making<'_>, alone: Reading) -> Reading {
    let before = match &making.conversation.stage {
        Stage::Clarifying { question, .. } => Some(question.clone()),
        Stage::Open | Stage::WithStaff(_) => making
            .conversation
            .last_asked
            .as_ref()
            .filter(|asked| making.now().since(asked.at) <= making.context.policy.follow_up)
            .filter(|asked| !is_small_talk(making, &asked.entry))
            .map(|asked| asked.question.clone()),
    };
    let follows = || sentences::is_follow_up(&alone.question, making.language());
    let Some(before) = before.filter(|_| !alone.is_answer() && follows()) else { return alone };
    let query = Query::after(making.context.index, &before, &alone.question, making.audience());
    let together = decided(making, &alone.question, &query);
    if together.is_answer() { together } else { alone }
}

/// Whether words look like a question or a matter, and not like "thanks" or "I have a question".
fn asks_something(text: &str) -> bool {
    text.contains('?') || 4 <= super::calls::plain(text).split(' ').count()
}

/// Whether a message, alone, may be the beginning of a burst: it is short and not a question, or it isn't understood.
pub(super) fn may_go_on(text: &str, readings: &[Reading]) -> bool {
    let understood = readings.iter().all(Reading::is_answer);
    let short = super::calls::plain(text).split(' ').count() <= 3 && !text.contains('?');
    !understood || short
}
