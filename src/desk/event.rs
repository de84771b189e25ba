//! What happened, in the desk's own words: who did what in which conversation.

use crate::faq::EntryId;
use crate::text::Language;

use super::names::{ConversationId, MessageId, Place, StaffMember, TicketId};

/// Something that happened in a conversation. Heard once: the store knows the [`MessageId`]s of the last 48 hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Where it happened.
    pub conversation: ConversationId,
    /// Names this event; the same event delivered twice has the same name.
    pub message: MessageId,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The customer did something.
    Customer(Customer, CustomerAct),
    /// Somebody of the staff did something in this ticket's place; the runtime has looked at their authority.
    Staff(StaffMember, TicketId, StaffAct),
    /// A moment came that the desk had asked to be woken at.
    Woke(Reminder),
}

/// What a customer can do.
#[derive(Debug, Clone, PartialEq)]
pub enum CustomerAct {
    /// Wrote something.
    Said(Said),
    /// Changed a message.
    Edited {
        /// The message that was changed.
        message: MessageId,
        /// What it says now.
        said: Said,
    },
    /// Took a message back.
    Deleted {
        /// The message that is gone.
        message: MessageId,
    },
    /// Pressed a button.
    Pressed(Press),
    /// Opened the chat, perhaps by a link that names an entry.
    Started(Option<EntryId>),
    /// `/help`.
    AskedForHelp,
    /// `/faq`: wants to see what there is.
    AskedForMenu,
    /// `/person`.
    AskedForPerson,
    /// `/forget`: wants what is stored about them deleted.
    AskedToBeForgotten,
    /// `/mydata`: wants to see what is stored about them.
    AskedForTheirData,
}

/// What the staff can do in a ticket.
#[derive(Debug, Clone, PartialEq)]
pub enum StaffAct {
    /// Wrote something; a text that starts with `//` is a note among staff.
    Said(Said),
    /// Changed a message.
    Edited {
        /// The message that was changed.
        message: MessageId,
        /// What it says now.
        said: Said,
    },
    /// Took a message back.
    Deleted {
        /// The message that is gone.
        message: MessageId,
    },
    /// `/note`: for staff alone.
    Noted(String),
    /// `/claim`: mine.
    Claimed,
    /// `/close`; with `save`, question and answer become a draft entry.
    Closed {
        /// "Save this answer."
        save: bool,
    },
    /// `/answer ID`, or a press on one of the best guesses.
    Answered(EntryId),
    /// `/teach`: question and last staff answer become a draft entry.
    Taught,
    /// `/block`: the customer's messages go nowhere until `/unblock`.
    Blocked,
    /// `/unblock`.
    Unblocked,
    /// `/transcript`: shows the whole conversation.
    AskedForTranscript,
}

/// Words and what came with them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// The text, or a picture's caption; may be empty.
    pub text: String,
    /// Pictures, voice, files.
    pub attachments: Vec<Attachment>,
}

impl Said {
    /// A text without attachments.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { text: text.to_owned(), attachments: Vec::new() }
    }
}

/// Something other than text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// What the adapter needs to pass it on: the platform's file id, or an address.
    pub reference: String,
    /// Its file name, where it has one.
    pub name: Option<String>,
}

/// What an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentKind {
    /// A picture.
    Image,
    /// A voice message or other sound.
    Voice,
    /// A film.
    Video,
    /// A sticker.
    Sticker,
    /// A place on the map.
    Location,
    /// Any other file.
    File,
}

/// A button's meaning; it travels in the button itself, so that it works after a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// "I mean this": an offered entry, or a link below an answer.
    Entry(EntryId),
    /// "That helped".
    Helped(EntryId),
    /// "Not what I meant".
    NotThis(EntryId),
    /// "Something else": none of the offered entries.
    NoneOfThese,
    /// "Ask a person".
    Person,
    /// A topic of the menu, by its place in the list of topics.
    Topic(u16),
    /// A further page of a topic: the topic's place, and the page's, counted from 0.
    TopicPage(u16, u16),
    /// A page of the list of topics, counted from 0.
    Topics(u16),
    /// "Yes, delete everything".
    ForgetMe,
    /// "No, keep it".
    KeepMe,
}

impl Press {
    /// A form of at most 64 bytes, for the platforms' buttons.
    #[must_use]
    pub fn to_code(&self) -> String {
        match self {
            Self::Entry(id) => format!("e:{id}"),
            Self::Helped(id) => format!("h:{id}"),
            Self::NotThis(id) => format!("n:{id}"),
            Self::NoneOfThese => "none".to_owned(),
            Self::Person => "person".to_owned(),
            Self::Topic(number) => format!("t:{number}"),
            Self::TopicPage(number, page) => format!("t:{number}.{page}"),
            Self::Topics(page) => format!("m:{page}"),
            Self::ForgetMe => "forget".to_owned(),
            Self::KeepMe => "keep".to_owned(),
        }
    }

    /// The press that `code` stands for; `None` for anything that [`Press::to_code`] doesn't write.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code.split_once(':') {
            Some(("e", id)) => EntryId::new(id).map(Self::Entry),
            Some(("h", id)) => EntryId::new(id).map(Self::Helped),
            Some(("n", id)) => EntryId::new(id).map(Self::NotThis),
            Some(("t", number)) => match number.split_once('.') {
                Some((number, page)) => Some(Self::TopicPage(number.parse().ok()?, page.parse().ok()?)),
                None => number.parse().ok().map(Self::Topic),
            },
            Some(("m", page)) => page.parse().ok().map(Self::Topics),
            Some(_) => None,
            None => match code {
                "none" => Some(Self::NoneOfThese),
                "person" => Some(Self::Person),
                "forget" => Some(Self::ForgetMe),
                "keep" => Some(Self::KeepMe),
                _ => None,
            },
        }
    }
}

/// What the desk wants to be woken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reminder {
    /// The customer's burst of short messages may be over.
    BurstOver,
    /// A ticket waits for its first human word too long.
    TicketWaits,
    /// Nobody said anything in a ticket for long.
    TicketSilent,
    /// Nothing happened for the retention time: forget the conversation.
    Expired,
}

/// Who writes to the firm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The platform's user id; authority and blocks go by it.
    pub id: String,
    /// The name that they show; proves nothing.
    pub name: String,
    /// Where to answer.
    pub place: Place,
    /// Alone with the bot, or among others.
    pub company: Company,
    /// The language their app is set to, where the platform says so.
    pub app_language: Option<Language>,
}

/// Who else reads along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// A private chat.
    Alone,
    /// A group or a server: personal matters are not shown here.
    AmongOthers,
}
