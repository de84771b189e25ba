//! Tables and keys: where each kind of record lies in the one ordered map below the steps.
//!
//! A key is the table's byte, then its parts in order: numbers big-endian, so that they sort by size; texts with their
//! length in front, so that no text can be the beginning of another one.

use crate::desk::{ConversationId, MessageId, Place};
use crate::time::Timestamp;

/// A kind of record. The numbers lie on disk: never use one again for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    /// Counters and the like, by name.
    Meta = 0,
    /// Conversation -> all that is remembered of it.
    Conversations = 1,
    /// Hash of conversation and event -> when it was heard. Hashes, because this must outlive a forgotten customer: a
    /// platform that sends a whole batch again would otherwise bring the forgotten conversation back.
    Heard = 2,
    /// Number -> a delivery that waits.
    Outbox = 3,
    /// Moment, number -> nothing: the head of each line in the outbox.
    Due = 4,
    /// Conversation -> its wish to be woken.
    Wakes = 5,
    /// Moment, conversation -> nothing: the same wishes by time.
    WakeTimes = 6,
    /// Number -> a ticket, and where staff hold it.
    Tickets = 7,
    /// Number -> nothing: tickets that are open.
    OpenTickets = 8,
    /// Place -> the ticket that is held there.
    Places = 9,
    /// Conversation, message -> where its words arrived on the other side.
    Relays = 10,
    /// Moment, number -> a question that got no answer.
    Gaps = 11,
    /// Number -> a draft entry that was not written to a file yet.
    Drafts = 12,
    /// Day, channel, language, what -> how often.
    Tallies = 13,
    /// Conversation, key -> nothing: records that belong to it and don't begin with its name.
    Owned = 14,
    /// Conversation -> what must still be purged of it from journals and backups.
    Erasures = 15,
    /// Number -> a revision of the owner's files.
    Revisions = 16,
    /// SHA-256 -> a stretch of a file, or a list of such.
    Chunks = 17,
    /// Encoder, SHA-256 of a text -> its vector.
    Vectors = 18,
    /// Conversation, side, number -> nothing: the lines in the outbox.
    Lines = 19,
    /// Name -> an adapter's small note.
    Notes = 20,
}

impl Table {
    /// All of them.
    pub(crate) const ALL: [Self; 21] = [
        Self::Meta,
        Self::Conversations,
        Self::Heard,
        Self::Outbox,
        Self::Due,
        Self::Wakes,
        Self::WakeTimes,
        Self::Tickets,
        Self::OpenTickets,
        Self::Places,
        Self::Relays,
        Self::Gaps,
        Self::Drafts,
        Self::Tallies,
        Self::Owned,
        Self::Erasures,
        Self::Revisions,
        Self::Chunks,
        Self::Vectors,
        Self::Lines,
        Self::Notes,
    ];

    /// Behind all keys of all tables.
    pub(crate) const END: u8 = 0xfe;

    /// Its name in backups and reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Conversations => "conversations",
            Self::Heard => "heard",
            Self::Outbox => "outbox",
            Self::Due => "due",
            Self::Wakes => "wakes",
            Self::WakeTimes => "wake_times",
            Self::Tickets => "tickets",
            Self::OpenTickets => "open_tickets",
            Self::Places => "places",
            Self::Relays => "relays",
            Self::Gaps => "gaps",
            Self::Drafts => "drafts",
            Self::Tallies => "tallies",
            Self::Owned => "owned",
            Self::Erasures => "erasures",
            Self::Revisions => "revisions",
            Self::Chunks => "chunks",
            Self::Vectors => "vectors",
            Self::Lines => "lines",
            Self::Notes => "notes",
        }
    }

    /// The table that `key` lies in.
    pub(crate) fn of(key: &[u8]) -> Option<Self> {
        let number = *key.first()?;
        Self::ALL.into_iter().find(|table| *table as u8 == number)
    }
}

/// A key under construction, and when finished.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    /// The beginning of all keys of `table`.
    pub(crate) fn of(table: Table) -> Self {
        Self(vec![table as u8])
    }

    /// A counter or the like.
    pub(crate) fn meta(name: &str) -> Self {
        Self::of(Table::Meta).text(name)
    }

    /// A record of `table` by conversation.
    pub(crate) fn conversation(table: Table, id: &ConversationId) -> Self {
        Self::of(table).text(&id.to_string())
    }

    /// A record of `table` by number.
    pub(crate) fn numbered(table: Table, number: u64) -> Self {
        Self::of(table).number(number)
    }

    /// Where the words of `message` arrived.
    pub(crate) fn relay(conversation: &ConversationId, message: &MessageId) -> Self {
        Self::conversation(Table::Relays, conversation).text(&message.0)
    }

    /// The ticket at `place`.
    pub(crate) fn place(place: &Place) -> Self {
        Self::of(Table::Places).text(place.channel.name()).text(&place.address)
    }

    /// Says that `key` belongs to `conversation`.
    pub(crate) fn owned(conversation: &ConversationId, key: &Self) -> Self {
        Self::conversation(Table::Owned, conversation).bytes(&key.0)
    }

    /// Adds a text.
    pub(crate) fn text(mut self, text: &str) -> Self {
        let length = u32::try_from(text.len()).expect("no name is 4 GB long");
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    /// Adds a number.
    pub(crate) fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// Adds a moment; the sign bit is turned over so that moments before 1970 sort before the others.
    pub(crate) fn moment(self, at: Timestamp) -> Self {
        self.number(at.as_millis().cast_unsigned() ^ (1 << 63))
    }

    /// Adds bytes as they are; only as the last part, or where their number is fixed.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The finished key.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first key behind all keys that begin with this one.
    pub(crate) fn end(&self) -> Self {
        let mut end = self.0.clone();
        while let Some(last) = end.pop() {
            if last < u8::MAX {
                end.push(last + 1);
                break;
            }
        }
        Self(end)
    }
}

/// Takes a key apart again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyParts<'a>(&'a [u8]);

impl<'a> KeyParts<'a> {
    /// The parts of `key`, behind the table's byte.
    pub(crate) fn of(key: &'a [u8]) -> Self {
        Self(key.get(1..).unwrap_or_default())
    }

    /// The next part, a text.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let (text, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    /// The next part, a number.
    pub(crate) fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*number))
    }

    /// The next part, a moment.
    pub(crate) fn moment(&mut self) -> Option<Timestamp> {
        self.number().map(|number| Timestamp::from_millis((number ^ (1 << 63)).cast_signed()))
    }

    /// The next part, a conversation.
    pub(crate) fn conversation(&mut self) -> Option<ConversationId> {
        ConversationId::parse(self.text()?)
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}
