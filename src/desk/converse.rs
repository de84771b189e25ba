//! The customer's turn: who did what, and which file answers it.

use crate::faq::EntryId;
use crate::text::normalize;

use super::action::{Count, Why};
use super::calls::{self, Typed};
use super::conversation::{Speaker, Stage};
use super::escalate::{self, HandOver};
use super::event::{AttachmentKind, Customer, CustomerAct, Said};
use super::flood::{self, Pace};
use super::making::Making;
use super::names::MessageId;
use super::speech::Speech;
use super::{burst, changes, clean, menu, person, personal, press, reply, understand};

/// The customer did something.
pub(super) fn customer(making: &mut Making<'_>, customer: &Customer, act: &CustomerAct, message: &MessageId) {
    making.conversation.customer = Some(Customer { name: clean::name(&customer.name), ..customer.clone() });
    if making.conversation.blocked || !is_calm(making, act) {
        return;
    }
    match act {
        CustomerAct::Said(words) => said(making, &clean::tidy(words), message),
        CustomerAct::Edited { message, said } => changes::edited(making, message, &clean::tidy(said)),
        CustomerAct::Deleted { message } => changes::deleted(making, message),
        CustomerAct::Pressed(press) => press::pressed(making, press),
        CustomerAct::Started(entry) => started(making, entry.as_ref()),
        CustomerAct::AskedForHelp => menu::help(making),
        CustomerAct::AskedForMenu => menu::topics(making, 0),
        CustomerAct::AskedForPerson => person::wanted(making, None),
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
        return person::wanted(making, Some(text).filter(|_| !call.bare));
    }
    if is_unknown_command(text) {
        return menu::help(making);
    }
    if calls::nearly_person(text, &making.firm().languages) && !understand::is_given_outright(making, text) {
        return person::wanted(making, None);
    }
    burst::gather(making, text);
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
    let pieces = burst::held(making, words);
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
