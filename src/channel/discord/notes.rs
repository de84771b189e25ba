//! What the adapter must know again after a restart: each shard's session, private chats, private threads.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::channel::{Memory, NotTaken};

/// Private chats known for catching up; about 40 KB.
const CHATS: usize = 2000;
/// Private threads known; about 60 KB.
const THREADS: usize = 1000;
/// The note of the private chats.
const CHATS_NOTE: &str = "discord/chats";
/// The note of the private threads.
const THREADS_NOTE: &str = "discord/threads";

/// A shard's session with the gateway, and how far its events were handled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SessionNote {
    /// Which shard, of how many.
    pub(super) shard: (u32, u32),
    /// The session's name; `None` when only `handled` is known.
    pub(super) session: Option<String>,
    /// Where it is resumed.
    pub(super) url: String,
    /// The bot's user id.
    pub(super) bot: u64,
    /// The application's id.
    pub(super) application: u64,
    /// All events up to this number are handled.
    pub(super) sequence: u64,
    /// All messages up to this id are handled.
    pub(super) handled: u64,
    /// Catching up with what came before this session was not finished: it must be done again.
    #[serde(default)]
    pub(super) behind: bool,
}

/// All notes.
pub(super) struct Notes {
    memory: Arc<dyn Memory>,
    chats: Mutex<VecDeque<u64>>,
    threads: Mutex<Threads>,
    /// One writer at a time, so that an older form never overwrites a newer one.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Threads {
    by_user: HashMap<(u64, u64), u64>,
    by_thread: HashMap<u64, (u64, u64)>,
}

impl Notes {
    pub(super) fn new(memory: Arc<dyn Memory>) -> Self {
        Self {
            memory,
            chats: Mutex::default(),
            threads: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
        }
    }

    /// Reads what was kept; a note that can't be read is as good as none.
    pub(super) async fn load(&self) {
        if let Some(note) = self.memory.recall(CHATS_NOTE).await {
            *lock(&self.chats) = serde_json::from_str(&note).unwrap_or_default();
        }
        if let Some(note) = self.memory.recall(THREADS_NOTE).await {
            let kept: BTreeMap<u64, (u64, u64)> = serde_json::from_str(&note).unwrap_or_default();
            let mut threads = lock(&self.threads);
            for (thread, key) in kept {
                threads.insert(thread, key);
            }
        }
    }

    pub(super) async fn session(&self, shard: u32) -> Option<SessionNote> {
        serde_json::from_str(&self.memory.recall(&session_note(shard)).await?).ok()
    }

    pub(super) async fn keep_session(&self, note: &SessionNote) -> Result<(), NotTaken> {
        let text = serde_json::to_string(note).map_err(|error| NotTaken::NotStored(error.to_string()))?;
        self.memory.remember(&session_note(note.shard.0), text).await
    }

    /// Private chats, the latest first.
    pub(super) fn chats(&self) -> Vec<u64> {
        lock(&self.chats).iter().copied().collect()
    }

    /// Notes a private chat; a new one is on disk before its first message is handed in.
    pub(super) async fn keep_chat(&self, chat: u64) -> Result<(), NotTaken> {
        let fresh = {
            let mut chats = lock(&self.chats);
            let before = chats.iter().position(|known| *known == chat);
            if let Some(at) = before {
                chats.remove(at);
            }
            chats.push_front(chat);
            chats.truncate(CHATS);
            before.is_none()
        };
        if !fresh {
            return Ok(());
        }
        let _turn = self.writing.lock().await;
        let text =
            serde_json::to_string(&self.chats()).map_err(|error| NotTaken::NotStored(error.to_string()))?;
        let kept = self.memory.remember(CHATS_NOTE, text).await;
        if kept.is_err() {
            lock(&self.chats).retain(|known| *known != chat);
        }
        kept
    }

    /// The private thread of `user` below `channel`.
    pub(super) fn thread_of(&self, channel: u64, user: u64) -> Option<u64> {
        lock(&self.threads).by_user.get(&(channel, user)).copied()
    }

    /// Whose private thread this is.
    pub(super) fn user_of(&self, thread: u64) -> Option<u64> {
        lock(&self.threads).by_thread.get(&thread).map(|(_, user)| *user)
    }

    pub(super) async fn keep_thread(&self, channel: u64, user: u64, thread: u64) -> Result<(), NotTaken> {
        let _turn = self.writing.lock().await;
        let text = {
            let mut threads = lock(&self.threads);
            threads.insert(thread, (channel, user));
            let newest: BTreeMap<u64, (u64, u64)> =
                threads.by_thread.iter().map(|(thread, key)| (*thread, *key)).collect();
            let surplus = newest.len().saturating_sub(THREADS);
            let kept: BTreeMap<&u64, &(u64, u64)> = newest.iter().skip(surplus).collect();
            serde_json::to_string(&kept)
        };
        let text = text.map_err(|error| NotTaken::NotStored(error.to_string()))?;
        self.memory.remember(THREADS_NOTE, text).await
    }

    pub(super) fn forget_thread(&self, channel: u64, user: u64) {
        let mut threads = lock(&self.threads);
        if let Some(thread) = threads.by_user.remove(&(channel, user)) {
            threads.by_thread.remove(&thread);
        }
    }
}

impl Threads {
    fn insert(&mut self, thread: u64, key: (u64, u64)) {
        if let Some(older) = self.by_user.insert(key, thread) {
            self.by_thread.remove(&older);
        }
        self.by_thread.insert(thread, key);
    }
}

fn session_note(shard: u32) -> String {
    format!("discord/shard/{shard}")
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
