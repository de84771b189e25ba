//! Names: of conversations and messages, of tickets and staff, of the places where they are.

use std::fmt;

use crate::faq::ChannelKind;

/// Names a conversation: a channel, and the adapter's key within it (a chat; in groups, chat and user).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId {
    channel: ChannelKind,
    key: String,
}

impl ConversationId {
    /// The conversation that `channel` calls `key`.
    #[must_use]
    pub fn new(channel: ChannelKind, key: impl Into<String>) -> Self {
        Self { channel, key: key.into() }
    }

    /// The channel it is held on.
    #[must_use]
    pub fn channel(&self) -> ChannelKind {
        self.channel
    }

    /// The adapter's key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// `telegram:4711`; [`ConversationId::parse`] reads it back.
impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.channel.name(), self.key)
    }
}

impl ConversationId {
    /// Reads what [`Display`](fmt::Display) writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (channel, key) = text.split_once(':')?;
        Some(Self::new(ChannelKind::by_name(channel)?, key))
    }
}

/// A platform's name for a message or an event, unique within a conversation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub String);

/// A ticket's number, counted up from 1 over all channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId(pub u64);

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Somebody of the staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// The channel they write from.
    pub channel: ChannelKind,
    /// The platform's user id.
    pub id: String,
    /// The name that they show; proves nothing.
    pub name: String,
}

/// Where a message can be delivered: a chat, a thread, a topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// On which channel.
    pub channel: ChannelKind,
    /// The adapter's address within it.
    pub address: String,
}
