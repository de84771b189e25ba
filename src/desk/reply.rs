//! The bot's reply: all questions of a message in one, then what is asked back, or handed over.

use crate::faq::{EntryId, Reply};
use crate::matcher::{Decision, Match, Query};

use super::action::{Button, ButtonPress, Count, GapKind, Message, Part, Why};
use super::clean::shortened;
use super::conversation::{Asked, Conversation, Speaker, Stage};
use super::courtesy::{self, Courtesy};
use super::escalate::{self, HandOver};
use super::event::Press;
use super::making::{Making, labelled};
use super::speech::Speech;
use super::understand::{self, OFFERED, Reading};
use super::{answers, menu};

/// What is said to all that was read in a message: the answers first, then what is asked back, or handed over.
pub(super) fn respond(making: &mut Making<'_>, readings: Vec<Reading>) {
    // Several questions are mostly in one language; the longest tells it best.
    let longest = readings.iter().max_by_key(|reading| reading.question.len());
    making.conversation.language = longest.map(|reading| reading.language);
    if let [only] = readings.as_slice()
        && !only.is_answer()
        && is_said_along_the_way(making, &only.question)
    {
        return;
    }
    making.conversation.stage = Stage::Open;
    let mut said = Said::default();
    for reading in readings {
        // Hello and thanks are no questions, and spare nobody a call.
        if !reading.answer().is_some_and(|id| understand::is_small_talk(making, id)) {
            making.count(Count::Asked);
        }
        answer(making, reading, &mut said);
    }
    said.remember(making);
    finish(making, said);
}

/// What a reply is made of.
#[derive(Default)]
struct Said {
    message: Message,
    /// The entries given, with the questions that they answer.
    answered: Vec<(EntryId, String)>,
    /// Questions that the owner wants people for.
    rings: Vec<Reading>,
    /// The question that was not understood.
    open: Option<Reading>,
}

fn answer(making: &mut Making<'_>, reading: Reading, said: &mut Said) {
    let Some(entry) = reading.answer().and_then(|id| making.entry(id)) else {
        said.open = Some(reading);
        return;
    };
    match &entry.reply {
        Reply::HandOver => said.rings.push(reading),
        Reply::Answer(_) | Reply::AnswerThenHandOver(_) => {
            let (parts, links) = answers::render(making, entry, &reading.question);
            if parts.is_empty() {
                said.open = Some(reading);
                return;
            }
            if !entry.small_talk {
                making.count(Count::Answered(entry.id.clone()));
            }
            said.message.parts.extend(parts);
            for button in links {
                if !said.message.buttons.contains(&button) {
                    said.message.buttons.push(button);
                }
            }
            said.answered.push((entry.id.clone(), reading.whole_question()));
            if matches!(entry.reply, Reply::AnswerThenHandOver(_)) {
                said.rings.push(reading);
            }
        }
    }
}

impl Said {
    /// The last answer is what a follow-up refers to; small talk is nothing to come back to.
    fn remember(&self, making: &mut Making<'_>) {
        let matters: Vec<&(EntryId, String)> =
            self.answered.iter().filter(|(id, _)| !understand::is_small_talk(making, id)).collect();
        let Some((entry, _)) = matters.last() else { return };
        let questions: Vec<&str> = matters.iter().map(|(_, question)| question.as_str()).collect();
        making.conversation.last_asked = Some(Asked {
            question: shortened(&questions.join("\n"), Conversation::LINE_LENGTH),
            entry: entry.clone(),
            tried: matters.iter().map(|(id, _)| id.clone()).collect(),
            rated: false,
            at: making.now(),
        });
    }
}

