//! After a new session: what was written in the meantime is read, and handed in before what comes now.
//!
//! It is found in private chats that the bot knows, in tickets' threads, and in channels and forums that the owner has
//! named. The store drops what was heard already.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use serde_json::Value;

use super::ears::Incoming;
use super::events::{self, id_at};
use super::intake::Hold;
use super::listen::Shared;
use super::places::Spot;
use super::progress::Progress;
use super::rest::Fault;

/// Chats read at once.
const AT_ONCE: usize = 5;
/// Messages read in one request.
const PAGE: usize = 100;
/// Requests for one channel; what is older than that is not read.
const PAGES: usize = 20;
/// Attempts at one request.
const ATTEMPTS: u32 = 5;

/// What is needed to catch up. The lanes wait until it is dropped.
pub(super) struct CatchUp {
    pub(super) shared: Arc<Shared>,
    pub(super) progress: Arc<Progress>,
    pub(super) bot: u64,
    /// Everything up to this message was handled.
    pub(super) handled: u64,
    pub(super) hold: Hold,
}

impl CatchUp {
    /// Reads all known private chats.
    pub(super) async fn chats(self) {
        let chats = self.shared.notes.chats();
        let all = futures::stream::iter(chats.into_iter().map(|chat| self.read(chat, None)));
        let found: usize =
            all.buffer_unordered(AT_ONCE).fold(0, |sum, found| async move { sum + found }).await;
        if 0 < found {
            tracing::info!(found, "messages were written in private chats while the bot was away");
        }
        drop(self.hold);
    }

    /// Reads those of the server's `channels` that the bot listens in.
    pub(super) async fn guild(self, guild: u64, channels: Vec<u64>) {
        let listened = channels.into_iter().filter(|channel| {
            matches!(
                self.shared.places.spot_now(true, *channel),
                Spot::Ticket | Spot::Customers(_) | Spot::Below { .. } | Spot::Post { .. }
            )
        });
        let all = futures::stream::iter(listened.map(|channel| self.read(channel, Some(guild))));
        let found: usize =
            all.buffer_unordered(AT_ONCE).fold(0, |sum, found| async move { sum + found }).await;
        if 0 < found {
            tracing::info!(found, "messages were written on the server while the bot was away");
        }
        drop(self.hold);
    }

    /// Reads what was written in `channel` since, oldest first; gives how many messages were found.
    async fn read(&self, channel: u64, guild: Option<u64>) -> usize {
        let mut after = self.handled;
        let mut found = 0;
        let mut roles: HashMap<String, Vec<String>> = HashMap::new();
        for _ in 0..PAGES {
            let path = format!("/channels/{channel}/messages?after={after}&limit={PAGE}");
            let Some(Value::Array(page)) = self.get(&path).await else { return found };
            let full = PAGE <= page.len();
            let mut page: Vec<(u64, Value)> =
                page.into_iter().filter_map(|message| Some((id_at(&message, &["id"])?, message))).collect();
            page.sort_by_key(|(id, _)| *id);
            after = page.last().map_or(after, |(id, _)| *id);
            for (id, message) in page {
                found += usize::from(self.take(id, message, channel, guild, &mut roles).await);
            }
            if !full {
                return found;
            }
        }
        tracing::warn!(channel, "more was written while the bot was away than it reads; the rest is left");
        found
    }

    async fn take(
        &self,
        id: u64,
        message: Value,
        channel: u64,
        guild: Option<u64>,
        roles: &mut HashMap<String, Vec<String>>,
    ) -> bool {
        let mut written = match events::written(message, self.bot) {
            Ok(Some(written)) if written.by_person => written,
            Ok(_) => return false,
            Err(error) => {
                tracing::error!(%error, "a message of Discord's can't be read; please report this");
                return false;
            }
        };
        written.guild = guild;
        if let Some(guild) = guild {
            let author = &written.author.id;
            if !roles.contains_key(author) {
                let member = self.get(&format!("/guilds/{guild}/members/{author}")).await.unwrap_or_default();
                let held = member["roles"].as_array().into_iter().flatten();
                let held = held.filter_map(|role| role.as_str().map(str::to_owned)).collect();
                roles.insert(author.clone(), held);
            }
            written.author.roles = roles.get(author).cloned().unwrap_or_default();
        }
        self.shared.ears.remember(&written);
        let user = super::address::id(&written.author.id).unwrap_or_default();
        let mark = self.progress.begin_caught_up(id);
        self.shared.intake.add_caught_up((channel, user), id, Incoming::Wrote(Box::new(written)), mark);
        true
    }

    async fn get(&self, path: &str) -> Option<Value> {
        for attempt in 1..=ATTEMPTS {
            let pause = match self.shared.rest.get(path).await {
                Ok(found) => return Some(found),
                Err(Fault::Limited(pause)) => pause,
                Err(Fault::Unreachable(reason)) => {
                    tracing::warn!(%reason, "catching up waits for Discord");
                    Duration::from_secs(1) * attempt
                }
                Err(fault @ (Fault::Refused { .. } | Fault::Token)) => {
                    tracing::debug!(%fault, "a channel can't be caught up");
                    return None;
                }
            };
            tokio::time::sleep(pause).await;
        }
        None
    }
}
