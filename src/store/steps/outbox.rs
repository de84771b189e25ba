//! The outbox: what waits to be sent, in one line for each conversation and side (customer, staff, owner).
//!
//! A line's rows stand in `Lines`, where they sort by number. Only the head of each line stands in `Due`, so that
//! looking for what may go out reads nothing else, however much waits behind it.

use crate::desk::{Action, ConversationId, Delivery, MessageId, Post, Receipt, Recipient, TicketId};
use crate::store::record::{self, OutboxRecord, ReceiptRecord};
use crate::store::table::{Key, KeyParts, Table};
use crate::store::view::View;
use crate::store::{Outcome, Pending, StoreError, Waiting};
use crate::time::Timestamp;

use super::{erase, next_number, peek_number, tickets};

/// Counting ends here.
const MOST_COUNTED: usize = 100_000;

/// Puts a delivery at the end of its line.
pub(in crate::store) fn enqueue(
    view: &mut View<'_>,
    conversation: &ConversationId,
    delivery: Delivery,
    now: Timestamp,
) -> Result<Pending, StoreError> {
    let number = next_number(view, COUNTER)?;
    let pending = Pending { number, conversation: conversation.clone(), delivery, tries: 0, due: now };
    if head(view, &line(&pending))?.is_none() {
        view.put_bytes(&due_key(&pending), Vec::new());
    }
    view.put(&Key::numbered(Table::Outbox, number), &OutboxRecord::from(&pending))?;
    view.put_bytes(&line(&pending).number(number), Vec::new());
    Ok(pending)
}

/// The heads of the lines that are due, in the order of their numbers; those due first where there are more than
/// `limit`.
pub(in crate::store) fn due(
    view: &View<'_>,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Pending>, StoreError> {
    let from = Key::of(Table::Due);
    let mut found = Vec::new();
    for (key, _) in view.range(&from, &from.clone().moment(now).end(), limit)? {
        let mut parts = KeyParts::of(&key);
        if let (Some(_), Some(number)) = (parts.moment(), parts.number()) {
            found.extend(waiting(view, number)?);
        }
    }
    found.sort_by_key(|pending| pending.number);
    Ok(found)
}

/// When the next head of a line is due.
pub(in crate::store) fn next_due(view: &View<'_>) -> Result<Option<Timestamp>, StoreError> {
    let from = Key::of(Table::Due);
    let first = view.range(&from, &from.end(), 1)?;
    Ok(first.first().and_then(|(key, _)| KeyParts::of(key).moment()))
}

/// How much waits.
pub(in crate::store) fn count(view: &View<'_>) -> Result<Waiting, StoreError> {
    let lines = Key::of(Table::Lines);
    let deliveries = view.range(&lines, &lines.end(), MOST_COUNTED)?.len();
    Ok(Waiting { deliveries, first_due: next_due(view)? })
}

/// Notes what came of a delivery; nothing happens when it was settled or forgotten before.
pub(in crate::store) fn settle(
    view: &mut View<'_>,
    number: u64,
    outcome: &Outcome,
) -> Result<(), StoreError> {
    let Some(mut pending) = waiting(view, number)? else { return Ok(()) };
    match outcome {
        Outcome::Delivered(receipt) => {
            note_receipt(view, &pending, receipt)?;
            take_out(view, &pending)
        }
        Outcome::GivenUp => take_out(view, &pending),
        Outcome::Again(at) => {
            let is_head = view.has(&due_key(&pending))?;
            view.delete(&due_key(&pending))?;
            pending.tries += 1;
            pending.due = *at;
            if is_head {
                view.put_bytes(&due_key(&pending), Vec::new());
            }
            view.put(&Key::numbered(Table::Outbox, number), &OutboxRecord::from(&pending))
        }
    }
}

/// Where the words of `relays` arrived.
pub(in crate::store) fn delivered_as(
    view: &View<'_>,
    conversation: &ConversationId,
    relays: &MessageId,
) -> Result<Option<Receipt>, StoreError> {
    let record: Option<ReceiptRecord> = view.get(&Key::relay(conversation, relays))?;
    Ok(record.map(Receipt::try_from).transpose()?)
}

