//! The one door to disk: whole business steps, all of a step or none of it.
//!
//! Reading order: this file says what is stored; `steps/` how, in tables over a [`Shelf`]; `record/` in which form;
//! `memory.rs` and `disk/` where.

mod disk;
mod keyed;
mod memory;
mod purge;
mod record;
mod shelf;
mod steps;
mod table;
mod view;

use std::collections::BTreeMap;

use futures::future::BoxFuture;

use crate::desk::{
    Conversation, ConversationId, Count, Delivery, Draft, Gap, MessageId, Place, Receipt, Reminder, TicketId,
    Turn,
};
use crate::faq::{ChannelKind, Digest, RawFile};
use crate::text::Language;
use crate::time::Timestamp;

pub use disk::{
    Copied, Examined, ExaminedBackup, ExaminedJournal, ExaminedShelf, Folders, Opened, PutBack, SledStore,
    as_it_is, back_up_beside, back_up_to, examine, examine_backups, open_or_restore, put_back,
};
pub use keyed::KeyedStore;
pub use memory::{MemoryShelf, MemoryStore};
pub use shelf::{Changes, Shelf, Visit};

/// What every answer of the store is wrapped in.
pub type Stored<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Why the store could not do it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Somebody else's turn came first: load again, decide again.
    #[error("the conversation moved on")]
    Conflict,
    /// This event was already handled; nothing is left to do.
    #[error("this event was handled before")]
    AlreadyHeard,
    /// Another process has the folder.
    #[error("deskbell is already running on this folder ({folder})")]
    Busy {
        /// The folder.
        folder: String,
    },
    /// What lies on disk is damaged.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// A newer deskbell has written here.
    #[error(
        "a newer deskbell has written here (form {found}, this one knows up to {known}): start that one again"
    )]
    TooNew {
        /// The form that was found.
        found: u32,
        /// The newest form that this deskbell reads.
        known: u32,
    },
    /// The disk is full, or fails. Nothing of the step was kept; do it again later.
    #[error("the disk refuses: {0}")]
    Disk(String),
}

/// How the disk is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It takes what it is given.
    Good,
    /// It refuses, in these words; what is stored can still be read, and the store tries again by itself.
    Refusing(String),
}

/// Something that waits in the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// Counted up; the order of deliveries within a conversation.
    pub number: u64,
    /// Whose it is.
    pub conversation: ConversationId,
    /// What to send.
    pub delivery: Delivery,
    /// How often it was tried in vain.
    pub tries: u32,
    /// Not before this moment.
    pub due: Timestamp,
}

/// How much waits in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Deliveries; counted up to 100,000.
    pub deliveries: usize,
    /// When the first of them may go out, or might have.
    pub first_due: Option<Timestamp>,
}

/// What came of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It arrived there, as these messages; for an opened ticket, `place` is the ticket's place.
    Delivered(Receipt),
    /// Try again at this moment.
    Again(Timestamp),
    /// It can't be delivered; the reason is for the log.
    GivenUp,
}

/// A wish to be woken.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wake {
    /// The conversation.
    pub conversation: ConversationId,
    /// Why.
    pub reminder: Reminder,
    /// When.
    pub at: Timestamp,
}

/// One version of the owner's files that was live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Counted up from 1.
    pub number: u64,
    /// When it went live.
    pub at: Timestamp,
    /// Its content's name.
    pub digest: Digest,
    /// How many entries it holds.
    pub entries: u32,
    /// What changed against the one before, for `faq log`: paths of files added, changed, removed.
    pub changes: Vec<FileChange>,
}

/// A file that differs between two revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChange {
    /// It is new.
    Added(String),
    /// Its text differs.
    Changed(String),
    /// It is gone.
    Removed(String),
}

/// The report's counters of one day, channel and language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Days since 1970-01-01, UTC.
    pub day: u32,
    /// The channel.
    pub channel: ChannelKind,
    /// The language, where it was known.
    pub language: Option<Language>,
    /// How often what happened.
    pub counts: BTreeMap<Count, u64>,
}

/// Names a vector: which encoder made it, of which text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VectorKey {
    /// The encoder, with its version.
    pub encoder: String,
    /// The text's SHA-256.
    pub text: Digest,
}

/// A ticket, and where staff hold it. Known until its conversation is forgotten, so that a word in the place of a
/// closed ticket is not lost in silence.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketPlace {
    /// Its number.
    pub id: TicketId,
    /// Whose it is.
    pub conversation: ConversationId,
    /// Where staff hold it, once that place exists.
    pub place: Option<Place>,
    /// Whether it is still open.
    pub open: bool,
}

/// All that must outlive the process. Every method is one whole step; the error says that nothing of it was kept.
pub trait Store: Send + Sync {
    /// The conversation `id`; a fresh one, version 0, when nothing is stored.
    fn conversation(&self, id: &ConversationId) -> Stored<'_, Conversation>;

    /// The number for this conversation's next ticket: the first that no ticket has had and that no other conversation
    /// was just named. It is taken by the commit of a turn that opens a ticket under it, so numbers have no gaps;
    /// should two turns use the same one, the second is refused with [`StoreError::Conflict`].
    fn next_ticket(&self, conversation: &ConversationId) -> Stored<'_, TicketId>;

