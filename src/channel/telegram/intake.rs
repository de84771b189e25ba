//! From an update to the inbox: one update is offered until it is taken, or isn't for us.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use teloxide_core::payloads::{AnswerCallbackQuery, EditMessageReplyMarkup, GetBusinessConnection};
use teloxide_core::types::{BusinessConnectionId, CallbackQueryId, ChatId, MessageId};

use crate::channel::{Heard, HeardAct, Inbox, Lookup, NotTaken};
use crate::desk::ButtonPress;

use super::Telegram;
use super::hear::{Ears, Manner};
use super::keyboard::after_press;
use super::update::{BusinessConnection, CallbackQuery, Message, Update};
use super::{inline, update};

/// Connections remembered, at most; one that was forgotten is asked for again.
const CONNECTIONS: usize = 1000;

/// Where updates go.
pub(super) struct Intake {
    pub(super) telegram: Arc<Telegram>,
    pub(super) ears: Ears,
    pub(super) inbox: Arc<dyn Inbox>,
    pub(super) lookup: Arc<dyn Lookup>,
}

/// Owners' accounts that the bot answers in, by the connection's name.
#[derive(Debug, Default)]
pub(super) struct Connections {
    known: Mutex<HashMap<String, Connection>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Connection {
    owner: i64,
    answers: bool,
}

impl Connections {
    fn note(&self, connection: &BusinessConnection) -> Connection {
        let answers = connection.is_enabled && connection.rights.can_reply;
        let noted = Connection { owner: connection.user.id, answers };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if CONNECTIONS <= known.len() {
            known.clear();
        }
        known.insert(connection.id.clone(), noted);
        noted
    }

    fn get(&self, id: &str) -> Option<Connection> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied()
    }
}

impl Intake {
    /// Offers what the update says to the inbox. After an error it may be offered again, whole.
    pub(super) async fn take(&self, update: &Update) -> Result<(), NotTaken> {
        if let Some(connection) = &update.business_connection {
            let noted = self.telegram.connections.note(connection);
            tracing::info!(
                owner = noted.owner,
                answers = noted.answers,
                "a business connection was set up or changed"
            );
        }
        if let Some(member) = &update.my_chat_member {
            let status = member.new_chat_member.as_ref().map_or("", |member| &member.status);
            let title = member.chat.title.as_deref().unwrap_or_default();
            if !member.chat.is_private() {
                tracing::info!(chat = member.chat.id, title, status, "the bot's part in a group has changed");
            }
        }
        if let Some(query) = &update.inline_query {
            let (telegram, lookup, query) = (self.telegram.clone(), self.lookup.clone(), query.clone());
            self.telegram.errands.run(async move {
                let previews = telegram.settings.link_previews;
                if let Err(error) = inline::answer(&telegram.api, &*lookup, &query, previews).await {
                    tracing::debug!(%error, "an inline query was not answered");
                }
            });
        }
        if let Some(query) = &update.callback_query {
            self.pressed(query).await?;
        }
        for heard in self.heard(update).await? {
            self.inbox.accept(heard).await?;
        }
        Ok(())
    }

    async fn heard(&self, update: &Update) -> Result<Vec<Heard>, NotTaken> {
        let change = Manner::Rewrote { update: update.number };
        let mut heard = Vec::new();
        let messages = [(&update.message, Manner::Wrote), (&update.edited_message, change)];
        for (message, manner) in messages {
            let Some(message) = message else { continue };
            if let Some(new) = message.rest.get("migrate_to_chat_id").and_then(Value::as_i64) {
                self.telegram.moves.note(message.chat.id, new);
            }
            heard.extend(self.ears.message(&self.at_home(message), manner));
        }
        let messages = [(&update.business_message, Manner::Wrote), (&update.edited_business_message, change)];
        for (message, manner) in messages {
            let Some(message) = message else { continue };
            let Some(id) = &message.business_connection_id else { continue };
            let connection = self.connection(id).await?;
            // What the owner writes there by hand is between people.
            let is_owner = message.from.as_ref().is_some_and(|from| from.id == connection.owner);
            if connection.answers && !is_owner {
                heard.extend(self.ears.message(message, manner));
            }
        }
        if let Some(deleted) = &update.deleted_business_messages
            && self.connection(&deleted.business_connection_id).await?.answers
        {
            heard.extend(Ears::deleted(deleted, update.number));
        }
        Ok(heard)
    }

    /// A press: the app stops its clock at once, then the press is handed in, then the keyboard shows it.
    async fn pressed(&self, query: &CallbackQuery) -> Result<(), NotTaken> {
        let api = self.telegram.api.clone();
        let answer = AnswerCallbackQuery::new(CallbackQueryId(query.id.clone()));
        self.telegram.errands.run(async move {
            // An answer that comes too late is refused; the press counts all the same.
            let _ = api.call::<_, Value>(&answer).await;
        });
        let mut query = query.clone();
        query.message = query.message.map(|message| self.at_home(&message));
        let Some(heard) = self.ears.press(&query) else { return Ok(()) };
        let press = match &heard.act {
            HeardAct::Pressed(press) => Some(press.clone()),
            _ => None,
        };
        self.inbox.accept(heard).await?;
        if let (Some(press), Some(message)) = (press, &query.message) {
            self.show_press(message, &press);
        }
        Ok(())
    }

    fn show_press(&self, message: &Message, press: &ButtonPress) {
        let Some(keyboard) = &message.reply_markup else { return };
        let pairs = |row: &Vec<update::KeyboardButton>| {
            row.iter()
                .filter_map(|button| Some((button.text.clone(), button.callback_data.clone()?)))
                .collect()
        };
        let rows: Vec<Vec<(String, String)>> = keyboard.inline_keyboard.iter().map(pairs).collect();
        let Some(keyboard) = after_press(&rows, press) else { return };
        let chat = ChatId(self.telegram.moves.there(message.chat.id));
        let mut payload = EditMessageReplyMarkup::new(chat, MessageId(message.number));
        payload.business_connection_id = message.business_connection_id.clone().map(BusinessConnectionId);
        payload.reply_markup = Some(keyboard);
        let api = self.telegram.api.clone();
        self.telegram.errands.run(async move {
            if let Err(error) = api.call::<_, Value>(&payload).await {
                tracing::debug!(%error, "a press is not shown");
            }
        });
    }

    /// The message with the number by which we know its chat.
    fn at_home(&self, message: &Message) -> Message {
        let mut message = message.clone();
        message.chat.id = self.telegram.moves.home(message.chat.id);
        message
    }

    async fn connection(&self, id: &str) -> Result<Connection, NotTaken> {
        if let Some(known) = self.telegram.connections.get(id) {
            return Ok(known);
        }
        let asked =
            self.telegram.api.call(&GetBusinessConnection::new(BusinessConnectionId(id.to_owned()))).await;
        match asked {
            Ok(connection) => Ok(self.telegram.connections.note(&connection)),
            Err(super::api::ApiError::No(reason)) => {
                tracing::warn!(%reason, "a business connection is unknown; its messages are left to its owner");
                Ok(Connection { owner: 0, answers: false })
            }
            // Offered again, the update finds Telegram in a better mood.
            Err(error) => Err(NotTaken::NotStored(error.to_string())),
        }
    }
}
