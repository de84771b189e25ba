//! A customer's message -> what is asked in it, and what to do about each question.

use crate::faq::EntryId;
use crate::matcher::{self, Decision, HandOverReason, Match, Query};
use crate::text::{Language, normalize, sentences, words};

use super::conversation::{Speaker, Stage};
use super::courtesy;
use super::making::Making;

/// Entries offered at once; more than three are not read.
pub(super) const OFFERED: usize = 3;

/// A question, and what to do about it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// The customer's words.
    pub(super) question: String,
    /// The language that it is taken for.
    pub(super) language: Language,
    /// What was asked before it, where it makes no sense alone.
    pub(super) before: Option<String>,
    /// What to do.
    pub(super) decision: Decision,
    /// The nearest entries, best first.
    pub(super) matches: Vec<Match>,
}

impl Reading {
    pub(super) fn is_answer(&self) -> bool {
        self.answer().is_some()
    }

    pub(super) fn answer(&self) -> Option<&EntryId> {
        match &self.decision {
            Decision::Answer(best) => Some(&best.entry),
            Decision::Clarify(_) | Decision::HandOver(_) => None,
        }
    }

    /// The question as somebody understands it who didn't read what was said before.
    pub(super) fn whole_question(&self) -> String {
        match &self.before {
            Some(before) => format!("{before} {}", self.question),
            None => self.question.clone(),
        }
    }
}

/// Reads `pieces`, the messages of one burst in their order. The parts are read first (each piece may hold several
/// questions); where not all of them are understood alone, the whole is tried, then the question before.
///
/// The result is never empty: one reading per question.
pub(super) fn read(making: &Making<'_>, pieces: &[String]) -> Vec<Reading> {
    let language = making.language();
    let pieces: Vec<String> = pieces.iter().map(|piece| courtesy::without(piece, language)).collect();
    let whole = pieces.join(" ");
    let questions: Vec<String> =
        pieces.iter().flat_map(|piece| sentences::questions(piece, language)).map(str::to_owned).collect();
    if questions.len() <= 1 {
        return vec![with_what_came_before(making, one(making, &whole))];
    }
    let parts: Vec<Reading> = questions.iter().map(|question| one(making, question)).collect();
    if parts.iter().all(Reading::is_answer) {
        return distinct(parts, making);
    }
    let useful = |part: &Reading| part.answer().is_some_and(|id| !is_small_talk(making, id));
    let together = one(making, &whole);
    if together.is_answer() && !parts.iter().any(useful) {
        return vec![together];
    }
    settle(making, parts, together)
}

/// The entries nearest to `question`, best first, as if none were given outright for it: "not what I meant" goes on
/// to these.
pub(super) fn nearest(making: &Making<'_>, question: &str) -> Vec<Match> {
    let index = making.context.index;
    let weighed = matcher::explain(index, &Query::new(index, question, making.audience())).weighed;
    let matches = weighed.into_iter();
    matches.map(|one| Match { entry: one.entry, confidence: one.confidence }).collect()
}

/// Whether the owner wrote down this very question, or a pattern for it.
pub(super) fn is_given_outright(making: &Making<'_>, question: &str) -> bool {
    let index = making.context.index;
    matcher::explain(index, &Query::new(index, question, making.audience())).certainty.is_some()
}

/// The nearest entries to `question`, for staff; empty for an empty question.
pub(super) fn guesses(making: &Making<'_>, question: &str) -> Vec<Match> {
    if question.is_empty() {
        return Vec::new();
    }
    let index = making.context.index;
    matcher::search(index, &Query::new(index, question, making.audience()))
}

/// Some parts are answers, some aren't, and the whole isn't one: what is understood is kept, and the rest is read as
/// one question, unless it is only said along the way ("thanks", "I have a question").
fn settle(making: &Making<'_>, parts: Vec<Reading>, together: Reading) -> Vec<Reading> {
    let (mut answers, rest): (Vec<Reading>, Vec<Reading>) = parts.into_iter().partition(Reading::is_answer);
    let useful = |reading: &Reading| reading.answer().is_some_and(|id| !is_small_talk(making, id));
    let language = making.language();
    let open: Vec<&str> = rest
        .iter()
        .map(|reading| reading.question.as_str())
        .filter(|question| courtesy::of(question, language).is_none())
        .collect();
    if !answers.iter().any(useful) {
        // Only small talk was understood: the question is in the rest.
        if open.is_empty() {
            return if answers.is_empty() { vec![together] } else { distinct(answers, making) };
        }
        let rest = with_what_came_before(making, one(making, &open.join(" ")));
        let question = if rest.is_answer() { rest } else { better(rest, together) };
        return vec![question];
    }
    answers.retain(useful);
    let open: Vec<&str> = open.into_iter().filter(|question| asks_something(question)).collect();
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
    let is_talk = |part: &Reading| part.answer().is_some_and(|id| is_small_talk(making, id));
    let only_small_talk = parts.iter().all(is_talk);
    let mut kept: Vec<Reading> = Vec::new();
    for part in parts {
        let again = kept.iter().any(|other| other.answer() == part.answer());
        if !again && (only_small_talk || !is_talk(&part)) {
            kept.push(part);
        }
    }
    kept
}

pub(super) fn is_small_talk(making: &Making<'_>, id: &EntryId) -> bool {
    making.entry(id).is_some_and(|entry| entry.small_talk)
}

/// Whether nothing in it is more than small talk, or words said along the way.
pub(super) fn is_only_talk(making: &Making<'_>, readings: &[Reading]) -> bool {
    readings.iter().all(|reading| match reading.answer() {
        Some(id) => is_small_talk(making, id),
        None => courtesy::of(&reading.question, making.language()).is_some(),
    })
}

