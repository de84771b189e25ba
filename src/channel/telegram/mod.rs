//! Telegram: what is heard there comes in, what is to be said goes out.
//!
//! The rooms of this folder, in reading order: `update` and `hear` (an update -> what was heard), `intake`, `polling`
//! and `webhook` (how updates come), `compose`, `entities`, `keyboard`, `media` and `chain` (a message -> what Telegram
//! takes), `send`, `deliver`, `pace` and `wire` (how it goes out), `api` (the calls).

mod address;
mod api;
mod chain;
mod commands;
mod compose;
mod deliver;
mod entities;
mod errands;
#[cfg(fuzzing)]
pub mod fuzzed;
mod hear;
mod hello;
mod inline;
mod intake;
mod keyboard;
mod media;
mod moves;
mod pace;
mod polling;
mod send;
mod tickets;
mod update;
mod webhook;
mod wire;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use secrecy::SecretString;
use teloxide_core::payloads::{GetChat, GetMe};
use teloxide_core::types::ChatId;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::desk::{Place, Receipt};
use crate::faq::ChannelKind;

use super::{Channel, DeliverError, Inbox, Lookup, Parcel};

use address::Address;
use api::{Api, ApiError};
use deliver::HalfDone;
use errands::Errands;
use hear::Ears;
use intake::{Connections, Intake};
use moves::Moves;
use pace::Pace;
use update::{Chat, User};
use wire::Wire;

/// First and longest pause between attempts to reach Telegram at the start.
const GREET_AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// How long small calls under way may take when we stop.
const LAST_ERRANDS: Duration = Duration::from_secs(2);

/// What the owner has set for Telegram.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The token from @BotFather.
    pub token: SecretString,
    /// Where the Bot API is: [`Settings::API_URL`], or a Bot API server of one's own, over plain `http` if it must be.
    pub api_url: String,
    /// How updates come.
    pub listen: Listen,
    /// Groups (their numbers, below zero) in which the bot reads and answers every message. Elsewhere it speaks when
    /// it is mentioned, replied to, or given a command.
    pub groups: Vec<i64>,
    /// Where staff work, as the runtime knows it: the number of a group (with topics if possible) or of one person's
    /// chat, such as `-1001234567890`; `-1001234567890/17` for one topic of it. `None`, or a place on another
    /// channel: nobody of the staff is on Telegram.
    pub staff: Option<Place>,
    /// Whether links in answers get a preview; off by default.
    pub link_previews: bool,
    /// How long Telegram holds an empty answer back while it waits for news; 30 seconds by default.
    pub poll_timeout: Duration,
    /// How long any other call may take; 20 seconds by default.
    pub patience: Duration,
}

impl Settings {
    /// Telegram's own Bot API.
    pub const API_URL: &str = "https://api.telegram.org";

    /// The bot with `token`, by long polling, with nothing else set.
    #[must_use]
    pub fn new(token: SecretString) -> Self {
        Self {
            token,
            api_url: Self::API_URL.to_owned(),
            listen: Listen::Polling,
            groups: Vec::new(),
            staff: None,
            link_previews: false,
            poll_timeout: Duration::from_secs(30),
            patience: Duration::from_secs(20),
        }
    }
}

/// How updates come.
#[derive(Debug, Clone)]
pub enum Listen {
    /// We ask, again and again. Needs no open port: right for nearly everybody.
    Polling,
    /// Telegram calls us.
    Webhook(Webhook),
}

/// Where Telegram calls us.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The address that Telegram calls, `https://…`, with a path that only we answer on.
    pub url: String,
    /// Where we listen, over plain HTTP: a proxy in front speaks TLS.
    pub listen: SocketAddr,
    /// What Telegram must show with every call: 1-256 of `A-Z a-z 0-9 _ -`. `None`: one that follows from the token.
    pub secret: Option<SecretString>,
    /// The proxy's own certificate (PEM), where no public authority has signed it.
    pub certificate: Option<Vec<u8>>,
    /// Calls at once, 1 to 100; 40 is Telegram's default.
    pub max_connections: u8,
}

/// Why Telegram stops for good: somebody must put something right first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fatal {
    /// The token is unknown.
    #[error(
        "Telegram does not know this token. Ask @BotFather for the right one (/mybots, API Token), put it into \
         DESKBELL_TELEGRAM_TOKEN, and start again"
    )]
    Unauthorized,
    /// The address of the Bot API can't be used.
    #[error("telegram.api_url can't be used: {0}")]
    ApiUrl(String),
    /// The webhook's port can't be opened.
    #[error("the Telegram webhook can't listen on {address}: {reason}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        reason: String,
    },
    /// Telegram doesn't take the webhook, or it broke.
    #[error("the Telegram webhook can't be used: {0}")]
    Webhook(String),
    /// The staff's place is no address on Telegram.
    #[error("`{0}` is no place on Telegram; it is a chat's number, such as -1001234567890")]
    Staff(String),
}

/// Telegram.
pub struct Telegram {
    api: Arc<Api>,
    settings: Settings,
    staff: Option<Address>,
    pace: Pace,
    wire: Wire,
    errands: Errands,
    moves: Moves,
    connections: Connections,
    half_done: HalfDone,
    /// When the staff's group was last found to have no topics.
    without_topics: Mutex<Option<Instant>>,
}

