//! What comes of an event: the conversation as it is then, and what should be done.

use crate::time::Timestamp;

use super::action::Action;
use super::conversation::Conversation;
use super::event::Reminder;
use super::names::MessageId;

/// What comes of an event: stored as one, or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The event that this comes of: heard once.
    pub heard: MessageId,
    /// The conversation as it is afterwards.
    pub conversation: Conversation,
    /// What should be done, in this order.
    pub actions: Vec<Action>,
    /// When to come back, and why; replaces every earlier wish of this conversation.
    pub wake: Option<(Timestamp, Reminder)>,
}
