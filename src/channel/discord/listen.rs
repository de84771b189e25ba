//! A shard's events, in their order: what is for the bot goes into the intake, what tells about channels is learned,
//! and interactions are answered at once.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::{Value, json};
use serenity::all::{CommandInteraction, Interaction};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::channel::Lookup;

use super::buttons::cut;
use super::catch_up::CatchUp;
use super::ears::{Ears, Incoming};
use super::events::{self, id_at};
use super::gateway::Listener;
use super::intake::{Hold, Intake, Permit};
use super::interact::{self, Plan};
use super::notes::{Notes, SessionNote};
use super::places::Places;
use super::progress::{Mark, Pin, Progress};
use super::rest::{Fault, Rest};
use super::words::language_of;

/// Discord wants the first answer to an interaction within 3 seconds.
const ANSWER_WITHIN: Duration = Duration::from_millis(2700);
/// Suggestions that Discord shows while somebody types.
const SUGGESTIONS: usize = 25;
/// Longest wait for the description of a server; one that has an outage is caught up when it comes back, as far as the
/// store remembers what it heard.
const DESCRIBED_WITHIN: Duration = Duration::from_secs(10 * 60);
/// Longest suggestion, in characters.
const SUGGESTION: usize = 100;

/// Who the bot is: its user, and its application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) bot: u64,
    pub(super) application: u64,
}

/// What all shards share.
pub(super) struct Shared {
    pub(super) rest: Arc<Rest>,
    pub(super) places: Arc<Places>,
    pub(super) notes: Arc<Notes>,
    pub(super) ears: Arc<Ears>,
    pub(super) intake: Arc<Intake<Incoming>>,
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) identity: watch::Sender<Option<Identity>>,
}

/// A shard's ear.
pub(super) struct Ear {
    shared: Arc<Shared>,
    shard: (u32, u32),
    pub(super) progress: Arc<Progress>,
    session: Mutex<Option<(String, String)>>,
    /// The newest message seen: changes and deletions count as happening then.
    newest: AtomicU64,
    /// After a new session: what is not caught up yet, because Discord has not described all servers.
    awaited: Mutex<Option<Awaited>>,
    tasks: Mutex<JoinSet<()>>,
    /// What an earlier process had still to catch up with: a new session, which describes all servers, begins there, and
    /// until then nothing newer is handed in.
    debt: Mutex<Option<(Pin, Hold)>>,
    /// One note at a time, so that an older one never overwrites a newer one.
    noting: tokio::sync::Mutex<()>,
}

/// Servers that Discord still has to describe.
struct Awaited {
    pin: Pin,
    guilds: HashSet<u64>,
    since: Instant,
}

impl Ear {
    /// An ear that goes on from `note`.
    pub(super) fn new(shared: Arc<Shared>, shard: (u32, u32), note: Option<&SessionNote>) -> Arc<Self> {
        let (sequence, handled) = note.map_or((0, 0), |note| (note.sequence, note.handled));
        if let Some(note) = note {
            shared.identity.send_replace(Some(Identity { bot: note.bot, application: note.application }));
        }
        let progress = Progress::from(sequence, handled);
        let debt =
            note.filter(|note| note.behind).map(|note| (progress.pin(note.handled), shared.intake.hold()));
        Arc::new(Self {
            shared,
            shard,
            progress,
            debt: Mutex::new(debt),
            session: Mutex::new(note.and_then(|note| Some((note.session.clone()?, note.url.clone())))),
            newest: AtomicU64::new(handled),
            awaited: Mutex::default(),
            tasks: Mutex::default(),
            noting: tokio::sync::Mutex::default(),
        })
    }

    /// What must be known after a restart; `None` before the first READY ever.
    fn note(&self) -> Option<SessionNote> {
        let identity = (*self.shared.identity.borrow())?;
        {
            let mut awaited = lock(&self.awaited);
            if awaited.as_ref().is_some_and(|awaited| DESCRIBED_WITHIN < awaited.since.elapsed()) {
                *awaited = None;
            }
        }
        let (sequence, handled) = self.progress.handled();
        let (session, url) = lock(&self.session).clone().unzip();
        Some(SessionNote {
            shard: self.shard,
            session,
            url: url.unwrap_or_default(),
            bot: identity.bot,
            application: identity.application,
            sequence,
            handled,
            behind: self.progress.is_behind(),
        })
    }

