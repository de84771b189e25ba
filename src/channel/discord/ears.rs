//! One event to its end: understood, handed in as often as it takes, and what comes after.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::{oneshot, watch};

use crate::channel::{Author, Heard, Inbox, NotTaken};

use super::address::Address;
use super::body::Body;
use super::events::{Addressee, Written};
use super::hear::{self, Told};
use super::intake::Handle;
use super::interact::{After, Hearing, Ticket};
use super::notes::Notes;
use super::places::{Places, Remembered, Spot};
use super::rest::{Fault, Rest};
use super::words::Words;
use crate::text::Language;

/// First pause before something is offered again.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Messages whose authors are remembered, so that taking one back can be understood: Discord doesn't say whose it was.
const RECENT: usize = 20_000;
/// Threads in which staff were told that they can't be read.
const TOLD: usize = 1000;

/// Something that came in.
pub(super) enum Incoming {
    /// A message.
    Wrote(Box<Written>),
    /// A changed message.
    Rewrote(Box<Written>),
    /// A message is gone.
    TookBack { guild: Option<u64>, channel: u64, message: u64 },
    /// An interaction; `answered` gives the message that its first answer has become, if it has.
    Acted { ticket: Ticket, hearing: Box<Hearing>, after: After, answered: oneshot::Receiver<Option<u64>> },
}

/// What a message was, for when it is taken back.
#[derive(Debug, Clone)]
struct Recent {
    author: Author,
    to_bot: bool,
}

/// What understands events and hands them in.
pub(super) struct Ears {
    rest: Arc<Rest>,
    places: Arc<Places>,
    notes: Arc<Notes>,
    inbox: Arc<dyn Inbox>,
    message_content: bool,
    language: Language,
    recent: Mutex<Remembered<Recent>>,
    told: Mutex<Remembered<()>>,
    stop: watch::Receiver<bool>,
}

impl Ears {
    pub(super) fn new(
        (rest, places, notes): (Arc<Rest>, Arc<Places>, Arc<Notes>),
        inbox: Arc<dyn Inbox>,
        message_content: bool,
        language: Language,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let recent = Mutex::new(Remembered::new(RECENT));
        let told = Mutex::new(Remembered::new(TOLD));
        Self { rest, places, notes, inbox, message_content, language, recent, told, stop }
    }

