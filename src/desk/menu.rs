//! The menu: topics and their entries as buttons.

use crate::faq::{Entry, Use};

use super::action::{Button, ButtonPress, Message};
use super::event::Press;
use super::making::Making;
use super::speech::Speech;

/// A welcome with the topics below it.
pub(super) fn welcome(making: &mut Making<'_>) {
    let message =
        Message { buttons: topic_buttons(making), ..Message::markdown(making.words(&Speech::Welcome)) };
    making.tell_customer(message);
}

/// All topics.
pub(super) fn topics(making: &mut Making<'_>) {
    let buttons = topic_buttons(making);
    let speech = if buttons.is_empty() { Speech::MenuEmpty } else { Speech::MenuTopics };
    let message = Message { buttons, ..Message::markdown(making.words(&speech)) };
    making.tell_customer(message);
}

/// The entries of the topic with this number.
pub(super) fn entries(making: &mut Making<'_>, number: u16) {
    let Some(topic) = topic_names(making).into_iter().nth(usize::from(number)) else { return topics(making) };
    let buttons = shown(making)
        .into_iter()
        .filter(|entry| entry.topic.as_ref() == Some(&topic))
        .map(|entry| Button {
            label: entry.title().to_owned(),
            press: ButtonPress::Customer(Press::Entry(entry.id.clone())),
        })
        .collect();
    let message = Message { buttons, ..Message::markdown(making.words(&Speech::MenuEntries { topic })) };
    making.tell_customer(message);
}

fn topic_buttons(making: &Making<'_>) -> Vec<Button> {
    let names = topic_names(making).into_iter().enumerate();
    names
        .filter_map(|(number, label)| {
            let number = u16::try_from(number).ok()?;
            Some(Button { label, press: ButtonPress::Customer(Press::Topic(number)) })
        })
        .collect()
}

/// The topics of the customer's language, in the order of the files.
fn topic_names(making: &Making<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for topic in shown(making).into_iter().filter_map(|entry| entry.topic.as_ref()) {
        if !names.contains(topic) {
            names.push(topic.clone());
        }
    }
    names
}

/// Entries that a menu may show to this customer; small talk is not something to look up.
fn shown<'a>(making: &Making<'a>) -> Vec<&'a Entry> {
    let language = making.language();
    let channel = making.conversation.id.channel();
    let fits = |entry: &&Entry| {
        entry.language == language
            && entry.used == Use::Customers
            && !entry.small_talk
            && entry.season.contains(making.now())
            && entry.channels.include(channel)
    };
    making.context.index.faq().entries.iter().filter(fits).collect()
}
