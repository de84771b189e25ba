//! A parcel -> requests. Everything is sent with a nonce made of the parcel's number, so that sending it again after a
//! crash repeats nothing.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::channel::{DeliverError, Parcel};
use crate::desk::{ButtonPress, Message, MessageId, Place, Post, Press, Receipt};

use super::Discord;
use super::address::{self, Address};
use super::body::Body;
use super::buttons::cut;
use super::ears::open_chat;
use super::events::id_at;
use super::rest::{Fault, HAS_THREAD, UNKNOWN_MESSAGE};
use super::words::Words;

/// Longest name of a thread, in characters.
const NAME: usize = 100;
/// A silent thread folds itself away after a week, the longest that Discord offers, in minutes.
const FOLDS_AFTER: u32 = 7 * 24 * 60;
/// Discord's code for a change to a thread that is folded away.
const ARCHIVED: u64 = 50_083;
/// Discord's code for a channel that is gone.
const UNKNOWN_CHANNEL: u64 = 10_003;

impl Discord {
    pub(super) async fn send(&self, parcel: &Parcel) -> Result<Receipt, DeliverError> {
        let address = Address::read(place_of(parcel));
        let address =
            address.ok_or_else(|| DeliverError::Refused(format!("`{}` is no place", parcel.to.address)))?;
        let sent = match &parcel.post {
            Post::Say { message, .. } => self.say(parcel.number, &address, message).await,
            Post::Amend { message, .. } => {
                self.amend(parcel.number, &address, earlier(parcel), message).await
            }
            Post::Withdraw { .. } => self.withdraw(&address, earlier(parcel)).await,
            Post::OpenTicket { title, card } => self.open_ticket(parcel.number, &address, title, card).await,
            Post::MarkTicket { title, closed } => self.mark_ticket(&address, title, *closed).await,
        };
        sent.map_err(Fault::into_delivery)
    }

    async fn say(&self, number: u64, address: &Address, message: &Message) -> Result<Receipt, Fault> {
        let bodies = Body::of(message, self.choose());
        if let Address::Aside { user, application, token } = address {
            return self.say_aside(number, *user, *application, token, bodies).await;
        }
        let (channel, reply) = self.resolve(address).await?;
        let sent = match self.say_in(number, channel, reply, bodies.clone()).await {
            Err(fault) if fault.code() == UNKNOWN_CHANNEL => match address {
                // Somebody deleted the private thread: the customer gets a new one.
                Address::PrivateThread { channel: parent, user } => {
                    self.notes.forget_thread(*parent, *user);
                    let (channel, reply) = self.resolve(address).await?;
                    self.say_in(number, channel, reply, bodies).await?
                }
                _ => return Err(fault),
            },
            sent => sent?,
        };
        if message
            .buttons
            .iter()
            .any(|button| matches!(button.press, ButtonPress::Customer(Press::Helped(_))))
        {
            self.mark_answered(channel).await;
        }
        Ok(sent)
    }

    async fn say_in(
        &self,
        number: u64,
        channel: u64,
        reply: Option<u64>,
        bodies: Vec<Body>,
    ) -> Result<Receipt, Fault> {
        let mut messages = Vec::new();
        for (piece, mut body) in bodies.into_iter().enumerate() {
            if let (0, Some(message)) = (piece, reply) {
                body = body.replying_to(message);
            }
            messages.push(self.post(number, piece, channel, body).await?);
        }
        Ok(receipt(channel, messages))
    }

    /// One message. Sent again with the same number and words, it is still one.
    async fn post(&self, number: u64, piece: usize, channel: u64, body: Body) -> Result<MessageId, Fault> {
        let nonce = nonce(number, piece, body.content());
        let sent = self.rest.post(&format!("/channels/{channel}/messages"), &body.once(nonce)).await?;
        message_id(&sent)
    }

    /// As an answer to an interaction, for one person; after its quarter of an hour, in the private chat.
    async fn say_aside(
        &self,
        number: u64,
        user: u64,
        application: u64,
        token: &str,
        bodies: Vec<Body>,
    ) -> Result<Receipt, Fault> {
        let mut messages = Vec::new();
        for body in &bodies {
            let path = format!("/webhooks/{application}/{token}?wait=true");
            match self.rest.post(&path, &body.clone().aside()).await {
                Ok(sent) => messages.push(message_id(&sent)?),
                Err(Fault::Refused { .. }) if messages.is_empty() => {
                    let chat = open_chat(&self.rest, user).await?;
                    return self.say_in(number, chat, None, bodies).await;
                }
                Err(fault) => return Err(fault),
            }
        }
        let place = Address::Aside { user, application, token: token.to_owned() }.place();
        Ok(Receipt { place, messages })
    }

