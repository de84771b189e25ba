//! What should be done: the desk decides, the runtime does.

use crate::faq::{ChannelKind, EntryId};
use crate::matcher::HandOverReason;
use crate::text::Language;
use crate::time::Timestamp;

use super::event::{Attachment, Press};
use super::names::{ConversationId, MessageId, Place, TicketId};

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Goes out through the outbox, in order.
    Deliver(Delivery),
    /// The owner's gap list: a question that got no answer.
    NoteGap(Gap),
    /// The report's counters.
    Count(Count),
    /// A draft entry for `faq/drafts/`.
    SaveDraft(Draft),
    /// Delete all that is stored about this conversation, this turn's own records included; deliveries of this turn
    /// still go out, and are forgotten then.
    Erase,
}

/// Something to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// To whom.
    pub to: Recipient,
    /// What.
    pub post: Post,
}

/// To whom something is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// The customer, there.
    Customer(Place),
    /// The staff, in this ticket's place.
    Ticket(TicketId),
    /// The owner's own chat.
    Owner,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Post {
    /// A new message. `relays` names the message of the other side that it passes on, so that edits can follow.
    Say {
        /// The words and buttons.
        message: Message,
        /// Whose words it passes on.
        relays: Option<MessageId>,
    },
    /// The message that passed on `relays` now reads so.
    Amend {
        /// Whose words were changed.
        relays: MessageId,
        /// The new form.
        message: Message,
    },
    /// The message that passed on `relays` is taken back.
    Withdraw {
        /// Whose words are gone.
        relays: MessageId,
    },
    /// Makes the ticket's place (a thread, a topic) and puts the card there.
    OpenTicket {
        /// The place's name.
        title: String,
        /// Who, where, language, the last messages, the best guesses.
        card: Message,
    },
    /// Shows a ticket's new state in its place.
    MarkTicket {
        /// The place's new name.
        title: String,
        /// Whether it is closed now (the place is archived).
        closed: bool,
    },
}

/// A message, for any platform: words, buttons, attachments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// The words, paragraph by paragraph.
    pub parts: Vec<Part>,
    /// Buttons below them, in order.
    pub buttons: Vec<Button>,
    /// What is passed on with them.
    pub attachments: Vec<Attachment>,
}

/// A stretch of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The owner's or the bot's words, in Markdown.
    Markdown(String),
    /// Somebody else's words: shown to the letter, whatever signs they hold.
    Literal(String),
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it means.
    pub press: ButtonPress,
}

/// What a button means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ButtonPress {
    /// A customer's press.
    Customer(Press),
    /// Staff: send this entry's answer.
    SendAnswer(EntryId),
    /// Staff: mine.
    Claim,
    /// Staff: close.
    Close,
    /// Staff: close, and save the answer as a draft.
    CloseAndSave,
}

impl ButtonPress {
    /// A form of at most 64 bytes, for the platforms' buttons.
    #[must_use]
    pub fn to_code(&self) -> String {
        match self {
            Self::Customer(press) => press.to_code(),
            Self::SendAnswer(id) => format!("s:{id}"),
            Self::Claim => "claim".to_owned(),
            Self::Close => "close".to_owned(),
            Self::CloseAndSave => "save".to_owned(),
        }
    }

    /// What `code` stands for; `None` for anything that [`ButtonPress::to_code`] doesn't write.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "claim" => Some(Self::Claim),
            "close" => Some(Self::Close),
            "save" => Some(Self::CloseAndSave),
            _ => match code.strip_prefix("s:") {
                Some(id) => EntryId::new(id).map(Self::SendAnswer),
                None => Press::from_code(code).map(Self::Customer),
            },
        }
    }
}

/// A question that got no answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// The customer's words.
    pub question: String,
    /// Their language.
    pub language: Language,
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub kind: GapKind,
    /// The nearest entry, if any.
    pub nearest: Option<EntryId>,
    /// Whose it was, so that forgetting reaches it.
    pub conversation: ConversationId,
}

/// Why a question is in the gap list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapKind {
    /// Handed over.
    Unanswered,
    /// Asked back.
    Clarified,
    /// Answered, and not what was meant.
    NotThis,
    /// Asked back, and the nearest entry was chosen: no gap any more, but a phrasing that the entry lacks.
    Chosen,
}

/// Something that the report counts, by day, channel and language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Count {
    /// A question came in.
    Asked,
    /// It was answered with this entry.
    Answered(EntryId),
    /// "That helped".
    Helped(EntryId),
    /// "Not what I meant".
    NotThis(EntryId),
    /// Asked back.
    Clarified,
    /// An offered entry was chosen.
    Chosen(EntryId),
    /// A person was rung for.
    HandedOver(Why),
    /// A ticket was closed.
    Closed,
    /// The customer wrote again within a day after the ticket was closed.
    Reopened,
    /// A flood was held back.
    Flooded,
}

/// Why a person was rung for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The customer asked for one.
    Asked,
    /// No entry fits.
    NothingFits,
    /// Not sure enough.
    NotSure,
    /// The entry says so (`.handover`).
    TheEntrySaysSo,
    /// None of the offered entries was meant.
    NoneOfThose,
    /// A picture or a voice message that the bot can't read.
    CannotRead,
}

impl From<HandOverReason> for Why {
    fn from(reason: HandOverReason) -> Self {
        match reason {
            HandOverReason::NothingFits => Self::NothingFits,
            HandOverReason::NotSure => Self::NotSure,
        }
    }
}

/// A draft entry: what a customer asked, and what staff said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The customer's question.
    pub question: String,
    /// The staff's answer.
    pub answer: String,
    /// The language of both.
    pub language: Language,
    /// The ticket it comes from.
    pub ticket: TicketId,
    /// Who taught it.
    pub taught_by: String,
    /// The channel that they wrote on.
    pub channel: ChannelKind,
}

/// Where a delivery arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The chat, thread or topic; for an opened ticket, the ticket's place.
    pub place: Place,
    /// The platform's names of the messages (several where a long one was split).
    pub messages: Vec<MessageId>,
}
