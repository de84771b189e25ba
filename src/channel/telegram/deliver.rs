//! A parcel -> what is done on Telegram, in order, going on where an earlier try stopped.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use teloxide_core::payloads::{
    DeleteBusinessMessages, DeleteMessage, EditMessageCaption, EditMessageText, SendChatAction,
};
use teloxide_core::types::{BusinessConnectionId, ChatAction, ChatId, MessageId, ThreadId};
use tokio::time::timeout;

use crate::channel::markup::Rich;
use crate::channel::split::{split, utf16_units};
use crate::channel::{DeliverError, Parcel};
use crate::desk::{Company, Message, Post, Receipt};

use super::Telegram;
use super::address::{Address, Form, Written};
use super::api::ApiError;
use super::chain;
use super::compose::{CAPTION, Content, Piece, TEXT, compose};
use super::entities::{entities, words};
use super::keyboard::keyboard;
use super::pace::Side;
use super::send::{is_gone, is_topic_gone, previews, send};
use super::wire;

/// A customer who would wait longer than this sees that the bot is typing.
const TYPING: Duration = Duration::from_millis(500);
/// Deliveries remembered half-done, at most.
const HALF_DONE: usize = 10_000;
/// What was done of deliveries that come again.
#[derive(Debug, Default)]
pub(super) struct HalfDone {
    parcels: Mutex<HashMap<u64, Done>>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Done {
    /// The ticket's place, once it was made.
    pub(super) place: Option<Address>,
    pub(super) written: Vec<Written>,
}

impl HalfDone {
    fn take(&self, number: u64) -> Done {
        self.parcels.lock().unwrap_or_else(PoisonError::into_inner).remove(&number).unwrap_or_default()
    }

    fn keep(&self, number: u64, done: Done) {
        let mut parcels = self.parcels.lock().unwrap_or_else(PoisonError::into_inner);
        if HALF_DONE <= parcels.len() {
            // Those that never came again; a repeated half of a message is a smaller harm than an unbounded map.
            parcels.clear();
        }
        parcels.insert(number, done);
    }
}

/// A failed step: Telegram's word, or the pace's.
pub(super) enum Stop {
    Api(ApiError),
    Wait(Duration),
}

impl From<ApiError> for Stop {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl Telegram {
    pub(super) async fn deliver_parcel(&self, parcel: &Parcel) -> Result<Receipt, DeliverError> {
        let Some(to) = Address::of(&parcel.to) else {
            return Err(DeliverError::Refused(format!("`{}` is no address on Telegram", parcel.to.address)));
        };
        if let Some(wait) = self.pace.held(self.moves.there(to.chat)) {
            return Err(DeliverError::RetryAfter(wait));
        }
        let mut done = self.half_done.take(parcel.number);
        let result = match &parcel.post {
            Post::Say { message, .. } => self.say(parcel.number, &to, message, &mut done).await,
            Post::Amend { message, .. } => self.amend(parcel, &to, message, &mut done).await,
            Post::Withdraw { .. } => self.withdraw(parcel, &to).await,
            Post::OpenTicket { title, card } => {
                self.open_ticket(parcel.number, &to, title, card, &mut done).await
            }
            Post::MarkTicket { title, closed } => self.mark_ticket(&to, title, *closed).await,
        };
        match result {
            Ok(()) => Ok(Receipt {
                place: done.place.as_ref().map_or(parcel.to.clone(), Address::place),
                messages: done.written.iter().map(Written::name).collect(),
            }),
            Err(stop) => {
                let error = self.judge(stop, &to);
                if matches!(error, DeliverError::RetryAfter(_) | DeliverError::Unreachable(_)) {
                    self.half_done.keep(parcel.number, done);
                }
                Err(error)
            }
        }
    }

    /// What the outbox must know of a failure.
    fn judge(&self, stop: Stop, to: &Address) -> DeliverError {
        match stop {
            Stop::Wait(wait) => DeliverError::RetryAfter(wait),
            Stop::Api(ApiError::Flood(patience)) => {
                self.pace.hold(self.moves.there(to.chat), patience);
                DeliverError::RetryAfter(patience)
            }
            // The staff's chat comes back once somebody has put it right; a customer who left stays away.
            Stop::Api(error) if is_gone(&error) && self.is_staff(to) => {
                DeliverError::Unreachable(format!("the staff's chat can't be written to: {error}"))
            }
            Stop::Api(error) if is_gone(&error) => DeliverError::Gone,
            Stop::Api(ApiError::No(reason)) => DeliverError::Refused(reason),
            Stop::Api(
                error @ (ApiError::Unauthorized
                | ApiError::Conflict(_)
                | ApiError::Moved(_)
                | ApiError::Unreachable(_)),
            ) => DeliverError::Unreachable(error.to_string()),
        }
    }

