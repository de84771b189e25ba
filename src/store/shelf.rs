//! Shelf: what the steps need of whatever keeps the bytes: one ordered map, written whole or not at all.
//!
//! Everything that deskbell remembers is written once, as steps over a [`Shelf`] (`store/steps`), and lies on two
//! shelves: one for conversations, one for the knowledge base. In production a shelf is a journal and sled; in tests
//! it is a map in memory, or a wrapper that fails at the n-th write. A second store (PostgreSQL, say) is one more
//! shelf, and passes the same tests.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::StoreError;

/// What a write changes: key -> new value, or `None` where the key goes.
pub type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// What [`Shelf::scan`] calls with each key and value, in the order of the keys, until it breaks off.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError> + 'a;

/// An ordered map of bytes. Anyone may read at any time; one caller at a time writes.
pub trait Shelf: Send + Sync {
    /// The value of `key`, as of the last write.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Visits all keys in `from..to`, in order.
    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError>;

    /// The number of the last write; the next one is one higher.
    fn sequence(&self) -> u64;

    /// Writes all of `changes` under the next number, or nothing of them. When it returns, they survive a power cut,
    /// and readers see them.
    fn write(&self, changes: &Changes) -> Result<(), StoreError>;
}
