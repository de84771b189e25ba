//! What the owner is told that comes of no conversation.

use crate::faq::Firm;
use crate::text::Language;
use crate::time::Timestamp;

use super::action::Message;
use super::speech::{Lost, Speech};
use super::wording;

/// For the owner, in the firm's first language: what was stored was damaged, and was made again. `lost_since`: what was
/// stored since then may be missing; the damaged files are at `set_aside`.
#[must_use]
pub fn restored_news(
    firm: &Firm,
    lost_since: Option<Timestamp>,
    set_aside: String,
    now: Timestamp,
) -> Message {
    let language = language(firm);
    let lost = match lost_since {
        None => Lost::Nothing,
        // No backup was there.
        Some(since) if since == Timestamp::default() => Lost::Unknown,
        Some(since) => Lost::Since(wording::moment(firm.local(since), firm.local(now), language)),
    };
    said(firm, &Speech::OwnerRestored { lost, path: set_aside })
}

/// For the owner: nothing can be stored, so nobody is answered.
#[must_use]
pub fn disk_refuses_news(firm: &Firm) -> Message {
    said(firm, &Speech::OwnerDiskRefuses)
}

/// For the owner: it can be stored again.
#[must_use]
pub fn disk_takes_again_news(firm: &Firm) -> Message {
    said(firm, &Speech::OwnerDiskTakesAgain)
}

fn said(firm: &Firm, speech: &Speech) -> Message {
    Message { parts: vec![wording::part(speech, language(firm), firm)], ..Message::default() }
}

fn language(firm: &Firm) -> Language {
    firm.languages.first().copied().unwrap_or(Language::EN)
}