    /// Whether a resumed session is not enough, because what came before it was not all found.
    pub(super) fn owes(&self) -> bool {
        lock(&self.debt).is_some()
    }

    /// Puts the note on disk if it differs from the one `kept`; gives the one that lies there now.
    pub(super) async fn keep(&self, kept: Option<SessionNote>) -> Option<SessionNote> {
        let _turn = self.noting.lock().await;
        let note = self.note()?;
        if kept.as_ref() == Some(&note) {
            return kept;
        }
        match self.shared.notes.keep_session(&note).await {
            Ok(()) => Some(note),
            Err(error) => {
                tracing::warn!(%error, "how far Discord's events were handled could not be noted");
                None
            }
        }
    }

    /// Lets nothing be handed in before the note is on disk.
    fn keep_first(self: &Arc<Self>) {
        let (ear, hold) = (self.clone(), self.shared.intake.hold());
        self.spawn(async move {
            ear.keep(None).await;
            drop(hold);
        });
    }

    /// The event `sequence` is under way. The very first message ever is noted as the one from which on nothing is
    /// missed, before it is handed in: should its session be lost, catching up begins there.
    fn begin(self: &Arc<Self>, sequence: u64, order: u64) -> Mark {
        let is_first = self.progress.handled().1 == 0;
        if is_first {
            self.progress.begin_behind(order.saturating_sub(1));
        }
        let mark = self.progress.begin(sequence, order);
        if is_first {
            self.keep_first();
        }
        mark
    }

    fn ready(self: &Arc<Self>, sequence: u64, data: &Value) {
        let Some(bot) = id_at(data, &["user", "id"]) else { return };
        let application = id_at(data, &["application", "id"]).unwrap_or(bot);
        self.shared.identity.send_replace(Some(Identity { bot, application }));
        let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
        *lock(&self.session) = Some((text("session_id"), text("resume_gateway_url")));
        let (_, handled) = self.progress.handled();
        self.progress.new_session();
        self.progress.passed(sequence);
        tracing::info!(shard = self.shard.0, "connected to Discord");
        let guilds: HashSet<u64> = data["guilds"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|guild| id_at(guild, &["id"]))
            .collect();
        // What Discord tells the new session can be heard again after a crash, if we know its name then.
        self.keep_first();
        let pin = self.progress.pin(handled);
        *lock(&self.awaited) =
            Some(Awaited { pin, guilds, since: Instant::now() }).filter(|awaited| !awaited.guilds.is_empty());
        // Private chats are told to the first shard alone.
        if self.shard.0 == 0 && 0 < handled {
            let catch_up = self.catch_up(bot, self.progress.pin(handled));
            self.spawn(async move { catch_up.chats().await });
        }
        lock(&self.debt).take();
    }

    fn catch_up(&self, bot: u64, pin: Pin) -> CatchUp {
        CatchUp {
            shared: self.shared.clone(),
            progress: self.progress.clone(),
            bot,
            pin,
            hold: self.shared.intake.hold(),
        }
    }

    /// Holds what counted as handled before `guild` was described; what else was handled since then says nothing about
    /// it.
    fn pin_before(&self, guild: u64) -> Pin {
        let mut awaited = lock(&self.awaited);
        let Some(waiting) = awaited.as_mut().filter(|waiting| waiting.guilds.contains(&guild)) else {
            return self.progress.pin(self.progress.handled().1);
        };
        waiting.guilds.remove(&guild);
        let pin = self.progress.pin(waiting.pin.handled);
        if waiting.guilds.is_empty() {
            *awaited = None;
        }
        pin
    }

