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
    let language = firm.languages.first().copied().unwrap_or(Language::EN);
    let lost = match lost_since {
        None => Lost::Nothing,
        // No backup was there.
        Some(since) if since == Timestamp::default() => Lost::Unknown,
        Some(since) => Lost::Since(wording::moment(firm.local(since), firm.local(now), language)),
    };
    let speech = Speech::OwnerRestored { lost, path: set_aside };
    Message { parts: vec![wording::part(&speech, language, firm)], ..Message::default() }
}