    /// The channel of an address, and the message to reply to.
    async fn resolve(&self, address: &Address) -> Result<(u64, Option<u64>), Fault> {
        Ok(match address {
            Address::Channel(channel) => (*channel, None),
            Address::Reply { channel, message } => (*channel, Some(*message)),
            Address::User(user) | Address::Aside { user, .. } => (open_chat(&self.rest, *user).await?, None),
            Address::PrivateThread { channel, user } => (self.private_thread(*channel, *user).await?, None),
        })
    }

    /// The private thread of `user` below `channel`, made if there is none.
    async fn private_thread(&self, channel: u64, user: u64) -> Result<u64, Fault> {
        // One at a time, so that two answers to one person don't make two threads.
        let _turn = self.making_threads.lock().await;
        if let Some(thread) = self.notes.thread_of(channel, user) {
            return Ok(thread);
        }
        let found = self.rest.get(&format!("/users/{user}")).await?;
        let name = found["global_name"].as_str().or_else(|| found["username"].as_str()).unwrap_or_default();
        let body = json!({
            "name": cut(name, NAME), "type": 12, "invitable": false, "auto_archive_duration": FOLDS_AFTER,
        });
        let made = self.rest.post(&format!("/channels/{channel}/threads"), &body).await?;
        self.places.learn(&made);
        let thread =
            id_at(&made, &["id"]).ok_or_else(|| Fault::Unreachable("a thread without an id".to_owned()))?;
        self.rest.put(&format!("/channels/{thread}/thread-members/{user}"), &json!({})).await?;
        let kept = self.notes.keep_thread(channel, user, thread).await;
        kept.map_err(|error| Fault::Unreachable(error.to_string()))?;
        Ok(thread)
    }

    async fn amend(
        &self,
        number: u64,
        address: &Address,
        earlier: &[MessageId],
        message: &Message,
    ) -> Result<Receipt, Fault> {
        let (channel, _) = self.resolve(address).await?;
        let bodies = Body::of(message, self.choose());
        let mut messages = Vec::new();
        for (piece, body) in bodies.iter().enumerate() {
            match earlier.get(piece) {
                Some(earlier) => {
                    let path = format!("/channels/{channel}/messages/{}", number_of(earlier)?);
                    match self.rest.patch(&path, body).await {
                        Ok(_) => messages.push(earlier.clone()),
                        Err(fault) if fault.code() == UNKNOWN_MESSAGE => {}
                        Err(fault) => return Err(fault),
                    }
                }
                None => messages.push(self.post(number, piece, channel, body.clone()).await?),
            }
        }
        for surplus in earlier.iter().skip(bodies.len()) {
            self.delete(channel, surplus).await?;
        }
        Ok(receipt(channel, messages))
    }

    async fn withdraw(&self, address: &Address, earlier: &[MessageId]) -> Result<Receipt, Fault> {
        let (channel, _) = self.resolve(address).await?;
        for message in earlier {
            self.delete(channel, message).await?;
        }
        Ok(receipt(channel, Vec::new()))
    }

    async fn delete(&self, channel: u64, message: &MessageId) -> Result<(), Fault> {
        match self.rest.delete(&format!("/channels/{channel}/messages/{}", number_of(message)?)).await {
            Err(fault) if fault.code() == UNKNOWN_MESSAGE => Ok(()),
            deleted => deleted.map(drop),
        }
    }

    /// The card stands in the staff's channel, and the ticket's thread hangs below it: both can be asked for again
    /// without making them twice.
    async fn open_ticket(
        &self,
        number: u64,
        address: &Address,
        title: &str,
        card: &Message,
    ) -> Result<Receipt, Fault> {
        let (staff, _) = self.resolve(address).await?;
        let mut bodies = Body::of(card, self.choose());
        let rows = bodies.last_mut().map(Body::take_buttons).unwrap_or_default();
        let mut bodies = bodies.into_iter();
        let Some(mut first) = bodies.next() else { return Ok(receipt(staff, Vec::new())) };
        first.set_buttons(rows);
        let head = self.post(number, 0, staff, first).await?;
        let body = json!({ "name": cut(title, NAME), "auto_archive_duration": FOLDS_AFTER });
        let thread = number_of(&head)?;
        match self.rest.post(&format!("/channels/{staff}/messages/{thread}/threads"), &body).await {
            Ok(made) => self.places.learn(&made),
            // Made before a crash; its id is always that of its first message.
            Err(fault) if fault.code() == HAS_THREAD => {
                self.places
                    .learn(&json!({ "id": thread.to_string(), "type": 11, "parent_id": staff.to_string() }));
            }
            Err(fault) => return Err(fault),
        }
        let mut messages = vec![head];
        for (piece, body) in (1..).zip(bodies) {
            messages.push(self.post(number, piece, thread, body).await?);
        }
        Ok(receipt(thread, messages))
    }