    /// A server: its channels and threads, and where something was written since.
    fn guild(self: &Arc<Self>, data: &Value) {
        let none = Vec::new();
        let channels = data["channels"].as_array().unwrap_or(&none);
        let threads = data["threads"].as_array().unwrap_or(&none);
        for channel in channels.iter().chain(threads) {
            self.shared.places.learn(channel);
        }
        let (Some(guild), Some(identity)) = (id_at(data, &["id"]), *self.shared.identity.borrow()) else {
            return;
        };
        let pin = self.pin_before(guild);
        let handled = pin.handled;
        if handled == 0 {
            // The very first start: from here on nothing is missed, and nothing older is answered.
            let newest =
                channels.iter().chain(threads).filter_map(|channel| id_at(channel, &["last_message_id"]));
            self.progress.begin_behind(newest.max().unwrap_or_default());
            return self.keep_first();
        }
        let fresher =
            |channel: &&Value| id_at(channel, &["last_message_id"]).is_some_and(|last| handled < last);
        let waiting =
            channels.iter().chain(threads).filter(fresher).filter_map(|channel| id_at(channel, &["id"]));
        let waiting: Vec<u64> = waiting.collect();
        if !waiting.is_empty() {
            let catch_up = self.catch_up(identity.bot, pin);
            self.spawn(async move { catch_up.guild(guild, waiting).await });
        }
    }

    fn message(self: &Arc<Self>, sequence: u64, data: Value, permit: Permit, changed: bool) {
        let Some(identity) = *self.shared.identity.borrow() else { return self.progress.passed(sequence) };
        let written = match events::written(data, identity.bot) {
            Ok(Some(written)) if written.by_person && (!changed || written.edited.is_some()) => written,
            Ok(_) => return self.progress.passed(sequence),
            Err(error) => {
                tracing::error!(%error, "a message of Discord's can't be read; please report this");
                return self.progress.passed(sequence);
            }
        };
        self.shared.ears.remember(&written);
        let user = super::address::id(&written.author.id).unwrap_or_default();
        let lane = (written.channel, user);
        let order = if changed { self.now_order() } else { written.id };
        self.newest.fetch_max(order, Ordering::Relaxed);
        let mark = self.begin(sequence, order);
        let written = Box::new(written);
        let event = if changed { Incoming::Rewrote(written) } else { Incoming::Wrote(written) };
        self.shared.intake.add(lane, order, event, mark, permit);
    }

    fn gone(self: &Arc<Self>, sequence: u64, data: &Value, message: u64, permit: Permit) {
        let Some(channel) = id_at(data, &["channel_id"]) else { return self.progress.passed(sequence) };
        let guild = id_at(data, &["guild_id"]);
        let author = self.shared.ears.author_of(message);
        if author.is_none() && guild.is_some() {
            return self.progress.passed(sequence);
        }
        let order = self.now_order();
        let mark = self.begin(sequence, order);
        let event = Incoming::TookBack { guild, channel, message };
        self.shared.intake.add((channel, author.unwrap_or_default()), order, event, mark, permit);
    }

    fn now_order(&self) -> u64 {
        self.newest.load(Ordering::Relaxed)
    }

    fn interaction(self: &Arc<Self>, sequence: u64, data: Value, permit: Permit) {
        let interaction = match events::interaction(data) {
            Ok(interaction) => interaction,
            Err(error) => {
                tracing::error!(%error, "an interaction of Discord's can't be read; please report this");
                return self.progress.passed(sequence);
            }
        };
        let shared = &self.shared;
        let (plan, channel, user) = match &interaction {
            Interaction::Autocomplete(typing) => {
                self.suggest(typing);
                return self.progress.passed(sequence);
            }
            Interaction::Component(it) => {
                (interact::component(&shared.places, &shared.notes, it), it.channel_id, it.user.id)
            }
            Interaction::Command(it) => {
                (interact::command(&shared.places, &shared.notes, it), it.channel_id, it.user.id)
            }
            Interaction::Modal(it) => {
                (interact::form(&shared.places, &shared.notes, it), it.channel_id, it.user.id)
            }
            // Pings come by HTTP only; serenity's enum may grow.
            _ => return self.progress.passed(sequence),
        };
        let Plan { ticket, answer, hearing, after } = plan;
        let (tell, answered) = oneshot::channel();
        let rest = shared.rest.clone();
        let order = ticket.id.max(self.now_order());
        let path = format!("/interactions/{}/{}/callback?with_response=true", ticket.id, ticket.token);
        self.spawn(async move {
            let _ = tell.send(answer_now(&rest, &path, &answer).await);
        });
        match hearing {
            Some(hearing) => {
                self.newest.fetch_max(order, Ordering::Relaxed);
                let mark = self.begin(sequence, order);
                let event = Incoming::Acted { ticket, hearing: Box::new(hearing), after, answered };
                shared.intake.add((channel.get(), user.get()), order, event, mark, permit);
            }
            None => self.progress.passed(sequence),
        }
    }

