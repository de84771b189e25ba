//! The customer changes a message, or takes one back.

use crate::matcher::Decision;

use super::action::{Message, Part, Post, Recipient};
use super::clean::shortened;
use super::conversation::{Conversation, Speaker, Stage};
use super::event::Said;
use super::making::Making;
use super::names::MessageId;
use super::speech::Speech;
use super::understand::Reading;
use super::{calls, escalate, person, reply, understand};

/// Staff see it changed; a question that waits in the burst is read as it is now; the last question is answered anew
/// if its answer is another one now.
pub(super) fn edited(making: &mut Making<'_>, message: &MessageId, said: &Said) {
    let new = shortened(&said.text, Conversation::LINE_LENGTH);
    let Some(position) = line_of(making, message) else {
        if let Stage::WithStaff(ticket) = &making.conversation.stage {
            // Too long ago to remember, but staff may have it.
            let id = ticket.id;
            amend(making, id, message, said);
        }
        return;
    };
    let transcript = &mut making.conversation.transcript;
    let newest = transcript.iter().rposition(|line| line.speaker == Speaker::Customer);
    let old = std::mem::replace(&mut transcript[position].text, new.clone());
    if old == new {
        return;
    }
    if let Stage::WithStaff(_) = making.conversation.stage {
        return edited_for_staff(making, message, said, position, &old);
    }
    let burst = &mut making.conversation.burst;
    if let Some(piece) = burst.iter_mut().find(|piece| is_piece(piece, &old)) {
        piece.clone_from(&said.text);
        return;
    }
    if newest == Some(position) && !said.text.trim().is_empty() {
        ask_anew(making, &said.text);
    }
}

/// What stands on the ticket's card can't be changed there, so it is said below; what was passed on is changed.
fn edited_for_staff(making: &mut Making<'_>, message: &MessageId, said: &Said, position: usize, old: &str) {
    let at = making.conversation.transcript[position].at;
    let customer = making.customer_name();
    let Stage::WithStaff(ticket) = &mut making.conversation.stage else { return };
    let (id, on_card) = (ticket.id, at <= ticket.opened);
    if ticket.question == old {
        ticket.question = shortened(&said.text, Conversation::LINE_LENGTH);
    }
    if !on_card {
        return amend(making, id, message, said);
    }
    let parts =
        vec![making.staff_part(&Speech::CustomerChanged { customer }), Part::Literal(said.text.clone())];
    making.deliver(Recipient::Ticket(id), Post::say(Message { parts, ..Message::default() }));
}

fn amend(making: &mut Making<'_>, id: super::names::TicketId, relays: &MessageId, said: &Said) {
    let message = escalate::relayed(making, said);
    making.deliver(Recipient::Ticket(id), Post::Amend { relays: relays.clone(), message });
}

/// The last question, as it reads now: answered unless that would say the same again.
fn ask_anew(making: &mut Making<'_>, text: &str) {
    if let Some(call) = calls::person(text) {
        return person::wanted(making, Some(text).filter(|_| !call.bare));
    }
    let readings = understand::read(making, &[text.to_owned()]);
    let is_talk = understand::is_only_talk(making, &readings);
    if !is_talk && !readings.iter().all(|reading| was_said(making, reading)) {
        reply::respond(making, readings);
    }
}

fn was_said(making: &Making<'_>, reading: &Reading) -> bool {
    match &reading.decision {
        Decision::Answer(best) => {
            let asked = making.conversation.last_asked.as_ref();
            asked.is_some_and(|asked| asked.tried.contains(&best.entry))
        }
        Decision::Clarify(offers) => match &making.conversation.stage {
            Stage::Clarifying { offered, .. } => offers.iter().all(|one| offered.contains(&one.entry)),
            Stage::Open | Stage::WithStaff(_) => false,
        },
        Decision::HandOver(_) => false,
    }
}

/// It is forgotten here, and staff see that it is gone.
pub(super) fn deleted(making: &mut Making<'_>, message: &MessageId) {
    let position = line_of(making, message);
    let line = position.and_then(|position| making.conversation.transcript.remove(position));
    if let Stage::WithStaff(ticket) = &making.conversation.stage {
        let (id, opened) = (ticket.id, ticket.opened);
        if line.as_ref().is_some_and(|line| line.at <= opened) {
            let customer = making.customer_name();
            making.say_to_staff(id, &Speech::CustomerTookBack { customer });
        } else {
            making.deliver(Recipient::Ticket(id), Post::Withdraw { relays: message.clone() });
        }
        return;
    }
    let Some(line) = line else { return };
    let conversation = &mut making.conversation;
    conversation.burst.retain(|piece| !is_piece(piece, &line.text));
    conversation.last_asked.take_if(|asked| asked.question == line.text);
    if matches!(&conversation.stage, Stage::Clarifying { question, .. } if *question == line.text) {
        conversation.stage = Stage::Open;
    }
}

fn line_of(making: &Making<'_>, message: &MessageId) -> Option<usize> {
    let is_it = |line: &super::conversation::Line| {
        line.speaker == Speaker::Customer && line.message.as_ref() == Some(message)
    };
    making.conversation.transcript.iter().position(is_it)
}

/// Whether the transcript's `line` is this piece of the burst.
fn is_piece(piece: &str, line: &str) -> bool {
    shortened(piece, Conversation::LINE_LENGTH) == line
}
