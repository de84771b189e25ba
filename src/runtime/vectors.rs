//! Building an index with the vectors that the store keeps, so that a start or a reload encodes what is new alone.
//!
//! The vectors are a cache: where the store can't give or take them, texts are encoded again, and the build goes on.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

use crate::encoder::{Encoder as _, multilingual};
use crate::faq::{Digest, Faq};
use crate::matcher::{Index, VectorCache};
use crate::store::{Store, StoreError, VectorKey};

/// Texts beyond these are encoded anew with each build: their vectors would fill the disk (2 KB each).
const MOST: usize = 50_000;

/// The vectors in a store, for one build.
pub struct StoredVectors {
    store: Arc<dyn Store>,
    handle: Handle,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// Whose texts were asked for.
    keys: Vec<VectorKey>,
    /// Whether the texts asked for last are beyond [`MOST`].
    is_beyond: bool,
    /// Whether one of them was not kept before.
    is_new: bool,
    /// Whether the store refused: then it isn't asked again.
    refused: bool,
}

/// The index over `faq`, with vectors from `store` and new ones put there. Builds on a thread that may wait.
///
/// The vectors are given back as well: [`StoredVectors::prune`] drops what this index doesn't need.
pub async fn build(store: Arc<dyn Store>, faq: Arc<Faq>) -> (Arc<Index>, StoredVectors) {
    let vectors = StoredVectors::new(store);
    let built = tokio::task::spawn_blocking(move || {
        let budget = faq.firm.wrong_answers;
        let index = Index::build_with(faq, budget, &vectors);
        (Arc::new(index), vectors)
    });
    match built.await {
        Ok(built) => built,
        // A thread that may wait is never cancelled; its panic is ours.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

impl StoredVectors {
    /// The vectors in `store`. To be used on a thread that may wait, within tokio's reach.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, handle: Handle::current(), seen: Mutex::new(Seen::default()) }
    }

    /// Drops the vectors of texts that weren't asked for: no file that is live holds them any more.
    pub async fn prune(self) {
        let seen = self.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Nothing new: the files are those that were live before, and nothing is left over from others.
        if !seen.is_new || seen.refused {
            return;
        }
        if let Err(error) = self.store.keep_only_vectors(seen.keys).await {
            tracing::warn!(%error, "vectors that nothing needs could not be dropped");
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self, error: &StoreError) {
        tracing::warn!(%error, "the store keeps no vectors; texts are encoded anew");
        self.seen().refused = true;
    }
}

impl VectorCache for StoredVectors {
    fn get(&self, texts: &[&str]) -> Vec<Option<Vec<f32>>> {
        let keys: Vec<VectorKey> = texts.iter().map(|text| key(text)).collect();
        {
            let mut seen = self.seen();
            seen.is_beyond = MOST < seen.keys.len() + keys.len();
            if seen.refused || seen.is_beyond {
                return vec![None; texts.len()];
            }
            seen.keys.extend(keys.iter().cloned());
        }
        match self.handle.block_on(self.store.vectors(keys)) {
            Ok(found) => found.iter().map(|bytes| from_bytes(bytes.as_deref()?)).collect(),
            Err(error) => {
                self.refused(&error);
                vec![None; texts.len()]
            }
        }
    }

    fn put(&self, vectors: &[(&str, &[f32])]) {
        {
            let mut seen = self.seen();
            if seen.refused || seen.is_beyond {
                return;
            }
            seen.is_new = true;
        }
        let kept = vectors.iter().map(|(text, vector)| (key(text), to_bytes(vector))).collect();
        if let Err(error) = self.handle.block_on(self.store.keep_vectors(kept)) {
            self.refused(&error);
        }
    }
}

fn key(text: &str) -> VectorKey {
    VectorKey { encoder: multilingual().name().to_owned(), text: Digest::of_text(text) }
}

fn to_bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The vector of these bytes; `None` where they are none of this encoder's, or damaged.
fn from_bytes(bytes: &[u8]) -> Option<Vec<f32>> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    let vector: Vec<f32> = numbers.iter().map(|&number| f32::from_le_bytes(number)).collect();
    let whole = rest.is_empty() && vector.len() == multilingual().dimensions();
    (whole && vector.iter().all(|number| number.is_finite())).then_some(vector)
}
