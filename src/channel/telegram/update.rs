//! What Telegram tells us, as far as we listen.
//!
//! These forms are ours and not teloxide's, because a customer's words must not be lost to a field that came after it
//! was written: one unknown kind of entity makes its `Message` come out empty. Here only a message's number and chat
//! are needed; anything else that can't be read is as if it weren't there.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;

/// One thing that happened.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Update {
    /// Counted up.
    #[serde(rename = "update_id")]
    pub(super) number: i64,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) message: Option<Message>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) edited_message: Option<Message>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) business_connection: Option<BusinessConnection>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) business_message: Option<Message>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) edited_business_message: Option<Message>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) deleted_business_messages: Option<Deleted>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) callback_query: Option<CallbackQuery>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) inline_query: Option<InlineQuery>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) my_chat_member: Option<Membership>,
}

impl Update {
    /// Updates with the same lane are handed in one after another: chat and topic, or chat and person.
    pub(super) fn lane(&self) -> (i64, i64) {
        let of_message = |message: &Message| {
            let person = message.from.as_ref().map_or(0, |from| from.id);
            (message.chat.id, message.topic().map_or(person, i64::from))
        };
        let messages =
            [&self.message, &self.edited_message, &self.business_message, &self.edited_business_message];
        if let Some(message) = messages.into_iter().flatten().next() {
            return of_message(message);
        }
        if let Some(deleted) = &self.deleted_business_messages {
            return (deleted.chat.id, deleted.chat.id);
        }
        if let Some(query) = &self.callback_query {
            let topic = query.message.as_ref().and_then(Message::topic);
            let chat = query.message.as_ref().map_or(0, |message| message.chat.id);
            return (chat, topic.map_or(query.from.id, i64::from));
        }
        (0, 0)
    }
}

/// The kinds above, as Telegram calls them when it is asked for updates.
pub(super) const KINDS: [teloxide_core::types::AllowedUpdate; 9] = {
    use teloxide_core::types::AllowedUpdate as Kind;
    [
        Kind::Message,
        Kind::EditedMessage,
        Kind::BusinessConnection,
        Kind::BusinessMessage,
        Kind::EditedBusinessMessage,
        Kind::DeletedBusinessMessages,
        Kind::CallbackQuery,
        Kind::InlineQuery,
        Kind::MyChatMember,
    ]
};

/// A message.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Message {
    #[serde(rename = "message_id")]
    pub(super) number: i32,
    pub(super) chat: Chat,
    #[serde(rename = "message_thread_id", default, deserialize_with = "lenient")]
    pub(super) thread: Option<i32>,
    #[serde(rename = "is_topic_message", default, deserialize_with = "lenient")]
    pub(super) is_in_topic: bool,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) from: Option<User>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) sender_chat: Option<Chat>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) sender_business_bot: Option<User>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) business_connection_id: Option<String>,
    #[serde(rename = "reply_to_message", default, deserialize_with = "lenient")]
    pub(super) replied: Option<Box<Message>>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) text: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) entities: Vec<Entity>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) caption: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) caption_entities: Vec<Entity>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) reply_markup: Option<Keyboard>,
    /// Everything else, by name: media, service messages, and what is newer than this program.
    #[serde(flatten)]
    pub(super) rest: BTreeMap<String, Value>,
}

impl Message {
    /// The words, and their entities.
    pub(super) fn words(&self) -> (&str, &[Entity]) {
        match (&self.text, &self.caption) {
            (Some(text), _) => (text, &self.entities),
            (None, Some(caption)) => (caption, &self.caption_entities),
            (None, None) => ("", &[]),
        }
    }

    /// The topic that it stands in. (`message_thread_id` alone also names chains of replies.)
    pub(super) fn topic(&self) -> Option<i32> {
        self.thread.filter(|_| self.is_in_topic)
    }
}

/// A stretch of text that means something. Offsets count UTF-16 units.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Entity {
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) offset: usize,
    #[serde(default)]
    pub(super) length: usize,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) url: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) user: Option<User>,
}

