//! Tickets and places on disk.

use serde::{Deserialize, Serialize};

use crate::desk::{MessageId, Place, StaffAnswer, StaffMember, Ticket, TicketId, TicketState};
use crate::matcher::{Confidence, Match};
use crate::store::TicketPlace;
use crate::time::Timestamp;

use super::{Unfit, channel, conversation_id, entry_id};

/// A [`Place`].
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct PlaceRecord {
    channel: String,
    address: String,
}

impl From<&Place> for PlaceRecord {
    fn from(Place { channel, address }: &Place) -> Self {
        Self { channel: channel.name().to_owned(), address: address.clone() }
    }
}

impl TryFrom<PlaceRecord> for Place {
    type Error = Unfit;

    fn try_from(PlaceRecord { channel: name, address }: PlaceRecord) -> Result<Self, Unfit> {
        Ok(Self { channel: channel(&name)?, address })
    }
}

/// A [`TicketPlace`]; stands at its number.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct TicketRecord {
    id: u64,
    conversation: String,
    place: Option<PlaceRecord>,
    open: bool,
}

impl From<&TicketPlace> for TicketRecord {
    fn from(TicketPlace { id, conversation, place, open }: &TicketPlace) -> Self {
        Self {
            id: id.0,
            conversation: conversation.to_string(),
            place: place.as_ref().map(Into::into),
            open: *open,
        }
    }
}

impl TryFrom<TicketRecord> for TicketPlace {
    type Error = Unfit;

    fn try_from(TicketRecord { id, conversation, place, open }: TicketRecord) -> Result<Self, Unfit> {
        Ok(Self {
            id: TicketId(id),
            conversation: conversation_id(&conversation)?,
            place: place.map(Place::try_from).transpose()?,
            open,
        })
    }
}

/// Which ticket is held at a place.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct HeldAtRecord {
    ticket: u64,
    conversation: String,
}

impl From<&TicketPlace> for HeldAtRecord {
    fn from(ticket: &TicketPlace) -> Self {
        Self { ticket: ticket.id.0, conversation: ticket.conversation.to_string() }
    }
}

impl HeldAtRecord {
    /// The ticket's number.
    pub(in crate::store) fn ticket(&self) -> TicketId {
        TicketId(self.ticket)
    }
}

/// A [`Ticket`] inside its conversation.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HeldTicket {
    id: u64,
    opened: i64,
    claimed_by: Option<StaffRecord>,
    question: String,
    guesses: Vec<GuessRecord>,
    last_answer: Option<StaffAnswerRecord>,
    customer_spoke: i64,
    staff_spoke: Option<i64>,
    reminders: u32,
    acknowledged: bool,
}

impl From<&Ticket> for HeldTicket {
    fn from(ticket: &Ticket) -> Self {
        let Ticket {
            id,
            opened,
            state,
            question,
            guesses,
            last_answer,
            customer_spoke,
            staff_spoke,
            reminders,
            acknowledged,
        } = ticket;
        Self {
            id: id.0,
            opened: opened.as_millis(),
            claimed_by: match state {
                TicketState::Waiting => None,
                TicketState::Claimed(member) => Some(member.into()),
            },
            question: question.clone(),
            guesses: guesses.iter().map(Into::into).collect(),
            last_answer: last_answer.as_ref().map(Into::into),
            customer_spoke: customer_spoke.as_millis(),
            staff_spoke: staff_spoke.map(Timestamp::as_millis),
            reminders: *reminders,
            acknowledged: *acknowledged,
        }
    }
}

impl TryFrom<HeldTicket> for Ticket {
    type Error = Unfit;

    fn try_from(held: HeldTicket) -> Result<Self, Unfit> {
        Ok(Self {
            id: TicketId(held.id),
            opened: Timestamp::from_millis(held.opened),
            state: match held.claimed_by {
                None => TicketState::Waiting,
                Some(member) => TicketState::Claimed(member.try_into()?),
            },
            question: held.question,
            guesses: held.guesses.into_iter().map(Match::try_from).collect::<Result<_, _>>()?,
            last_answer: held.last_answer.map(Into::into),
            customer_spoke: Timestamp::from_millis(held.customer_spoke),
            staff_spoke: held.staff_spoke.map(Timestamp::from_millis),
            reminders: held.reminders,
            acknowledged: held.acknowledged,
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct StaffRecord {
    channel: String,
    id: String,
    name: String,
}

impl From<&StaffMember> for StaffRecord {
    fn from(StaffMember { channel, id, name }: &StaffMember) -> Self {
        Self { channel: channel.name().to_owned(), id: id.clone(), name: name.clone() }
    }
}

impl TryFrom<StaffRecord> for StaffMember {
    type Error = Unfit;

    fn try_from(member: StaffRecord) -> Result<Self, Unfit> {
        Ok(Self { channel: channel(&member.channel)?, id: member.id, name: member.name })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct GuessRecord {
    entry: String,
    confidence: f32,
}

impl From<&Match> for GuessRecord {
    fn from(Match { entry, confidence }: &Match) -> Self {
        Self { entry: entry.to_string(), confidence: confidence.value() }
    }
}

impl TryFrom<GuessRecord> for Match {
    type Error = Unfit;

    fn try_from(guess: GuessRecord) -> Result<Self, Unfit> {
        let confidence = Confidence::new(guess.confidence).ok_or(Unfit("a probability"))?;
        Ok(Self { entry: entry_id(&guess.entry)?, confidence })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct StaffAnswerRecord {
    message: String,
    text: String,
}

impl From<&StaffAnswer> for StaffAnswerRecord {
    fn from(StaffAnswer { message, text }: &StaffAnswer) -> Self {
        Self { message: message.0.clone(), text: text.clone() }
    }
}

impl From<StaffAnswerRecord> for StaffAnswer {
    fn from(answer: StaffAnswerRecord) -> Self {
        Self { message: MessageId(answer.message), text: answer.text }
    }
}
