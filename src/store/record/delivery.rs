//! Deliveries on disk: what waits in the outbox, and where it arrived.

use serde::{Deserialize, Serialize};

use crate::desk::{
    Attachment, AttachmentKind, Button, ButtonPress, Delivery, Message, MessageId, Part, Place, Post,
    Receipt, Recipient, TicketId,
};
use crate::store::Pending;
use crate::time::Timestamp;

use super::{PlaceRecord, Unfit, conversation_id};

/// A [`Pending`]; its number is its key.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct OutboxRecord {
    conversation: String,
    to: RecipientRecord,
    post: PostRecord,
    tries: u32,
    due: i64,
}

impl From<&Pending> for OutboxRecord {
    fn from(
        Pending { number: _, conversation, delivery: Delivery { to, post }, tries, due }: &Pending,
    ) -> Self {
        Self {
            conversation: conversation.to_string(),
            to: to.into(),
            post: post.into(),
            tries: *tries,
            due: due.as_millis(),
        }
    }
}

impl OutboxRecord {
    /// The delivery with this number.
    pub(in crate::store) fn into_pending(self, number: u64) -> Result<Pending, Unfit> {
        Ok(Pending {
            number,
            conversation: conversation_id(&self.conversation)?,
            delivery: Delivery { to: self.to.try_into()?, post: self.post.try_into()? },
            tries: self.tries,
            due: Timestamp::from_millis(self.due),
        })
    }
}

/// A [`Receipt`].
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct ReceiptRecord {
    place: PlaceRecord,
    messages: Vec<String>,
}

impl From<&Receipt> for ReceiptRecord {
    fn from(Receipt { place, messages }: &Receipt) -> Self {
        Self { place: place.into(), messages: messages.iter().map(|message| message.0.clone()).collect() }
    }
}

impl TryFrom<ReceiptRecord> for Receipt {
    type Error = Unfit;

