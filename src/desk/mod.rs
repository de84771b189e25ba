//! The conversation: a pure function from what was and what happened to what is and what should be done.

mod action;
mod conversation;
mod event;
mod policy;
mod ticket;

pub use action::{
    Action, Button, ButtonPress, Count, Delivery, Draft, Gap, GapKind, Message, Part, Post, Recipient, Turn,
    Why,
};
pub use conversation::{Asked, Conversation, Flood, Line, Speaker, Stage};
pub use event::{
    Attachment, AttachmentKind, Company, ConversationId, Customer, CustomerAct, Event, MessageId, Press,
    Reminder, Said, StaffAct, What,
};
pub use policy::Policy;
pub use ticket::{Place, StaffAnswer, StaffMember, Ticket, TicketId, TicketState};

use crate::matcher::Index;
use crate::time::Timestamp;

/// What the desk knows beside the conversation.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The knowledge base.
    pub index: &'a Index,
    /// The owner's rules.
    pub policy: &'a Policy,
    /// The moment at which the event is handled.
    pub now: Timestamp,
    /// The number for a ticket, should this turn open one; a number that isn't used is lost, which harms nobody.
    pub fresh_ticket: TicketId,
}