/// One question, read alone.
fn one(making: &Making<'_>, text: &str) -> Reading {
    decided(making, text, &Query::new(making.context.index, text, making.audience()))
}

fn decided(making: &Making<'_>, question: &str, query: &Query) -> Reading {
    let index = making.context.index;
    let matches = matcher::search(index, query);
    let decision = matcher::decide(&matches, index.thresholds());
    Reading { question: question.to_owned(), language: query.language, before: None, decision, matches }
}

/// A follow-up such as "and on Sundays?" is read with the question before it, where it isn't understood alone. So is
/// whatever is written instead of choosing, after "did you mean".
fn with_what_came_before(making: &Making<'_>, alone: Reading) -> Reading {
    let language = making.language();
    if alone.is_answer() || courtesy::of(&alone.question, language).is_some() {
        return alone;
    }
    let before = what_came_before(making);
    let asked_back = matches!(making.conversation.stage, Stage::Clarifying { .. });
    if before.is_empty() || !(asked_back || sentences::is_follow_up(&alone.question, language)) {
        return alone;
    }
    if let Some(chosen) = among_offered(making, &alone) {
        return chosen;
    }
    let index = making.context.index;
    let together = before.iter().map(|before| {
        let query = Query::after(index, before, &alone.question, making.audience());
        Reading { before: Some(before.clone()), ..decided(making, &alone.question, &query) }
    });
    let alone = Reading { before: before.first().cloned(), ..alone.clone() };
    let not_sure = Reading { decision: Decision::HandOver(HandOverReason::NotSure), ..alone.clone() };
    let alone = if says_the_same_again(making, &alone) { not_sure } else { alone };
    together.filter(|reading| !says_the_same_again(making, reading)).fold(alone, better)
}

/// Whether a follow-up would only be given the last answer again, though that says nothing about what it adds: "and
/// without gluten?" after "do you bake vegan cakes?".
fn says_the_same_again(making: &Making<'_>, reading: &Reading) -> bool {
    let Some(asked) = &making.conversation.last_asked else { return false };
    let only_again = match &reading.decision {
        Decision::Answer(best) => best.entry == asked.entry,
        Decision::Clarify(offered) => offered.iter().all(|one| one.entry == asked.entry),
        Decision::HandOver(_) => false,
    };
    if !only_again || matches!(making.conversation.stage, Stage::Clarifying { .. }) {
        return false;
    }
    let Some(entry) = making.entry(&asked.entry) else { return true };
    let language = making.language();
    let added = stems(&reading.question, language);
    let answer = entry.reply.answer().map(|answer| answer.text.as_str());
    let texts = entry.phrasings.iter().map(|phrasing| phrasing.text.as_str()).chain(answer);
    let known: Vec<String> = texts.flat_map(|text| stems(text, language)).collect();
    !added.is_empty() && !added.iter().any(|word| known.contains(word))
}

/// What a follow-up may refer to: the question that was asked back about, or the question answered last, and the title
/// of its answer.
fn what_came_before(making: &Making<'_>) -> Vec<String> {
    let is_fresh = |then| making.now().since(then) <= making.context.policy.follow_up;
    match &making.conversation.stage {
        Stage::Clarifying { question, .. } => {
            let asked_back = making.conversation.transcript.iter().rfind(|line| line.speaker == Speaker::Bot);
            asked_back.filter(|line| is_fresh(line.at)).map(|_| question.clone()).into_iter().collect()
        }
        Stage::Open | Stage::WithStaff(_) => match &making.conversation.last_asked {
            Some(asked) if is_fresh(asked.at) => {
                let title = making.entry(&asked.entry).map(|entry| entry.title().to_owned());
                let mut before = vec![asked.question.clone()];
                before.extend(title.filter(|title| *title != asked.question));
                before
            }
            Some(_) | None => Vec::new(),
        },
    }
}

/// After "did you mean", and after a choice there: the offered entry that a few words point at ("the cake", "and
/// delivery?"), if they point at one alone.
fn among_offered(making: &Making<'_>, alone: &Reading) -> Option<Reading> {
    let offered: &[EntryId] = match (&making.conversation.stage, &making.conversation.last_asked) {
        (Stage::Clarifying { offered, .. }, _) => offered,
        (Stage::Open | Stage::WithStaff(_), Some(asked)) => &asked.tried,
        (Stage::Open | Stage::WithStaff(_), None) => &[],
    };
    let language = making.language();
    let said = stems(&alone.question, language);
    if said.is_empty() || FEW < said.len() {
        return None;
    }
    let fits = |id: &&EntryId| {
        making.entry(id).is_some_and(|entry| {
            let title = stems(entry.title(), language);
            said.iter().all(|word| title.contains(word))
        })
    };
    let mut fitting = offered.iter().filter(fits);
    let (Some(entry), None) = (fitting.next(), fitting.next()) else { return None };
    let chosen = Match { entry: entry.clone(), confidence: matcher::Confidence::CERTAIN };
    Some(Reading { decision: Decision::Answer(chosen), ..alone.clone() })
}

/// The stems of the words in `text` that say something.
fn stems(text: &str, language: Language) -> Vec<String> {
    let normal = normalize::normalize(text);
    let content = words::split(&normal).filter(|word| !words::is_stop(word, language));
    content.map(|word| words::stem(word, language)).collect()
}

/// So many words are few.
const FEW: usize = 3;

/// Whether words look like a question or a matter.
fn asks_something(text: &str) -> bool {
    text.contains('?') || 4 <= words::split(&normalize::normalize(text)).count()
}
