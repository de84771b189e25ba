//! Purging: which old bytes belong to what was forgotten.

use crate::desk::ConversationId;

use super::StoreError;
use super::record::{self, ErasureRecord};
use super::steps::erase;
use super::table::{Key, KeyParts, Table};
use super::view::View;

/// What is purged now: conversations that were forgotten, and up to where.
pub(super) struct Gone {
    erasures: Vec<(ConversationId, ErasureRecord)>,
}

impl Gone {
    /// Purges these.
    pub(super) fn new(erasures: Vec<(ConversationId, ErasureRecord)>) -> Self {
        Self { erasures }
    }

    /// Whether the change of `key` to `value` by the write `sequence` must not be seen again.
    pub(super) fn covers(&self, sequence: u64, key: &[u8], value: Option<&[u8]>) -> bool {
        let Some(owner) = record::owner(key, value) else { return false };
        self.erasures.iter().any(|(id, erasure)| {
            *id == owner
                && (sequence <= erasure.sequence
                    || is_last_word(erasure, key)
                    || is_older_note(erasure, key, value))
        })
    }

    /// Whether this record is the note of one of these erasures.
    pub(super) fn is_note(&self, key: &[u8], value: &[u8]) -> bool {
        self.erasures.iter().any(|(id, erasure)| {
            key == Key::conversation(Table::Erasures, id).as_bytes()
                && record::decode::<ErasureRecord>(key, value).is_ok_and(|note| note == *erasure)
        })
    }
}

/// Takes away the notes of what must be purged, where nothing keeps old bytes.
pub(super) fn forget_notes(view: &mut View<'_>) -> Result<(), StoreError> {
    for (id, _) in erase::ripe(view)? {
        view.delete(&Key::conversation(Table::Erasures, &id))?;
    }
    Ok(())
}

/// Whether the key is of a delivery, or of a ticket, that outlived the forgotten conversation for a while.
fn is_last_word(erasure: &ErasureRecord, key: &[u8]) -> bool {
    let mut parts = KeyParts::of(key);
    match Table::of(key) {
        Some(Table::Outbox) => parts.number().is_some_and(|number| number <= erasure.last_delivery),
        Some(Table::Lines) => {
            key.last_chunk::<8>().is_some_and(|number| u64::from_be_bytes(*number) <= erasure.last_delivery)
        }
        Some(Table::Tickets) => parts.number().is_some_and(|number| erasure.tickets.contains(&number)),
        Some(Table::Owned) => {
            parts.text();
            let owned = parts.rest();
            Table::of(owned) == Some(Table::Tickets) && is_last_word(erasure, owned)
        }
        _ => false,
    }
}

fn is_older_note(erasure: &ErasureRecord, key: &[u8], value: Option<&[u8]>) -> bool {
    Table::of(key) == Some(Table::Erasures)
        && value.is_none_or(|value| {
            record::decode::<ErasureRecord>(key, value).is_ok_and(|note| note.sequence <= erasure.sequence)
        })
}