    async fn say(&self, number: u64, to: &Address, message: &Message, done: &mut Done) -> Result<(), Stop> {
        let pieces = compose(message, self.room(to), company(to));
        self.send_pieces(number, to, pieces, done).await
    }

    /// Sends those of `pieces` that aren't sent yet.
    pub(super) async fn send_pieces(
        &self,
        number: u64,
        to: &Address,
        pieces: Vec<Piece>,
        done: &mut Done,
    ) -> Result<(), Stop> {
        let sent = done.written.len();
        for piece in pieces.into_iter().skip(sent) {
            // The next piece must wait for its chat; others needn't wait for it.
            self.wire.settled(number);
            let written = self.send_piece(number, to, &piece).await?;
            done.written.push(written);
        }
        Ok(())
    }

    pub(super) async fn send_piece(&self, number: u64, to: &Address, piece: &Piece) -> Result<Written, Stop> {
        self.wait(number, to).await?;
        let written = self.alone(number, to, self.send_now(to, piece)).await;
        self.pace.arrived(self.moves.there(to.chat));
        written
    }

    /// Does `sending` while nothing else is on its way that a crash would repeat.
    pub(super) async fn alone<T>(&self, number: u64, to: &Address, sending: impl Future<Output = T>) -> T {
        self.wire.take(number, self.side(to)).await;
        let mut sending = std::pin::pin!(sending);
        if let Ok(done) = timeout(wire::SLOW, sending.as_mut()).await {
            return done;
        }
        self.wire.settled(number);
        sending.await
    }

    async fn send_now(&self, to: &Address, piece: &Piece) -> Result<Written, Stop> {
        let marked = if self.is_chain(to) { mark(to, piece) } else { piece.clone() };
        let there = self.moved(to);
        match send(&self.api, &there, &marked, self.settings.link_previews).await {
            Err(ApiError::Moved(chat)) => {
                self.moves.note(to.chat, chat);
                Ok(send(&self.api, &self.moved(to), &marked, self.settings.link_previews).await?)
            }
            // Somebody deleted or shut the topic: what belongs there is said in the open, marked with where it belongs.
            Err(error) if is_topic_gone(&error) && to.topic.is_some() => {
                tracing::warn!(%error, place = %to, "a topic is gone; its messages go to the group itself");
                let marked = if self.is_staff(to) { mark(to, piece) } else { piece.clone() };
                let open = Address { topic: None, ..there };
                Ok(send(&self.api, &open, &marked, self.settings.link_previews).await?)
            }
            other => Ok(other?),
        }
    }

    /// Waits for the pace; a customer who waits sees the bot typing.
    async fn wait(&self, number: u64, to: &Address) -> Result<(), Stop> {
        let side = self.side(to);
        let chat = self.moves.there(to.chat);
        if side == Side::Customer && TYPING < self.pace.outlook(chat) {
            let mut payload = SendChatAction::new(ChatId(chat), ChatAction::Typing);
            payload.business_connection_id = to.business.clone().map(BusinessConnectionId);
            payload.message_thread_id = to.topic.map(|topic| ThreadId(MessageId(topic)));
            let api = self.api.clone();
            self.errands.run(async move {
                let _ = api.call::<_, Value>(&payload).await;
            });
        }
        self.pace.wait(number, chat, side).await.map_err(Stop::Wait)
    }

    /// Changes what was sent: message by message, further ones added, those too many deleted.
    async fn amend(
        &self,
        parcel: &Parcel,
        to: &Address,
        message: &Message,
        done: &mut Done,
    ) -> Result<(), Stop> {
        let earlier = earlier(parcel);
        let rich = words(&message.parts, company(to));
        if rich.text.is_empty() {
            done.written = earlier;
            return Ok(());
        }
        let caption = earlier.iter().copied().find(|written| written.form == Form::Caption);
        let texts: Vec<Written> =
            earlier.iter().copied().filter(|written| written.form == Form::Text).collect();
        let is_caption =
            texts.is_empty() && caption.is_some() && utf16_units(&rich.text) + self.room(to) <= CAPTION;
        let targets: Vec<Written> = if is_caption { caption.into_iter().collect() } else { texts };
        let limit = if is_caption { CAPTION } else { TEXT } - self.room(to);
        let pieces = split(&rich, limit, utf16_units);
        let last = pieces.len() - 1;
        for (position, piece) in pieces.into_iter().enumerate().skip(done.written.len()) {
            let keyboard = keyboard(&message.buttons).filter(|_| position == last);
            let piece = Piece { content: Content::Text(piece), keyboard };
            let written = match targets.get(position) {
                Some(target) => self.edit(parcel.number, to, *target, &piece).await?,
                None => self.send_piece(parcel.number, to, &piece).await?,
            };
            done.written.push(written);
        }
        let surplus = targets.iter().skip(last + 1);
        for written in surplus {
            self.delete(to, &[*written]).await?;
        }
        done.written.extend(earlier.iter().filter(|written| !targets.contains(written)));
        Ok(())
    }