    /// Entries that may be meant, while somebody types.
    fn suggest(self: &Arc<Self>, typing: &CommandInteraction) {
        let text = typing.data.autocomplete().map(|option| option.value.to_owned()).unwrap_or_default();
        let for_staff = typing.data.name == "answer";
        let language = language_of(&typing.locale);
        let path = format!("/interactions/{}/{}/callback", typing.id, typing.token);
        let shared = self.shared.clone();
        self.spawn(async move {
            let found = shared.lookup.suggest(&text, language, SUGGESTIONS);
            let choices: Vec<Value> = found
                .iter()
                .take(SUGGESTIONS)
                .map(|one| {
                    let title = cut(&one.title, SUGGESTION);
                    let value = if for_staff { one.id.to_string() } else { title.clone() };
                    json!({ "name": title, "value": value })
                })
                .collect();
            let answer = json!({ "type": 8, "data": { "choices": choices } });
            answer_now(&shared.rest, &path, &answer).await;
        });
    }

    /// Runs `task` until it ends, or this ear does.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }
}

/// Gives an interaction its first answer, and the message that it has become.
async fn answer_now(rest: &Rest, path: &str, answer: &Value) -> Option<u64> {
    match rest.post_within(path, answer, ANSWER_WITHIN).await {
        Ok(response) => id_at(&response, &["resource", "message", "id"]),
        // Heard again after a restart, or too late: what is to be said comes as ordinary messages anyway.
        Err(fault @ (Fault::Refused { .. } | Fault::Token)) => {
            tracing::debug!(%fault, "an interaction could not be answered");
            None
        }
        Err(fault) => {
            tracing::warn!(%fault, "an interaction could not be answered in time");
            None
        }
    }
}

impl Listener for Arc<Ear> {
    fn room(&self) -> BoxFuture<'_, Permit> {
        Box::pin(self.shared.intake.room())
    }

    fn event(&self, sequence: u64, name: &str, data: Value, permit: Permit) {
        match name {
            "MESSAGE_CREATE" => return self.message(sequence, data, permit, false),
            "MESSAGE_UPDATE" => return self.message(sequence, data, permit, true),
            "INTERACTION_CREATE" => return self.interaction(sequence, data, permit),
            "MESSAGE_DELETE" => {
                if let Some(message) = id_at(&data, &["id"]) {
                    return self.gone(sequence, &data, message, permit);
                }
            }
            "MESSAGE_DELETE_BULK" => return self.many_gone(sequence, &data, permit),
            "READY" => return self.ready(sequence, &data),
            "RESUMED" => {
                tracing::info!(shard = self.shard.0, "connected to Discord again, nothing was missed");
            }
            "GUILD_CREATE" => self.guild(&data),
            "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE" => {
                self.shared.places.learn(&data);
            }
            "THREAD_LIST_SYNC" => {
                for thread in data["threads"].as_array().into_iter().flatten() {
                    self.shared.places.learn(thread);
                }
            }
            "CHANNEL_DELETE" | "THREAD_DELETE" => {
                if let Some(channel) = id_at(&data, &["id"]) {
                    self.shared.places.forget(channel);
                }
            }
            _ => {}
        }
        self.progress.passed(sequence);
    }
}

impl Ear {
    fn many_gone(self: &Arc<Self>, sequence: u64, data: &Value, permit: Permit) {
        let ids = data["ids"].as_array().into_iter().flatten();
        let messages: Vec<u64> = ids.filter_map(|id| id.as_str().and_then(super::address::id)).collect();
        // A moderator clears a channel; one event stands for many, and is counted with the last of them.
        let Some((last, others)) = messages.split_last() else { return self.progress.passed(sequence) };
        let channel = id_at(data, &["channel_id"]).unwrap_or_default();
        let guild = id_at(data, &["guild_id"]);
        for message in others {
            let Some(author) = self.shared.ears.author_of(*message) else { continue };
            let event = Incoming::TookBack { guild, channel, message: *message };
            let order = self.now_order();
            let mark = self.progress.begin_caught_up(order);
            self.shared.intake.add_caught_up((channel, author), order, event, mark);
        }
        self.gone(sequence, data, *last, permit);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
