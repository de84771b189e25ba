//! Which channel is what: where customers ask, where staff hold tickets, and where the bot only speaks when spoken to.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::events::id_at;
use super::rest::{Fault, Rest};
use super::settings::{AnswersIn, Known};

/// Channels remembered; a forgotten one is asked for again.
const REMEMBERED: usize = 20_000;

/// What a channel is to the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    /// A private chat.
    Private,
    /// The channel below which the tickets' threads are.
    StaffRoom,
    /// A ticket's thread.
    Ticket,
    /// A channel in which every message is a question.
    Customers(AnswersIn),
    /// A thread below such a channel.
    Below { channel: u64, answers: AnswersIn },
    /// A post in a forum in which customers ask, and who opened it.
    Post { owner: Option<u64> },
    /// Anywhere else on a server.
    Elsewhere,
}

/// What is known of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Private,
    Channel,
    Thread { parent: u64, owner: Option<u64> },
}

/// What is known of all channels.
#[derive(Debug)]
pub(super) struct Places {
    known: Known,
    kinds: Mutex<Remembered<Kind>>,
}

impl Places {
    pub(super) fn new(known: Known) -> Self {
        Self { known, kinds: Mutex::new(Remembered::new(REMEMBERED)) }
    }

    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    /// A channel or thread, as Discord describes it.
    pub(super) fn learn(&self, channel: &Value) {
        let Some(id) = id_at(channel, &["id"]) else { return };
        let kind = match channel["type"].as_u64() {
            // Private chats, alone and in a group.
            Some(1 | 3) => Kind::Private,
            // Threads of announcements, public and private threads.
            Some(10..=12) => match id_at(channel, &["parent_id"]) {
                Some(parent) => Kind::Thread { parent, owner: id_at(channel, &["owner_id"]) },
                None => return,
            },
            Some(_) => Kind::Channel,
            None => return,
        };
        self.with_kinds(|kinds| kinds.insert(id, kind));
    }

    pub(super) fn forget(&self, channel: u64) {
        self.with_kinds(|kinds| kinds.remove(channel));
    }

    /// What `channel` is, as far as it is known without asking; an unknown one on a server is taken for a channel.
    pub(super) fn spot_now(&self, in_guild: bool, channel: u64) -> Spot {
        let kind = self.with_kinds(|kinds| kinds.get(channel).copied());
        self.spot(channel, kind.unwrap_or(if in_guild { Kind::Channel } else { Kind::Private }))
    }

    /// What the channel of an interaction is, which names the parent of a thread itself.
    pub(super) fn spot_below(&self, in_guild: bool, channel: u64, parent: Option<u64>) -> Spot {
        let known = self.with_kinds(|kinds| kinds.get(channel).copied());
        match (known, parent) {
            (None | Some(Kind::Channel), Some(parent)) if in_guild => {
                self.spot(channel, Kind::Thread { parent, owner: None })
            }
            _ => self.spot_now(in_guild, channel),
        }
    }

    /// What `channel` is; asks Discord where it isn't known. A channel that the bot may not look at is `Elsewhere`.
    pub(super) async fn spot_of(&self, rest: &Rest, in_guild: bool, channel: u64) -> Result<Spot, Fault> {
        if !in_guild {
            return Ok(Spot::Private);
        }
        let named = self.known.staff_channel == Some(channel) || self.known.answers_in(channel).is_some();
        if !named && self.with_kinds(|kinds| kinds.get(channel).is_none()) {
            match rest.get(&format!("/channels/{channel}")).await {
                Ok(found) => self.learn(&found),
                Err(Fault::Refused { .. }) => return Ok(Spot::Elsewhere),
                Err(fault) => return Err(fault),
            }
        }
        Ok(self.spot_now(in_guild, channel))
    }

    fn spot(&self, channel: u64, kind: Kind) -> Spot {
        match kind {
            Kind::Private => Spot::Private,
            _ if self.known.staff_channel == Some(channel) => Spot::StaffRoom,
            Kind::Thread { parent, .. } if self.known.staff_channel == Some(parent) => Spot::Ticket,
            Kind::Thread { parent, owner } if self.known.is_forum(parent) => Spot::Post { owner },
            Kind::Thread { parent, .. } => match self.known.answers_in(parent) {
                Some(answers) => Spot::Below { channel: parent, answers },
                None => Spot::Elsewhere,
            },
            Kind::Channel => match self.known.answers_in(channel) {
                Some(answers) => Spot::Customers(answers),
                None => Spot::Elsewhere,
            },
        }
    }

    /// The forum that the post `thread` stands in.
    pub(super) fn forum_of(&self, thread: u64) -> Option<u64> {
        match self.with_kinds(|kinds| kinds.get(thread).copied())? {
            Kind::Thread { parent, .. } if self.known.is_forum(parent) => Some(parent),
            Kind::Thread { .. } | Kind::Channel | Kind::Private => None,
        }
    }

    fn with_kinds<T>(&self, change: impl FnOnce(&mut Remembered<Kind>) -> T) -> T {
        change(&mut self.kinds.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A map that forgets its oldest when it is full.
#[derive(Debug)]
pub(super) struct Remembered<T> {
    values: HashMap<u64, T>,
    order: VecDeque<u64>,
    room: usize,
}

impl<T> Remembered<T> {
    pub(super) fn new(room: usize) -> Self {
        Self { values: HashMap::new(), order: VecDeque::new(), room }
    }

    pub(super) fn insert(&mut self, key: u64, value: T) {
        if self.values.insert(key, value).is_none() {
            self.order.push_back(key);
        }
        while self.room < self.order.len() {
            if let Some(oldest) = self.order.pop_front() {
                self.values.remove(&oldest);
            }
        }
    }

    pub(super) fn get(&self, key: u64) -> Option<&T> {
        self.values.get(&key)
    }

    pub(super) fn remove(&mut self, key: u64) {
        self.values.remove(&key);
        self.order.retain(|other| *other != key);
    }
}
