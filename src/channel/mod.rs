//! The wires: what was heard comes in, what is to be said goes out. No decisions are made here.

pub mod console;
#[cfg(feature = "discord")]
pub mod discord;
pub mod markup;
pub mod split;
#[cfg(feature = "telegram")]
pub mod telegram;
pub mod visible;

use std::time::Duration;

use futures::future::BoxFuture;

use crate::desk::{ButtonPress, Company, ConversationId, MessageId, Part, Place, Post, Receipt, Said};
use crate::faq::{ChannelKind, EntryId};
use crate::text::Language;

/// A platform that messages go out on.
pub trait Channel: Send + Sync {
    /// Which one it is.
    fn kind(&self) -> ChannelKind;

    /// Delivers `parcel`. The same number may come again after a crash; a platform that can drop doubles should.
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Receipt, DeliverError>>;

    /// What came of the parcel `number` is noted, or couldn't be: a platform that can't drop doubles lets nothing else
    /// on its way before, so that a crash repeats one message at most. Called for the parcels of all channels.
    fn settled(&self, number: u64) {
        let _ = number;
    }
}

/// What a platform says of the bot when it is asked who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduced {
    /// Its name there.
    pub name: String,
    /// What the owner should put right, each as half a sentence.
    pub to_mend: Vec<String>,
}

/// Why it says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotIntroduced {
    /// It doesn't know the bot; the words say what to do.
    Refused(String),
    /// It gave no answer, or none that makes sense.
    Unreachable(String),
}

/// Something to deliver.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    /// Its number in the outbox.
    pub number: u64,
    /// Where it goes: for [`Post::OpenTicket`] the staff's own place, in which the ticket's place is made.
    pub to: Place,
    /// What goes there.
    pub post: Post,
    /// For [`Post::Amend`] and [`Post::Withdraw`]: the messages that they are about.
    pub earlier: Option<Receipt>,
}

/// Why something could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliverError {
    /// The platform asks for patience.
    #[error("to be tried again in {0:?}")]
    RetryAfter(Duration),
    /// The platform can't be reached, or fails; how long to wait is the runtime's choice.
    #[error("the platform fails: {0}")]
    Unreachable(String),
    /// The chat is gone, or has shut the bot out.
    #[error("nobody is there any more")]
    Gone,
    /// The platform will never take this.
    #[error("refused: {0}")]
    Refused(String),
}

/// Something that was heard on a channel, in the platform's terms but one form.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// The conversation that the adapter counts it to, if its author is a customer.
    pub conversation: ConversationId,
    /// Names it; the same update delivered again has the same name.
    pub message: MessageId,
    /// Where it was written.
    pub place: Place,
    /// Who wrote it.
    pub author: Author,
    /// Who reads along.
    pub company: Company,
    /// What was done.
    pub act: HeardAct,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The platform's user id.
    pub id: String,
    /// The name they show.
    pub name: String,
    /// The platform's ids of their roles, where it has roles.
    pub roles: Vec<String>,
    /// The language their app is set to.
    pub app_language: Option<Language>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub enum HeardAct {
    /// Wrote a message.
    Wrote(Said),
    /// Changed a message.
    Rewrote {
        /// Which.
        message: MessageId,
        /// Its new form.
        said: Said,
    },
    /// Took a message back.
    TookBack {
        /// Which.
        message: MessageId,
    },
    /// Pressed a button.
    Pressed(ButtonPress),
    /// Gave a command, such as `/close`; without the slash, with what stood behind it.
    Commanded {
        /// `close`
        name: String,
        /// What stood behind it.
        rest: String,
    },
    /// Opened the chat, perhaps by a link to an entry.
    Opened(Option<EntryId>),
}

/// Where adapters hand in what they heard.
pub trait Inbox: Send + Sync {
    /// Takes `heard`. `Ok` means: it is stored, what comes of it will be said, and the platform may forget it. After
    /// an error the adapter offers it again.
    fn accept(&self, heard: Heard) -> BoxFuture<'_, Result<(), NotTaken>>;
}

/// Why something heard was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Too much waits in this conversation; what is offered again a little later will be taken.
    #[error("too much waits in this conversation")]
    Busy,
    /// It could not be stored.
    #[error("it could not be stored: {0}")]
    NotStored(String),
    /// The bot is going down.
    #[error("the bot is stopping")]
    Stopping,
}

/// Answers while somebody still types: autocomplete on Discord, inline queries on Telegram. Nothing is stored.
pub trait Lookup: Send + Sync {
    /// The entries that `text` may mean, best first, at most `limit`; for an empty text, those that are asked most or
    /// stand first. `language` is the one that the asker's app is set to.
    fn suggest(&self, text: &str, language: Option<Language>, limit: usize) -> Vec<Suggestion>;
}

/// An entry that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Its name.
    pub id: EntryId,
    /// Its question.
    pub title: String,
    /// Its answer.
    pub answer: Vec<Part>,
}

/// What an adapter must know again after a restart, as small notes by name: a gateway's session, private threads.
pub trait Memory: Send + Sync {
    /// The note with this name, if one was kept.
    fn recall<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<String>>;

    /// Keeps `note` (under 64 KB) in place of an older one with this name. After `Ok` it survives a power cut.
    fn remember<'a>(&'a self, name: &'a str, note: String) -> BoxFuture<'a, Result<(), NotTaken>>;
}
