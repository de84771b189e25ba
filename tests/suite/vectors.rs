//! Vectors that the store keeps: a build encodes what is new alone, and a store that refuses keeps nobody from building.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use deskbell::encoder::{Encoder as _, multilingual};
use deskbell::faq::Digest;
use deskbell::matcher::{Index, VectorCache};
use deskbell::runtime::{StoredVectors, build};
use deskbell::store::{Changes, MemoryShelf, MemoryStore, Shelf, Store, StoreError, VectorKey, Visit};

use crate::page::faq;

const PAGE: &str =
    "## When are you open?\n> opening hours\n\nFrom 9 to 18.\n\n## Delivery time\n\nTwo days.\n";

fn key(text: &str) -> VectorKey {
    VectorKey { encoder: multilingual().name().to_owned(), text: Digest::of_text(text) }
}

/// Counts the vectors that are new.
struct Counting<'a> {
    vectors: &'a StoredVectors,
    new: AtomicUsize,
}

impl VectorCache for Counting<'_> {
    fn get(&self, texts: &[&str]) -> Vec<Option<Vec<f32>>> {
        self.vectors.get(texts)
    }

    fn put(&self, vectors: &[(&str, &[f32])]) {
        self.new.fetch_add(vectors.len(), Ordering::Relaxed);
        self.vectors.put(vectors);
    }
}

/// Builds with the store's vectors, prunes, and says how many texts were encoded.
async fn encoded(store: &Arc<dyn Store>, page: &str) -> usize {
    let (faq, vectors) = (faq(page), StoredVectors::new(store.clone()));
    let built = tokio::task::spawn_blocking(move || {
        let counting = Counting { vectors: &vectors, new: AtomicUsize::new(0) };
        let index = Index::build_with(faq, 0.05, &counting);
        assert!(0.0 < index.thresholds().answer);
        let new = counting.new.into_inner();
        (new, vectors)
    });
    let (new, vectors) = built.await.expect("it builds");
    vectors.prune().await;
    new
}

#[tokio::test]
async fn only_new_texts_are_encoded_and_what_nobody_needs_is_dropped() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    assert!(50 < encoded(&store, PAGE).await, "all, strangers' questions among them");
    assert_eq!(encoded(&store, PAGE).await, 0, "nothing is new");
    let changed = PAGE.replace("opening hours", "business hours");
    assert_eq!(encoded(&store, &changed).await, 1, "one question is new");
    let kept =
        store.vectors(vec![key("opening hours"), key("business hours")]).await.expect("the store answers");
    assert_eq!(kept.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
    assert_eq!(kept[1].as_ref().map(Vec::len), Some(4 * multilingual().dimensions()));
}

#[tokio::test]
async fn a_kept_vector_is_the_one_that_would_be_made_and_a_damaged_one_is_made_again() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    encoded(&store, PAGE).await;
    let before = store.vectors(vec![key("opening hours")]).await.expect("the store answers");
    let made = multilingual().encode("opening hours");
    assert_eq!(before[0], Some(made.iter().flat_map(|number| number.to_le_bytes()).collect()));
    for damaged in [vec![1, 2, 3], f32::NAN.to_le_bytes().repeat(512)] {
        store.keep_vectors(vec![(key("opening hours"), damaged)]).await.expect("the store takes it");
        assert_eq!(encoded(&store, PAGE).await, 1);
        assert_eq!(store.vectors(vec![key("opening hours")]).await.expect("the store answers"), before);
    }
}

/// A shelf that fails when told to.
#[derive(Default)]
struct Failing {
    inner: MemoryShelf,
    reads: AtomicBool,
    writes: AtomicBool,
}

impl Failing {
    fn fail<T>(
        &self,
        when: &AtomicBool,
        or: impl FnOnce(&MemoryShelf) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if when.load(Ordering::Relaxed) {
            Err(StoreError::Disk("told to fail".to_owned()))
        } else {
            or(&self.inner)
        }
    }
}

impl Shelf for Failing {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.fail(&self.reads, |shelf| shelf.get(key))
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.fail(&self.reads, |shelf| shelf.scan(from, to, visit))
    }

    fn sequence(&self) -> u64 {
        self.inner.sequence()
    }

    fn write(&self, changes: &Changes) -> Result<(), StoreError> {
        self.fail(&self.writes, |shelf| shelf.write(changes))
    }
}

#[tokio::test]
async fn a_store_that_refuses_fails_no_build() {
    for (reads, writes) in [(true, false), (false, true), (true, true)] {
        let shelf = Failing { reads: reads.into(), writes: writes.into(), ..Failing::default() };
        let store = MemoryStore::over_shelves(Arc::new(MemoryShelf::default()), Arc::new(shelf));
        let (index, vectors) = build(Arc::new(store), faq(PAGE)).await;
        assert_eq!(index.faq().entries.len(), 2);
        vectors.prune().await;
    }
}