    /// A new name, and folded away when it is closed. Discord allows two names in ten minutes: a name that comes too
    /// soon is left out, because the customer's answers wait behind it, and the state is told in the thread anyway.
    async fn mark_ticket(&self, address: &Address, title: &str, closed: bool) -> Result<Receipt, Fault> {
        let (thread, _) = self.resolve(address).await?;
        let path = format!("/channels/{thread}");
        let whole = json!({ "name": cut(title, NAME), "archived": closed });
        let mut marked = self.rest.patch_name(&path, &whole).await;
        if marked.as_ref().is_err_and(|fault| fault.code() == ARCHIVED) {
            self.rest.patch(&path, &json!({ "archived": false })).await?;
            marked = self.rest.patch_name(&path, &whole).await;
        }
        match marked {
            Ok(_) => {}
            Err(Fault::Limited(_)) => {
                self.rest.patch(&path, &json!({ "archived": closed })).await?;
            }
            Err(fault @ Fault::Refused { .. }) => {
                tracing::warn!(%fault, "a ticket's thread can't be renamed");
            }
            Err(fault) => return Err(fault),
        }
        Ok(receipt(thread, Vec::new()))
    }

    /// A post in a forum was answered: it gets the owner's tag. Without it nothing is lost, so nothing is tried again.
    async fn mark_answered(&self, thread: u64) {
        let forums = &self.places.known().forums;
        if forums.iter().all(|(_, tag)| tag.is_none()) {
            return;
        }
        let _ = self.places.spot_of(&self.rest, true, thread).await;
        let Some(forum) = self.places.forum_of(thread) else { return };
        let tag = forums.iter().find(|(id, _)| *id == forum).and_then(|(_, tag)| tag.as_deref());
        let Some(tag) = tag else { return };
        if let Err(fault) = self.tag(forum, thread, tag).await {
            tracing::warn!(%fault, tag, "an answered post could not be tagged");
        }
    }

    async fn tag(&self, forum: u64, thread: u64, tag: &str) -> Result<(), Fault> {
        let found = self.rest.get(&format!("/channels/{forum}")).await?;
        let tags = found["available_tags"].as_array().into_iter().flatten();
        let named = tags
            .into_iter()
            .find(|one| one["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(tag)));
        let Some(id) = named.and_then(|one| one["id"].as_str()) else {
            tracing::warn!(tag, forum, "the forum has no such tag");
            return Ok(());
        };
        let post = self.rest.get(&format!("/channels/{thread}")).await?;
        let applied = post["applied_tags"].as_array().into_iter().flatten();
        let mut applied: Vec<&str> = applied.filter_map(Value::as_str).collect();
        if applied.contains(&id) {
            return Ok(());
        }
        // A post has five tags at most.
        applied.truncate(4);
        applied.push(id);
        self.rest.patch(&format!("/channels/{thread}"), &json!({ "applied_tags": applied })).await.map(drop)
    }

    fn choose(&self) -> &'static str {
        Words::Choose.say(self.settings.language)
    }
}

fn earlier(parcel: &Parcel) -> &[MessageId] {
    parcel.earlier.as_ref().map(|receipt| receipt.messages.as_slice()).unwrap_or_default()
}

fn receipt(channel: u64, messages: Vec<MessageId>) -> Receipt {
    Receipt { place: Address::Channel(channel).place(), messages }
}

fn message_id(sent: &Value) -> Result<MessageId, Fault> {
    let unknown = || Fault::Unreachable("a message without an id".to_owned());
    id_at(sent, &["id"]).map(|id| MessageId(id.to_string())).ok_or_else(unknown)
}

fn number_of(message: &MessageId) -> Result<u64, Fault> {
    let unknown =
        || Fault::Refused { status: 0, code: UNKNOWN_MESSAGE, message: "no message of Discord's".to_owned() };
    address::id(&message.0).ok_or_else(unknown)
}

/// At most 25 characters, as Discord wants. The words are part of it: a store that was restored from a backup counts
/// numbers anew, and other words must not pass for a double.
fn nonce(number: u64, piece: usize, words: &str) -> String {
    let digest = Sha256::new().chain_update(format!("{number}/{piece}/")).chain_update(words).finalize();
    let mut nonce = String::with_capacity(24);
    for byte in digest.iter().take(12) {
        let _ = write!(nonce, "{byte:02x}");
    }
    nonce
}

/// Where an amended or withdrawn message stands: where it arrived, not where one would write now.
fn place_of(parcel: &Parcel) -> &Place {
    match (&parcel.post, &parcel.earlier) {
        (Post::Amend { .. } | Post::Withdraw { .. }, Some(receipt)) => &receipt.place,
        _ => &parcel.to,
    }
}
