//! Each kind of store, ready for a scene.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

use deskbell::store::{MemoryStore, SledStore, Store};
use tempfile::TempDir;

/// A store, and the folder that it lies in.
pub(crate) struct House {
    pub(crate) store: Box<dyn Store>,
    kind: Kind,
    folder: TempDir,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Memory,
    Sled,
}

impl House {
    fn build(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store: Box<dyn Store> = match kind {
            Kind::Memory => Box::new(MemoryStore::new()),
            Kind::Sled => Box::new(SledStore::open(&folder.path().join("store")).expect("opened")),
        };
        Self { store, kind, folder }
    }

    /// Closes the store and opens it again; the one in memory stays.
    pub(crate) fn reopen(&mut self) {
        match self.kind {
            Kind::Memory => {}
            Kind::Sled => {
                // Dropped before it is opened again: it keeps others out.
                self.store = Box::new(MemoryStore::new());
                self.store =
                    Box::new(SledStore::open(&self.folder.path().join("store")).expect("opened again"));
            }
        }
    }
}

/// Plays a scene on each kind of store, from empty.
pub(crate) fn every_store(scene: impl Fn(&mut House)) {
    for kind in [Kind::Memory, Kind::Sled] {
        let played = catch_unwind(AssertUnwindSafe(|| scene(&mut House::build(kind))));
        assert!(played.is_ok(), "the scene above fails on the store of this kind: {kind:?}");
    }
}

/// Waits for an answer of the store.
pub(crate) fn wait<F: Future>(answer: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(answer)
}
