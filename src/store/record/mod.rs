//! Records: what lies on disk, versioned, and its conversion to and from the domain's types.
//!
//! A record is JSON: `{"v":1,"r":{…}}`. JSON, because a backup can then be read by people and by any tool, because a
//! field that a later version adds doesn't shift the others, and because it is not what costs time here: a whole
//! conversation is written in some ten microseconds, and the disk takes a hundred times as long.
//!
//! What is on disk is a promise. A field may be added with `#[serde(default)]` as long as an older deskbell that
//! leaves it out does no harm; any other change raises [`VERSION`], keeps the old form beside the new one, and
//! converts. `tests/suite/stores/v1` holds records as the first version wrote them, and is read for ever.

mod conversation;
mod delivery;
mod faq;
mod report;
mod ticket;

pub(super) use conversation::{ConversationRecord, ErasureRecord, TouchedRecord, WakeRecord};
pub(super) use delivery::{OutboxRecord, ReceiptRecord};
pub(super) use faq::{FileRecord, RevisionRecord, bytes_from_hex, from_hex, to_hex};
pub(super) use report::{DraftRecord, GapRecord, count_code, count_from_code};
pub(super) use ticket::{HeldAtRecord, PlaceRecord, TicketRecord};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::desk::ConversationId;
use crate::faq::{ChannelKind, EntryId};
use crate::text::Language;

use super::StoreError;
use super::table::{KeyParts, Table};

/// The version that this deskbell writes, and the newest that it reads.
pub(super) const VERSION: u32 = 1;

/// A record as bytes.
pub(super) fn encode<R: Serialize>(record: &R) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(&Envelope { v: VERSION, r: record })
        .map_err(|error| StoreError::Damaged(format!("a record can't be written: {error}")))
}

/// The record in `bytes`, which lay at `key`.
pub(super) fn decode<R: DeserializeOwned>(key: &[u8], bytes: &[u8]) -> Result<R, StoreError> {
    match serde_json::from_slice::<Envelope<R>>(bytes) {
        Ok(envelope) if envelope.v <= VERSION => Ok(envelope.r),
        Ok(envelope) => Err(StoreError::TooNew { found: envelope.v, known: VERSION }),
        Err(error) => match serde_json::from_slice::<VersionAlone>(bytes) {
            Ok(VersionAlone { v }) if VERSION < v => Err(StoreError::TooNew { found: v, known: VERSION }),
            _ => Err(unfit(key, &error.to_string())),
        },
    }
}

/// Whose record it is, where it is anybody's.
pub(super) fn owner(key: &[u8], value: Option<&[u8]>) -> Option<ConversationId> {
    let mut parts = KeyParts::of(key);
    match Table::of(key)? {
        Table::Conversations
        | Table::Wakes
        | Table::Relays
        | Table::Lines
        | Table::Owned
        | Table::Erasures => parts.conversation(),
        Table::WakeTimes => {
            parts.moment()?;
            parts.conversation()
        }
        Table::Outbox | Table::Tickets | Table::Places | Table::Gaps | Table::Drafts => {
            let named = serde_json::from_slice::<Envelope<ConversationAlone>>(value?).ok()?;
            ConversationId::parse(&named.r.conversation)
        }
        Table::Meta
        | Table::Heard
        | Table::Due
        | Table::OpenTickets
        | Table::Tallies
        | Table::Revisions
        | Table::Chunks
        | Table::Vectors
        | Table::Notes => None,
    }
}

/// The error for what should not be where it is.
pub(super) fn unfit(key: &[u8], what: &str) -> StoreError {
    let table = Table::of(key).map_or("unknown", Table::name);
    StoreError::Damaged(format!("a record of `{table}` makes no sense: {what}"))
}

/// What a record that can't be converted is called.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("not {0}")]
pub(super) struct Unfit(&'static str);

impl From<Unfit> for StoreError {
    fn from(unfit: Unfit) -> Self {
        Self::Damaged(format!("a record makes no sense: {unfit}"))
    }
}

#[derive(Serialize, Deserialize)]
struct Envelope<R> {
    v: u32,
    r: R,
}

#[derive(Deserialize)]
struct VersionAlone {
    v: u32,
}

#[derive(Deserialize)]
struct ConversationAlone {
    conversation: String,
}

fn conversation_id(text: &str) -> Result<ConversationId, Unfit> {
    ConversationId::parse(text).ok_or(Unfit("a conversation's name"))
}

fn entry_id(text: &str) -> Result<EntryId, Unfit> {
    EntryId::new(text).ok_or(Unfit("an entry's name"))
}

fn language(code: &str) -> Result<Language, Unfit> {
    Language::new(code).ok_or(Unfit("a language"))
}

fn channel(name: &str) -> Result<ChannelKind, Unfit> {
    ChannelKind::by_name(name).ok_or(Unfit("a channel"))
}
