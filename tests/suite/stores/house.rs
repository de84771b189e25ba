//! Each kind of store, ready for a scene.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

use deskbell::store::{MemoryStore, Store};

/// A store, and the folder that it lies in.
pub(crate) struct House {
    pub(crate) store: Box<dyn Store>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Memory,
}

impl House {
    fn build(kind: Kind) -> Self {
        let store: Box<dyn Store> = match kind {
            Kind::Memory => Box::new(MemoryStore::new()),
        };
        Self { store, kind }
    }

    /// Closes the store and opens it again; the one in memory stays.
    pub(crate) fn reopen(&mut self) {
        match self.kind {
            Kind::Memory => {}
        }
    }
}

/// Plays a scene on each kind of store, from empty.
pub(crate) fn every_store(scene: impl Fn(&mut House)) {
    for kind in [Kind::Memory] {
        let played = catch_unwind(AssertUnwindSafe(|| scene(&mut House::build(kind))));
        assert!(played.is_ok(), "the scene above fails on the store of this kind: {kind:?}");
    }
}

/// Waits for an answer of the store.
pub(crate) fn wait<F: Future>(answer: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(answer)
}
