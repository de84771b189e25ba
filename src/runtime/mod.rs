//! The hands: all that waits. Nothing is decided here but when and again.

mod alarm;
mod clock;
pub mod folder;
mod health;
mod housekeeping;
mod lanes;
mod meter;
mod outbox;
mod ports;
mod reload;
mod router;
mod shutdown;
mod step;
mod vectors;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::channel::{Channel, Heard, Inbox, Lookup, NotTaken};
use crate::desk::{Place, Policy};
use crate::faq::ChannelKind;
use crate::matcher::Index;
use crate::store::{Store, StoreError};

pub use clock::Clock;
pub use ports::memory;
pub use reload::{FirstIndex, first_index, tell_owner};
pub use router::Staff;
pub use shutdown::stop_signal;
pub use vectors::{StoredVectors, build};

use lanes::Lanes;
use meter::Meter;
use ports::Ports;
use router::Route;

/// What a runtime is made of.
pub struct Parts {
    /// Where everything lies.
    pub store: Arc<dyn Store>,
    /// The knowledge base to begin with.
    pub index: Arc<Index>,
    /// The FAQ folder to watch, and to put drafts into; `None`: what is live stays, and drafts wait in the store.
    pub faq: Option<PathBuf>,
    /// The owner's rules.
    pub policy: Policy,
    /// Who is staff, and where.
    pub staff: Staff,
    /// The owner's own chat, for news about files and tickets.
    pub owner: Option<Place>,
    /// The time.
    pub clock: Clock,
}

/// What all tasks share.
pub(crate) struct Shared {
    store: Arc<dyn Store>,
    index: ArcSwap<Index>,
    faq: Option<PathBuf>,
    policy: Policy,
    staff: Staff,
    owner: Option<Place>,
    clock: Clock,
    lanes: Lanes,
    meter: Meter,
    /// Something was put into the outbox.
    posted: Notify,
    /// A draft waits to be written.
    drafted: Notify,
    /// Whether nothing is under way in the outbox.
    quiet: watch::Sender<bool>,
}

/// A running bot.
pub struct Runtime {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Runtime {
    /// Starts the outbox, the watch over the FAQ folder, and the housekeeping. Adapters hand in what they hear at
    /// [`Runtime::inbox`].
    #[must_use]
    pub fn start(parts: Parts, channels: Vec<Arc<dyn Channel>>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared {
            store: parts.store,
            index: ArcSwap::new(parts.index),
            faq: parts.faq,
            policy: parts.policy,
            staff: parts.staff,
            owner: parts.owner,
            clock: parts.clock,
            lanes: Lanes::new(),
            meter: Meter::new(),
            posted: Notify::new(),
            drafted: Notify::new(),
            quiet: watch::channel(true).0,
        });
        let tasks = vec![
            tokio::spawn(alarm::run(shared.clone(), channels.clone(), stopped.clone())),
            tokio::spawn(outbox::run(shared.clone(), channels, stopped.clone())),
            tokio::spawn(reload::run(shared.clone(), stopped.clone())),
            tokio::spawn(housekeeping::run(shared.clone(), stopped)),
        ];
        Self { shared, stop, tasks }
    }

    /// Opens a small HTTP door at `at` for whoever watches the bot: `/healthz`, `/readyz`, `/metrics`. Gives the
    /// address, which tells the port where `at` leaves it to the system.
    pub async fn open_door(&mut self, at: SocketAddr) -> std::io::Result<SocketAddr> {
        let listener = TcpListener::bind(at).await?;
        let address = listener.local_addr()?;
        self.tasks.push(tokio::spawn(health::run(self.shared.clone(), listener, self.stop.subscribe())));
        Ok(address)
    }

    /// Where adapters hand in what they heard.
    #[must_use]
    pub fn inbox(&self) -> Arc<dyn Inbox> {
        Arc::new(Reception { shared: self.shared.clone(), stopped: self.stop.subscribe() })
    }

    /// What the adapter of `channel` may ask for.
    #[must_use]
    pub fn lookup(&self, channel: ChannelKind) -> Arc<dyn Lookup> {
        Arc::new(Ports { shared: self.shared.clone(), channel })
    }

    /// The knowledge base that is live now.
    #[must_use]
    pub fn index(&self) -> Arc<Index> {
        self.shared.index.load_full()
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        self.shared.store.clone()
    }

    /// Waits until nothing is due in the outbox and nothing is under way.
    pub async fn quiet(&self) -> Result<(), StoreError> {
        let mut quiet = self.shared.quiet.subscribe();
        loop {
            let now = self.shared.clock.now();
            let waits = !self.shared.store.due(now, 1).await?.is_empty()
                || !self.shared.store.woken(now, 1).await?.is_empty();
            if !waits && *quiet.borrow_and_update() {
                return Ok(());
            }
            self.shared.posted.notify_one();
            if quiet.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// Stops at once, as if the plug were pulled: for tests of what is left then.
    pub fn pull_the_plug(self) {
        for task in self.tasks {
            task.abort();
        }
    }

    /// Stops in order: nothing more is taken, what has begun is finished, everything is on disk.
    pub async fn stop(self) -> Result<(), StoreError> {
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task ended badly");
            }
        }
        self.shared.store.flush().await
    }
}

/// The inbox that adapters see.
struct Reception {
    shared: Arc<Shared>,
    stopped: watch::Receiver<bool>,
}

impl Inbox for Reception {
    fn accept(&self, heard: Heard) -> BoxFuture<'_, Result<(), NotTaken>> {
        Box::pin(async move {
            let channel = heard.conversation.channel();
            let taken = self.take(heard).await;
            match &taken {
                Ok(()) => self.shared.meter.heard(channel),
                Err(_) => self.shared.meter.refused(),
            }
            taken
        })
    }
}

impl Reception {
    async fn take(&self, heard: Heard) -> Result<(), NotTaken> {
        if *self.stopped.borrow() {
            return Err(NotTaken::Stopping);
        }
        let not_stored = |error: StoreError| NotTaken::NotStored(error.to_string());
        let ticket = self.shared.store.ticket_at(&heard.place).await.map_err(not_stored)?;
        if ticket.is_none() && self.shared.staff.works_at(&heard.place) {
            // A ticket's place is there before we know it; until we do, the platform keeps what is said in it.
            let open = self.shared.store.open_tickets().await.map_err(not_stored)?;
            if open.iter().any(|ticket| ticket.place.is_none()) {
                return Err(NotTaken::Busy);
            }
        }
        let event = match router::route(heard, ticket.as_ref(), &self.shared.staff) {
            Route::Event(event) => event,
            Route::Nothing(reason) => {
                tracing::debug!(reason, "nothing comes of it");
                return Ok(());
            }
        };
        let guard = self.shared.lanes.enter(&event.conversation).await.ok_or(NotTaken::Busy)?;
        let pending = step::step(&self.shared, &event).await.map_err(not_stored)?;
        drop(guard);
        if !pending.is_empty() {
            self.shared.posted.notify_one();
        }
        // A wake-up may be due earlier than the outbox thinks, and a draft may have been made.
        self.shared.posted.notify_one();
        self.shared.drafted.notify_one();
        Ok(())
    }
}
