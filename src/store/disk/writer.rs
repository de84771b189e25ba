//! The writer: one thread through which all steps go, in groups that wait for the disk together.
//!
//! DESIGN. A caller puts its step into the queue and waits for the answer. The thread takes what is in the queue, runs
//! one step after another over what the steps before it have changed, and writes all their changes at once. A step
//! that is refused is answered so, and leaves nothing; the others go on. When the disk refuses, the whole group is
//! answered so, and nothing of it is kept. So sixty-four conversations wait for the disk once, not sixty-four times.
//!
//! The queue is bounded by permits: who finds none waits for one. Nothing in here reads a clock: what is done now and
//! then is done when the queue has been empty for a moment, or after so many bytes.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::store::keyed::Engine;
use crate::store::shelf::{Changes, Shelf as _};
use crate::store::view::View;
use crate::store::{Health, StoreError};
use crate::time::Timestamp;

use super::keeper::{Bell, Keeper};
use super::shelf::DiskShelf;

/// Steps that may wait; who comes then waits for a place in the queue.
const QUEUE: usize = 1024;
/// Most steps in a group, so that the first of them don't wait long for the last.
const GROUP: usize = 256;
/// A group is closed when it has so many bytes.
const GROUP_BYTES: usize = 1024 * 1024;
/// After so many bytes sled is synced, even if the queue is never empty: bounds what a start must do again.
const CHECKPOINT_BYTES: usize = 4 * 1024 * 1024;
/// With an empty queue for so long, it is time for what can wait.
const QUIET: Duration = Duration::from_millis(100);
/// Longest pause between two tries to open a failed sled again.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// Most orders between two such tries.
const MOST_PATIENCE: u32 = 64;
/// So many bytes may be held in memory for a sled that has failed; then no more is taken.
const HELD: usize = 64 * 1024 * 1024;

/// The thread's handle; when it goes, the thread finishes what is in the queue, syncs sled and ends.
pub struct Writer {
    shelf: Arc<DiskShelf>,
    queue: Sender<Order>,
    places: Arc<Semaphore>,
    thread: Option<JoinHandle<()>>,
    health: Arc<Mutex<Health>>,
    keeper: Keeper,
    /// Keeps other processes out of the folder.
    _lock: Arc<File>,
}

/// What the thread can be asked for.
pub(super) enum Order {
    /// A step; the place in the queue is free again when it is answered.
    Step(Step, OwnedSemaphorePermit),
    /// Something between two groups, when nothing is under way.
    Between(Box<dyn FnOnce(&DiskShelf) + Send>),
}

/// Runs, and gives what to tell the caller once the disk has answered.
pub(super) type Step = Box<dyn FnOnce(&mut View<'_>) -> Verdict + Send>;

/// A step that has run. One that is refused is told so when the group is written, too: what it was refused for may be
/// a step before it, of which nothing is kept if the disk refuses.
pub(super) struct Verdict {
    is_refused: bool,
    answer: Answer,
}

type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

impl Writer {
    /// Starts the thread over `shelf`; `keeper` makes its backups.
    pub(super) fn start(
        shelf: DiskShelf,
        lock: Arc<File>,
        keeper: impl FnOnce(Arc<DiskShelf>, Sender<Order>) -> Keeper,
    ) -> Self {
        let shelf = Arc::new(shelf);
        let (queue, orders) = channel();
        let health = Arc::new(Mutex::new(Health::Good));
        let keeper = keeper(shelf.clone(), queue.clone());
        let mut desk = Desk {
            shelf: shelf.clone(),
            health: health.clone(),
            bell: keeper.bell(),
            unsynced: 0,
            is_refused: false,
            is_forgetting: false,
            unrested: 0,
            pause: QUIET,
            patience: 1,
        };
        let thread = std::thread::spawn(move || desk.run(&orders));
        Self {
            shelf,
            queue,
            places: Arc::new(Semaphore::new(QUEUE)),
            thread: Some(thread),
            health,
            keeper,
            _lock: lock,
        }
    }

    /// Asks the thread for something between two groups.
    fn between<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&DiskShelf) -> Result<T, StoreError> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, StoreError>> {
        let (tell, answer) = oneshot::channel();
        let sent = self.queue.send(Order::Between(Box::new(move |shelf| {
            let _ = tell.send(ask(shelf));
        })));
        async move {
            sent.map_err(|_| gone())?;
            answer.await.map_err(|_| gone())?
        }
        .boxed()
    }
}

impl Engine for Writer {
    fn read<T>(&self, read: impl FnOnce(&View<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read(&View::new(self.shelf.as_ref(), &Changes::new()))
    }

    fn step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&mut View<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, StoreError>> {
        async move {
            let place = self.places.clone().acquire_owned().await.map_err(|_| gone())?;
            let (tell, answer) = oneshot::channel();
            let step: Step = Box::new(move |view| {
                let outcome = step(view);
                let is_refused = outcome.is_err();
                let answer: Answer = Box::new(move |written| {
                    let _ = tell.send(written.and(outcome));
                });
                Verdict { is_refused, answer }
            });
            self.queue.send(Order::Step(step, place)).map_err(|_| gone())?;
            answer.await.map_err(|_| gone())?
        }
        .boxed()
    }

    fn purge(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.keeper.purge()
    }

    fn back_up(&self, now: Timestamp) -> BoxFuture<'_, Result<(), StoreError>> {
        self.keeper.back_up(now)
    }

