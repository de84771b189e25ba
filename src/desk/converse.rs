//! The customer's turn: who did what, and which file answers it.

use crate::faq::EntryId;
use crate::text::normalize;

use super::action::{Count, Why};
use super::calls::{self, Typed};
use super::conversation::{Speaker, Stage};
use super::escalate::{self, HandOver};
use super::event::{AttachmentKind, Customer, CustomerAct, MessageId, Reminder, Said};
use super::flood::{self, Pace};
use super::making::Making;
use super::speech::Speech;
use super::{changes, clean, menu, personal, press, reply, understand};

/// Messages that a burst may hold before it is read whatever comes.
const BURST_PIECES: usize = 8;
/// Characters that a burst may hold before it is read whatever comes: no more of them would be looked at.
const BURST_LENGTH: usize = clean::MESSAGE;
/// Attachments that are passed on of one message; no platform sends more.
const ATTACHMENTS: usize = 10;

/// The customer did something.
pub(super) fn customer(making: &mut Making<'_>, customer: &Customer, act: &CustomerAct, message: &MessageId) {
    making.conversation.customer = Some(Customer { name: clean::name(&customer.name), ..customer.clone() });
    if making.conversation.blocked || !is_calm(making, act) {
        return;
    }
    match act {
        CustomerAct::Said(words) => said(making, &tidy(words), message),
        CustomerAct::Edited { message, said } => changes::edited(making, message, &tidy(said)),
        CustomerAct::Deleted { message } => changes::deleted(making, message),
        CustomerAct::Pressed(press) => press::pressed(making, press),
        CustomerAct::Started(entry) => started(making, entry.as_ref()),
        CustomerAct::AskedForHelp => menu::help(making),
        CustomerAct::AskedForMenu => menu::topics(making, 0),
        CustomerAct::AskedForPerson => asked_for_person(making, None),
        CustomerAct::AskedToBeForgotten => personal::forget(making),
        CustomerAct::AskedForTheirData => personal::show(making),
    }
}

/// Whether it may be read; says so once where a customer does too much at once. What is taken back is always heard: it
/// makes less work, not more.
fn is_calm(making: &mut Making<'_>, act: &CustomerAct) -> bool {
    if matches!(act, CustomerAct::Deleted { .. }) {
        return true;
    }
    match flood::pour(&mut making.conversation.flood, making.context.policy, making.context.now) {
        Pace::Calm => true,
        Pace::TooMuch => {
            making.count(Count::Flooded);
            making.say(&Speech::Flood);
            false
        }
        Pace::StillTooMuch => false,
    }
}

/// What was written, fit to keep and to pass on.
pub(super) fn tidy(said: &Said) -> Said {
    Said {
        text: clean::message(&said.text, clean::MESSAGE),
        attachments: said.attachments.iter().take(ATTACHMENTS).cloned().collect(),
    }
}

fn said(making: &mut Making<'_>, said: &Said, message: &MessageId) {
    making.remember(Speaker::Customer, &said.text, Some(message.clone()));
    if let Stage::WithStaff(_) = making.conversation.stage {
        return escalate::goes_on(making, said, message);
    }
    if !said.attachments.is_empty() {
        return sent(making, said);
    }
    let text = said.text.as_str();
    if normalize::clean(text).is_empty() {
        return;
    }
    match calls::typed(text, &making.conversation.buttons) {
        Some(Typed::Button(press)) => return press::pressed(making, &press),
        Some(Typed::NoSuchNumber) => return making.say(&Speech::NoSuchChoice),
        Some(Typed::WhichOne) => return reply::ask_back_again(making),
        None => {}
    }
    if let Some(call) = calls::person(text) {
        if let Some(language) = call.language.filter(|language| making.firm().languages.contains(language)) {
            making.conversation.language = Some(language);
        }
        return asked_for_person(making, Some(text).filter(|_| !call.bare));
    }
    if is_unknown_command(text) {
        return menu::help(making);
    }
    if calls::nearly_person(text, &making.firm().languages) && !understand::is_given_outright(making, text) {
        return asked_for_person(making, None);
    }
    gather(making, text);
}

/// `/something`, which no adapter took for a command.
fn is_unknown_command(text: &str) -> bool {
    text.strip_prefix('/').is_some_and(|rest| !rest.is_empty() && rest.chars().all(char::is_alphanumeric))
}

/// Something that a bot can't look at goes to people, with the words that came with it: these may be clear, but not
/// what they point at. A sticker without words is a nod.
fn sent(making: &mut Making<'_>, said: &Said) {
    let Some(attachment) = said.attachments.first() else { return };
    let words = said.text.trim();
    if attachment.kind == AttachmentKind::Sticker && words.is_empty() {
        return reply::nod(making);
    }
    let pieces = held(making, words);
    if !words.is_empty() {
        reply::hold_language(making, words);
    }
    let question = pieces.join(" ");
    let matches = understand::guesses(making, &question);
    let mut hand_over =
        HandOver::new(Why::CannotRead, question, Speech::CannotRead { kind: attachment.kind });
    hand_over.matches = matches;
    hand_over.attachments.clone_from(&said.attachments);
    escalate::escalate(making, hand_over);
}

/// Reads `text` with what was held back before it, or holds it back as well: a short message that isn't understood
/// alone may be the beginning of a longer one.
fn gather(making: &mut Making<'_>, text: &str) {
    let pieces = held(making, text);
    let readings = understand::read(making, &pieces);
    let length: usize = pieces.iter().map(|piece| piece.chars().count()).sum();
    let understood =
        readings.iter().all(understand::Reading::is_answer) && !understand::is_only_talk(making, &readings);
    let waits = !understood
        && !making.context.policy.burst.is_zero()
        && pieces.len() < BURST_PIECES
        && length < BURST_LENGTH;
    if waits {
        making.conversation.burst = pieces;
        making.wake(making.now().plus(making.context.policy.burst), Reminder::BurstOver);
        return;
    }
    reply::respond(making, readings);
}

/// The burst so far, `text` with it; the conversation's own is emptied.
fn held(making: &mut Making<'_>, text: &str) -> Vec<String> {
    let mut pieces = std::mem::take(&mut making.conversation.burst);
    if !text.trim().is_empty() {
        pieces.push(text.to_owned());
    }
    pieces
}

/// No further message came: what is held is read now.
pub(super) fn burst_over(making: &mut Making<'_>) {
    let pieces = std::mem::take(&mut making.conversation.burst);
    if pieces.is_empty() {
        return;
    }
    let readings = understand::read(making, &pieces);
    reply::respond(making, readings);
}

/// A person is wanted; `words`, where the wish says what it is about.
pub(super) fn asked_for_person(making: &mut Making<'_>, words: Option<&str>) {
    if let Stage::WithStaff(_) = making.conversation.stage {
        return making.say(&Speech::PersonIsComing);
    }
    let pieces = held(making, words.unwrap_or_default());
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

/// The chat was opened, perhaps by a link to an entry.
fn started(making: &mut Making<'_>, entry: Option<&EntryId>) {
    let known = entry.filter(|id| making.entry(id).is_some());
    match (known, &making.conversation.stage) {
        (Some(id), Stage::WithStaff(_)) => press::look_up(making, id),
        (Some(id), Stage::Open | Stage::Clarifying { .. }) => press::chosen(making, id),
        (None, Stage::WithStaff(_)) => making.say(&Speech::PersonIsComing),
        (None, Stage::Open | Stage::Clarifying { .. }) => menu::welcome(making),
    }
}
