//! A message in a channel -> what the inbox takes: whose conversation it is, where to answer, what was done.

use crate::channel::{Author, Heard, HeardAct};
use crate::desk::{Company, ConversationId, MessageId, Said};
use crate::faq::ChannelKind;

use super::address::Address;
use super::commands;
use super::events::Written;
use super::notes::Notes;
use super::places::Spot;
use super::settings::AnswersIn;

/// Whose conversation something belongs to, and where to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Routed {
    pub(super) conversation: ConversationId,
    pub(super) address: Address,
    pub(super) company: Company,
}

/// What matters about a message for its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) channel: u64,
    pub(super) message: u64,
    pub(super) user: u64,
    /// It mentions the bot, or answers it.
    pub(super) to_bot: bool,
    /// It answers somebody else.
    pub(super) to_other: bool,
}

/// The way of a message; `None` when it isn't for the bot: on a server it only hears what is said to it, or where its
/// owner has told it to listen.
pub(super) fn route(spot: Spot, told: Told, notes: &Notes) -> Option<Routed> {
    let Told { channel, message, user, to_bot, to_other } = told;
    let reply = Address::Reply { channel, message };
    match spot {
        Spot::Private => Some(alone(channel.to_string(), Address::Channel(channel))),
        Spot::StaffRoom => None,
        Spot::Ticket => Some(among(channel, user, Address::Channel(channel))),
        Spot::Customers(AnswersIn::Place) | Spot::Below { answers: AnswersIn::Place, .. } => {
            (to_bot || !to_other).then(|| among(channel, user, reply))
        }
        Spot::Customers(AnswersIn::PrivateThread) => (to_bot || !to_other)
            .then(|| alone(format!("{channel}:{user}"), Address::PrivateThread { channel, user })),
        Spot::Below { channel: parent, answers: AnswersIn::PrivateThread } => {
            if notes.user_of(channel) == Some(user) {
                Some(alone(format!("{parent}:{user}"), Address::PrivateThread { channel: parent, user }))
            } else {
                to_bot.then(|| among(channel, user, reply))
            }
        }
        Spot::Post { owner } if owner == Some(user) => Some(among(channel, user, Address::Channel(channel))),
        Spot::Post { .. } | Spot::Elsewhere => to_bot.then(|| among(channel, user, reply)),
    }
}

pub(super) fn alone(key: String, address: Address) -> Routed {
    let conversation = ConversationId::new(ChannelKind::Discord, key);
    Routed { conversation, address, company: Company::Alone }
}

pub(super) fn among(channel: u64, user: u64, address: Address) -> Routed {
    let conversation = ConversationId::new(ChannelKind::Discord, format!("{channel}:{user}"));
    Routed { conversation, address, company: Company::AmongOthers }
}

impl Routed {
    pub(super) fn heard(self, message: String, author: Author, act: HeardAct) -> Heard {
        Heard {
            conversation: self.conversation,
            message: MessageId(message),
            place: self.address.place(),
            author,
            company: self.company,
            act,
        }
    }
}

/// What a message that somebody wrote does.
pub(super) fn act(said: &Said) -> HeardAct {
    if said.text.is_empty() && said.attachments.is_empty() {
        // Nothing but a mention of the bot.
        return HeardAct::Opened(None);
    }
    match commands::typed(&said.text).filter(|_| said.attachments.is_empty()) {
        Some((name, rest)) => HeardAct::Commanded { name: name.to_owned(), rest: rest.to_owned() },
        None => HeardAct::Wrote(said.clone()),
    }
}

/// A message that was written.
pub(super) fn wrote(written: &Written, routed: Routed) -> Heard {
    routed.heard(written.id.to_string(), written.author.clone(), act(&written.said))
}

/// A message that was changed; each change has a name of its own.
pub(super) fn rewrote(written: &Written, routed: Routed) -> Heard {
    let name = format!("edit:{}:{}", written.id, written.edited.as_deref().unwrap_or_default());
    let message = MessageId(written.id.to_string());
    routed.heard(name, written.author.clone(), HeardAct::Rewrote { message, said: written.said.clone() })
}

/// A message that was taken back.
pub(super) fn took_back(message: u64, author: Author, routed: Routed) -> Heard {
    let act = HeardAct::TookBack { message: MessageId(message.to_string()) };
    routed.heard(format!("gone:{message}"), author, act)
}
