//! Discord: customers in private chats, channels and forums; staff in threads. It maps types and makes no decisions.
//!
//! Reading order: `settings`, `address` (where things are); inwards `gateway` (the line), `shards`, `listen` (events),
//! `intake` (order), `hear` and `interact` (what is meant), `ears` (handing in), `catch_up`, `notes`; outwards `say`,
//! `body`, `render`, `buttons`; and `rest` with `limits`, through which all requests go.
//!
//! # What is serenity's, and what is ours
//!
//! Types are serenity's: messages, interactions, commands, components, permissions. The line is ours, for the promise
//! that nothing is lost and nothing is out of order. Serenity 0.12 starts a task per event, without order or bound; its
//! session dies with the process; it loses what a 429 says; and it brings a TLS library with known holes. Here events
//! are read only as fast as they are stored, a session is resumed even after a crash, and Discord then tells everything
//! that was missed. (Telegram is done alike: teloxide's types, our own intake.)

mod address;
mod body;
mod buttons;
mod catch_up;
mod commands;
mod ears;
mod events;
#[cfg(fuzzing)]
pub mod fuzzed;
mod gateway;
mod hear;
mod hello;
mod intake;
mod interact;
mod limits;
mod listen;
mod notes;
mod places;
mod progress;
mod render;
mod rest;
mod say;
mod settings;
mod shards;
mod words;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serenity::all::GatewayIntents;
use tokio::sync::watch;

use crate::desk::Receipt;
use crate::faq::ChannelKind;

use super::{Channel, DeliverError, Inbox, Lookup, Memory, Parcel};

pub use settings::{API_URL, AnswersIn, CustomerChannel, Fatal, Forum, Settings};

use ears::Ears;
use intake::Intake;
use listen::{Identity, Shared};
use notes::Notes;
use places::Places;
use rest::{Fault, Rest};
use settings::Known;
use shards::Shards;

/// Pause before the commands' registration is tried again.
const REGISTERED_AGAIN: Duration = Duration::from_secs(60);

/// Discord, as a channel to deliver on; [`Discord::run`] listens to it.
pub struct Discord {
    settings: Settings,
    rest: Arc<Rest>,
    places: Arc<Places>,
    notes: Arc<Notes>,
    /// Taken while a private thread is looked for or made.
    making_threads: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Discord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discord").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Discord {
    /// Checks the settings; nothing is asked of Discord yet.
    pub fn new(settings: Settings, memory: Arc<dyn Memory>) -> Result<Arc<Self>, Fatal> {
        let known = Known::new(&settings)?;
        let problem = "it must be an address that begins with https:// or http://";
        let wrong = || Fatal::Setting { key: "discord.api_url", value: settings.api_url.clone(), problem };
        if !["https://", "http://"].iter().any(|scheme| settings.api_url.starts_with(scheme)) {
            return Err(wrong());
        }
        let rest = Rest::new(&settings.api_url, settings.token.clone()).map_err(|_| wrong())?;
        let listens = !known.channels.is_empty() || !known.forums.is_empty();
        if listens && !settings.message_content {
            tracing::warn!(
                "`discord.channels` and `discord.forums` need the Message Content intent: switch it on in the \
                 Developer Portal and set `discord.message_content = true`; until then only mentions are read there"
            );
        }
        Ok(Arc::new(Self {
            settings,
            rest: Arc::new(rest),
            places: Arc::new(Places::new(known)),
            notes: Arc::new(Notes::new(memory)),
            making_threads: tokio::sync::Mutex::default(),
        }))
    }

    /// Listens to Discord and hands in what it hears, until `stop` becomes true; then finishes what it has begun. An
    /// error says that it makes no sense to go on, and what the owner can do.
    pub async fn run(
        self: Arc<Self>,
        inbox: Arc<dyn Inbox>,
        lookup: Arc<dyn Lookup>,
        stop: watch::Receiver<bool>,
    ) -> Result<(), Fatal> {
        self.notes.load().await;
        let rooms = (self.rest.clone(), self.places.clone(), self.notes.clone());
        let settings = &self.settings;
        let ears =
            Arc::new(Ears::new(rooms, inbox, settings.message_content, settings.language, stop.clone()));
        let identity = watch::Sender::new(None);
        let known = identity.subscribe();
        let shared = Arc::new(Shared {
            rest: self.rest.clone(),
            places: self.places.clone(),
            notes: self.notes.clone(),
            intake: Intake::new(ears.clone()),
            ears,
            lookup,
            identity,
        });
        let shards = Shards {
            shared,
            token: settings.token.clone(),
            intents: self.intents(),
            stop,
            last_session: tokio::sync::Mutex::default(),
        };
        let mut refused = self.rest.token_refused();
        tokio::select! {
            ended = shards.run() => ended,
            () = async { drop(refused.wait_for(|refused| *refused).await) } => Err(Fatal::Token),
            never = self.register(known) => match never {},
        }
    }

    fn intents(&self) -> u64 {
        let mut intents =
            GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::DIRECT_MESSAGES;
        if self.settings.message_content {
            intents |= GatewayIntents::MESSAGE_CONTENT;
        }
        intents.bits()
    }

    /// Registers the commands once it is known who the bot is, if Discord has others; then does nothing for ever.
    async fn register(&self, mut known: watch::Receiver<Option<Identity>>) -> std::convert::Infallible {
        let identity = known.wait_for(Option::is_some).await.ok().and_then(|identity| *identity);
        if let Some(identity) = identity {
            loop {
                match commands::register(&self.rest, identity.application).await {
                    Ok(true) => tracing::info!("the slash commands were registered"),
                    Ok(false) => {}
                    Err(fault @ (Fault::Limited(_) | Fault::Unreachable(_))) => {
                        tracing::warn!(%fault, "the slash commands could not be registered; trying again");
                        tokio::time::sleep(REGISTERED_AGAIN).await;
                        continue;
                    }
                    Err(fault @ (Fault::Refused { .. } | Fault::Token)) => {
                        tracing::error!(%fault, "the slash commands can't be registered");
                    }
                }
                break;
            }
        }
        std::future::pending().await
    }
}

impl Channel for Discord {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Discord
    }

    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Receipt, DeliverError>> {
        Box::pin(self.send(parcel))
    }
}
