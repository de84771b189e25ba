//! Conversation: all that is remembered of one customer's chat.

use std::collections::VecDeque;

use crate::faq::EntryId;
use crate::text::Language;
use crate::time::Timestamp;

use super::action::Button;
use super::event::Customer;
use super::names::{ConversationId, MessageId, TicketId};
use super::ticket::Ticket;

/// What is remembered of one customer's chat. About a kilobyte; bounded by the limits below.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// Its name.
    pub id: ConversationId,
    /// Counted up by the store with every turn; a turn made from an older version is refused.
    pub version: u64,
    /// Who writes, as of their last message; `None` before the first.
    pub customer: Option<Customer>,
    /// The language it is held in.
    pub language: Option<Language>,
    /// Whether the bot has said that it is a bot.
    pub introduced: bool,
    /// Where it stands.
    pub stage: Stage,
    /// What was said lately, oldest first; at most [`Conversation::LINES`].
    pub transcript: VecDeque<Line>,
    /// The question answered last, for follow-ups.
    pub last_asked: Option<Asked>,
    /// The buttons below the bot's last message: a typed number or label counts as pressing one.
    pub buttons: Vec<Button>,
    /// Messages that wait for the burst to end.
    pub burst: Vec<String>,
    /// How much the customer writes.
    pub flood: Flood,
    /// Blocked by staff: nothing is heard, nothing is said.
    pub blocked: bool,
    /// The tickets that were opened here, newest last; at most [`Conversation::TICKETS`]. Whoever writes in another
    /// ticket's place learns nothing from this conversation.
    pub tickets: Vec<TicketId>,
    /// When the last ticket was closed.
    pub closed: Option<Timestamp>,
    /// When something last happened.
    pub touched: Timestamp,
}

impl Conversation {
    /// Lines kept in [`Conversation::transcript`].
    pub const LINES: usize = 40;
    /// Longest line kept, in characters; longer ones are cut with an ellipsis.
    pub const LINE_LENGTH: usize = 500;
    /// Numbers kept in [`Conversation::tickets`].
    pub const TICKETS: usize = 32;

    /// A conversation in which nothing was said yet.
    #[must_use]
    pub fn new(id: ConversationId) -> Self {
        Self {
            id,
            version: 0,
            customer: None,
            language: None,
            introduced: false,
            stage: Stage::Open,
            transcript: VecDeque::new(),
            last_asked: None,
            buttons: Vec::new(),
            burst: Vec::new(),
            flood: Flood::default(),
            blocked: false,
            tickets: Vec::new(),
            closed: None,
            touched: Timestamp::default(),
        }
    }
}

/// Where a conversation stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// The bot answers.
    Open,
    /// The bot has asked back, and waits for a choice.
    Clarifying {
        /// What the customer had asked.
        question: String,
        /// What was offered, in the order of the buttons.
        offered: Vec<EntryId>,
    },
    /// People have it; the bot is silent.
    WithStaff(Ticket),
}

/// A question that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The customer's words.
    pub question: String,
    /// The entry that answered it.
    pub entry: EntryId,
    /// Entries that were already offered or given for it, so that "not what I meant" goes on to others.
    pub tried: Vec<EntryId>,
    /// Whether "that helped" or "not what I meant" was pressed: each answer counts once.
    pub rated: bool,
    /// When.
    pub at: Timestamp,
}

/// A line of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Who.
    pub speaker: Speaker,
    /// What.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// The platform's name for it, where it has one, so that edits and deletions reach it.
    pub message: Option<MessageId>,
}

/// Who said a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// The customer.
    Customer,
    /// The bot.
    Bot,
    /// Somebody of the staff, to the customer.
    Staff(String),
    /// Somebody of the staff, to the staff.
    Note(String),
}

/// How much a customer writes: a bucket that fills with messages and leaks with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flood {
    /// Messages in the bucket, in thousandths.
    pub level: u32,
    /// When the level was true.
    pub at: Timestamp,
    /// Whether the one notice was given.
    pub noticed: bool,
}