/// The delivery with this number, if it waits.
pub(super) fn waiting(view: &View<'_>, number: u64) -> Result<Option<Pending>, StoreError> {
    let record: Option<OutboxRecord> = view.get(&Key::numbered(Table::Outbox, number))?;
    Ok(record.map(|record| record.into_pending(number)).transpose()?)
}

/// All that waits of a conversation, on whatever side.
pub(super) fn all_waiting(
    view: &View<'_>,
    conversation: &ConversationId,
) -> Result<Vec<Pending>, StoreError> {
    let mut found = Vec::new();
    for (key, _) in view.all(&Key::conversation(Table::Lines, conversation))? {
        if let Some(number) = number_in_line(&key) {
            found.extend(waiting(view, number)?);
        }
    }
    Ok(found)
}

/// The highest number given so far.
pub(super) fn last_number(view: &View<'_>) -> Result<u64, StoreError> {
    Ok(peek_number(view, COUNTER)? - 1)
}

/// Takes a delivery out, whatever its place in the line, without asking who comes next.
pub(super) fn drop_delivery(view: &mut View<'_>, pending: &Pending) -> Result<(), StoreError> {
    view.delete(&due_key(pending))?;
    view.delete(&Key::numbered(Table::Outbox, pending.number))?;
    view.delete(&line(pending).number(pending.number))
}

/// The ticket that an action addresses, if any.
pub(super) fn addressed_ticket(action: &Action) -> Option<TicketId> {
    match action {
        Action::Deliver(Delivery { to: Recipient::Ticket(id), .. }) => Some(*id),
        Action::Deliver(Delivery { to: Recipient::Customer(_) | Recipient::Owner, .. })
        | Action::NoteGap(_)
        | Action::Count(_)
        | Action::SaveDraft(_)
        | Action::Erase => None,
    }
}

fn take_out(view: &mut View<'_>, pending: &Pending) -> Result<(), StoreError> {
    drop_delivery(view, pending)?;
    if let Some(next) = head(view, &line(pending))? {
        let next = waiting(view, next)?.ok_or_else(|| {
            record::unfit(Key::of(Table::Lines).as_bytes(), "a line names a delivery that is not there")
        })?;
        view.put_bytes(&due_key(&next), Vec::new());
    }
    erase::delivered(view, &pending.conversation)
}

fn note_receipt(view: &mut View<'_>, pending: &Pending, receipt: &Receipt) -> Result<(), StoreError> {
    if erase::is_erased(view, &pending.conversation, pending.number)? {
        return Ok(());
    }
    match &pending.delivery.post {
        Post::OpenTicket { .. } => match &pending.delivery.to {
            Recipient::Ticket(id) => tickets::settle_in(view, *id, &receipt.place),
            Recipient::Customer(_) | Recipient::Owner => Ok(()),
        },
        Post::Say { relays: Some(relays), .. } | Post::Amend { relays, .. } => {
            view.put(&Key::relay(&pending.conversation, relays), &ReceiptRecord::from(receipt))
        }
        Post::Withdraw { relays } => view.delete(&Key::relay(&pending.conversation, relays)),
        Post::Say { relays: None, .. } | Post::MarkTicket { .. } => Ok(()),
    }
}

/// The number of the first delivery in a line.
fn head(view: &View<'_>, line: &Key) -> Result<Option<u64>, StoreError> {
    let first = view.range(line, &line.end(), 1)?;
    Ok(first.first().and_then(|(key, _)| number_in_line(key)))
}

/// The line that a delivery stands in.
fn line(pending: &Pending) -> Key {
    let side: &[u8] = match pending.delivery.to {
        Recipient::Customer(_) => b"c",
        Recipient::Ticket(_) => b"t",
        Recipient::Owner => b"o",
    };
    Key::conversation(Table::Lines, &pending.conversation).bytes(side)
}

fn number_in_line(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|number| u64::from_be_bytes(*number))
}

fn due_key(pending: &Pending) -> Key {
    Key::of(Table::Due).moment(pending.due).number(pending.number)
}

const COUNTER: &str = "next_outbox";