    /// Remembers whose message it is. Called in the order of the gateway, before the message itself is handled.
    pub(super) fn remember(&self, written: &Written) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let to_bot = written.to == Addressee::Bot || recent.get(written.id).is_some_and(|known| known.to_bot);
        recent.insert(written.id, Recent { author: written.author.clone(), to_bot });
    }

    /// Whose message it was, as far as that is remembered.
    pub(super) fn author_of(&self, message: u64) -> Option<u64> {
        self.recent(message).and_then(|known| known.author.id.parse().ok())
    }

    fn recent(&self, message: u64) -> Option<Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).get(message).cloned()
    }

    async fn understood(&self, event: &mut Incoming) -> Result<Option<Heard>, Fault> {
        match event {
            Incoming::Wrote(written) => self.written(written, false).await,
            Incoming::Rewrote(written) => self.written(written, true).await,
            Incoming::TookBack { guild, channel, message } => {
                self.taken_back(*guild, *channel, *message).await
            }
            Incoming::Acted { hearing, after, answered, ticket } => {
                let became = answered.await.unwrap_or_default();
                if let Address::User(user) = hearing.routed.address {
                    let chat = self.open_chat(user).await?;
                    hearing.routed = hear::alone(chat.to_string(), Address::Channel(chat));
                }
                let mut routed = hearing.routed.clone();
                if let (
                    After::ReplyToIt,
                    Some(message),
                    Address::Channel(channel),
                    crate::desk::Company::AmongOthers,
                ) = (*after, became, &routed.address, routed.company)
                {
                    routed.address = Address::Reply { channel: *channel, message };
                }
                Ok(Some(routed.heard(ticket.id.to_string(), hearing.author.clone(), hearing.act.clone())))
            }
        }
    }

    async fn written(&self, written: &Written, changed: bool) -> Result<Option<Heard>, Fault> {
        let Some(user) = super::address::id(&written.author.id) else { return Ok(None) };
        let spot = self.places.spot_of(&self.rest, written.guild.is_some(), written.channel).await?;
        let to_bot =
            written.to == Addressee::Bot || self.recent(written.id).is_some_and(|known| known.to_bot);
        let told = Told {
            channel: written.channel,
            message: written.id,
            user,
            to_bot,
            to_other: written.to == Addressee::Other,
        };
        let Some(routed) = hear::route(spot, told, &self.notes) else { return Ok(None) };
        let empty = written.said.text.is_empty() && written.said.attachments.is_empty();
        if empty && written.guild.is_some() && !to_bot && !self.message_content {
            // Discord leaves out the words where the intent is not switched on.
            if matches!(spot, Spot::Ticket { .. }) && !changed {
                self.tell_unreadable(written.channel).await;
            }
            return Ok(None);
        }
        if spot == Spot::Private && self.notes.keep_chat(written.channel).await.is_err() {
            return Err(Fault::Unreachable("a note could not be kept".to_owned()));
        }
        let mut heard = if changed { hear::rewrote(written, routed) } else { hear::wrote(written, routed) };
        if let (Spot::Ticket { .. }, Some(guild), false) = (spot, written.guild, written.with_roles) {
            heard.author.roles = self.roles(guild, user).await?;
        }
        Ok(Some(heard))
    }

    /// Somebody's roles as they are now; none for who is no longer there. Who is staff hangs on them.
    async fn roles(&self, guild: u64, user: u64) -> Result<Vec<String>, Fault> {
        let member = match self.rest.get(&format!("/guilds/{guild}/members/{user}")).await {
            Ok(member) => member,
            Err(Fault::Refused { .. }) => return Ok(Vec::new()),
            Err(fault) => return Err(fault),
        };
        let roles = member["roles"].as_array().into_iter().flatten();
        Ok(roles.filter_map(|role| role.as_str().map(str::to_owned)).collect())
    }

    async fn taken_back(
        &self,
        guild: Option<u64>,
        channel: u64,
        message: u64,
    ) -> Result<Option<Heard>, Fault> {
        let mut recent = match self.recent(message) {
            Some(recent) => recent,
            // In a private chat it can only be the other's, or ours, which the desk doesn't know.
            None if guild.is_none() => match self.partner(channel).await? {
                Some(author) => Recent { author, to_bot: true },
                None => return Ok(None),
            },
            None => return Ok(None),
        };
        let Some(user) = super::address::id(&recent.author.id) else { return Ok(None) };
        let spot = self.places.spot_of(&self.rest, guild.is_some(), channel).await?;
        if let (Spot::Ticket { .. }, Some(guild)) = (spot, guild) {
            recent.author.roles = self.roles(guild, user).await?;
        }
        let told = Told { channel, message, user, to_bot: recent.to_bot, to_other: false };
        let routed = hear::route(spot, told, &self.notes);
        Ok(routed.map(|routed| hear::took_back(message, recent.author, routed)))
    }

    /// Who the other is in a private chat.
    async fn partner(&self, chat: u64) -> Result<Option<Author>, Fault> {
        let found = match self.rest.get(&format!("/channels/{chat}")).await {
            Ok(found) => found,
            Err(Fault::Refused { .. }) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let user: Option<serenity::all::User> = serde_json::from_value(found["recipients"][0].clone()).ok();
        Ok(user.map(|user| Author {
            id: user.id.to_string(),
            name: super::events::name(None, &user),
            roles: Vec::new(),
            app_language: None,
        }))
    }

    async fn open_chat(&self, user: u64) -> Result<u64, Fault> {
        open_chat(&self.rest, user).await
    }

    /// Staff wrote something that the bot may not read: once in a thread they are told how to be read.
    async fn tell_unreadable(&self, thread: u64) {
        {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.get(thread).is_some() {
                return;
            }
            told.insert(thread, ());
        }
        let body = Body::literal(Words::CannotReadStaff.say(self.language));
        if let Err(fault) = self.rest.post(&format!("/channels/{thread}/messages"), &body).await {
            tracing::warn!(%fault, "staff could not be told that their message can't be read");
        }
    }

    /// Offers `heard` until it is taken; false when the bot is stopping.
    async fn hand_in(&self, heard: Heard) -> bool {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.inbox.accept(heard.clone()).await {
                Ok(()) => return true,
                Err(NotTaken::Stopping) => return false,
                Err(NotTaken::Busy) => {}
                Err(error @ NotTaken::NotStored(_)) => {
                    tracing::error!(%error, conversation = %heard.conversation, "a message is offered again");
                }
            }
            if !self.rested(pause).await {
                return false;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Waits; false when the bot is stopping.
    async fn rested(&self, pause: Duration) -> bool {
        let mut stop = self.stop.clone();
        let stopped = tokio::time::timeout(pause, stop.wait_for(|stop| *stop)).await;
        stopped.is_err()
    }
}

impl Handle<Incoming> for Ears {
    fn handle(&self, mut event: Incoming) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            let mut pause = FIRST_PAUSE;
            let heard = loop {
                match self.understood(&mut event).await {
                    Ok(heard) => break heard,
                    Err(fault @ Fault::Refused { .. }) => {
                        tracing::warn!(%fault, "something that was heard can't be placed");
                        return true;
                    }
                    Err(Fault::Token) => return false,
                    Err(Fault::Limited(wait)) => pause = wait,
                    Err(fault @ Fault::Unreachable(_)) => {
                        tracing::warn!(%fault, "something that was heard can't be placed yet");
                        pause = (pause * 2).min(LONGEST_PAUSE);
                    }
                }
                if !self.rested(pause).await {
                    return false;
                }
            };
            let Some(heard) = heard else { return true };
            if !self.hand_in(heard).await {
                return false;
            }
            if let Incoming::Acted { ticket, after: After::TakeAway, .. } = &event {
                let original =
                    format!("/webhooks/{}/{}/messages/@original", ticket.application, ticket.token);
                if let Err(fault) = self.rest.delete(&original).await {
                    tracing::debug!(%fault, "a command's waiting sign stays until Discord takes it away");
                }
            }
            true
        })
    }
}

/// The private chat with `user`; Discord makes it if there is none.
pub(super) async fn open_chat(rest: &Rest, user: u64) -> Result<u64, Fault> {
    let body = serde_json::json!({ "recipient_id": user.to_string() });
    let chat = rest.post("/users/@me/channels", &body).await?;
    let unknown = || Fault::Unreachable("a private chat without an id".to_owned());
    super::events::id_at(&chat, &["id"]).ok_or_else(unknown)
}
