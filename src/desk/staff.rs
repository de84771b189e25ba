//! What staff do in a ticket: write, take it, answer with an entry, teach, block, close.

use super::action::{Action, Draft, Message, Part, Post, Recipient};
use super::conversation::{Conversation, Speaker, Stage};
use super::event::{Said, StaffAct};
use super::making::Making;
use super::names::{MessageId, StaffMember, TicketId};
use super::speech::Speech;
use super::ticket::{StaffAnswer, Ticket, TicketState};
use super::{answers, card, clean, escalate};

/// Lines that start with it stay among staff.
const NOTE_MARK: &str = "//";

/// Somebody of the staff did something in the place of the ticket `id`.
pub(super) fn act(
    making: &mut Making<'_>,
    member: &StaffMember,
    id: TicketId,
    act: &StaffAct,
    message: &MessageId,
) {
    let member = &StaffMember { name: clean::name(&member.name), ..member.clone() };
    let open = matches!(&making.conversation.stage, Stage::WithStaff(ticket) if ticket.id == id);
    if !open && !making.conversation.tickets.contains(&id) {
        // The ticket is another customer's: nothing of this conversation is shown there, nothing from there arrives.
        return making.say_to_staff(id, &Speech::TicketIsClosed);
    }
    match act {
        StaffAct::Blocked => block(making, id),
        StaffAct::Unblocked => {
            making.conversation.blocked = false;
            making.say_to_staff(id, &Speech::CustomerUnblocked);
        }
        StaffAct::AskedForTranscript => show_transcript(making, id),
        StaffAct::Noted(text) => note(making, member, text, message),
        StaffAct::Said(said) if is_note(said) => note(making, member, without_mark(&said.text), message),
        // What is taken back reaches the customer whenever it comes.
        StaffAct::Deleted { message } => deleted(making, message),
        StaffAct::Said(_)
        | StaffAct::Edited { .. }
        | StaffAct::Claimed
        | StaffAct::Closed { .. }
        | StaffAct::Answered(_)
        | StaffAct::Taught
            if !open =>
        {
            making.say_to_staff(id, &Speech::TicketIsClosed);
        }
        StaffAct::Said(words) => said(making, member, &clean::tidy(words), message),
        StaffAct::Edited { message, said } => edited(making, member, message, &clean::tidy(said)),
        StaffAct::Claimed => claim(making, member),
        StaffAct::Closed { save } => closed(making, member, id, *save),
        StaffAct::Answered(entry) => send_answer(making, member, id, entry),
        StaffAct::Taught => teach(making, member, id),
    }
}

fn is_note(said: &Said) -> bool {
    said.text.trim_start().starts_with(NOTE_MARK)
}

fn without_mark(text: &str) -> &str {
    text.trim_start().trim_start_matches(NOTE_MARK).trim()
}

fn note(making: &mut Making<'_>, member: &StaffMember, text: &str, message: &MessageId) {
    let text = clean::message(text, Conversation::LINE_LENGTH);
    making.remember(Speaker::Note(member.name.clone()), &text, Some(message.clone()));
}

fn ticket_mut<'a>(making: &'a mut Making<'_>) -> Option<&'a mut Ticket> {
    match &mut making.conversation.stage {
        Stage::WithStaff(ticket) => Some(ticket),
        Stage::Open | Stage::Clarifying { .. } => None,
    }
}

/// A word to the customer. The first of a person is announced, and makes the ticket theirs.
fn said(making: &mut Making<'_>, member: &StaffMember, said: &Said, message: &MessageId) {
    introduce(making, member);
    let now = making.now();
    if let Some(ticket) = ticket_mut(making) {
        ticket.staff_spoke = Some(now);
        if !said.text.trim().is_empty() {
            ticket.last_answer = Some(StaffAnswer { message: message.clone(), text: said.text.clone() });
        }
    }
    making.remember(Speaker::Staff(member.name.clone()), &said.text, Some(message.clone()));
    making.relay_to_customer(relayed(said), message.clone());
}

/// Says who is writing now, where it is somebody else than before.
fn introduce(making: &mut Making<'_>, member: &StaffMember) {
    let Some(ticket) = ticket_mut(making) else { return };
    let same = |holder: &StaffMember| holder.channel == member.channel && holder.id == member.id;
    let known = matches!(&ticket.state, TicketState::Claimed(holder) if same(holder));
    let first = ticket.staff_spoke.is_none();
    if !known {
        ticket.state = TicketState::Claimed(member.clone());
        retitle(making);
    }
    if !known || first {
        making.say(&Speech::PersonIsHere { name: member.name.clone() });
    }
}

fn relayed(said: &Said) -> Message {
    let parts = if said.text.is_empty() { Vec::new() } else { vec![Part::Literal(said.text.clone())] };
    Message { parts, buttons: Vec::new(), attachments: said.attachments.clone() }
}

fn edited(making: &mut Making<'_>, member: &StaffMember, message: &MessageId, said: &Said) {
    let known = remembered(making, message);
    if is_note(said) {
        // A word to the customer that was made a note is taken back from them.
        if known == Some(Known::ToCustomer) {
            deleted(making, message);
            note(making, member, without_mark(&said.text), message);
        }
        return;
    }
    if known == Some(Known::Note) {
        return self::said(making, member, said, message);
    }
    // What isn't remembered any more was said long ago: the runtime knows whether it arrived.
    if let Some(ticket) = ticket_mut(making)
        && let Some(answer) = ticket.last_answer.as_mut().filter(|answer| answer.message == *message)
    {
        answer.text.clone_from(&said.text);
    }
    let text = clean::shortened(&said.text, Conversation::LINE_LENGTH);
    let transcript = &mut making.conversation.transcript;
    if let Some(line) = transcript.iter_mut().find(|line| line.message.as_ref() == Some(message)) {
        line.text = text;
    }
    let Some(place) = making.customer_place() else { return };
    let post = Post::Amend { relays: message.clone(), message: relayed(said) };
    making.deliver(Recipient::Customer(place), post);
}