/// Says what there is to say, and asks back or hands over the rest.
fn finish(making: &mut Making<'_>, said: Said) {
    let Said { mut message, answered, rings, open } = said;
    let has_answers = !message.parts.is_empty();
    if rings.is_empty()
        && let Some(reading) = &open
        && let Decision::Clarify(offered) = &reading.decision
    {
        if has_answers {
            message.parts.push(quoted(&reading.question));
        }
        let question = reading.whole_question();
        making.note_gap(&question, GapKind::Clarified, offered.first().map(|best| best.entry.clone()));
        return ask_back(making, message, &question, offered, &Speech::DidYouMean);
    }
    if let Some(first) = rings.first() {
        let speech = if has_answers { Speech::TeamHasIt } else { Speech::PassedOn };
        let mut hand_over = HandOver::new(Why::TheEntrySaysSo, String::new(), speech);
        hand_over.matches.clone_from(&first.matches);
        let questions: Vec<String> = rings.iter().chain(&open).map(Reading::whole_question).collect();
        hand_over.question = questions.join("\n");
        hand_over.message = message;
        return escalate::escalate(making, hand_over);
    }
    if let Some(reading) = open {
        let why = match &reading.decision {
            Decision::HandOver(reason) => (*reason).into(),
            Decision::Answer(_) | Decision::Clarify(_) => Why::NotSure,
        };
        if has_answers {
            message.parts.push(quoted(&reading.question));
        }
        let mut hand_over = HandOver::new(why, reading.whole_question(), Speech::NoAnswer);
        hand_over.matches = reading.matches;
        hand_over.message = message;
        return escalate::escalate(making, hand_over);
    }
    if let Some((id, _)) = answered.last() {
        add_feedback(making, &mut message, id);
    }
    making.tell_customer(message);
}

/// The question that is meant by what follows, where there were several.
fn quoted(question: &str) -> Part {
    Part::Literal(format!("“{}”", shortened(question, 200)))
}

/// "That helped", "not what I meant", "ask a person"; small talk needs none of them.
pub(super) fn add_feedback(making: &Making<'_>, message: &mut Message, id: &EntryId) {
    if understand::is_small_talk(making, id) {
        return;
    }
    message.buttons.push(making.button(&Speech::ButtonHelped, Press::Helped(id.clone())));
    message.buttons.push(making.button(&Speech::ButtonNotThis, Press::NotThis(id.clone())));
    message.buttons.push(making.button(&Speech::ButtonPerson, Press::Person));
}

/// Asks which of `offered` is meant, below what `message` already says.
pub(super) fn ask_back(
    making: &mut Making<'_>,
    mut message: Message,
    question: &str,
    offered: &[Match],
    speech: &Speech,
) {
    let offered: Vec<EntryId> = offered
        .iter()
        .filter(|one| making.entry(&one.entry).is_some())
        .take(OFFERED)
        .map(|one| one.entry.clone())
        .collect();
    making.count(Count::Clarified);
    message.parts.push(making.part(speech));
    message.buttons = offer_buttons(making, &offered);
    let question = shortened(question, Conversation::LINE_LENGTH);
    making.conversation.stage = Stage::Clarifying { question, offered };
    making.tell_customer(message);
}

/// "Yes" to several offers: which one?
pub(super) fn ask_back_again(making: &mut Making<'_>) {
    let Stage::Clarifying { offered, .. } = &making.conversation.stage else {
        return making.say(&Speech::AskAgain);
    };
    let buttons = offer_buttons(making, &offered.clone());
    let parts = vec![making.part(&Speech::DidYouMean)];
    making.tell_customer(Message { parts, buttons, ..Message::default() });
}

fn offer_buttons(making: &Making<'_>, offered: &[EntryId]) -> Vec<Button> {
    let entries = offered.iter().filter_map(|id| making.entry(id));
    let mut buttons: Vec<Button> = entries
        .map(|entry| labelled(entry.title(), ButtonPress::Customer(Press::Entry(entry.id.clone()))))
        .collect();
    buttons.push(making.button(&Speech::ButtonNoneOfThese, Press::NoneOfThese));
    buttons
}

/// The conversation goes on in the language of what was said.
pub(super) fn hold_language(making: &mut Making<'_>, words: &str) {
    let query = Query::new(making.context.index, words, making.audience());
    making.conversation.language = Some(query.language);
}

/// Answers what isn't a question, and was written about by no entry: hello, thanks, "ok".
fn is_said_along_the_way(making: &mut Making<'_>, text: &str) -> bool {
    match courtesy::of(text, making.language()) {
        Some(Courtesy::Greeting) => menu::welcome(making),
        Some(Courtesy::Thanks) => making.say(&Speech::YouAreWelcome),
        Some(Courtesy::Goodbye) => making.say(&Speech::Goodbye),
        Some(Courtesy::AllRight) => nod(making),
        Some(Courtesy::Puzzled) => menu::help(making),
        None => return false,
    }
    true
}

/// "👍", "ok": nods back; to somebody who begins with it, says what can be asked.
pub(super) fn nod(making: &mut Making<'_>) {
    if making.conversation.transcript.iter().all(|line| line.speaker == Speaker::Customer) {
        return menu::welcome(making);
    }
    making.say(&Speech::AllRight);
}