    fn backed_up(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.keeper.backed_up(now)
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.between(DiskShelf::checkpoint)
    }

    fn health(&self) -> Health {
        let noted = self.health.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match noted {
            Health::Good if self.shelf.is_behind() => Health::Refusing(super::shelf::behind().to_string()),
            Health::Good | Health::Refusing(_) => noted,
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.keeper.stop();
        // The thread ends when nobody can order anything any more.
        self.queue = channel().0;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread works with.
struct Desk {
    shelf: Arc<DiskShelf>,
    health: Arc<Mutex<Health>>,
    bell: Bell,
    /// Bytes written since sled was last synced.
    unsynced: usize,
    /// Whether the disk refused the last write.
    is_refused: bool,
    /// Whether something was forgotten since the keeper was last told.
    is_forgetting: bool,
    /// Orders since the last rest.
    unrested: u32,
    /// Where something failed: until the next try, if the queue is empty.
    pause: Duration,
    /// The same in orders, if it is not.
    patience: u32,
}

impl Desk {
    fn run(&mut self, orders: &Receiver<Order>) {
        let mut waiting = None;
        loop {
            let order = match waiting.take() {
                Some(order) => Ok(order),
                None if self.is_failing() => orders.recv_timeout(self.pause),
                None if self.unsynced != 0 || self.is_forgetting => orders.recv_timeout(QUIET),
                None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match order {
                Ok(Order::Step(step, place)) => waiting = self.group(step, place, orders),
                Ok(Order::Between(ask)) => ask(&self.shelf),
                Err(RecvTimeoutError::Timeout) => self.rest(),
                Err(RecvTimeoutError::Disconnected) => return self.rest(),
            }
            // Who is never left in peace must rest all the same.
            self.unrested += 1;
            let is_time = if self.is_failing() { self.patience } else { u32::MAX } <= self.unrested;
            if is_time || CHECKPOINT_BYTES <= self.unsynced {
                self.rest();
            }
        }
    }

    /// Runs a step and those that wait behind it as one group; gives the order that is none of them.
    fn group(&mut self, first: Step, place: OwnedSemaphorePermit, orders: &Receiver<Order>) -> Option<Order> {
        let mut group = Changes::new();
        let mut bytes = 0;
        let mut answers: Vec<(Answer, OwnedSemaphorePermit)> = Vec::new();
        let mut next = Some(Order::Step(first, place));
        while let Some(order) = next.take() {
            let (step, place) = match order {
                Order::Step(step, place) => (step, place),
                Order::Between(_) => {
                    next = Some(order);
                    break;
                }
            };
            let mut view = View::new(self.shelf.as_ref(), &group);
            // A step that panics has a fault, and its caller hears that the store is closed; the others go on.
            let Ok(verdict) = catch_unwind(AssertUnwindSafe(|| step(&mut view))) else { continue };
            let (changes, closes_group) = view.into_changes();
            if !verdict.is_refused {
                bytes += size(&changes);
                group.extend(changes);
                self.is_forgetting |= closes_group;
            }
            answers.push((verdict.answer, place));
            if closes_group || GROUP <= answers.len() || GROUP_BYTES <= bytes {
                break;
            }
            next = orders.try_recv().ok();
        }
        let outcome = self.write(&group);
        if outcome.is_ok() {
            self.unsynced += bytes;
        }
        for (answer, place) in answers {
            answer(outcome.clone());
            drop(place);
        }
        next
    }

    fn write(&mut self, group: &Changes) -> Result<(), StoreError> {
        if group.is_empty() {
            return Ok(());
        }
        let outcome = if self.shelf.is_behind() && HELD <= self.shelf.held() {
            Err(StoreError::Disk("the database has failed for too long".to_owned()))
        } else {
            self.shelf.write(group)
        };
        self.is_refused = outcome.is_err();
        self.note(outcome.as_ref().err());
        outcome
    }

    /// Does what can wait: syncs sled, opens it again after a failure, looks whether the disk takes writes again.
    fn rest(&mut self) {
        let tried = if self.shelf.is_behind() {
            self.shelf.mend()
        } else if self.is_refused {
            self.shelf.probe()
        } else {
            self.shelf.checkpoint()
        };
        self.unsynced = 0;
        self.unrested = 0;
        if tried.is_ok() {
            self.is_refused = false;
            self.pause = QUIET;
            self.patience = 1;
        } else {
            self.pause = (2 * self.pause).min(LONGEST_PAUSE);
            self.patience = (2 * self.patience).min(MOST_PATIENCE);
        }
        self.note(tried.as_ref().err());
        if std::mem::take(&mut self.is_forgetting) {
            self.bell.ring();
        }
    }

    fn is_failing(&self) -> bool {
        self.is_refused || self.shelf.is_behind()
    }

    fn note(&self, error: Option<&StoreError>) {
        let health = match error {
            None if self.is_failing() => return,
            None => Health::Good,
            Some(error) => Health::Refusing(error.to_string()),
        };
        let mut noted = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*noted, &health) {
            (Health::Refusing(_), Health::Good) => tracing::info!("the disk takes what it is given again"),
            (Health::Good, Health::Refusing(reason)) => tracing::error!(%reason, "the disk refuses"),
            (Health::Good, Health::Good) | (Health::Refusing(_), Health::Refusing(_)) => {}
        }
        *noted = health;
    }
}

fn size(changes: &Changes) -> usize {
    changes.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum()
}

fn gone() -> StoreError {
    StoreError::Disk("the store is closed".to_owned())
}