    async fn edit(&self, number: u64, to: &Address, target: Written, piece: &Piece) -> Result<Written, Stop> {
        self.wait(number, to).await?;
        let marked = if self.is_chain(to) { mark(to, piece) } else { piece.clone() };
        let Content::Text(rich) = &marked.content else { return Ok(target) };
        let (text, entities) = entities(rich);
        let (chat, message) = (ChatId(target.chat), MessageId(target.message));
        let business = to.business.clone().map(BusinessConnectionId);
        let result: Result<Value, ApiError> = match target.form {
            Form::Text => {
                let mut payload = EditMessageText::new(chat, message, text);
                payload.business_connection_id = business;
                payload.entities = Some(entities);
                payload.link_preview_options = Some(previews(self.settings.link_previews));
                payload.reply_markup.clone_from(&marked.keyboard);
                self.api.call(&payload).await
            }
            Form::Caption => {
                let mut payload = EditMessageCaption::new(chat, message);
                payload.business_connection_id = business;
                payload.caption = Some(text);
                payload.caption_entities = Some(entities);
                payload.reply_markup.clone_from(&marked.keyboard);
                self.api.call(&payload).await
            }
            Form::Media => return Ok(target),
        };
        match result {
            Err(error) if error.says(&["message is not modified"]) => Ok(target),
            // Too old to be changed, or deleted: the new form comes as a new message.
            Err(error @ ApiError::No(_)) if !is_gone(&error) => {
                tracing::debug!(%error, "a message can't be changed; its new form is sent");
                self.send_piece(number, to, piece).await
            }
            Err(error) => Err(error.into()),
            Ok(_) => Ok(target),
        }
    }

    async fn withdraw(&self, parcel: &Parcel, to: &Address) -> Result<(), Stop> {
        self.delete(to, &earlier(parcel)).await
    }

    async fn delete(&self, to: &Address, written: &[Written]) -> Result<(), Stop> {
        for one in written {
            let message = MessageId(one.message);
            let result: Result<Value, ApiError> = match &to.business {
                Some(connection) => {
                    let connection = BusinessConnectionId(connection.clone());
                    self.api.call(&DeleteBusinessMessages::new(connection, [message])).await
                }
                None => self.api.call(&DeleteMessage::new(ChatId(one.chat), message)).await,
            };
            match result {
                // Gone already, or too old: there is nothing more to do.
                Ok(_) | Err(ApiError::No(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// `to` with the number that its chat has now.
    fn moved(&self, to: &Address) -> Address {
        Address { chat: self.moves.there(to.chat), ..to.clone() }
    }

    /// What a ticket's mark will take of each text.
    fn room(&self, to: &Address) -> usize {
        if self.is_chain(to) { chain::ROOM } else { 0 }
    }

    /// Whether the place is a ticket that is held as a chain of replies.
    fn is_chain(&self, to: &Address) -> bool {
        self.is_staff(to) && to.reply.is_some()
    }

    fn side(&self, to: &Address) -> Side {
        if self.is_staff(to) { Side::Staff } else { Side::Customer }
    }

    fn is_staff(&self, to: &Address) -> bool {
        self.staff.as_ref().is_some_and(|staff| staff.holds(to))
    }
}

/// Who reads along there.
pub(super) fn company(to: &Address) -> Company {
    if to.chat < 0 { Company::AmongOthers } else { Company::Alone }
}

/// A refusal of what is only for show changes nothing: the name is the same already, the topic is gone, reactions are
/// off.
pub(super) fn unless_refused(result: Result<Value, ApiError>) -> Result<(), Stop> {
    match result {
        Ok(_) | Err(ApiError::No(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The messages that a change is about.
fn earlier(parcel: &Parcel) -> Vec<Written> {
    parcel.earlier.iter().flat_map(|receipt| &receipt.messages).filter_map(Written::named).collect()
}

fn mark(ticket: &Address, piece: &Piece) -> Piece {
    let content = match &piece.content {
        Content::Text(rich) => Content::Text(chain::marked(ticket, rich)),
        Content::Media { media, kind, name, caption } => Content::Media {
            media: media.clone(),
            kind: *kind,
            name: name.clone(),
            // Only where words stand already: a sticker takes none.
            caption: if caption.text.is_empty() { Rich::default() } else { chain::marked(ticket, caption) },
        },
    };
    Piece { content, keyboard: piece.keyboard.clone() }
}
