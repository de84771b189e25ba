//! What the owner is told that comes of no conversation.

use crate::faq::Firm;
use crate::text::Language;
use crate::time::Timestamp;

use super::action::{Message, Part};
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

/// What became of the files that the owner saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// They are live, with so many entries.
    Live(usize),
    /// They hold no entry: the last good version stays live.
    Empty,
    /// They hold a mistake: the last good version stays live.
    Mistaken,
}

/// For the owner, in the firm's first language: what became of the files that they saved. `shown`: what is wrong in them,
/// as `deskbell check` prints it (file, line, the line itself: in English); `unshown`: how much was noticed in all, where
/// there is more than `shown`.
#[must_use]
pub fn saved_news(firm: &Firm, saved: Saved, shown: Option<String>, unshown: Option<usize>) -> Message {
    let language = language(firm);
    let head = match saved {
        Saved::Live(entries) => Speech::OwnerFaqLive { entries },
        Saved::Empty => Speech::OwnerFaqEmpty,
        Saved::Mistaken => Speech::OwnerFaqMistake,
    };
    let mut parts = vec![wording::part(&head, language, firm)];
    parts.extend(shown.map(Part::Literal));
    parts.extend(unshown.map(|notes| wording::part(&Speech::OwnerFaqNotes { notes }, language, firm)));
    Message { parts, ..Message::default() }
}

/// The language that the owner is spoken to in.
fn language(firm: &Firm) -> Language {
    firm.languages.first().copied().unwrap_or(Language::EN)
}