impl Entity {
    /// The stretch of `text` in bytes, if it is one.
    pub(super) fn range(&self, text: &str) -> Option<std::ops::Range<usize>> {
        let start = byte_at(text, self.offset)?;
        let end = byte_at(text, self.offset.checked_add(self.length)?)?;
        Some(start..end)
    }
}

fn byte_at(text: &str, unit: usize) -> Option<usize> {
    let mut units = 0;
    for (byte, character) in text.char_indices() {
        if units == unit {
            return Some(byte);
        }
        units += character.len_utf16();
    }
    (units == unit).then_some(text.len())
}

/// A chat.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Chat {
    pub(super) id: i64,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    /// A group's.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) title: Option<String>,
    /// Somebody's, in a private chat.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) first_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) last_name: Option<String>,
}

impl Chat {
    pub(super) fn is_private(&self) -> bool {
        self.kind == "private" || (self.kind.is_empty() && 0 < self.id)
    }
}

/// Somebody, or a bot.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    pub(super) id: i64,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) is_bot: bool,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) first_name: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) last_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) username: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) language_code: Option<String>,
    /// Only of the bot itself, from `getMe`.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) can_read_all_group_messages: bool,
}

/// A bot's tie to somebody's own account.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct BusinessConnection {
    pub(super) id: String,
    pub(super) user: User,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) is_enabled: bool,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) rights: Rights,
}

/// What the bot may do there, as far as we ask.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Rights {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) can_reply: bool,
}

/// Messages that were deleted in somebody's own account.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Deleted {
    pub(super) business_connection_id: String,
    pub(super) chat: Chat,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) message_ids: Vec<i32>,
}

/// A press on a button.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct CallbackQuery {
    pub(super) id: String,
    pub(super) from: User,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) message: Option<Message>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) data: Option<String>,
}

/// Buttons below a message.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Keyboard {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) inline_keyboard: Vec<Vec<KeyboardButton>>,
}

/// A button.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct KeyboardButton {
    #[serde(default)]
    pub(super) text: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) callback_data: Option<String>,
}

/// Somebody types behind the bot's name, in any chat.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct InlineQuery {
    pub(super) id: String,
    pub(super) from: User,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) query: String,
}

/// The bot was added to a chat, or thrown out.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Membership {
    pub(super) chat: Chat,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) new_chat_member: Option<Member>,
}

/// What somebody is in a chat.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Member {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) status: String,
}

/// Reads one update as it came. Half a character (a lone surrogate), which no text can hold, becomes `\u{fffd}`.
pub(super) fn read(json: &str) -> Result<Update, serde_json::Error> {
    serde_json::from_str(json).or_else(|error| match mended(json) {
        Some(json) => serde_json::from_str(&json),
        None => Err(error),
    })
}

/// The number of an update of which nothing else can be read.
pub(super) fn number_only(json: &str) -> Option<Update> {
    #[derive(Deserialize)]
    struct Number {
        update_id: i64,
    }
    let Number { update_id } = serde_json::from_str(json).ok()?;
    serde_json::from_value(serde_json::json!({ "update_id": update_id })).ok()
}

/// `json` without lone surrogates; `None` where it has none.
fn mended(json: &str) -> Option<String> {
    const REPLACEMENT: &str = "\\ufffd";
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let is_high = |unit: u16| (0xd800..0xdc00).contains(&unit);
    let is_low = |unit: u16| (0xdc00..0xe000).contains(&unit);
    let mut text = String::with_capacity(json.len());
    let mut at = 0;
    let mut changed = false;
    while at < json.len() {
        let step = match unit(at) {
            Some(first) if is_high(first) && unit(at + 6).is_some_and(is_low) => 12,
            Some(first) if is_high(first) || is_low(first) => {
                text.push_str(REPLACEMENT);
                changed = true;
                at += 6;
                continue;
            }
            Some(_) => 6,
            // An escaped backslash may stand before a `u` that is only a letter.
            None if json[at..].starts_with("\\\\") => 2,
            None => json[at..].chars().next().map_or(1, char::len_utf8),
        };
        text.push_str(&json[at..at + step]);
        at += step;
    }
    changed.then_some(text)
}

/// The value, or what stands for none where it has another form than expected.
fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(deserializer)?;
    Ok(T::deserialize(value).unwrap_or_default())
}
