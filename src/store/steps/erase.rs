//! Forgetting: what is deleted, and what must still be purged where old bytes lie.
//!
//! Deleting takes a conversation's records out of all tables at once. The old bytes still lie in sled's log, in the
//! journal and in the backups; a row in `Erasures` says what must be purged there, and stays until that is done (see
//! `purge.rs`). It names the last write and the last delivery that are to go: what the same customer writes
//! afterwards is a new conversation, and is kept.

use crate::desk::{ConversationId, Gap, TicketId};
use crate::store::StoreError;
use crate::store::record::{self, ErasureRecord, GapRecord, TouchedRecord};
use crate::store::table::{Key, KeyParts, Table};
use crate::store::view::View;
use crate::time::Timestamp;

use super::{outbox, tickets, turns};

/// Deletes all that is stored about a conversation.
pub(in crate::store) fn forget(view: &mut View<'_>, id: &ConversationId) -> Result<(), StoreError> {
    erase(view, id, &[])
}

/// Deletes all that is stored about a conversation, but the places of the `kept` tickets, which words are still on
/// their way to.
pub(super) fn erase(view: &mut View<'_>, id: &ConversationId, kept: &[TicketId]) -> Result<(), StoreError> {
    turns::set_wake(view, id, None)?;
    view.delete(&Key::conversation(Table::Conversations, id))?;
    for (key, _) in view.all(&Key::conversation(Table::Relays, id))? {
        view.delete_raw(&key)?;
    }
    for pending in outbox::all_waiting(view, id)? {
        outbox::drop_delivery(view, &pending)?;
    }
    for (row, _) in view.all(&Key::conversation(Table::Owned, id))? {
        let mut parts = KeyParts::of(&row);
        parts.text();
        let key = parts.rest();
        if Table::of(key) == Some(Table::Tickets) {
            let ticket = TicketId(KeyParts::of(key).number().unwrap_or_default());
            tickets::close(view, ticket)?;
            if kept.contains(&ticket) {
                continue;
            }
        }
        view.delete_raw(key)?;
        view.delete_raw(&row)?;
    }
    let last_delivery = outbox::last_number(view)?;
    let tickets = kept.iter().map(|id| id.0).collect();
    note(view, id, &ErasureRecord { sequence: view.sequence(), last_delivery, tickets })
}

/// This turn's deliveries, put into the outbox after [`erase`], belong to what is forgotten.
pub(super) fn await_deliveries(view: &mut View<'_>, id: &ConversationId) -> Result<(), StoreError> {
    let last_delivery = outbox::last_number(view)?;
    if let Some(erasure) = erasure(view, id)? {
        note(view, id, &ErasureRecord { last_delivery, ..erasure })?;
    }
    delivered(view, id)
}

/// A delivery has left the conversation's line: if it was the last one that kept a forgotten conversation's ticket
/// known, that goes too.
pub(super) fn delivered(view: &mut View<'_>, id: &ConversationId) -> Result<(), StoreError> {
    let Some(erasure) = erasure(view, id)? else { return Ok(()) };
    if is_waiting(view, id, &erasure)? {
        return Ok(());
    }
    for number in &erasure.tickets {
        let key = Key::numbered(Table::Tickets, *number);
        view.delete(&Key::owned(id, &key))?;
        view.delete(&key)?;
    }
    // Its old bytes are ripe now.
    view.close_group();
    Ok(())
}

/// Whether the delivery with this number belongs to a conversation that was forgotten after it was put in line.
pub(super) fn is_erased(view: &View<'_>, id: &ConversationId, number: u64) -> Result<bool, StoreError> {
    Ok(erasure(view, id)?.is_some_and(|erasure| number <= erasure.last_delivery))
}

/// The erasures whose old bytes can be purged: nothing of theirs waits in the outbox any more.
pub(in crate::store) fn ripe(view: &View<'_>) -> Result<Vec<(ConversationId, ErasureRecord)>, StoreError> {
    let mut ripe = Vec::new();
    for (key, value) in view.all(&Key::of(Table::Erasures))? {
        let id = KeyParts::of(&key).conversation().ok_or_else(|| record::unfit(&key, "no conversation"))?;
        let erasure: ErasureRecord = record::decode(&key, &value)?;
        if !is_waiting(view, &id, &erasure)? {
            ripe.push((id, erasure));
        }
    }
    Ok(ripe)
}

/// Conversations in which nothing happened since `until`, at most `limit`.
pub(in crate::store) fn expired(
    view: &View<'_>,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<ConversationId>, StoreError> {
    let mut expired = Vec::new();
    view.each(&Key::of(Table::Conversations), &mut |key, value| {
        if expired.len() < limit && record::decode::<TouchedRecord>(key, value)?.touched() < until {
            expired.extend(KeyParts::of(key).conversation());
        }
        Ok(())
    })?;
    Ok(expired)
}

/// Forgets those of `ids` in which nothing happened since `until`.
pub(in crate::store) fn forget_expired(
    view: &mut View<'_>,
    ids: &[ConversationId],
    until: Timestamp,
) -> Result<(), StoreError> {
    for id in ids {
        let touched: Option<TouchedRecord> = view.get(&Key::conversation(Table::Conversations, id))?;
        if touched.is_some_and(|record| record.touched() < until) {
            forget(view, id)?;
        }
    }
    Ok(())
}

/// Drops gaps older than `until` and events heard before `heard_until`, at most `limit` of each; gives how many.
pub(in crate::store) fn drop_old(
    view: &mut View<'_>,
    until: Timestamp,
    heard_until: Timestamp,
    limit: usize,
) -> Result<usize, StoreError> {
    let table = Key::of(Table::Gaps);
    let gaps = view.range(&table, &table.clone().moment(until), limit)?;
    for (key, value) in &gaps {
        let gap: Gap = record::decode::<GapRecord>(key, value)?.try_into()?;
        view.delete_raw(key)?;
        view.delete(&Key::conversation(Table::Owned, &gap.conversation).bytes(key))?;
    }
    let mut heard = Vec::new();
    view.each(&Key::of(Table::Heard), &mut |key, value| {
        if heard.len() < limit && Timestamp::from_millis(record::decode(key, value)?) < heard_until {
            heard.push(key.to_vec());
        }
        Ok(())
    })?;
    for key in &heard {
        view.delete_raw(key)?;
    }
    Ok(gaps.len() + heard.len())
}

fn is_waiting(view: &View<'_>, id: &ConversationId, erasure: &ErasureRecord) -> Result<bool, StoreError> {
    Ok(outbox::all_waiting(view, id)?.iter().any(|pending| pending.number <= erasure.last_delivery))
}

fn erasure(view: &View<'_>, id: &ConversationId) -> Result<Option<ErasureRecord>, StoreError> {
    view.get(&Key::conversation(Table::Erasures, id))
}

fn note(view: &mut View<'_>, id: &ConversationId, erasure: &ErasureRecord) -> Result<(), StoreError> {
    view.put(&Key::conversation(Table::Erasures, id), erasure)?;
    // So that whatever this customer writes next has a higher number.
    view.close_group();
    Ok(())
}
