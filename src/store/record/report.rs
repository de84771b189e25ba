//! Gaps, drafts and counters on disk.

use serde::{Deserialize, Serialize};

use crate::desk::{ConversationId, Count, Draft, Gap, GapKind, TicketId, Why};
use crate::time::Timestamp;

use super::{Unfit, channel, conversation_id, entry_id, language};

/// A [`Gap`].
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct GapRecord {
    question: String,
    language: String,
    at: i64,
    kind: GapKindRecord,
    nearest: Option<String>,
    conversation: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GapKindRecord {
    Unanswered,
    Clarified,
    NotThis,
    Chosen,
}

impl From<&Gap> for GapRecord {
    fn from(Gap { question, language, at, kind, nearest, conversation }: &Gap) -> Self {
        Self {
            question: question.clone(),
            language: language.to_string(),
            at: at.as_millis(),
            kind: match kind {
                GapKind::Unanswered => GapKindRecord::Unanswered,
                GapKind::Clarified => GapKindRecord::Clarified,
                GapKind::NotThis => GapKindRecord::NotThis,
                GapKind::Chosen => GapKindRecord::Chosen,
            },
            nearest: nearest.as_ref().map(ToString::to_string),
            conversation: conversation.to_string(),
        }
    }
}

impl TryFrom<GapRecord> for Gap {
    type Error = Unfit;

    fn try_from(record: GapRecord) -> Result<Self, Unfit> {
        Ok(Self {
            question: record.question,
            language: language(&record.language)?,
            at: Timestamp::from_millis(record.at),
            kind: match record.kind {
                GapKindRecord::Unanswered => GapKind::Unanswered,
                GapKindRecord::Clarified => GapKind::Clarified,
                GapKindRecord::NotThis => GapKind::NotThis,
                GapKindRecord::Chosen => GapKind::Chosen,
            },
            nearest: record.nearest.as_deref().map(entry_id).transpose()?,
            conversation: conversation_id(&record.conversation)?,
        })
    }
}

/// A [`Draft`], with the conversation that it was taught in: it holds the customer's words.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct DraftRecord {
    conversation: String,
    question: String,
    answer: String,
    language: String,
    ticket: u64,
    taught_by: String,
    channel: String,
}

impl DraftRecord {
    /// The draft that `conversation` gave rise to.
    pub(in crate::store) fn new(conversation: &ConversationId, draft: &Draft) -> Self {
        let Draft { question, answer, language, ticket, taught_by, channel } = draft;
        Self {
            conversation: conversation.to_string(),
            question: question.clone(),
            answer: answer.clone(),
            language: language.to_string(),
            ticket: ticket.0,
            taught_by: taught_by.clone(),
            channel: channel.name().to_owned(),
        }
    }

    /// Whose words it holds.
    pub(in crate::store) fn conversation(&self) -> Result<ConversationId, Unfit> {
        conversation_id(&self.conversation)
    }
}

impl TryFrom<DraftRecord> for Draft {
    type Error = Unfit;

    fn try_from(record: DraftRecord) -> Result<Self, Unfit> {
        Ok(Self {
            question: record.question,
            answer: record.answer,
            language: language(&record.language)?,
            ticket: TicketId(record.ticket),
            taught_by: record.taught_by,
            channel: channel(&record.channel)?,
        })
    }
}

/// What is counted, as the last part of a counter's key.
pub(in crate::store) fn count_code(count: &Count) -> String {
    match count {
        Count::Asked => "asked".to_owned(),
        Count::Answered(id) => format!("answered:{id}"),
        Count::Helped(id) => format!("helped:{id}"),
        Count::NotThis(id) => format!("not_this:{id}"),
        Count::Clarified => "clarified".to_owned(),
        Count::Chosen(id) => format!("chosen:{id}"),
        Count::HandedOver(why) => format!("handed_over:{}", why_code(*why)),
        Count::Closed => "closed".to_owned(),
        Count::Reopened => "reopened".to_owned(),
        Count::Flooded => "flooded".to_owned(),
    }
}

/// Reads what [`count_code`] writes.
pub(in crate::store) fn count_from_code(code: &str) -> Result<Count, Unfit> {
    let unfit = Unfit("a counter's name");
    match code.split_once(':') {
        Some(("answered", id)) => entry_id(id).map(Count::Answered),
        Some(("helped", id)) => entry_id(id).map(Count::Helped),
        Some(("not_this", id)) => entry_id(id).map(Count::NotThis),
        Some(("chosen", id)) => entry_id(id).map(Count::Chosen),
        Some(("handed_over", why)) => {
            WHYS.into_iter().find(|one| why_code(*one) == why).map(Count::HandedOver).ok_or(unfit)
        }
        Some(_) => Err(unfit),
        None => match code {
            "asked" => Ok(Count::Asked),
            "clarified" => Ok(Count::Clarified),
            "closed" => Ok(Count::Closed),
            "reopened" => Ok(Count::Reopened),
            "flooded" => Ok(Count::Flooded),
            _ => Err(unfit),
        },
    }
}

const WHYS: [Why; 6] =
    [Why::Asked, Why::NothingFits, Why::NotSure, Why::TheEntrySaysSo, Why::NoneOfThose, Why::CannotRead];

const fn why_code(why: Why) -> &'static str {
    match why {
        Why::Asked => "asked",
        Why::NothingFits => "nothing_fits",
        Why::NotSure => "not_sure",
        Why::TheEntrySaysSo => "the_entry_says_so",
        Why::NoneOfThose => "none_of_those",
        Why::CannotRead => "cannot_read",
    }
}
