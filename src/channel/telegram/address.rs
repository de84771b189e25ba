//! Where something lies on Telegram: a place's address and a message's name, as text and back.

use std::fmt;

use crate::desk::{MessageId, Place};
use crate::faq::ChannelKind;

/// Where to write: a chat, and what narrows it down. As text: `4711`, `-1001234/17` (a topic), `-1001234/r88` (in
/// reply to message 88), `4711/bXYZ` (the owner's account, through the business connection `XYZ`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Address {
    /// The chat.
    pub(super) chat: i64,
    /// The topic in it.
    pub(super) topic: Option<i32>,
    /// The message that everything written there replies to.
    pub(super) reply: Option<i32>,
    /// The business connection in whose name is written.
    pub(super) business: Option<String>,
}

impl Address {
    pub(super) fn chat(chat: i64) -> Self {
        Self { chat, topic: None, reply: None, business: None }
    }

    /// The address that `text` writes down; `None` for anything that [`Display`](fmt::Display) doesn't write.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let mut address = Self::chat(parts.next()?.parse().ok()?);
        for part in parts {
            if let Some(connection) = part.strip_prefix('b').filter(|connection| !connection.is_empty()) {
                address.business = Some(connection.to_owned());
            } else if let Some(message) = part.strip_prefix('r') {
                address.reply = Some(message.parse().ok()?);
            } else {
                address.topic = Some(part.parse().ok()?);
            }
        }
        Some(address)
    }

    /// Whether `other` lies in this place: the same chat, and where this is one topic of it, the same topic.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.chat == other.chat && (self.topic.is_none() || self.topic == other.topic)
    }

    /// The address of `place`, if it is one of Telegram's.
    pub(super) fn of(place: &Place) -> Option<Self> {
        (place.channel == ChannelKind::Telegram).then(|| Self::parse(&place.address)).flatten()
    }

    pub(super) fn place(&self) -> Place {
        Place { channel: ChannelKind::Telegram, address: self.to_string() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.chat)?;
        if let Some(topic) = self.topic {
            write!(f, "/{topic}")?;
        }
        if let Some(message) = self.reply {
            write!(f, "/r{message}")?;
        }
        match &self.business {
            // A connection's name is letters and digits; a slash in one would be read as a further part.
            Some(connection) => write!(f, "/b{}", connection.replace('/', "")),
            None => Ok(()),
        }
    }
}

/// A message on Telegram. Its number alone names it only within its chat, and a ticket's conversation has messages of
/// two chats, so the name holds both: `4711/15`; `4711/15c` for a picture or file with words below it, `4711/15m` for
/// one without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Written {
    /// Its chat.
    pub(super) chat: i64,
    /// Its number there.
    pub(super) message: i32,
    /// What of it can be changed.
    pub(super) form: Form,
}

/// What of a message can be changed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// Its text.
    Text,
    /// The words below its picture or file.
    Caption,
    /// Nothing.
    Media,
}

impl Written {
    pub(super) fn text(chat: i64, message: i32) -> Self {
        Self { chat, message, form: Form::Text }
    }

    pub(super) fn name(&self) -> MessageId {
        let mark = match self.form {
            Form::Text => "",
            Form::Caption => "c",
            Form::Media => "m",
        };
        MessageId(format!("{}/{}{mark}", self.chat, self.message))
    }

    /// The message that `name` names, if it is one of Telegram's.
    pub(super) fn named(name: &MessageId) -> Option<Self> {
        let (chat, message) = name.0.split_once('/')?;
        let (message, form) = match (message.strip_suffix('c'), message.strip_suffix('m')) {
            (Some(message), _) => (message, Form::Caption),
            (_, Some(message)) => (message, Form::Media),
            (None, None) => (message, Form::Text),
        };
        Some(Self { chat: chat.parse().ok()?, message: message.parse().ok()?, form })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_can_be_read_back() {
        for text in ["4711", "-1001234567890", "-1001234567890/17", "-5/r88", "-100/17/r88", "4711/bAbC_-1"] {
            let address = Address::parse(text).expect("it is an address");
            assert_eq!(address.to_string(), text);
        }
        for text in ["", "x", "4711/", "4711/x", "4711/b", "4711/r", "1/2/3x"] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
        for name in ["4711/15", "-100/16c", "-100/17m"] {
            let name = MessageId(name.to_owned());
            assert_eq!(Written::named(&name).expect("it is a name").name(), name);
        }
        for name in ["", "15", "a/15", "4711/x", "u99"] {
            assert_eq!(Written::named(&MessageId(name.to_owned())), None, "{name}");
        }
    }
}
