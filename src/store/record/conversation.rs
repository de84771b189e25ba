//! A conversation on disk, and its wish to be woken.

use serde::{Deserialize, Serialize};

use crate::desk::{
    Asked, Button, Company, Conversation, Customer, Flood, Line, MessageId, Place, Reminder, Speaker, Stage,
    TicketId,
};
use crate::text::Language;
use crate::time::Timestamp;

use super::delivery::ButtonRecord;
use super::ticket::HeldTicket;
use super::{PlaceRecord, Unfit, conversation_id, entry_id, language};

/// A [`Conversation`].
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct ConversationRecord {
    id: String,
    version: u64,
    customer: Option<CustomerRecord>,
    language: Option<String>,
    introduced: bool,
    stage: StageRecord,
    transcript: Vec<LineRecord>,
    last_asked: Option<AskedRecord>,
    buttons: Vec<ButtonRecord>,
    burst: Vec<String>,
    flood: FloodRecord,
    blocked: bool,
    tickets: Vec<u64>,
    closed: Option<i64>,
    touched: i64,
}

impl From<&Conversation> for ConversationRecord {
    fn from(conversation: &Conversation) -> Self {
        let Conversation {
            id,
            version,
            customer,
            language,
            introduced,
            stage,
            transcript,
            last_asked,
            buttons,
            burst,
            flood,
            blocked,
            tickets,
            closed,
            touched,
        } = conversation;
        Self {
            id: id.to_string(),
            version: *version,
            customer: customer.as_ref().map(Into::into),
            language: language.map(|language| language.to_string()),
            introduced: *introduced,
            stage: stage.into(),
            transcript: transcript.iter().map(Into::into).collect(),
            last_asked: last_asked.as_ref().map(Into::into),
            buttons: buttons.iter().map(Into::into).collect(),
            burst: burst.clone(),
            flood: flood.into(),
            blocked: *blocked,
            tickets: tickets.iter().map(|id| id.0).collect(),
            closed: closed.map(Timestamp::as_millis),
            touched: touched.as_millis(),
        }
    }
}

impl TryFrom<ConversationRecord> for Conversation {
    type Error = Unfit;

    fn try_from(record: ConversationRecord) -> Result<Self, Unfit> {
        Ok(Self {
            id: conversation_id(&record.id)?,
            version: record.version,
            customer: record.customer.map(Customer::try_from).transpose()?,
            language: record.language.as_deref().map(language).transpose()?,
            introduced: record.introduced,
            stage: record.stage.try_into()?,
            transcript: record.transcript.into_iter().map(Into::into).collect(),
            last_asked: record.last_asked.map(Asked::try_from).transpose()?,
            buttons: record.buttons.into_iter().map(Button::try_from).collect::<Result<_, _>>()?,
            burst: record.burst,
            flood: record.flood.into(),
            blocked: record.blocked,
            tickets: record.tickets.into_iter().map(TicketId).collect(),
            closed: record.closed.map(Timestamp::from_millis),
            touched: Timestamp::from_millis(record.touched),
        })
    }
}

/// When something last happened in a conversation: a [`ConversationRecord`], and nothing else of it is looked at.
#[derive(Debug, Deserialize)]
pub(in crate::store) struct TouchedRecord {
    touched: i64,
}

impl TouchedRecord {
    /// When.
    pub(in crate::store) fn touched(&self) -> Timestamp {
        Timestamp::from_millis(self.touched)
    }
}

/// What must still be purged of a conversation that was forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct ErasureRecord {
    /// Every write before this one, and the deletion in it.
    pub(in crate::store) sequence: u64,
    /// Every delivery up to this number, whenever it was written.
    pub(in crate::store) last_delivery: u64,
    /// Tickets that stay known until those deliveries are out.
    pub(in crate::store) tickets: Vec<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct CustomerRecord {
    id: String,
    name: String,
    place: PlaceRecord,
    company: CompanyRecord,
    app_language: Option<String>,
}

impl From<&Customer> for CustomerRecord {
    fn from(Customer { id, name, place, company, app_language }: &Customer) -> Self {
        Self {
            id: id.clone(),
            name: name.clone(),
            place: place.into(),
            company: match company {
                Company::Alone => CompanyRecord::Alone,
                Company::AmongOthers => CompanyRecord::AmongOthers,
            },
            app_language: app_language.map(|language: Language| language.to_string()),
        }
    }
}

impl TryFrom<CustomerRecord> for Customer {
    type Error = Unfit;

