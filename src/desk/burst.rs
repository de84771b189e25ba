//! The burst: messages that follow each other quickly are held back a moment, and read as one.

use super::clean;
use super::event::Reminder;
use super::making::Making;
use super::{reply, understand};

/// Messages that a burst may hold before it is read whatever comes.
const PIECES: usize = 8;
/// Characters that a burst may hold before it is read whatever comes: no more of them would be looked at.
const LENGTH: usize = clean::MESSAGE;

/// Reads `text` with what was held back before it, or holds it back as well: a short message that isn't understood
/// alone may be the beginning of a longer one.
pub(super) fn gather(making: &mut Making<'_>, text: &str) {
    let pieces = held(making, text);
    let readings = understand::read(making, &pieces);
    let length: usize = pieces.iter().map(|piece| piece.chars().count()).sum();
    let understood =
        readings.iter().all(understand::Reading::is_answer) && !understand::is_only_talk(making, &readings);
    let waits =
        !understood && !making.context.policy.burst.is_zero() && pieces.len() < PIECES && length < LENGTH;
    if waits {
        making.conversation.burst = pieces;
        making.wake(making.now().plus(making.context.policy.burst), Reminder::BurstOver);
        return;
    }
    reply::respond(making, readings);
}

/// The burst so far, `text` with it; the conversation's own is emptied.
pub(super) fn held(making: &mut Making<'_>, text: &str) -> Vec<String> {
    let mut pieces = std::mem::take(&mut making.conversation.burst);
    if !text.trim().is_empty() {
        pieces.push(text.to_owned());
    }
    pieces
}

/// No further message came: what is held is read now.
pub(super) fn over(making: &mut Making<'_>) {
    let pieces = std::mem::take(&mut making.conversation.burst);
    if pieces.is_empty() {
        return;
    }
    let readings = understand::read(making, &pieces);
    reply::respond(making, readings);
}
