//! The customer's presses: what was offered, what was answered, what stands in the menu.

use crate::faq::{EntryId, Reply};
use crate::matcher::Match;

use super::action::{Count, GapKind, Message, Why};
use super::conversation::{Asked, Stage};
use super::escalate::{self, HandOver};
use super::event::Press;
use super::making::Making;
use super::reply;
use super::speech::Speech;
use super::understand::OFFERED;
use super::{answers, menu, person, personal, understand, wording};

/// A button was pressed, or typed.
pub(super) fn pressed(making: &mut Making<'_>, press: &Press) {
    if let Stage::WithStaff(_) = making.conversation.stage {
        return pressed_while_waiting(making, press);
    }
    match press {
        Press::Entry(id) => chosen(making, id),
        Press::Helped(id) => helped(making, id),
        Press::NotThis(id) => not_this(making, id),
        Press::NoneOfThese => none_of_these(making),
        Press::Person => person::wanted(making, None),
        Press::Topic(number) => menu::entries(making, *number, 0),
        Press::TopicPage(number, page) => menu::entries(making, *number, *page),
        Press::Topics(page) => menu::topics(making, *page),
        Press::ForgetMe => personal::forgotten(making),
        Press::KeepMe => making.say(&Speech::Kept),
    }
}

/// An old button, while people have the conversation: looking something up disturbs nobody, and what concerns the
/// matter itself is for them.
fn pressed_while_waiting(making: &mut Making<'_>, press: &Press) {
    match press {
        Press::Entry(id) => look_up(making, id),
        Press::Topic(number) => menu::entries(making, *number, 0),
        Press::TopicPage(number, page) => menu::entries(making, *number, *page),
        Press::Topics(page) => menu::topics(making, *page),
        Press::ForgetMe => personal::forgotten(making),
        Press::KeepMe => making.say(&Speech::Kept),
        Press::Helped(id) => {
            rate(making, Count::Helped(id.clone()), id);
            tell_staff(making, &Speech::ButtonHelped);
            making.say(&Speech::GladToHelp);
        }
        Press::NotThis(id) => {
            rate(making, Count::NotThis(id.clone()), id);
            tell_staff(making, &Speech::ButtonNotThis);
            making.say(&Speech::PersonIsComing);
        }
        Press::NoneOfThese | Press::Person => making.say(&Speech::PersonIsComing),
    }
}

fn tell_staff(making: &mut Making<'_>, button: &Speech) {
    let Stage::WithStaff(ticket) = &making.conversation.stage else { return };
    let id = ticket.id;
    let label = wording::say(button, making.staff_language(), making.firm());
    let customer = making.customer_name();
    making.say_to_staff(id, &Speech::CustomerPressed { customer, label });
}

/// Counts a press below the last answer, once.
fn rate(making: &mut Making<'_>, count: Count, id: &EntryId) {
    let Some(asked) = &mut making.conversation.last_asked else { return };
    if asked.tried.contains(id) && !asked.rated {
        asked.rated = true;
        making.count(count);
    }
}

fn helped(making: &mut Making<'_>, id: &EntryId) {
    rate(making, Count::Helped(id.clone()), id);
    making.say(&Speech::GladToHelp);
}

/// An entry was chosen: after "did you mean", below an answer, or from the menu.
pub(super) fn chosen(making: &mut Making<'_>, id: &EntryId) {
    let stage = std::mem::replace(&mut making.conversation.stage, Stage::Open);
    let clarified = match stage {
        Stage::Clarifying { question, offered } if offered.contains(id) => Some((question, offered)),
        Stage::Clarifying { .. } | Stage::Open | Stage::WithStaff(_) => None,
    };
    let Some(entry) = making.entry(id) else {
        return match clarified {
            Some((question, _)) => {
                let mut hand_over = HandOver::new(Why::NotSure, question, Speech::ChoiceIsGone);
                hand_over.matches = understand::guesses(making, &hand_over.question);
                escalate::escalate(making, hand_over);
            }
            None => ask_again(making),
        };
    };
    let title = entry.title().to_owned();
    let (question, mut tried) = match clarified {
        Some((question, offered)) => {
            making.count(Count::Chosen(id.clone()));
            making.note_gap(&question, GapKind::Chosen, Some(id.clone()));
            (question, offered)
        }
        None => (title, vec![id.clone()]),
    };
    if let Some(asked) = making.conversation.last_asked.as_ref().filter(|asked| asked.question == question) {
        tried.extend(asked.tried.iter().filter(|id| !tried.contains(id)).cloned().collect::<Vec<_>>());
    }
    let mut message = Message::default();
    if entry.reply.answer().is_some() {
        making.count(Count::Answered(id.clone()));
        (message.parts, message.buttons) = answers::render(making, entry, &question);
        let at = making.now();
        making.conversation.last_asked =
            Some(Asked { question: question.clone(), entry: id.clone(), tried, rated: false, at });
    }
    match entry.reply {
        Reply::Answer(_) if !message.parts.is_empty() => {
            reply::add_feedback(making, &mut message, id);
            making.tell_customer(message);
        }
        Reply::Answer(_) | Reply::AnswerThenHandOver(_) | Reply::HandOver => {
            let speech = if message.parts.is_empty() { Speech::PassedOn } else { Speech::TeamHasIt };
            let mut hand_over = HandOver::new(Why::TheEntrySaysSo, question, speech);
            hand_over.message = message;
            escalate::escalate(making, hand_over);
        }
    }
}

