//! The outbox: delivers what lies on disk, in order, until it has arrived; and rings when a moment has come.
//!
//! The store says what may go out now: of each conversation only its oldest delivery. So order needs no memory here,
//! and after a crash the loop simply goes on. A delivery under way is remembered until it is settled, so that it isn't
//! begun twice by one process. When the disk refuses to note what arrived, that is tried until it works, and nothing
//! else leaves meanwhile: a full disk repeats no message.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::watch;

use crate::channel::{Channel, DeliverError, Parcel};
use crate::desk::{Event, MessageId, Place, Post, Receipt, Recipient, What};
use crate::faq::ChannelKind;
use crate::store::{Outcome, Pending, StoreError, Wake};
use crate::time::Timestamp;

use super::{Shared, step};

/// Deliveries under way at once; more of them only wait for the platforms' rate limits.
const AT_ONCE: usize = 64;
/// Longest sleep without a look at the store: bounds what a lost notification can cost.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// First pause after a failure that the platform gave no time for; doubled with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// Tries before a delivery is given up: with the pauses above, a little over two days.
const TRIES: u32 = 600;
/// Pause after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Delivers and rings until `stop` says otherwise; then finishes what is under way.
pub(super) async fn run(
    shared: Arc<Shared>,
    channels: Vec<Arc<dyn Channel>>,
    mut stop: watch::Receiver<bool>,
) {
    let channels: HashMap<ChannelKind, Arc<dyn Channel>> =
        channels.into_iter().map(|channel| (channel.kind(), channel)).collect();
    let unnoted = AtomicUsize::new(0);
    let stopped = stop.clone();
    let mut under_way: HashSet<u64> = HashSet::new();
    let mut deliveries = FuturesUnordered::new();
    let mut ringing: HashSet<Wake> = HashSet::new();
    let mut rings = FuturesUnordered::new();
    loop {
        let stopping = *stop.borrow();
        if stopping && deliveries.is_empty() && rings.is_empty() {
            return;
        }
        let mut sleep = LONGEST_SLEEP;
        if !stopping && unnoted.load(Ordering::Relaxed) == 0 {
            match look(&shared, under_way.len() + ringing.len()).await {
                Ok(found) => {
                    for pending in found.deliveries {
                        if under_way.insert(pending.number) {
                            let noting = Noting { unnoted: &unnoted, stop: stopped.clone() };
                            deliveries.push(send(&shared, &channels, pending, noting));
                        }
                    }
                    for wake in found.wakes {
                        if ringing.insert(wake.clone()) {
                            rings.push(ring(&shared, wake));
                        }
                    }
                    sleep = found.sleep.min(LONGEST_SLEEP);
                }
                Err(error) => {
                    tracing::error!(%error, "the outbox can't be read");
                    sleep = STORE_PAUSE;
                }
            }
            shared.quiet.send_replace(deliveries.is_empty() && rings.is_empty());
        }
        tokio::select! {
            Some(number) = deliveries.next() => { under_way.remove(&number); }
            Some(wake) = rings.next() => { ringing.remove(&wake); }
            () = shared.posted.notified() => {}
            () = tokio::time::sleep(sleep), if !stopping => {}
            changed = stop.changed(), if !stopping => { if changed.is_err() { return; } }
        }
    }
}

/// What may be done now, and how long nothing else will be.
struct Found {
    deliveries: Vec<Pending>,
    wakes: Vec<Wake>,
    sleep: Duration,
}

async fn look(shared: &Shared, under_way: usize) -> Result<Found, StoreError> {
    let now = shared.clock.now();
    let room = AT_ONCE.saturating_sub(under_way);
    if room == 0 {
        return Ok(Found { deliveries: Vec::new(), wakes: Vec::new(), sleep: LONGEST_SLEEP });
    }
    // What is under way is still due in the store's eyes, so ask for that much more.
    let deliveries = shared.store.due(now, room + under_way).await?;
    let wakes = shared.store.woken(now, room + under_way).await?;
    let sleep = match shared.store.next_due().await? {
        Some(at) if now < at => at.since(now),
        // Something is due that is under way already: its end wakes this loop.
        Some(_) | None => LONGEST_SLEEP,
    };
    Ok(Found { deliveries, wakes, sleep })
}

/// A moment has come: one step with an event of its own.
async fn ring(shared: &Shared, wake: Wake) -> Wake {
    let Some(guard) = shared.lanes.enter(&wake.conversation).await else { return wake };
    let event = Event {
        conversation: wake.conversation.clone(),
        message: MessageId(format!("wake:{:?}:{}", wake.reminder, wake.at.as_millis())),
        what: What::Woke(wake.reminder),
    };
    if let Err(error) = step::step(shared, &event).await {
        tracing::error!(%error, conversation = %wake.conversation, "a reminder could not be handled");
        tokio::time::sleep(STORE_PAUSE).await;
    }
    drop(guard);
    wake
}

/// How the end of a delivery is noted.
struct Noting<'a> {
    /// Deliveries that have arrived, and that the disk has refused to note so far.
    unnoted: &'a AtomicUsize,
    stop: watch::Receiver<bool>,
}