/// What a staff message was, as far as the transcript reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    ToCustomer,
    Note,
}

fn remembered(making: &Making<'_>, message: &MessageId) -> Option<Known> {
    let line = making.conversation.transcript.iter().find(|line| line.message.as_ref() == Some(message))?;
    match line.speaker {
        Speaker::Staff(_) => Some(Known::ToCustomer),
        Speaker::Note(_) => Some(Known::Note),
        Speaker::Customer | Speaker::Bot => None,
    }
}

fn deleted(making: &mut Making<'_>, message: &MessageId) {
    let known = remembered(making, message);
    if let Some(Known::ToCustomer | Known::Note) = known {
        making.conversation.transcript.retain(|line| line.message.as_ref() != Some(message));
    }
    if let Some(ticket) = ticket_mut(making)
        && ticket.last_answer.as_ref().is_some_and(|answer| answer.message == *message)
    {
        ticket.last_answer = None;
    }
    if known != Some(Known::Note)
        && let Some(place) = making.customer_place()
    {
        making.deliver(Recipient::Customer(place), Post::Withdraw { relays: message.clone() });
    }
}

fn claim(making: &mut Making<'_>, member: &StaffMember) {
    let Some(ticket) = ticket_mut(making) else { return };
    ticket.state = TicketState::Claimed(member.clone());
    let id = ticket.id;
    making.say_to_staff(id, &Speech::ClaimedBy { name: member.name.clone() });
    retitle(making);
}

/// Shows in the ticket's place that somebody has it.
fn retitle(making: &mut Making<'_>) {
    let Stage::WithStaff(ticket) = &making.conversation.stage else { return };
    let (id, title) = (ticket.id, card::title(making, ticket));
    making.deliver(Recipient::Ticket(id), Post::MarkTicket { title, closed: false });
}

fn closed(making: &mut Making<'_>, member: &StaffMember, id: TicketId, save: bool) {
    if save && !save_draft(making, member) {
        return making.say_to_staff(id, &Speech::NothingToSave);
    }
    if save {
        making.say_to_staff(id, &Speech::DraftSaved);
    }
    escalate::close(making, Some(&Speech::BackAgain), &Speech::ClosedBy { name: member.name.clone() });
}

/// Sends an entry's answer, staff-only snippets included.
fn send_answer(making: &mut Making<'_>, member: &StaffMember, id: TicketId, entry: &crate::faq::EntryId) {
    let found =
        making.context.index.entry(entry, making.language()).filter(|entry| entry.reply.answer().is_some());
    let Some(found) = found else {
        return making.say_to_staff(id, &Speech::NoSuchEntry { id: entry.to_string() });
    };
    introduce(making, member);
    let now = making.now();
    let question = making.conversation.transcript.iter().rfind(|line| line.speaker == Speaker::Customer);
    let question = question.map_or_else(String::new, |line| line.text.clone());
    if let Some(ticket) = ticket_mut(making) {
        ticket.staff_spoke = Some(now);
    }
    let (parts, buttons) = answers::render(making, found, &question);
    making.tell_customer(Message { parts, buttons, ..Message::default() });
    making.say_to_staff(id, &Speech::AnswerSent { title: found.title().to_owned() });
}

fn teach(making: &mut Making<'_>, member: &StaffMember, id: TicketId) {
    let speech = if save_draft(making, member) { Speech::DraftSaved } else { Speech::NothingToSave };
    making.say_to_staff(id, &speech);
}

/// Question and last staff answer become a draft; false where there is no answer yet.
fn save_draft(making: &mut Making<'_>, member: &StaffMember) -> bool {
    let language = making.language();
    let Stage::WithStaff(ticket) = &making.conversation.stage else { return false };
    let Some(answer) = &ticket.last_answer else { return false };
    let spoken = || {
        let lines = &making.conversation.transcript;
        lines.iter().rfind(|line| line.speaker == Speaker::Customer).map(|line| line.text.clone())
    };
    let question =
        if ticket.question.is_empty() { spoken().unwrap_or_default() } else { ticket.question.clone() };
    let draft = Draft {
        question,
        answer: answer.text.clone(),
        language,
        ticket: ticket.id,
        taught_by: member.name.clone(),
        channel: making.conversation.id.channel(),
    };
    making.act(Action::SaveDraft(draft));
    true
}

/// The customer is heard no more, and the ticket is done; they are not told.
fn block(making: &mut Making<'_>, id: TicketId) {
    making.conversation.blocked = true;
    making.conversation.burst.clear();
    if let Stage::WithStaff(_) = making.conversation.stage {
        return escalate::close(making, None, &Speech::CustomerBlocked);
    }
    making.say_to_staff(id, &Speech::CustomerBlocked);
}

fn show_transcript(making: &mut Making<'_>, id: TicketId) {
    let lines = card::transcript(making, Conversation::LINES, card::Told::Whole);
    let message = Message { parts: vec![Part::Literal(lines)], ..Message::default() };
    making.deliver(Recipient::Ticket(id), Post::say(message));
}