    fn try_from(record: ReceiptRecord) -> Result<Self, Unfit> {
        Ok(Self {
            place: record.place.try_into()?,
            messages: record.messages.into_iter().map(MessageId).collect(),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecipientRecord {
    Customer(PlaceRecord),
    Ticket(u64),
    Owner,
}

impl From<&Recipient> for RecipientRecord {
    fn from(recipient: &Recipient) -> Self {
        match recipient {
            Recipient::Customer(place) => Self::Customer(place.into()),
            Recipient::Ticket(id) => Self::Ticket(id.0),
            Recipient::Owner => Self::Owner,
        }
    }
}

impl TryFrom<RecipientRecord> for Recipient {
    type Error = Unfit;

    fn try_from(record: RecipientRecord) -> Result<Self, Unfit> {
        Ok(match record {
            RecipientRecord::Customer(place) => Self::Customer(Place::try_from(place)?),
            RecipientRecord::Ticket(id) => Self::Ticket(TicketId(id)),
            RecipientRecord::Owner => Self::Owner,
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PostRecord {
    Say { message: MessageRecord, relays: Option<String> },
    Amend { relays: String, message: MessageRecord },
    Withdraw { relays: String },
    OpenTicket { title: String, card: MessageRecord },
    MarkTicket { title: String, closed: bool },
}

impl From<&Post> for PostRecord {
    fn from(post: &Post) -> Self {
        match post {
            Post::Say { message, relays } => {
                Self::Say { message: message.into(), relays: relays.as_ref().map(|relays| relays.0.clone()) }
            }
            Post::Amend { relays, message } => {
                Self::Amend { relays: relays.0.clone(), message: message.into() }
            }
            Post::Withdraw { relays } => Self::Withdraw { relays: relays.0.clone() },
            Post::OpenTicket { title, card } => Self::OpenTicket { title: title.clone(), card: card.into() },
            Post::MarkTicket { title, closed } => Self::MarkTicket { title: title.clone(), closed: *closed },
        }
    }
}

impl TryFrom<PostRecord> for Post {
    type Error = Unfit;

    fn try_from(record: PostRecord) -> Result<Self, Unfit> {
        Ok(match record {
            PostRecord::Say { message, relays } => {
                Self::Say { message: message.try_into()?, relays: relays.map(MessageId) }
            }
            PostRecord::Amend { relays, message } => {
                Self::Amend { relays: MessageId(relays), message: message.try_into()? }
            }
            PostRecord::Withdraw { relays } => Self::Withdraw { relays: MessageId(relays) },
            PostRecord::OpenTicket { title, card } => Self::OpenTicket { title, card: card.try_into()? },
            PostRecord::MarkTicket { title, closed } => Self::MarkTicket { title, closed },
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct MessageRecord {
    parts: Vec<PartRecord>,
    buttons: Vec<ButtonRecord>,
    attachments: Vec<AttachmentRecord>,
}

impl From<&Message> for MessageRecord {
    fn from(Message { parts, buttons, attachments }: &Message) -> Self {
        Self {
            parts: parts.iter().map(Into::into).collect(),
            buttons: buttons.iter().map(Into::into).collect(),
            attachments: attachments.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<MessageRecord> for Message {
    type Error = Unfit;

    fn try_from(record: MessageRecord) -> Result<Self, Unfit> {
        Ok(Self {
            parts: record.parts.into_iter().map(Into::into).collect(),
            buttons: record.buttons.into_iter().map(Button::try_from).collect::<Result<_, _>>()?,
            attachments: record.attachments.into_iter().map(Into::into).collect(),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PartRecord {
    Markdown(String),
    Literal(String),
}

impl From<&Part> for PartRecord {
    fn from(part: &Part) -> Self {
        match part {
            Part::Markdown(text) => Self::Markdown(text.clone()),
            Part::Literal(text) => Self::Literal(text.clone()),
        }
    }
}

impl From<PartRecord> for Part {
    fn from(record: PartRecord) -> Self {
        match record {
            PartRecord::Markdown(text) => Self::Markdown(text),
            PartRecord::Literal(text) => Self::Literal(text),
        }
    }
}

/// A [`Button`]; its meaning is the code that travels in the platform's button.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ButtonRecord {
    label: String,
    press: String,
}

impl From<&Button> for ButtonRecord {
    fn from(Button { label, press }: &Button) -> Self {
        Self { label: label.clone(), press: press.to_code() }
    }
}

impl TryFrom<ButtonRecord> for Button {
    type Error = Unfit;

    fn try_from(record: ButtonRecord) -> Result<Self, Unfit> {
        let press = ButtonPress::from_code(&record.press).ok_or(Unfit("a button's code"))?;
        Ok(Self { label: record.label, press })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct AttachmentRecord {
    kind: AttachmentKindRecord,
    reference: String,
    name: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AttachmentKindRecord {
    Image,
    Voice,
    Video,
    Sticker,
    Location,
    File,
}

impl From<&Attachment> for AttachmentRecord {
    fn from(Attachment { kind, reference, name }: &Attachment) -> Self {
        let kind = match kind {
            AttachmentKind::Image => AttachmentKindRecord::Image,
            AttachmentKind::Voice => AttachmentKindRecord::Voice,
            AttachmentKind::Video => AttachmentKindRecord::Video,
            AttachmentKind::Sticker => AttachmentKindRecord::Sticker,
            AttachmentKind::Location => AttachmentKindRecord::Location,
            AttachmentKind::File => AttachmentKindRecord::File,
        };
        Self { kind, reference: reference.clone(), name: name.clone() }
    }
}

impl From<AttachmentRecord> for Attachment {
    fn from(record: AttachmentRecord) -> Self {
        let kind = match record.kind {
            AttachmentKindRecord::Image => AttachmentKind::Image,
            AttachmentKindRecord::Voice => AttachmentKind::Voice,
            AttachmentKindRecord::Video => AttachmentKind::Video,
            AttachmentKindRecord::Sticker => AttachmentKind::Sticker,
            AttachmentKindRecord::Location => AttachmentKind::Location,
            AttachmentKindRecord::File => AttachmentKind::File,
        };
        Self { kind, reference: record.reference, name: record.name }
    }
}
