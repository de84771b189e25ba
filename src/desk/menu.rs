//! The menu: topics and their entries as buttons, a few at a time.

use crate::faq::{Entry, Use};

use super::action::{Button, ButtonPress, Message};
use super::event::Press;
use super::making::{Making, labelled};
use super::speech::Speech;

/// Buttons on one page, beside the one for the next page.
const PAGE: usize = 8;

/// A welcome with the topics below it.
pub(super) fn welcome(making: &mut Making<'_>) {
    let buttons = topic_buttons(making, 0);
    say(making, &Speech::Welcome, buttons);
}

/// What can be done here, with the topics below it.
pub(super) fn help(making: &mut Making<'_>) {
    let buttons = topic_buttons(making, 0);
    say(making, &Speech::Help, buttons);
}

/// All topics. Where there is only one, its entries.
pub(super) fn topics(making: &mut Making<'_>, page: u16) {
    match topics_shown(making).as_slice() {
        [] => making.say(&Speech::MenuEmpty),
        [_] => entries(making, 0, page),
        _ => {
            let buttons = topic_buttons(making, page);
            say(making, &Speech::MenuTopics, buttons);
        }
    }
}

/// The entries of the topic with this number.
pub(super) fn entries(making: &mut Making<'_>, number: u16, page: u16) {
    let Some(topic) = topics_shown(making).into_iter().nth(usize::from(number)) else {
        // The files have changed since the button was shown.
        return if number == 0 { making.say(&Speech::MenuEmpty) } else { topics(making, 0) };
    };
    let all: Vec<Button> = shown(making)
        .into_iter()
        .filter(|entry| entry.topic == topic)
        .map(|entry| labelled(entry.title(), ButtonPress::Customer(Press::Entry(entry.id.clone()))))
        .collect();
    let buttons = paged(making, all, page, |next| Press::TopicPage(number, next));
    let topic = topic_label(making, topic);
    say(making, &Speech::MenuEntries { topic }, buttons);
}

fn say(making: &mut Making<'_>, speech: &Speech, buttons: Vec<Button>) {
    let parts = vec![making.part(speech)];
    making.tell_customer(Message { parts, buttons, ..Message::default() });
}

fn topic_buttons(making: &Making<'_>, page: u16) -> Vec<Button> {
    let topics = (0..).zip(topics_shown(making));
    let all = topics
        .map(|(number, topic)| {
            labelled(&topic_label(making, topic), ButtonPress::Customer(Press::Topic(number)))
        })
        .collect();
    paged(making, all, page, Press::Topics)
}

/// The buttons of one page, and one for the next page if there is one. Beyond the last page is the first.
fn paged(making: &Making<'_>, all: Vec<Button>, page: u16, press: impl Fn(u16) -> Press) -> Vec<Button> {
    let start = Some(usize::from(page) * PAGE).filter(|start| *start < all.len());
    let (start, page) = start.map_or((0, 0), |start| (start, page));
    let more = start + PAGE < all.len();
    let mut buttons: Vec<Button> = all.into_iter().skip(start).take(PAGE).collect();
    if more {
        buttons.push(making.button(&Speech::ButtonMore, press(page.saturating_add(1))));
    }
    buttons
}

fn topic_label(making: &Making<'_>, topic: Option<String>) -> String {
    let other = || super::wording::say(&Speech::MenuOther, making.language(), making.firm());
    topic.unwrap_or_else(other)
}

/// The topics of the customer's language, in the order of the files; what stands under none comes last.
fn topics_shown(making: &Making<'_>) -> Vec<Option<String>> {
    let mut topics: Vec<Option<String>> = Vec::new();
    for entry in shown(making) {
        if !topics.contains(&entry.topic) {
            topics.push(entry.topic.clone());
        }
    }
    topics.sort_by_key(Option::is_none);
    topics
}

/// Entries that a menu may show to this customer: in their language, or in the firm's first where there are none.
/// Small talk is not something to look up.
fn shown<'a>(making: &Making<'a>) -> Vec<&'a Entry> {
    let channel = making.conversation.id.channel();
    let faq = making.context.index.faq();
    let in_language = |language| {
        let fits = |entry: &&Entry| {
            entry.language == language
                && entry.used == Use::Customers
                && !entry.small_talk
                && entry.season.contains(making.now())
                && entry.channels.include(channel)
        };
        faq.entries.iter().filter(fits).collect::<Vec<_>>()
    };
    let own = in_language(making.language());
    if own.is_empty() { in_language(making.staff_language()) } else { own }
}
