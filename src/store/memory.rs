//! A store that forgets when it is dropped: for tests, `ask` and simulations. Nothing in it waits, and nothing in it
//! is random, so that a run can be replayed.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use futures::FutureExt as _;
use futures::future::{self, BoxFuture};

use crate::time::Timestamp;

use super::keyed::{Engine, KeyedStore};
use super::shelf::{Changes, Shelf, Visit};
use super::view::View;
use super::{Health, StoreError};

/// A store in memory, or over shelves that somebody else made.
pub type MemoryStore = KeyedStore<Inline>;

impl Default for MemoryStore {
    fn default() -> Self {
        Self::over_shelves(Arc::new(MemoryShelf::default()), Arc::new(MemoryShelf::default()))
    }
}

impl MemoryStore {
    /// An empty store in memory.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A store over two shelves: one for conversations, one for the knowledge base. Its steps run in the caller's
    /// thread.
    #[must_use]
    pub fn over_shelves(desk: Arc<dyn Shelf>, knowledge: Arc<dyn Shelf>) -> Self {
        Self::over(Inline::new(desk), Inline::new(knowledge))
    }
}

/// Runs steps at once, in the caller's thread.
pub struct Inline {
    shelf: Arc<dyn Shelf>,
    /// One step at a time.
    turn: Mutex<()>,
}

impl Inline {
    fn new(shelf: Arc<dyn Shelf>) -> Self {
        Self { shelf, turn: Mutex::new(()) }
    }
}

impl Engine for Inline {
    fn read<T>(&self, read: impl FnOnce(&View<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read(&View::new(self.shelf.as_ref(), &Changes::new()))
    }

    fn step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&mut View<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, StoreError>> {
        // Runs when it is awaited, as a step over a disk does at the latest; a future that is dropped did nothing.
        async move {
            let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            let group = Changes::new();
            let mut view = View::new(self.shelf.as_ref(), &group);
            let answer = step(&mut view)?;
            let (changes, _) = view.into_changes();
            if !changes.is_empty() {
                self.shelf.write(&changes)?;
            }
            Ok(answer)
        }
        .boxed()
    }

    fn purge(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.step(super::purge::forget_notes)
    }

    fn back_up(&self, _: Timestamp) -> BoxFuture<'_, Result<(), StoreError>> {
        future::ready(Ok(())).boxed()
    }

    fn backed_up(&self, _: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        future::ready(Ok(())).boxed()
    }

    fn health(&self) -> Health {
        Health::Good
    }
}

/// A shelf in memory.
#[derive(Debug, Default)]
pub struct MemoryShelf {
    kept: RwLock<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    sequence: u64,
}

impl MemoryShelf {
    fn kept(&self) -> std::sync::RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf for MemoryShelf {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.kept().records.get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        if to <= from {
            return Ok(());
        }
        for (key, value) in self.kept().records.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)))
        {
            if visit(key, value)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn sequence(&self) -> u64 {
        self.kept().sequence
    }

    fn write(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.sequence += 1;
        for (key, value) in changes {
            match value {
                Some(value) => kept.records.insert(key.clone(), value.clone()),
                None => kept.records.remove(key),
            };
        }
        Ok(())
    }
}
