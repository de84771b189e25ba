//! Ticket: a conversation that people have taken over, and where they hold it.

use crate::matcher::Match;
use crate::time::Timestamp;

use super::names::{MessageId, StaffMember, TicketId};

/// A conversation handed to people. It lies inside the conversation, so that both are always stored together.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// Its number.
    pub id: TicketId,
    /// When it was opened.
    pub opened: Timestamp,
    /// Who has it.
    pub state: TicketState,
    /// What the customer asked, as it stands on the ticket's card.
    pub question: String,
    /// The bot's best guesses, each one a button that sends that answer.
    pub guesses: Vec<Match>,
    /// The last staff answer, for `/teach`.
    pub last_answer: Option<StaffAnswer>,
    /// When the customer last said something.
    pub customer_spoke: Timestamp,
    /// When staff last said something to the customer, if they did.
    pub staff_spoke: Option<Timestamp>,
    /// How often staff were reminded that it waits.
    pub reminders: u32,
    /// Whether the customer, who wrote on while waiting, was told that it was passed on: once is enough.
    pub acknowledged: bool,
}

/// What staff last said to the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffAnswer {
    /// The message, so that an edit reaches it.
    pub message: MessageId,
    /// Its text.
    pub text: String,
}

/// Who has a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketState {
    /// Nobody yet.
    Waiting,
    /// This person.
    Claimed(StaffMember),
}
