//! All shards, as many as Discord asks for: started one after the other, connected again when a line breaks, ended in
//! order.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use secrecy::SecretString;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::gateway::{End, Line, Listener, Session};
use super::listen::{Ear, Shared};
use super::notes::SessionNote;
use super::rest::Fault;
use super::settings::Fatal;

/// First pause before a line is set up again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Lines that fail one after the other before a session's own address is given up for the general one.
const FAILURES: u32 = 3;
/// Between two new sessions, Discord wants this.
const BETWEEN_SESSIONS: Duration = Duration::from_secs(5);
/// How often it is noted how far events were handled.
const NOTED_EVERY: Duration = Duration::from_millis(250);

/// What the shards need.
pub(super) struct Shards {
    pub(super) shared: Arc<Shared>,
    pub(super) token: SecretString,
    pub(super) intents: u64,
    pub(super) stop: watch::Receiver<bool>,
    /// When the last new session was begun.
    pub(super) last_session: Mutex<Option<Instant>>,
}

/// What Discord says about its gateway.
struct Gateway {
    url: String,
    shards: u32,
    /// New sessions that may still be begun, and when there are more.
    remaining: u64,
    more_after: Duration,
}

impl Shards {
    /// Listens until the bot stops, or can't go on.
    pub(super) async fn run(&self) -> Result<(), Fatal> {
        loop {
            let Some(gateway) = self.gateway().await? else { return Ok(()) };
            let count = gateway.shards;
            let mut shards: FuturesUnordered<_> =
                (0..count).map(|number| self.shard((number, count), gateway.url.clone())).collect();
            let reshard = loop {
                match shards.next().await {
                    Some(End::Fatal(fatal)) => return Err(fatal),
                    Some(End::Reshard) => break true,
                    Some(End::Stopped | End::Resume | End::Anew) => {}
                    None => break false,
                }
            };
            if !reshard {
                return Ok(());
            }
            tracing::warn!("Discord wants more shards; starting again");
        }
    }

    async fn shard(&self, shard: (u32, u32), url: String) -> End {
        let note = self.shared.notes.session(shard.0).await;
        // A session of another number of shards is none; what was handled stays true.
        let note =
            note.map(|note| if note.shard == shard { note } else { SessionNote { session: None, ..note } });
        let mut session =
            note.as_ref().and_then(Session::from_note).unwrap_or_else(|| Session::fresh(url.clone()));
        let ear = Ear::new(self.shared.clone(), shard, note.as_ref());
        let listening = self.listen(shard, &url, &mut session, &ear);
        let noting = self.note(&ear);
        let end = tokio::select! {
            end = listening => end,
            () = noting => End::Stopped,
        };
        if end == End::Stopped {
            self.shared.intake.finished().await;
        }
        ear.keep(None).await;
        end
    }

    async fn listen(&self, shard: (u32, u32), url: &str, session: &mut Session, ear: &Arc<Ear>) -> End {
        let listener: Arc<dyn Listener> = Arc::new(ear.clone());
        let mut failures = 0;
        let mut pause = FIRST_PAUSE;
        loop {
            if session.id.is_none() {
                match self.may_begin().await {
                    Ok(true) => {}
                    Ok(false) => return End::Stopped,
                    Err(fatal) => return End::Fatal(fatal),
                }
            }
            let line = Line {
                shard,
                token: &self.token,
                intents: self.intents,
                listener: &listener,
                then_anew: ear.owes(),
                stop: self.stop.clone(),
            };
            match line.listen(session).await {
                end @ (End::Stopped | End::Reshard | End::Fatal(_)) => return end,
                End::Resume => {}
                End::Anew => {
                    tracing::info!(shard = shard.0, "the session with Discord is over; beginning a new one");
                    *session = Session { lived: session.lived, ..Session::fresh(url.to_owned()) };
                }
            }
            if session.lived {
                failures = 0;
                pause = FIRST_PAUSE;
            } else {
                failures += 1;
                if failures % FAILURES == 0 {
                    url.clone_into(&mut session.url);
                }
            }
            if !self.rested(pause).await {
                return End::Stopped;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Waits until a new session may be begun; false when the bot is stopping. Discord allows a thousand a day.
    async fn may_begin(&self) -> Result<bool, Fatal> {
        let mut last = self.last_session.lock().await;
        loop {
            let Some(gateway) = self.gateway().await? else { return Ok(false) };
            if 0 < gateway.remaining {
                break;
            }
            tracing::error!(wait = ?gateway.more_after, "Discord allows no new session for now; waiting");
            if !self.rested(gateway.more_after.max(FIRST_PAUSE)).await {
                return Ok(false);
            }
        }
        if let Some(last) = *last
            && !self.rested((last + BETWEEN_SESSIONS).saturating_duration_since(Instant::now())).await
        {
            return Ok(false);
        }
        *last = Some(Instant::now());
        Ok(true)
    }

    /// Asks where the gateway is, as often as it takes; `None` when the bot is stopping.
    async fn gateway(&self) -> Result<Option<Gateway>, Fatal> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.shared.rest.get("/gateway/bot").await {
                Ok(found) => {
                    let limit = &found["session_start_limit"];
                    return Ok(Some(Gateway {
                        url: found["url"].as_str().unwrap_or("wss://gateway.discord.gg").to_owned(),
                        shards: found["shards"]
                            .as_u64()
                            .and_then(|n| u32::try_from(n).ok())
                            .unwrap_or(1)
                            .max(1),
                        remaining: limit["remaining"].as_u64().unwrap_or(1),
                        more_after: Duration::from_millis(limit["reset_after"].as_u64().unwrap_or_default()),
                    }));
                }
                Err(Fault::Token) => return Err(Fatal::Token),
                Err(Fault::Limited(wait)) => pause = pause.max(wait),
                Err(fault @ (Fault::Unreachable(_) | Fault::Refused { .. })) => {
                    tracing::warn!(%fault, ?pause, "Discord can't be reached; trying again");
                }
            }
            if !self.rested(pause).await {
                return Ok(None);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Notes how far events were handled, again and again.
    async fn note(&self, ear: &Ear) {
        let mut kept = None;
        loop {
            tokio::time::sleep(NOTED_EVERY).await;
            kept = ear.keep(kept).await;
        }
    }

    /// Waits; false when the bot is stopping.
    async fn rested(&self, pause: Duration) -> bool {
        let mut stop = self.stop.clone();
        tokio::time::timeout(pause, stop.wait_for(|stop| *stop)).await.is_err()
    }
}
