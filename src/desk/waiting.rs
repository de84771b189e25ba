//! How long a ticket waits: when staff are reminded, when it closes itself, when the desk is woken next.
//!
//! Staff's patience is counted in opening hours. A ticket's silence is counted by the clock, nights included, but not
//! over days on which nobody is there: what comes on Friday evening doesn't close on Saturday.

use std::time::Duration;

use crate::faq::OpeningHours;
use crate::time::Timestamp;

use super::conversation::{Speaker, Stage};
use super::event::Reminder;
use super::making::Making;
use super::ticket::Ticket;

/// Reminders sent to staff while a ticket waits for its first human word.
const REMINDERS: u32 = 3;
/// A longer time without anybody there is no night.
const LONGEST_NIGHT: Duration = Duration::from_secs(20 * 60 * 60);
/// Changes between open and closed that are looked at: half a year of days with a lunch break.
const CHANGES: usize = 800;

/// When to come back, unless the turn has said so itself.
pub(super) fn plan_wake(making: &mut Making<'_>) {
    let conversation = &making.conversation;
    let (at, reminder) = match &conversation.stage {
        _ if !conversation.burst.is_empty() => (burst_ends(making), Reminder::BurstOver),
        Stage::WithStaff(ticket) => {
            let closes = (closes_at(making, ticket), Reminder::TicketSilent);
            match reminds_at(making, ticket) {
                Some(reminds) if reminds < closes.0 => (reminds, Reminder::TicketWaits),
                Some(_) | None => closes,
            }
        }
        Stage::Open | Stage::Clarifying { .. } => {
            (conversation.touched.plus(making.context.policy.retention), Reminder::Expired)
        }
    };
    making.wake(at, reminder);
}

/// The burst ends some time after the customer's last message, whatever else happens in between.
fn burst_ends(making: &Making<'_>) -> Timestamp {
    let lines = &making.conversation.transcript;
    let last = lines.iter().rfind(|line| line.speaker == Speaker::Customer);
    last.map_or(making.now(), |line| line.at).plus(making.context.policy.burst)
}

/// When staff are reminded next, as long as none of them spoke: after they had `remind_after` to see it, then three
/// times, then seven times as long.
pub(super) fn reminds_at(making: &Making<'_>, ticket: &Ticket) -> Option<Timestamp> {
    if ticket.staff_spoke.is_some() || REMINDERS <= ticket.reminders {
        return None;
    }
    let patience = making.context.policy.remind_after * ((1_u32 << (ticket.reminders + 1)) - 1);
    Some(after(making.firm().hours.as_ref(), ticket.opened, patience, Duration::ZERO))
}

/// When the ticket closes itself if nobody says anything any more.
pub(super) fn closes_at(making: &Making<'_>, ticket: &Ticket) -> Timestamp {
    let last = ticket.staff_spoke.map_or(ticket.customer_spoke, |spoke| spoke.max(ticket.customer_spoke));
    after(making.firm().hours.as_ref(), last, making.context.policy.close_after, LONGEST_NIGHT)
}

/// The moment `length` after `from`, not counting times that are closed for longer than `longest_night`.
fn after(
    hours: Option<&OpeningHours>,
    from: Timestamp,
    length: Duration,
    longest_night: Duration,
) -> Timestamp {
    let Some(hours) = hours else { return from.plus(length) };
    let (mut at, mut left) = (from, length);
    for _ in 0..CHANGES {
        let Some(change) = hours.next_change(at) else { break };
        let stretch = change.since(at);
        if hours.is_open(at) || stretch <= longest_night {
            if left <= stretch {
                break;
            }
            left -= stretch;
        }
        at = change;
    }
    at.plus(left)
}
