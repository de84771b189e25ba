//! The store over any shelf: every method is one step, run by an engine that knows how to wait for the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use futures::FutureExt as _;
use futures::future::{self, BoxFuture};

use crate::desk::{
    Conversation, ConversationId, Delivery, Draft, Gap, MessageId, Place, Receipt, TicketId, Turn,
};
use crate::faq::{ChannelKind, Digest, RawFile};
use crate::time::Timestamp;

use super::steps::{erase, faq, outbox, reports, tickets, turns, vectors};
use super::table::{Key, Table};
use super::view::View;
use super::{
    Health, Outcome, Pending, Revision, Store, StoreError, Stored, Tally, TicketPlace, VectorKey, Waiting,
    Wake,
};

/// Runs steps over a shelf.
pub(super) trait Engine: Send + Sync {
    /// Runs what changes nothing.
    fn read<T>(&self, read: impl FnOnce(&View<'_>) -> Result<T, StoreError>) -> Result<T, StoreError>;

    /// Runs a step; its answer comes when its changes will survive a power cut.
    fn step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&mut View<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, StoreError>>;

    /// Purges the old bytes of what was forgotten, if it is ripe.
    fn purge(&self) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Writes a backup.
    fn back_up(&self, now: Timestamp) -> BoxFuture<'_, Result<(), StoreError>>;

    /// When the newest backup was taken, of those up to `now`.
    fn backed_up(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// All on disk, now.
    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>>;

    /// How the disk is.
    fn health(&self) -> Health;
}

/// A store over two engines: what customers say, and what the firm knows. They are apart because the first is
/// written again from scratch when a customer is forgotten, and the second never needs to be.
pub struct KeyedStore<E> {
    desk: E,
    knowledge: E,
    promised: Mutex<Promised>,
}

/// Ticket numbers that were named to conversations which have not used them yet. Kept in memory alone: a number that
/// is promised twice, because the process started anew, is refused by the commit that comes second.
type Promised = BTreeMap<ConversationId, u64>;

/// So many numbers may be promised at once; then all promises are forgotten.
const MOST_PROMISED: usize = 10_000;

#[expect(
    private_bounds,
    reason = "the two engines are `MemoryStore`'s and `DiskStore`'s; nobody else needs one"
)]
impl<E: Engine> KeyedStore<E> {
    /// The store over these engines.
    pub(super) fn over(desk: E, knowledge: E) -> Self {
        Self { desk, knowledge, promised: Mutex::new(Promised::new()) }
    }

    fn promised(&self) -> std::sync::MutexGuard<'_, Promised> {
        self.promised.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_desk<T: Send + 'static>(
        &self,
        read: impl FnOnce(&View<'_>) -> Result<T, StoreError>,
    ) -> Stored<'_, T> {
        future::ready(self.desk.read(read)).boxed()
    }

    fn read_knowledge<T: Send + 'static>(
        &self,
        read: impl FnOnce(&View<'_>) -> Result<T, StoreError>,
    ) -> Stored<'_, T> {
        future::ready(self.knowledge.read(read)).boxed()
    }
}

