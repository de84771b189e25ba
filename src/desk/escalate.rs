//! To staff, between, and back: opening a ticket, passing words on, reminding, closing.

use std::time::Duration;

use crate::matcher::Match;
use crate::time::Timestamp;

use super::action::{Button, ButtonPress, Count, GapKind, Message, Part, Post, Recipient, Why};
use super::conversation::{Conversation, Speaker, Stage};
use super::converse::{self, OFFERED};
use super::event::{Attachment, MessageId, Reminder, Said};
use super::making::{Making, shortened};
use super::speech::Speech;
use super::ticket::{Ticket, TicketId, TicketState};
use super::{understand, wording};

/// Reminders sent to staff while a ticket waits for its first human word.
const REMINDERS: u32 = 3;
/// Lines of the transcript shown on a ticket's card.
const CARD_LINES: usize = 12;
/// Longest question in a ticket's title, in characters (Discord's threads are named in 100, Telegram's topics in 128).
const TITLE_LENGTH: usize = 60;
/// A new ticket within this time after the last one was closed counts as reopened.
const REOPENED_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// Opens a ticket for `question` and says `speech` to the customer, with the next opening time where nobody is there.
pub(super) fn escalate(
    making: &mut Making<'_>,
    why: Why,
    question: &str,
    matches: Vec<Match>,
    speech: &Speech,
    attachments: &[Attachment],
) {
    let id = making.context.fresh_ticket;
    let now = making.now();
    if matches!(why, Why::NothingFits | Why::NotSure) {
        let nearest = matches.first().map(|best| best.entry.clone());
        converse::note_gap(making, question, GapKind::Unanswered, nearest);
    }
    making.count(Count::HandedOver(why));
    if making.conversation.closed.is_some_and(|closed| now.since(closed) <= REOPENED_WITHIN) {
        making.count(Count::Reopened);
    }
    let guesses: Vec<Match> = matches
        .into_iter()
        .filter(|one| making.entry(&one.entry).is_some_and(|entry| entry.reply.answer().is_some()))
        .filter(|one| !understand::is_small_talk(making, &one.entry))
        .take(OFFERED)
        .collect();
    let ticket = Ticket {
        id,
        opened: now,
        state: TicketState::Waiting,
        question: shortened(question, Conversation::LINE_LENGTH),
        guesses,
        last_answer: None,
        customer_spoke: now,
        staff_spoke: None,
        reminders: 0,
        acknowledged: false,
    };
    let card = card(making, &ticket, why, attachments);
    let title = title(making, &ticket);
    making.deliver(Recipient::Ticket(id), Post::OpenTicket { title, card });
    making.conversation.stage = Stage::WithStaff(ticket);
    note_ticket(&mut making.conversation, id);
    making.conversation.burst.clear();
    let mut message = Message::markdown(making.words(speech));
    if let Some(closed) = out_of_hours(making) {
        message.parts.push(Part::Markdown(making.words(&closed)));
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
    let firm = making.firm();
    let hours = firm.hours.as_ref()?;
    if hours.is_open(making.now()) {
        return None;
    }
    let opens = hours
        .opens_next(making.now())
        .map(|then| wording::moment(firm.local(then), firm.local(making.now()), making.language()));
    Some(Speech::OutOfHours { opens })
}

/// What staff see first: who, where, why, the last messages, the best guesses.
fn card(making: &Making<'_>, ticket: &Ticket, why: Why, attachments: &[Attachment]) -> Message {
    let language = making.staff_language();
    let customer = making.conversation.customer.as_ref();
    let head = making.staff_words(&Speech::Card {
        customer: customer.map_or_else(String::new, |customer| customer.name.clone()),
        id: customer.map_or_else(String::new, |customer| customer.id.clone()),
        channel: making.conversation.id.channel().name().to_owned(),
        language: making.language().to_string(),
        why: wording::why(why, language).to_owned(),
    });
    let mut parts = vec![Part::Literal(head)];
    let lines = transcript(making, CARD_LINES);
    if !lines.is_empty() {
        parts.push(Part::Markdown(making.staff_words(&Speech::CardTranscript)));
        parts.push(Part::Literal(lines));
    }
    let mut buttons = Vec::new();
    if !ticket.guesses.is_empty() {
        parts.push(Part::Markdown(making.staff_words(&Speech::CardGuesses)));
        buttons.extend(ticket.guesses.iter().filter_map(|guess| {
            let title = making.entry(&guess.entry)?.title();
            let label = format!("{title} ({:.0} %)", guess.confidence.value() * 100.0);
            Some(Button { label, press: ButtonPress::SendAnswer(guess.entry.clone()) })
        }));
    }
    parts.push(Part::Literal(making.staff_words(&Speech::CardHelp)));
    buttons.push(staff_button(making, &Speech::ButtonClaim, ButtonPress::Claim));
    buttons.push(staff_button(making, &Speech::ButtonClose, ButtonPress::Close));
    buttons.push(staff_button(making, &Speech::ButtonCloseAndSave, ButtonPress::CloseAndSave));
    Message { parts, buttons, attachments: attachments.to_vec() }
}

fn staff_button(making: &Making<'_>, speech: &Speech, press: ButtonPress) -> Button {
    Button { label: making.staff_words(speech), press }
}

/// The newest `limit` lines of the transcript, one below the other.
pub(super) fn transcript(making: &Making<'_>, limit: usize) -> String {
    let lines = &making.conversation.transcript;
    let customer = making.conversation.customer.as_ref().map_or("?", |customer| customer.name.as_str());
    let shown: Vec<String> = lines
        .iter()
        .skip(lines.len().saturating_sub(limit))
        .map(|line| match &line.speaker {
            Speaker::Customer => format!("{customer}: {}", line.text),
            Speaker::Bot => format!("deskbell: {}", line.text),
            Speaker::Staff(name) => format!("{name}: {}", line.text),
            Speaker::Note(name) => format!("// {name}: {}", line.text),
        })
        .collect();
    shown.join("\n")
}

/// A ticket's title: its state, its number, the question.
fn title(making: &Making<'_>, ticket: &Ticket) -> String {
    let sign = match ticket.state {
        TicketState::Waiting => "🔔",
        TicketState::Claimed(_) => "💬",
    };
    titled(making, ticket, sign)
}

fn titled(making: &Making<'_>, ticket: &Ticket, sign: &str) -> String {
    let about = if ticket.question.is_empty() {
        making.conversation.customer.as_ref().map_or("", |customer| customer.name.as_str())
    } else {
        ticket.question.as_str()
    };
    let about: Vec<&str> = about.split_whitespace().collect();
    format!("{sign} {} {}", ticket.id, shortened(&about.join(" "), TITLE_LENGTH))
}

/// Passes a customer's message on to staff.
pub(super) fn relay_to_staff(making: &mut Making<'_>, said: &Said, message: &MessageId) {
    let now = making.now();
    let Stage::WithStaff(ticket) = &mut making.conversation.stage else { return };
    ticket.customer_spoke = now;
    let id = ticket.id;
    let relayed = relayed_to_staff(making, said);
    making.deliver(Recipient::Ticket(id), Post::Say { message: relayed, relays: Some(message.clone()) });
}

/// The customer changed a message that staff have seen.
pub(super) fn amend_for_staff(making: &mut Making<'_>, relays: &MessageId, said: &Said) {
    let Stage::WithStaff(ticket) = &making.conversation.stage else { return };
    let id = ticket.id;
    let message = relayed_to_staff(making, said);
    making.deliver(Recipient::Ticket(id), Post::Amend { relays: relays.clone(), message });
}

/// The customer took a message back that staff have seen.
pub(super) fn withdraw_for_staff(making: &mut Making<'_>, relays: &MessageId) {
    let Stage::WithStaff(ticket) = &making.conversation.stage else { return };
    let id = ticket.id;
    making.deliver(Recipient::Ticket(id), Post::Withdraw { relays: relays.clone() });
}

fn relayed_to_staff(making: &Making<'_>, said: &Said) -> Message {
    let name = making.conversation.customer.as_ref().map_or("?", |customer| customer.name.as_str());
    Message {
        parts: vec![Part::Literal(format!("{name}: {}", said.text))],
        buttons: Vec::new(),
        attachments: said.attachments.clone(),
    }
}

/// Somebody took the ticket.
pub(super) fn retitle(making: &mut Making<'_>) {
    let Stage::WithStaff(ticket) = &making.conversation.stage else { return };
    let (id, title) = (ticket.id, title(making, ticket));
    making.deliver(Recipient::Ticket(id), Post::MarkTicket { title, closed: false });
}

/// The conversation goes back to the bot: `to_customer` is said there, `to_staff` in the ticket's place.
pub(super) fn close(making: &mut Making<'_>, to_customer: &Speech, to_staff: &Speech) {
    let Stage::WithStaff(ticket) = std::mem::replace(&mut making.conversation.stage, Stage::Open) else {
        return;
    };
    making.conversation.closed = Some(making.now());
    making.conversation.last_asked = None;
    making.count(Count::Closed);
    making.say(to_customer);
    making.say_to_staff(ticket.id, to_staff);
    let title = titled(making, &ticket, "✅");
    making.deliver(Recipient::Ticket(ticket.id), Post::MarkTicket { title, closed: true });
}

/// A ticket's moment has come: close it after a long silence, or remind staff that it waits.
pub(super) fn woke(making: &mut Making<'_>) {
    let Stage::WithStaff(ticket) = &making.conversation.stage else { return };
    let now = making.now();
    let id = ticket.id;
    if closes_at(making, ticket) <= now {
        if ticket.staff_spoke.is_some() {
            return close(making, &Speech::BackAfterSilence, &Speech::ClosedBySilence);
        }
        let notice = making.staff_words(&Speech::OwnerUnanswered { ticket: id.to_string() });
        close(making, &Speech::BackUnanswered, &Speech::ClosedBySilence);
        return making.deliver(Recipient::Owner, Post::say(Message::markdown(notice)));
    }
    if reminds_at(making, ticket).is_some_and(|at| at <= now) {
        let minutes = now.since(ticket.opened).as_secs() / 60;
        if let Stage::WithStaff(ticket) = &mut making.conversation.stage {
            ticket.reminders += 1;
        }
        making.say_to_staff(id, &Speech::StillWaiting { minutes });
    }
}

/// Says when to come back, unless the turn has said so itself.
pub(super) fn plan_wake(making: &mut Making<'_>) {
    if making.has_wake() {
        return;
    }
    let conversation = &making.conversation;
    let (at, reminder) = match &conversation.stage {
        _ if !conversation.burst.is_empty() => {
            (making.now().plus(making.context.policy.burst), Reminder::BurstOver)
        }
        Stage::WithStaff(ticket) => {
            let closes = (closes_at(making, ticket), Reminder::TicketSilent);
            match reminds_at(making, ticket) {
                Some(reminds) if reminds < closes.0 => (reminds, Reminder::TicketWaits),
                Some(_) | None => closes,
            }
        }
        Stage::Open | Stage::Clarifying { .. } => {
            (conversation.touched.plus(making.context.policy.retention), Reminder::Expired)
        }
    };
    making.wake(at, reminder);
}

/// When staff are reminded next, as long as none of them spoke: after `remind_after`, then after twice, four times
/// as long, and never before they had that long in opening hours.
fn reminds_at(making: &Making<'_>, ticket: &Ticket) -> Option<Timestamp> {
    if ticket.staff_spoke.is_some() || REMINDERS <= ticket.reminders {
        return None;
    }
    let patience = making.context.policy.remind_after;
    let step = (1_u32 << (ticket.reminders + 1)) - 1;
    let at = counted_from(making, ticket).plus(patience * step);
    let hours = making.firm().hours.as_ref().filter(|hours| !hours.is_open(at));
    match hours.and_then(|hours| hours.opens_next(at)) {
        Some(opens) => Some(opens.plus(patience)),
        None => Some(at),
    }
}

/// When the ticket closes itself if nobody says anything any more.
fn closes_at(making: &Making<'_>, ticket: &Ticket) -> Timestamp {
    let last = match ticket.staff_spoke {
        Some(staff_spoke) => staff_spoke.max(ticket.customer_spoke),
        None => counted_from(making, ticket).max(ticket.customer_spoke),
    };
    last.plus(making.context.policy.close_after)
}

/// The moment from which a waiting ticket's time is counted: when somebody was there to see it.
fn counted_from(making: &Making<'_>, ticket: &Ticket) -> Timestamp {
    let hours = making.firm().hours.as_ref().filter(|hours| !hours.is_open(ticket.opened));
    hours.and_then(|hours| hours.opens_next(ticket.opened)).unwrap_or(ticket.opened)
}