impl Telegram {
    /// Telegram as `settings` have it. Nothing is sent yet.
    pub fn new(settings: Settings) -> Result<Arc<Self>, Fatal> {
        let api_url =
            reqwest::Url::parse(&settings.api_url).map_err(|error| Fatal::ApiUrl(error.to_string()))?;
        if !["http", "https"].contains(&api_url.scheme()) {
            return Err(Fatal::ApiUrl("it must begin with http:// or https://".to_owned()));
        }
        let staff = settings.staff.as_ref().filter(|place| place.channel == ChannelKind::Telegram);
        let staff = match staff {
            Some(place) => Some(Address::of(place).ok_or_else(|| Fatal::Staff(place.address.clone()))?),
            None => None,
        };
        let api =
            Api::new(&settings.api_url, settings.token.clone(), settings.patience).map_err(Fatal::ApiUrl)?;
        Ok(Arc::new(Self {
            api: Arc::new(api),
            settings,
            staff,
            pace: Pace::default(),
            wire: Wire::default(),
            errands: Errands::default(),
            moves: Moves::default(),
            connections: Connections::default(),
            half_done: HalfDone::default(),
            without_topics: Mutex::default(),
        }))
    }

    /// Listens until `stop` is true. Without network it waits and says so once. An error means that Telegram is of no
    /// use until somebody has put something right; its words say what.
    pub async fn run(
        self: Arc<Self>,
        inbox: Arc<dyn Inbox>,
        lookup: Arc<dyn Lookup>,
        stop: watch::Receiver<bool>,
    ) -> Result<(), Fatal> {
        let listen = async {
            match &self.settings.listen {
                Listen::Polling => {
                    let Some(ears) = self.introduce(stop.clone()).await? else { return Ok(()) };
                    polling::run(&Intake { telegram: self.clone(), ears, inbox, lookup }, stop).await
                }
                Listen::Webhook(webhook) => webhook::run(&self, webhook, inbox, lookup, stop).await,
            }
        };
        let result = tokio::select! {
            result = listen => result,
            () = self.api.until_refused() => Err(Fatal::Unauthorized),
        };
        self.errands.finish(LAST_ERRANDS).await;
        result
    }

    /// Learns who the bot is, however long that takes; `None`: we are stopping.
    async fn introduce(self: &Arc<Self>, mut stop: watch::Receiver<bool>) -> Result<Option<Ears>, Fatal> {
        let mut pauses = Pauses::new(GREET_AGAIN);
        let mut waited = false;
        let question = GetMe::new();
        let me: User = loop {
            let answer = tokio::select! {
                answer = self.api.call(&question) => answer,
                _ = stop.wait_for(|stop| *stop) => return Ok(None),
            };
            let pause = match answer {
                Ok(me) => break me,
                Err(ApiError::Unauthorized) => return Err(Fatal::Unauthorized),
                Err(ApiError::Flood(patience)) => patience,
                Err(
                    error @ (ApiError::Conflict(_)
                    | ApiError::Moved(_)
                    | ApiError::No(_)
                    | ApiError::Unreachable(_)),
                ) => {
                    if !waited {
                        tracing::warn!(%error, "Telegram can't be reached; waiting for it");
                    }
                    waited = true;
                    pauses.next()
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(None),
            }
        };
        let username = me.username.clone().unwrap_or_default();
        tracing::info!(username, "Telegram is reached");
        if !self.settings.groups.is_empty() && !me.can_read_all_group_messages {
            tracing::warn!(
                "the bot hears little in groups, since its privacy mode is on: turn it off at @BotFather (/setprivacy), \
                 or make the bot an admin of the group, then add it anew"
            );
        }
        let telegram = self.clone();
        self.errands.run(async move { telegram.settle_in().await });
        Ok(Some(Ears {
            me: me.id,
            username,
            groups: self.settings.groups.iter().copied().collect(),
            staff: self.staff.clone(),
        }))
    }

    /// Looks at the staff's chat, and tells Telegram the commands; neither keeps anything waiting.
    async fn settle_in(&self) {
        if let Some(staff) = &self.staff {
            match self.api.call::<_, Chat>(&GetChat::new(ChatId(staff.chat))).await {
                Ok(_) => {}
                Err(ApiError::Moved(chat)) => self.moves.note(staff.chat, chat),
                Err(error) => tracing::warn!(
                    %error,
                    chat = staff.chat,
                    "the staff's chat can't be seen: is its number right, and is the bot a member?"
                ),
            }
        }
        if let Err(error) = commands::announce(&self.api, self.staff.as_ref()).await {
            tracing::warn!(%error, "the commands could not be told to Telegram; they work all the same");
        }
    }
}

impl Channel for Telegram {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Telegram
    }

    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Receipt, DeliverError>> {
        Box::pin(self.deliver_parcel(parcel))
    }

    fn settled(&self, number: u64) {
        self.wire.settled(number);
    }
}

/// Pauses that double from the first to the longest.
struct Pauses {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Pauses {
    fn new((first, longest): (Duration, Duration)) -> Self {
        Self { first, longest, next: first }
    }

    fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.longest);
        pause
    }

    fn reset(&mut self) {
        self.next = self.first;
    }
}
