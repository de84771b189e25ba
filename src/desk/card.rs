//! A ticket's card and title: what staff see first.

use super::action::{ButtonPress, Message, Part, Why};
use super::clean::{self, shortened};
use super::conversation::Speaker;
use super::event::{Attachment, Company};
use super::making::{Making, labelled};
use super::speech::Speech;
use super::ticket::{Ticket, TicketState};

/// Lines of the transcript shown on a ticket's card.
const CARD_LINES: usize = 12;
/// Longest question in a ticket's title, in characters (Discord's threads are named in 100, Telegram's topics in 128).
const TITLE_LENGTH: usize = 60;
/// So much of the bot's own words stands in a line of a card, in characters.
const BOT_LENGTH: usize = 100;
/// What the bot is called in a transcript.
pub(super) const BOT: &str = "Bot";

/// Who, where, why, the last messages, the best guesses.
pub(super) fn card(making: &Making<'_>, ticket: &Ticket, why: Why, attachments: &[Attachment]) -> Message {
    let customer = making.conversation.customer.as_ref();
    let mut parts = vec![making.staff_part(&Speech::Card {
        customer: making.customer_name(),
        id: customer.map_or_else(String::new, |customer| customer.id.clone()),
        channel: making.conversation.id.channel(),
        writes: making.language(),
        why,
    })];
    if customer.is_some_and(|customer| customer.company == Company::AmongOthers) {
        parts.push(making.staff_part(&Speech::CardGroup));
    }
    let lines = transcript(making, CARD_LINES, Told::InShort);
    if !lines.is_empty() {
        parts.push(making.staff_part(&Speech::CardTranscript));
        parts.push(Part::Literal(lines));
    }
    parts.push(making.staff_part(&Speech::CardHelp));
    let mut buttons = Vec::new();
    if !ticket.guesses.is_empty() {
        // Last, so that it stands right above the buttons that it speaks of.
        parts.push(making.staff_part(&Speech::CardGuesses));
        buttons.extend(ticket.guesses.iter().filter_map(|guess| {
            let title = shortened(making.entry(&guess.entry)?.title(), clean::LABEL - 8);
            let label = format!("{title} ({:.0} %)", guess.confidence.value() * 100.0);
            Some(labelled(&label, ButtonPress::SendAnswer(guess.entry.clone())))
        }));
    }
    buttons.push(making.staff_button(&Speech::ButtonClaim, ButtonPress::Claim));
    buttons.push(making.staff_button(&Speech::ButtonClose, ButtonPress::Close));
    buttons.push(making.staff_button(&Speech::ButtonCloseAndSave, ButtonPress::CloseAndSave));
    Message { parts, buttons, attachments: attachments.to_vec() }
}

/// How much of the bot's own words a transcript tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// All of them.
    Whole,
    /// Their beginning: staff know the answers of the house, and look for the customer's words.
    InShort,
}

/// The newest `limit` lines of the transcript, one below the other.
pub(super) fn transcript(making: &Making<'_>, limit: usize, told: Told) -> String {
    let lines = &making.conversation.transcript;
    let customer = making.customer_name();
    let shown: Vec<String> = lines
        .iter()
        .skip(lines.len().saturating_sub(limit))
        .map(|line| match &line.speaker {
            Speaker::Customer => clean::spoken(&customer, &line.text),
            Speaker::Bot if told == Told::InShort => {
                let words: Vec<&str> = line.text.split_whitespace().collect();
                clean::spoken(BOT, &shortened(&words.join(" "), BOT_LENGTH))
            }
            Speaker::Bot => clean::spoken(BOT, &line.text),
            Speaker::Staff(name) => clean::spoken(name, &line.text),
            Speaker::Note(name) => clean::spoken(&format!("// {name}"), &line.text),
        })
        .collect();
    shown.join("\n")
}

/// An open ticket's title: its state, its number, the question.
pub(super) fn title(making: &Making<'_>, ticket: &Ticket) -> String {
    let sign = match ticket.state {
        TicketState::Waiting => "🔔",
        TicketState::Claimed(_) => "💬",
    };
    titled(making, ticket, sign)
}

/// A closed ticket's title.
pub(super) fn closed_title(making: &Making<'_>, ticket: &Ticket) -> String {
    titled(making, ticket, "✅")
}

fn titled(making: &Making<'_>, ticket: &Ticket, sign: &str) -> String {
    let about =
        if ticket.question.is_empty() { making.customer_name() } else { clean::name(&ticket.question) };
    format!("{sign} {} {}", ticket.id, shortened(&about, TITLE_LENGTH))
}
