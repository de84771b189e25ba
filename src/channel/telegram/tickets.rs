//! A ticket's place among staff on Telegram: a topic, or a chain of replies under its card where topics are off.

use std::sync::PoisonError;
use std::time::Duration;

use serde::Deserialize;
use teloxide_core::payloads::{CloseForumTopic, CreateForumTopic, EditForumTopic, SetMessageReaction};
use teloxide_core::types::{ChatId, MessageId, ReactionType, ThreadId};
use tokio::time::Instant;

use crate::channel::markup::Rich;
use crate::channel::split::{split, utf16_units};
use crate::desk::{Message, Part};

use super::Telegram;
use super::address::Address;
use super::api::ApiError;
use super::chain;
use super::compose::compose;
use super::deliver::{Done, Stop, company, unless_refused};
use super::send::is_gone;

/// Longest name of a topic, in UTF-16 units.
const TOPIC_NAME: usize = 128;
/// How long a group counts as one without topics after Telegram said so.
const WITHOUT_TOPICS: Duration = Duration::from_secs(10 * 60);
/// Shown on a ticket's card, where tickets are chains of replies: somebody looks after it; it is closed.
const TAKEN: &str = "👀";
const CLOSED: &str = "👌";

/// A topic that was made.
#[derive(Deserialize)]
struct Topic {
    message_thread_id: i32,
}

impl Telegram {
    /// Makes a topic with the card in it; in a group without topics, a card that replies can follow.
    pub(super) async fn open_ticket(
        &self,
        number: u64,
        to: &Address,
        title: &str,
        card: &Message,
        done: &mut Done,
    ) -> Result<(), Stop> {
        if done.place.is_none() && done.written.is_empty() {
            done.place = self.alone(number, to, self.make_topic(to, title)).await?;
        }
        if let Some(topic) = done.place.clone().filter(|place| place.reply.is_none()) {
            return self.send_pieces(number, &topic, compose(card, 0, company(&topic)), done).await;
        }
        let mut pieces = compose(&titled(title, card), chain::ROOM, company(to)).into_iter();
        if done.written.is_empty() {
            let Some(first) = pieces.next() else { return Ok(()) };
            let root = self.send_piece(number, to, &first).await?;
            done.place = Some(Address { reply: Some(root.message), ..to.clone() });
            done.written.push(root);
        } else {
            pieces.next();
        }
        let Some(chain) = done.place.clone() else { return Ok(()) };
        let sent = done.written.len() - 1;
        for piece in pieces.skip(sent) {
            let written = self.send_piece(number, &chain, &piece).await?;
            done.written.push(written);
        }
        Ok(())
    }

    /// A new topic in the staff's group; `None` where there are none.
    async fn make_topic(&self, to: &Address, title: &str) -> Result<Option<Address>, Stop> {
        if 0 <= to.chat || to.topic.is_some() || self.is_without_topics() {
            return Ok(None);
        }
        let name = topic_name(title);
        let mut made = self.api.call(&CreateForumTopic::new(ChatId(self.moves.there(to.chat)), &*name)).await;
        if let Err(ApiError::Moved(chat)) = made {
            self.moves.note(to.chat, chat);
            made = self.api.call(&CreateForumTopic::new(ChatId(chat), &*name)).await;
        }
        match made {
            Ok(Topic { message_thread_id }) => {
                Ok(Some(Address { topic: Some(message_thread_id), ..Address::chat(to.chat) }))
            }
            Err(error) if is_gone(&error) && !error.says(&["not enough rights"]) => Err(error.into()),
            Err(error @ ApiError::No(_)) => {
                tracing::warn!(
                    %error,
                    "the staff's group has no topics, or the bot may not manage them; tickets become chains of \
                     replies. Turn topics on and make the bot an admin that may manage topics"
                );
                *self.without_topics.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn is_without_topics(&self) -> bool {
        let since = self.without_topics.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() < WITHOUT_TOPICS)
    }

    pub(super) async fn mark_ticket(&self, to: &Address, title: &str, closed: bool) -> Result<(), Stop> {
        let chat = ChatId(self.moves.there(to.chat));
        if let Some(card) = to.reply {
            let emoji = if closed { CLOSED } else { TAKEN };
            let mut payload = SetMessageReaction::new(chat, MessageId(card));
            payload.reaction = Some(vec![ReactionType::Emoji { emoji: emoji.to_owned() }]);
            return unless_refused(self.api.call(&payload).await);
        }
        let Some(topic) = to.topic else { return Ok(()) };
        let topic = ThreadId(MessageId(topic));
        let mut payload = EditForumTopic::new(chat, topic);
        payload.name = Some(topic_name(title));
        unless_refused(self.api.call(&payload).await)?;
        if closed {
            unless_refused(self.api.call(&CloseForumTopic::new(chat, topic)).await)?;
        }
        Ok(())
    }
}

/// A ticket's card with its title above.
fn titled(title: &str, card: &Message) -> Message {
    let parts = std::iter::once(Part::Literal(title.to_owned())).chain(card.parts.iter().cloned()).collect();
    Message { parts, ..card.clone() }
}

fn topic_name(title: &str) -> String {
    let rich = Rich { text: title.trim().to_owned(), ..Rich::default() };
    let name = split(&rich, TOPIC_NAME, utf16_units).into_iter().next().map(|piece| piece.text);
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "…".to_owned())
}