/// Gives the entry `id` to somebody who waits for a person: no feedback is asked for, and nobody is rung for again.
pub(super) fn look_up(making: &mut Making<'_>, id: &EntryId) {
    let rendered = making.entry(id).map(|entry| answers::render(making, entry, ""));
    match rendered {
        Some((parts, buttons)) if !parts.is_empty() => {
            making.count(Count::Answered(id.clone()));
            making.tell_customer(Message { parts, buttons, ..Message::default() });
        }
        Some(_) | None => making.say(&Speech::PersonIsComing),
    }
}

/// "Not what I meant": the next best entries that weren't tried yet, then a person.
fn not_this(making: &mut Making<'_>, id: &EntryId) {
    rate(making, Count::NotThis(id.clone()), id);
    if let Stage::Clarifying { .. } = making.conversation.stage {
        // Pressed twice: the next best entries were just offered.
        return reply::ask_back_again(making);
    }
    let asked = making.conversation.last_asked.clone().filter(|asked| asked.tried.contains(id));
    let Some(mut asked) = asked else { return ask_again(making) };
    making.note_gap(&asked.question, GapKind::NotThis, Some(id.clone()));
    let matches = understand::nearest(making, &asked.question);
    let untried = |one: &&Match| {
        !asked.tried.contains(&one.entry)
            && making.entry(&one.entry).is_some()
            && !understand::is_small_talk(making, &one.entry)
    };
    let offers: Vec<Match> = matches.iter().filter(untried).take(OFFERED).cloned().collect();
    // After several answers in one reply, only the customer knows which of them missed.
    let is_one_question = !asked.question.contains('\n');
    // Whoever has seen the next best already is not shown still less likely ones.
    let has_seen_others = 1 < asked.tried.len();
    if offers.is_empty() || has_seen_others || !is_one_question {
        let mut hand_over = HandOver::new(Why::NoneOfThose, asked.question, Speech::PassedOn);
        hand_over.matches = matches.into_iter().filter(|one| one.entry != *id).collect();
        return escalate::escalate(making, hand_over);
    }
    asked.tried.extend(offers.iter().map(|one| one.entry.clone()));
    let question = asked.question.clone();
    making.conversation.last_asked = Some(asked);
    reply::ask_back(making, Message::default(), &question, &offers, &Speech::PerhapsYouMeant);
}

/// "Something else": a person.
fn none_of_these(making: &mut Making<'_>) {
    let stage = std::mem::replace(&mut making.conversation.stage, Stage::Open);
    let Stage::Clarifying { question, offered } = stage else { return ask_again(making) };
    let mut hand_over = HandOver::new(Why::NoneOfThose, question, Speech::PassedOn);
    let matches = understand::nearest(making, &hand_over.question);
    hand_over.matches = matches.into_iter().filter(|one| !offered.contains(&one.entry)).collect();
    escalate::escalate(making, hand_over);
}

/// A button from long ago, whose question nobody remembers: nobody is rung for, but a person is one press away.
fn ask_again(making: &mut Making<'_>) {
    let buttons = vec![making.button(&Speech::ButtonPerson, Press::Person)];
    let parts = vec![making.part(&Speech::AskAgain)];
    making.tell_customer(Message { parts, buttons, ..Message::default() });
}