    fn try_from(record: CustomerRecord) -> Result<Self, Unfit> {
        Ok(Self {
            id: record.id,
            name: record.name,
            place: Place::try_from(record.place)?,
            company: match record.company {
                CompanyRecord::Alone => Company::Alone,
                CompanyRecord::AmongOthers => Company::AmongOthers,
            },
            app_language: record.app_language.as_deref().map(language).transpose()?,
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CompanyRecord {
    Alone,
    AmongOthers,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StageRecord {
    Open,
    Clarifying { question: String, offered: Vec<String> },
    WithStaff(HeldTicket),
}

impl From<&Stage> for StageRecord {
    fn from(stage: &Stage) -> Self {
        match stage {
            Stage::Open => Self::Open,
            Stage::Clarifying { question, offered } => Self::Clarifying {
                question: question.clone(),
                offered: offered.iter().map(ToString::to_string).collect(),
            },
            Stage::WithStaff(ticket) => Self::WithStaff(ticket.into()),
        }
    }
}

impl TryFrom<StageRecord> for Stage {
    type Error = Unfit;

    fn try_from(record: StageRecord) -> Result<Self, Unfit> {
        Ok(match record {
            StageRecord::Open => Self::Open,
            StageRecord::Clarifying { question, offered } => Self::Clarifying {
                question,
                offered: offered.iter().map(|id| entry_id(id)).collect::<Result<_, _>>()?,
            },
            StageRecord::WithStaff(ticket) => Self::WithStaff(ticket.try_into()?),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct LineRecord {
    speaker: SpeakerRecord,
    text: String,
    at: i64,
    message: Option<String>,
}

impl From<&Line> for LineRecord {
    fn from(Line { speaker, text, at, message }: &Line) -> Self {
        Self {
            speaker: match speaker {
                Speaker::Customer => SpeakerRecord::Customer,
                Speaker::Bot => SpeakerRecord::Bot,
                Speaker::Staff(name) => SpeakerRecord::Staff(name.clone()),
                Speaker::Note(name) => SpeakerRecord::Note(name.clone()),
            },
            text: text.clone(),
            at: at.as_millis(),
            message: message.as_ref().map(|message| message.0.clone()),
        }
    }
}

impl From<LineRecord> for Line {
    fn from(record: LineRecord) -> Self {
        Self {
            speaker: match record.speaker {
                SpeakerRecord::Customer => Speaker::Customer,
                SpeakerRecord::Bot => Speaker::Bot,
                SpeakerRecord::Staff(name) => Speaker::Staff(name),
                SpeakerRecord::Note(name) => Speaker::Note(name),
            },
            text: record.text,
            at: Timestamp::from_millis(record.at),
            message: record.message.map(MessageId),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SpeakerRecord {
    Customer,
    Bot,
    Staff(String),
    Note(String),
}

#[derive(Debug, Serialize, Deserialize)]
struct AskedRecord {
    question: String,
    entry: String,
    tried: Vec<String>,
    rated: bool,
    at: i64,
}

impl From<&Asked> for AskedRecord {
    fn from(Asked { question, entry, tried, rated, at }: &Asked) -> Self {
        Self {
            question: question.clone(),
            entry: entry.to_string(),
            tried: tried.iter().map(ToString::to_string).collect(),
            rated: *rated,
            at: at.as_millis(),
        }
    }
}

impl TryFrom<AskedRecord> for Asked {
    type Error = Unfit;

    fn try_from(record: AskedRecord) -> Result<Self, Unfit> {
        Ok(Self {
            question: record.question,
            entry: entry_id(&record.entry)?,
            tried: record.tried.iter().map(|id| entry_id(id)).collect::<Result<_, _>>()?,
            rated: record.rated,
            at: Timestamp::from_millis(record.at),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FloodRecord {
    level: u32,
    at: i64,
    noticed: bool,
}

impl From<&Flood> for FloodRecord {
    fn from(Flood { level, at, noticed }: &Flood) -> Self {
        Self { level: *level, at: at.as_millis(), noticed: *noticed }
    }
}

impl From<FloodRecord> for Flood {
    fn from(record: FloodRecord) -> Self {
        Self { level: record.level, at: Timestamp::from_millis(record.at), noticed: record.noticed }
    }
}

/// A conversation's wish to be woken.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct WakeRecord {
    at: i64,
    reminder: ReminderRecord,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReminderRecord {
    BurstOver,
    TicketWaits,
    TicketSilent,
    Expired,
}

impl WakeRecord {
    /// The wish to be woken at `at`.
    pub(in crate::store) fn new(at: Timestamp, reminder: Reminder) -> Self {
        let reminder = match reminder {
            Reminder::BurstOver => ReminderRecord::BurstOver,
            Reminder::TicketWaits => ReminderRecord::TicketWaits,
            Reminder::TicketSilent => ReminderRecord::TicketSilent,
            Reminder::Expired => ReminderRecord::Expired,
        };
        Self { at: at.as_millis(), reminder }
    }

    /// When.
    pub(in crate::store) fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.at)
    }

    /// Why.
    pub(in crate::store) fn reminder(&self) -> Reminder {
        match self.reminder {
            ReminderRecord::BurstOver => Reminder::BurstOver,
            ReminderRecord::TicketWaits => Reminder::TicketWaits,
            ReminderRecord::TicketSilent => Reminder::TicketSilent,
            ReminderRecord::Expired => Reminder::Expired,
        }
    }
}
