//! Groups that became supergroups have a new number. Places keep the old one, as the owner's settings and the store
//! know it; calls use the new one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The moves that were seen.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// New numbers by old ones.
    moved: Mutex<HashMap<i64, i64>>,
}

impl Moves {
    /// The chat `old` is `new` now.
    pub(super) fn note(&self, old: i64, new: i64) {
        let known = self.moved.lock().unwrap_or_else(PoisonError::into_inner).insert(old, new);
        if known != Some(new) {
            tracing::warn!(
                old,
                new,
                "a group has a new number; if it stands in deskbell.toml, put the new one there"
            );
        }
    }

    /// The number to call `chat` by.
    pub(super) fn there(&self, chat: i64) -> i64 {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner).get(&chat).copied().unwrap_or(chat)
    }

    /// The number that we know `chat` by.
    pub(super) fn home(&self, chat: i64) -> i64 {
        let moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        moved.iter().find(|(_, new)| **new == chat).map_or(chat, |(old, _)| *old)
    }
}