/// Delivers one, and notes what came of it.
async fn send(
    shared: &Shared,
    channels: &HashMap<ChannelKind, Arc<dyn Channel>>,
    pending: Pending,
    noting: Noting<'_>,
) -> u64 {
    let number = pending.number;
    let outcome = match attempt(shared, channels, &pending).await {
        Ok(outcome) => outcome,
        Err(error) => {
            tracing::error!(%error, number, "a delivery could not be prepared");
            tokio::time::sleep(STORE_PAUSE).await;
            return number;
        }
    };
    let mut settled = shared.store.settle(number, outcome.clone()).await;
    for channel in channels.values() {
        channel.settled(number);
    }
    if let Err(error) = &settled {
        tracing::error!(%error, number, "a delivery could not be settled; trying until it can");
        settled = noting.insist(shared, number, &outcome).await;
    }
    if settled.is_err() {
        tracing::error!(number, "stopping; this delivery is made again at the next start");
    }
    number
}

impl Noting<'_> {
    /// Tries until it works, or we stop: then it is said again after the start, rather than perhaps never.
    async fn insist(mut self, shared: &Shared, number: u64, outcome: &Outcome) -> Result<(), StoreError> {
        self.unnoted.fetch_add(1, Ordering::Relaxed);
        let settled = loop {
            tokio::select! {
                () = tokio::time::sleep(STORE_PAUSE) => {}
                _ = self.stop.wait_for(|stop| *stop) => {}
            }
            let settled = shared.store.settle(number, outcome.clone()).await;
            if settled.is_ok() || *self.stop.borrow() {
                break settled;
            }
        };
        self.unnoted.fetch_sub(1, Ordering::Relaxed);
        settled
    }
}

async fn attempt(
    shared: &Shared,
    channels: &HashMap<ChannelKind, Arc<dyn Channel>>,
    pending: &Pending,
) -> Result<Outcome, StoreError> {
    let Some(to) = destination(shared, pending).await? else {
        tracing::warn!(number = pending.number, "nobody is set up to receive this; it is dropped");
        return Ok(Outcome::GivenUp);
    };
    let earlier = match &pending.delivery.post {
        Post::Amend { relays, .. } | Post::Withdraw { relays } => {
            match shared.store.delivered_as(&pending.conversation, relays).await? {
                Some(receipt) => Some(receipt),
                // What it is about never arrived: there is nothing to change.
                None => return Ok(Outcome::GivenUp),
            }
        }
        Post::Say { .. } | Post::OpenTicket { .. } | Post::MarkTicket { .. } => None,
    };
    let Some(channel) = channels.get(&to.channel) else {
        tracing::warn!(
            number = pending.number,
            channel = to.channel.name(),
            "this channel does not run; trying later"
        );
        return Ok(Outcome::Again(shared.clock.now().plus(LONGEST_PAUSE)));
    };
    let parcel = Parcel { number: pending.number, to, post: pending.delivery.post.clone(), earlier };
    let result = channel.deliver(&parcel).await;
    if let Err(error) = &result {
        shared.meter.failed(channel.kind(), error);
    }
    let outcome = judge(result, pending, shared.clock.now());
    shared.meter.delivered(channel.kind(), &outcome);
    Ok(outcome)
}

/// Where a delivery goes: the ticket's place is known only once it was made.
async fn destination(shared: &Shared, pending: &Pending) -> Result<Option<Place>, StoreError> {
    Ok(match (&pending.delivery.to, &pending.delivery.post) {
        (Recipient::Customer(place), _) => Some(place.clone()),
        (Recipient::Owner, _) => owners_place(shared),
        (Recipient::Ticket(_), Post::OpenTicket { .. }) => shared.staff.place.clone(),
        (Recipient::Ticket(id), _) => shared.store.ticket(*id).await?.and_then(|ticket| ticket.place),
    })
}

/// Where the owner is told news: in a chat of their own, else among staff.
pub(super) fn owners_place(shared: &Shared) -> Option<Place> {
    shared.owner.clone().or_else(|| shared.staff.place.clone())
}

fn judge(result: Result<Receipt, DeliverError>, pending: &Pending, now: Timestamp) -> Outcome {
    let number = pending.number;
    match result {
        Ok(receipt) => Outcome::Delivered(receipt),
        Err(DeliverError::RetryAfter(pause)) => Outcome::Again(now.plus(pause)),
        Err(DeliverError::Unreachable(reason)) if pending.tries < TRIES => {
            let pause = FIRST_PAUSE.saturating_mul(1 << pending.tries.min(16)).min(LONGEST_PAUSE);
            tracing::warn!(number, tries = pending.tries, %reason, ?pause, "a delivery failed; trying again");
            Outcome::Again(now.plus(pause))
        }
        Err(error @ (DeliverError::Unreachable(_) | DeliverError::Gone | DeliverError::Refused(_))) => {
            tracing::error!(number, conversation = %pending.conversation, %error, "a delivery is given up");
            Outcome::GivenUp
        }
    }
}
