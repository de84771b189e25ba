//! A full disk repeats nothing: what arrived and can't be noted is noted when there is room, and isn't said again.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deskbell::channel::{Channel, DeliverError, Parcel};
use deskbell::desk::{Message, MessageId, Part, Place, Policy, Post, Receipt};
use deskbell::faq::{self, ChannelKind};
use deskbell::matcher::Index;
use deskbell::runtime::{Clock, Parts, Runtime, Staff, tell_owner};
use deskbell::store::{Changes, MemoryShelf, MemoryStore, Shelf, Store, StoreError, Visit};
use deskbell::time::Timestamp;
use futures::future::BoxFuture;

/// A shelf whose disk can be full.
#[derive(Default)]
struct Disk {
    kept: MemoryShelf,
    is_full: AtomicBool,
    refused: AtomicUsize,
}

impl Shelf for Disk {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.kept.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.kept.scan(from, to, visit)
    }

    fn sequence(&self) -> u64 {
        self.kept.sequence()
    }

    fn write(&self, changes: &Changes) -> Result<(), StoreError> {
        if self.is_full.load(Ordering::Relaxed) {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(StoreError::Disk("no space left on device".to_owned()));
        }
        self.kept.write(changes)
    }
}

/// A platform that notes what arrives; the disk is full from the first arrival on.
struct Platform {
    disk: Arc<Disk>,
    arrived: Mutex<Vec<String>>,
}

impl Platform {
    fn arrived(&self) -> Vec<String> {
        self.arrived.lock().expect("nobody panicked").clone()
    }
}

impl Channel for Platform {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Telegram
    }

    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Receipt, DeliverError>> {
        Box::pin(async move {
            let Post::Say { message, .. } = &parcel.post else { panic!("{parcel:?}") };
            let mut arrived = self.arrived.lock().expect("nobody panicked");
            if arrived.is_empty() {
                self.disk.is_full.store(true, Ordering::Relaxed);
            }
            arrived.push(message.plain_text());
            let messages = vec![MessageId(arrived.len().to_string())];
            Ok(Receipt { place: parcel.to.clone(), messages })
        })
    }
}

/// A bot with these messages for its owner on the way; the disk is full once the first has arrived.
struct Scene {
    disk: Arc<Disk>,
    store: Arc<MemoryStore>,
    platform: Arc<Platform>,
    runtime: Runtime,
}

impl Scene {
    async fn with(messages: &[&str]) -> Self {
        let disk = Arc::new(Disk::default());
        let store = Arc::new(MemoryStore::over_shelves(disk.clone(), Arc::new(MemoryShelf::default())));
        let platform = Arc::new(Platform { disk: disk.clone(), arrived: Mutex::default() });
        let start = Timestamp::from_millis(1_800_000_000_000);
        for words in messages {
            let message = Message { parts: vec![Part::Literal((*words).to_owned())], ..Message::default() };
            tell_owner(store.as_ref(), message, start).await.expect("there is room");
        }
        let parts = Parts {
            store: store.clone(),
            index: Arc::new(Index::build(Arc::new(faq::read(Vec::new())))),
            faq: None,
            policy: Policy::default(),
            staff: Staff::default(),
            owner: Some(Place { channel: ChannelKind::Telegram, address: "7".to_owned() }),
            clock: Clock::Paused { start, since: tokio::time::Instant::now() },
        };
        let runtime = Runtime::start(parts, vec![platform.clone()]);
        Self { disk, store, platform, runtime }
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_repeats_no_message_and_what_waits_goes_out_when_there_is_room() {
    let scene = Scene::with(&["first", "second"]).await;
    tokio::time::sleep(Duration::from_secs(10 * 60)).await;
    assert_eq!(scene.platform.arrived(), ["first"], "said again, or out of order, while the disk is full");
    assert!(10 < scene.disk.refused.load(Ordering::Relaxed), "it was tried to note it");
    scene.disk.is_full.store(false, Ordering::Relaxed);
    scene.runtime.quiet().await.expect("the store answers");
    assert_eq!(scene.platform.arrived(), ["first", "second"]);
    assert_eq!(scene.store.waiting().await.expect("counted").deliveries, 0);
    scene.runtime.stop().await.expect("stopped");
}

#[tokio::test(start_paused = true)]
async fn a_bot_whose_disk_is_full_can_be_stopped() {
    let scene = Scene::with(&["first"]).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    scene.runtime.stop().await.expect("stopped");
    let waiting = scene.store.waiting().await.expect("counted");
    assert_eq!(waiting.deliveries, 1, "it is said again after the start, rather than perhaps never");
}