impl<E: Engine> Store for KeyedStore<E> {
    fn conversation(&self, id: &ConversationId) -> Stored<'_, Conversation> {
        self.read_desk(|view| turns::conversation(view, id))
    }

    fn conversations_of(&self, channel: ChannelKind, customer: &str) -> Stored<'_, Vec<ConversationId>> {
        self.read_desk(|view| turns::conversations_of(view, channel, customer))
    }

    fn next_ticket(&self, id: &ConversationId) -> Stored<'_, TicketId> {
        let first_free = match self.desk.read(tickets::first_free) {
            Ok(number) => number,
            Err(error) => return future::ready(Err(error)).boxed(),
        };
        let mut promised = self.promised();
        if MOST_PROMISED < promised.len() {
            promised.clear();
        }
        promised.retain(|_, number| first_free <= *number);
        let number = promised.get(id).copied().unwrap_or_else(|| {
            let taken: BTreeSet<u64> = promised.values().copied().collect();
            let last = first_free + taken.len() as u64;
            (first_free..=last).find(|number| !taken.contains(number)).expect("more numbers than promises")
        });
        promised.insert(id.clone(), number);
        future::ready(Ok(TicketId(number))).boxed()
    }

    fn commit(&self, turn: Turn, now: Timestamp) -> Stored<'_, Vec<Pending>> {
        let id = turn.conversation.id.clone();
        let commit = self.desk.step(move |view| turns::commit(view, turn, now));
        async move {
            let pending = commit.await?;
            self.promised().remove(&id);
            Ok(pending)
        }
        .boxed()
    }

    fn was_heard(&self, conversation: &ConversationId, message: &MessageId) -> Stored<'_, bool> {
        self.read_desk(|view| turns::was_heard(view, conversation, message))
    }

    fn due(&self, now: Timestamp, limit: usize) -> Stored<'_, Vec<Pending>> {
        self.read_desk(|view| outbox::due(view, now, limit))
    }

    fn waiting(&self) -> Stored<'_, Waiting> {
        self.read_desk(outbox::count)
    }

    fn next_due(&self) -> Stored<'_, Option<Timestamp>> {
        self.read_desk(|view| Ok(outbox::next_due(view)?.into_iter().chain(turns::next_wake(view)?).min()))
    }

    fn woken(&self, now: Timestamp, limit: usize) -> Stored<'_, Vec<Wake>> {
        self.read_desk(|view| turns::woken(view, now, limit))
    }

    fn settle(&self, number: u64, outcome: Outcome) -> Stored<'_, ()> {
        self.desk.step(move |view| outbox::settle(view, number, &outcome))
    }

    fn post(&self, conversation: ConversationId, delivery: Delivery, now: Timestamp) -> Stored<'_, Pending> {
        self.desk.step(move |view| outbox::enqueue(view, &conversation, delivery, now))
    }

    fn delivered_as(&self, conversation: &ConversationId, relays: &MessageId) -> Stored<'_, Option<Receipt>> {
        self.read_desk(|view| outbox::delivered_as(view, conversation, relays))
    }

    fn ticket_at(&self, place: &Place) -> Stored<'_, Option<TicketPlace>> {
        self.read_desk(|view| tickets::ticket_at(view, place))
    }

    fn ticket(&self, id: TicketId) -> Stored<'_, Option<TicketPlace>> {
        self.read_desk(|view| tickets::ticket(view, id))
    }

    fn open_tickets(&self) -> Stored<'_, Vec<TicketPlace>> {
        self.read_desk(tickets::open_tickets)
    }

    fn gaps(&self, since: Timestamp) -> Stored<'_, Vec<Gap>> {
        self.read_desk(|view| reports::gaps(view, since))
    }

    fn drafts(&self) -> Stored<'_, Vec<(u64, Draft)>> {
        self.read_desk(reports::drafts)
    }

    fn draft_written(&self, number: u64) -> Stored<'_, ()> {
        self.desk.step(move |view| reports::draft_written(view, number))
    }

    fn tallies(&self, since: Timestamp) -> Stored<'_, Vec<Tally>> {
        self.read_desk(|view| reports::tallies(view, since))
    }

    fn keep_faq(&self, files: Vec<RawFile>, digest: Digest, entries: u32, now: Timestamp) -> Stored<'_, u64> {
        self.knowledge.step(move |view| faq::keep(view, &files, digest, entries, now))
    }

    fn good_faq(&self) -> Stored<'_, Option<(u64, Vec<RawFile>)>> {
        self.read_knowledge(faq::good)
    }

    fn faq_revision(&self, number: u64) -> Stored<'_, Option<Vec<RawFile>>> {
        self.read_knowledge(|view| faq::revision(view, number))
    }

    fn faq_log(&self) -> Stored<'_, Vec<Revision>> {
        self.read_knowledge(faq::log)
    }

    fn vectors(&self, keys: Vec<VectorKey>) -> Stored<'_, Vec<Option<Vec<u8>>>> {
        self.read_knowledge(|view| vectors::vectors(view, &keys))
    }

    fn keep_vectors(&self, vectors: Vec<(VectorKey, Vec<u8>)>) -> Stored<'_, ()> {
        self.knowledge.step(move |view| {
            vectors::keep(view, vectors);
            Ok(())
        })
    }

    fn keep_only_vectors(&self, keys: Vec<VectorKey>) -> Stored<'_, ()> {
        self.knowledge.step(move |view| vectors::keep_only(view, &keys))
    }

    fn note(&self, name: &str) -> Stored<'_, Option<String>> {
        self.read_desk(|view| view.get(&Key::of(Table::Notes).text(name)))
    }

    fn keep_note(&self, name: &str, note: String) -> Stored<'_, ()> {
        let key = Key::of(Table::Notes).text(name);
        self.desk.step(move |view| view.put(&key, &note))
    }

    fn forget(&self, id: &ConversationId) -> Stored<'_, ()> {
        let id = id.clone();
        async move {
            self.desk.step(move |view| erase::forget(view, &id)).await?;
            self.desk.purge().await
        }
        .boxed()
    }

    fn tidy(&self, now: Timestamp, retention_until: Timestamp) -> Stored<'_, ()> {
        async move {
            loop {
                let expired = self.desk.read(|view| erase::expired(view, retention_until, TIDIED_AT_ONCE))?;
                if expired.is_empty() {
                    break;
                }
                self.desk.step(move |view| erase::forget_expired(view, &expired, retention_until)).await?;
            }
            let heard_until = Timestamp::from_millis(now.as_millis().saturating_sub(HEARD_FOR));
            let drop_old = move |view: &mut View<'_>| {
                erase::drop_old(view, retention_until, heard_until, TIDIED_AT_ONCE)
            };
            while self.desk.step(drop_old).await? != 0 {}
            self.desk.purge().await
        }
        .boxed()
    }

    fn back_up(&self, now: Timestamp) -> Stored<'_, ()> {
        async move {
            self.desk.back_up(now).await?;
            self.knowledge.back_up(now).await
        }
        .boxed()
    }

    fn backed_up(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        // That of the desk counts. Knowledge that didn't change is not written again, so that its newest backup may be old:
        // taken for the time, it would make each restart back the desk up, and the oldest backups go with each.
        let desk = self.desk.backed_up(now)?;
        Ok(self.knowledge.backed_up(now)?.and(desk))
    }

    fn flush(&self) -> Stored<'_, ()> {
        async move {
            self.desk.flush().await?;
            self.knowledge.flush().await
        }
        .boxed()
    }

    fn health(&self) -> Health {
        match self.desk.health() {
            Health::Good => self.knowledge.health(),
            bad @ Health::Refusing(_) => bad,
        }
    }
}

/// How long a heard event is known, in milliseconds: Telegram sends again what is up to 24 hours old.
const HEARD_FOR: i64 = 48 * 60 * 60 * 1000;
/// So many records are dropped in one step, so that turns don't wait long behind it.
const TIDIED_AT_ONCE: usize = 200;
