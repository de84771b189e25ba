//! To staff, between, and back: opening a ticket, passing words on, reminding, closing.

use std::time::Duration;

use crate::matcher::Match;

use super::action::{Count, GapKind, Message, Part, Post, Recipient, Why};
use super::clean::shortened;
use super::conversation::{Conversation, Stage};
use super::event::{Attachment, Said};
use super::making::Making;
use super::names::{MessageId, TicketId};
use super::speech::Speech;
use super::ticket::{Ticket, TicketState};
use super::understand::OFFERED;
use super::{calls, card, understand, waiting};

/// A new ticket within this time after the last one was closed counts as reopened.
const REOPENED_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);
/// A guess below this probability is none.
const WORTH_SHOWING: f32 = 0.1;

/// What goes to staff, and what the customer hears of it.
pub(super) struct HandOver {
    pub(super) why: Why,
    /// What the customer wants to know; empty where it isn't known.
    pub(super) question: String,
    /// The nearest entries, best first.
    pub(super) matches: Vec<Match>,
    /// What came with the question.
    pub(super) attachments: Vec<Attachment>,
    /// What the customer is told already, above `speech`.
    pub(super) message: Message,
    /// How the customer is told that people have it.
    pub(super) speech: Speech,
}

impl HandOver {
    pub(super) fn new(why: Why, question: String, speech: Speech) -> Self {
        Self {
            why,
            question,
            matches: Vec::new(),
            attachments: Vec::new(),
            message: Message::default(),
            speech,
        }
    }
}

/// Opens a ticket and tells the customer, with the next opening time where nobody is there.
pub(super) fn escalate(making: &mut Making<'_>, hand_over: HandOver) {
    let HandOver { why, question, matches, attachments, mut message, speech } = hand_over;
    let id = making.context.fresh_ticket;
    let now = making.now();
    if matches!(why, Why::NothingFits | Why::NotSure) {
        let nearest = matches.first().map(|best| best.entry.clone());
        making.note_gap(&question, GapKind::Unanswered, nearest);
    }
    making.count(Count::HandedOver(why));
    if making.conversation.closed.is_some_and(|closed| now.since(closed) <= REOPENED_WITHIN) {
        making.count(Count::Reopened);
    }
    let guesses: Vec<Match> = matches
        .into_iter()
        .filter(|one| making.entry(&one.entry).is_some_and(|entry| entry.reply.answer().is_some()))
        .filter(|one| !understand::is_small_talk(making, &one.entry))
        .filter(|one| WORTH_SHOWING <= one.confidence.value())
        .take(OFFERED)
        .collect();
    let ticket = Ticket {
        id,
        opened: now,
        state: TicketState::Waiting,
        question: shortened(&question, Conversation::LINE_LENGTH),
        guesses,
        last_answer: None,
        customer_spoke: now,
        staff_spoke: None,
        reminders: 0,
        acknowledged: false,
    };
    let card = card::card(making, &ticket, why, &attachments);
    let title = card::title(making, &ticket);
    making.deliver(Recipient::Ticket(id), Post::OpenTicket { title, card });
    making.conversation.stage = Stage::WithStaff(ticket);
    note_ticket(&mut making.conversation, id);
    making.conversation.burst.clear();
    message.parts.push(making.part(&speech));
    if let Some(closed) = out_of_hours(making) {
        message.parts.push(making.part(&closed));
    }
    if question.is_empty() && attachments.is_empty() {
        message.parts.push(making.part(&Speech::WhatIsItAbout));
    }
    making.tell_customer(message);
}

/// Remembers whose ticket `id` is.
fn note_ticket(conversation: &mut Conversation, id: TicketId) {
    if conversation.tickets.len() == Conversation::TICKETS {
        conversation.tickets.remove(0);
    }
    conversation.tickets.push(id);
}

/// When somebody is there again, where nobody is there now.
fn out_of_hours(making: &Making<'_>) -> Option<Speech> {
    let hours = making.firm().hours.as_ref()?;
    if hours.is_open(making.now()) {
        return None;
    }
    let opens = hours.opens_next(making.now()).map(|then| making.moment(then));
    Some(Speech::OutOfHours { opens })
}

/// The customer writes on while people have it: that is passed on. Somebody who waits for the first word of a person
/// is told so, once; and is told again that a person comes, when they call for one.
pub(super) fn goes_on(making: &mut Making<'_>, said: &Said, message: &MessageId) {
    let now = making.now();
    let Stage::WithStaff(ticket) = &mut making.conversation.stage else { return };
    ticket.customer_spoke = now;
    let id = ticket.id;
    let calls = ticket.staff_spoke.is_none() && calls::person(&said.text).is_some();
    let adds = ticket.staff_spoke.is_none() && !ticket.acknowledged;
    ticket.acknowledged |= adds;
    let relayed = relayed(making, said);
    making.deliver(Recipient::Ticket(id), Post::Say { message: relayed, relays: Some(message.clone()) });
    if calls {
        making.say(&Speech::PersonIsComing);
    } else if adds {
        making.say(&Speech::Added);
    }
}

/// What the customer wrote, as staff see it.
pub(super) fn relayed(making: &Making<'_>, said: &Said) -> Message {
    let name = making.customer_name();
    let words = if said.text.is_empty() { format!("{name}:") } else { format!("{name}: {}", said.text) };
    Message { parts: vec![Part::Literal(words)], buttons: Vec::new(), attachments: said.attachments.clone() }
}

/// The conversation goes back to the bot: `to_customer` is said there, if anything, and `to_staff` in the ticket's place.
pub(super) fn close(making: &mut Making<'_>, to_customer: Option<&Speech>, to_staff: &Speech) {
    let Stage::WithStaff(ticket) = std::mem::replace(&mut making.conversation.stage, Stage::Open) else {
        return;
    };
    making.conversation.closed = Some(making.now());
    making.conversation.last_asked = None;
    making.count(Count::Closed);
    if let Some(speech) = to_customer {
        making.say(speech);
    }
    making.say_to_staff(ticket.id, to_staff);
    let title = card::closed_title(making, &ticket);
    making.deliver(Recipient::Ticket(ticket.id), Post::MarkTicket { title, closed: true });
}

/// A ticket's moment has come: close it after a long silence, or remind staff that it waits.
pub(super) fn woke(making: &mut Making<'_>) {
    let Stage::WithStaff(ticket) = &making.conversation.stage else { return };
    let now = making.now();
    let (id, opened) = (ticket.id, ticket.opened);
    if waiting::closes_at(making, ticket) <= now {
        if ticket.staff_spoke.is_some() {
            return close(making, Some(&Speech::BackAfterSilence), &Speech::ClosedBySilence);
        }
        close(making, Some(&Speech::BackUnanswered), &Speech::ClosedBySilence);
        let parts = vec![making.staff_part(&Speech::OwnerUnanswered { ticket: id.to_string() })];
        return making.deliver(Recipient::Owner, Post::say(Message { parts, ..Message::default() }));
    }
    if waiting::reminds_at(making, ticket).is_some_and(|at| at <= now) {
        let opened = making.staff_moment(opened);
        if let Stage::WithStaff(ticket) = &mut making.conversation.stage {
            ticket.reminders += 1;
        }
        making.say_to_staff(id, &Speech::StillWaiting { opened });
    }
}
