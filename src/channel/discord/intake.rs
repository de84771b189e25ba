//! The intake: events wait in lanes, one for each person in each channel, and are handed in one after the other.
//!
//! The order within a lane is that of the gateway; messages found by catching up are put in front of newer ones by
//! their ids. A lane goes on only after the inbox has stored what it was given, and offers again what wasn't taken, so
//! nothing is skipped and nothing overtakes. How much may wait altogether is bounded: when it is full, the gateway is
//! not read any further, and Discord keeps what comes after.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::progress::Mark;

/// Events from the gateway that may wait, over all lanes.
const ROOM: usize = 2048;
/// Longest wait for the lanes to empty at the end.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// A lane: the channel, and who acts there.
pub(super) type LaneKey = (u64, u64);

/// What handles one event after the other.
pub(super) trait Handle<E>: Send + Sync + 'static {
    /// Handles `event` to its end, as often as it takes; false when the bot is stopping and it is not handled.
    fn handle(&self, event: E) -> BoxFuture<'_, bool>;
}

/// All lanes.
pub(super) struct Intake<E> {
    handle: Arc<dyn Handle<E>>,
    lanes: Mutex<HashMap<LaneKey, VecDeque<Waiting<E>>>>,
    room: Arc<Semaphore>,
    /// How many catch-ups are under way; no lane moves until they are done.
    catching_up: watch::Sender<usize>,
    /// How many lanes there are.
    busy: watch::Sender<usize>,
}

/// Room for one event.
pub(super) type Permit = OwnedSemaphorePermit;

struct Waiting<E> {
    order: u64,
    event: E,
    mark: Mark,
    _permit: Option<Permit>,
}

/// Holds all lanes until it is dropped.
pub(super) struct Hold {
    catching_up: watch::Sender<usize>,
}

impl<E: Send + 'static> Intake<E> {
    pub(super) fn new(handle: Arc<dyn Handle<E>>) -> Arc<Self> {
        Arc::new(Self {
            handle,
            lanes: Mutex::default(),
            room: Arc::new(Semaphore::new(ROOM)),
            catching_up: watch::Sender::new(0),
            busy: watch::Sender::new(0),
        })
    }

    /// Waits for room for one event.
    pub(super) async fn room(&self) -> Permit {
        self.room.clone().acquire_owned().await.expect("the semaphore is never closed")
    }

    /// An event of the gateway: behind everything that waits in its lane.
    pub(super) fn add(self: &Arc<Self>, lane: LaneKey, order: u64, event: E, mark: Mark, permit: Permit) {
        let waiting = Waiting { order, event, mark, _permit: Some(permit) };
        self.put(lane, |queue| {
            // Never before what came earlier, even where its id is smaller.
            let order = queue.back().map_or(waiting.order, |last| last.order.max(waiting.order));
            queue.push_back(Waiting { order, ..waiting });
        });
    }

    /// A message found by catching up: before everything newer in its lane. It takes no room, because the lanes wait
    /// for it; how much is found is bounded by who looks.
    pub(super) fn add_caught_up(self: &Arc<Self>, lane: LaneKey, order: u64, event: E, mark: Mark) {
        let waiting = Waiting { order, event, mark, _permit: None };
        self.put(lane, |queue| {
            let at = queue.partition_point(|other| other.order <= waiting.order);
            queue.insert(at, waiting);
        });
    }

    /// Lets no lane move until what is returned is dropped.
    pub(super) fn hold(&self) -> Hold {
        self.catching_up.send_modify(|holds| *holds += 1);
        Hold { catching_up: self.catching_up.clone() }
    }

    /// Waits until all lanes are empty, or have given up because the bot is stopping; not for ever.
    pub(super) async fn finished(&self) {
        let mut busy = self.busy.subscribe();
        let _ = tokio::time::timeout(LAST_WORDS, busy.wait_for(|lanes| *lanes == 0)).await;
    }

    fn put(self: &Arc<Self>, lane: LaneKey, insert: impl FnOnce(&mut VecDeque<Waiting<E>>)) {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !lanes.contains_key(&lane);
        insert(lanes.entry(lane).or_default());
        if is_new {
            self.busy.send_modify(|lanes| *lanes += 1);
            tokio::spawn(self.clone().work(lane));
        }
    }

    async fn work(self: Arc<Self>, lane: LaneKey) {
        let mut catching_up = self.catching_up.subscribe();
        loop {
            let _ = catching_up.wait_for(|holds| *holds == 0).await;
            let Some(waiting) = self.next(lane) else { break };
            if !self.handle.handle(waiting.event).await {
                // The bot is stopping: what waits is heard again after the next start.
                self.lanes.lock().unwrap_or_else(PoisonError::into_inner).remove(&lane);
                break;
            }
            waiting.mark.done();
        }
        self.busy.send_modify(|lanes| *lanes -= 1);
    }

    /// The lane's next event; a lane without one is closed.
    fn next(&self, lane: LaneKey) -> Option<Waiting<E>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let next = lanes.get_mut(&lane)?.pop_front();
        if next.is_none() {
            lanes.remove(&lane);
        }
        next
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.catching_up.send_modify(|holds| *holds -= 1);
    }
}