    /// Stores a turn whole: the conversation (refused with [`StoreError::Conflict`] unless its version is the stored
    /// one), the event as heard (refused with [`StoreError::AlreadyHeard`]), gaps, counters, drafts, the wake-up, and
    /// the deliveries, which are returned with their numbers. When it returns, the turn survives a power cut.
    fn commit(&self, turn: Turn, now: Timestamp) -> Stored<'_, Vec<Pending>>;

    /// Whether this event was handled before (within 48 hours).
    fn was_heard(&self, conversation: &ConversationId, message: &MessageId) -> Stored<'_, bool>;

    /// Deliveries that may go out at `now`, in the order of their numbers: of each conversation and side (customer,
    /// staff, owner) only the oldest, so that order holds, and a staff chat that fails keeps no customer waiting.
    fn due(&self, now: Timestamp, limit: usize) -> Stored<'_, Vec<Pending>>;

    /// How much waits in the outbox.
    fn waiting(&self) -> Stored<'_, Waiting>;

    /// When the next delivery or wake-up is due, if any waits.
    fn next_due(&self) -> Stored<'_, Option<Timestamp>>;

    /// Wake-ups whose moment has come; they stay until the turn that they cause is committed.
    fn woken(&self, now: Timestamp, limit: usize) -> Stored<'_, Vec<Wake>>;

    /// Notes what came of a delivery.
    fn settle(&self, number: u64, outcome: Outcome) -> Stored<'_, ()>;

    /// Puts a delivery that belongs to no turn into the outbox (a word to the owner).
    fn post(&self, conversation: ConversationId, delivery: Delivery, now: Timestamp) -> Stored<'_, Pending>;

    /// Where the message that passes on `relays` arrived.
    fn delivered_as(&self, conversation: &ConversationId, relays: &MessageId) -> Stored<'_, Option<Receipt>>;

    /// The ticket, open or closed, whose place this is.
    fn ticket_at(&self, place: &Place) -> Stored<'_, Option<TicketPlace>>;

    /// The ticket with this number, open or closed.
    fn ticket(&self, id: TicketId) -> Stored<'_, Option<TicketPlace>>;

    /// All open tickets, oldest first.
    fn open_tickets(&self) -> Stored<'_, Vec<TicketPlace>>;

    /// The conversations that the customer with the platform's user id `customer` has on `channel`.
    fn conversations_of(&self, channel: ChannelKind, customer: &str) -> Stored<'_, Vec<ConversationId>>;

    /// Questions that got no answer, since `since`.
    fn gaps(&self, since: Timestamp) -> Stored<'_, Vec<Gap>>;

    /// Takes drafts that were not yet written to `faq/drafts/`; [`Store::draft_written`] takes one off the list.
    fn drafts(&self) -> Stored<'_, Vec<(u64, Draft)>>;

    /// The draft lies in `faq/drafts/` now.
    fn draft_written(&self, number: u64) -> Stored<'_, ()>;

    /// Counters since `since`, by day, channel and language.
    fn tallies(&self, since: Timestamp) -> Stored<'_, Vec<Tally>>;

    /// Keeps the owner's files as a new revision, unless they equal the last one; gives its number.
    fn keep_faq(&self, files: Vec<RawFile>, digest: Digest, entries: u32, now: Timestamp) -> Stored<'_, u64>;

    /// The last good files, if any were ever kept.
    fn good_faq(&self) -> Stored<'_, Option<(u64, Vec<RawFile>)>>;

    /// The files of an older revision.
    fn faq_revision(&self, number: u64) -> Stored<'_, Option<Vec<RawFile>>>;

    /// All revisions, newest first.
    fn faq_log(&self) -> Stored<'_, Vec<Revision>>;

    /// The vectors of these texts, in the same order; opaque bytes, and a cache: nothing is lost with them.
    fn vectors(&self, keys: Vec<VectorKey>) -> Stored<'_, Vec<Option<Vec<u8>>>>;

    /// Keeps vectors.
    fn keep_vectors(&self, vectors: Vec<(VectorKey, Vec<u8>)>) -> Stored<'_, ()>;

    /// Drops all vectors but these: the ones that the files which are live need.
    fn keep_only_vectors(&self, keys: Vec<VectorKey>) -> Stored<'_, ()>;

    /// A small note of an adapter (a gateway's session, say) that must outlive a restart.
    fn note(&self, name: &str) -> Stored<'_, Option<String>>;

    /// Keeps a note in place of an older one with this name.
    fn keep_note(&self, name: &str, note: String) -> Stored<'_, ()>;

    /// Deletes all that is stored about a conversation, in every table, and purges the old bytes of it on disk, in the
    /// journal and in the backups.
    fn forget(&self, id: &ConversationId) -> Stored<'_, ()>;

    /// Drops what has outlived its time: heard events after 48 hours, conversations and gaps older than
    /// `retention_until`; and purges what was forgotten and could not be purged at once.
    fn tidy(&self, now: Timestamp, retention_until: Timestamp) -> Stored<'_, ()>;

    /// Writes a backup of everything that can't be made again, beside the others; the newest seven are kept.
    fn back_up(&self, now: Timestamp) -> Stored<'_, ()>;

    /// When the desk was last backed up, up to `now`; `None` if it or the knowledge never was.
    fn backed_up(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// All on disk, now.
    fn flush(&self) -> Stored<'_, ()>;

    /// How the disk is.
    fn health(&self) -> Health;
}
