//! Tickets and their places: whose words are these in the staff's room?

use crate::desk::{ConversationId, Place, Stage, TicketId};
use crate::store::record::{HeldAtRecord, TicketRecord};
use crate::store::table::{Key, KeyParts, Table};
use crate::store::view::View;
use crate::store::{StoreError, TicketPlace};

use super::peek_number;

/// The first number that no ticket has had.
pub(in crate::store) fn first_free(view: &View<'_>) -> Result<u64, StoreError> {
    peek_number(view, COUNTER)
}

/// Follows a conversation from one stage to the next: opens and closes its tickets.
pub(super) fn follow(
    view: &mut View<'_>,
    conversation: &ConversationId,
    before: &Stage,
    after: &Stage,
) -> Result<(), StoreError> {
    let (before, after) = (ticket_of(before), ticket_of(after));
    if before == after {
        return Ok(());
    }
    if let Some(id) = before {
        close(view, id)?;
    }
    if let Some(id) = after {
        let known = ticket(view, id)?;
        if known.as_ref().is_some_and(|known| known.conversation != *conversation) {
            return Err(StoreError::Conflict);
        }
        let place = known.and_then(|known| known.place);
        put(view, &TicketPlace { id, conversation: conversation.clone(), place, open: true })?;
        if first_free(view)? <= id.0 {
            view.put(&Key::meta(COUNTER), &(id.0 + 1))?;
        }
    }
    Ok(())
}

/// The ticket is not open any more.
pub(super) fn close(view: &mut View<'_>, id: TicketId) -> Result<(), StoreError> {
    match ticket(view, id)? {
        Some(ticket) => put(view, &TicketPlace { open: false, ..ticket }),
        None => Ok(()),
    }
}

/// The ticket is held there now.
pub(super) fn settle_in(view: &mut View<'_>, id: TicketId, place: &Place) -> Result<(), StoreError> {
    let Some(ticket) = ticket(view, id)? else { return Ok(()) };
    if let Some(before) = &ticket.place {
        let key = Key::place(before);
        view.delete(&Key::owned(&ticket.conversation, &key))?;
        view.delete(&key)?;
    }
    let key = Key::place(place);
    view.put(&key, &HeldAtRecord::from(&ticket))?;
    view.put_bytes(&Key::owned(&ticket.conversation, &key), Vec::new());
    put(view, &TicketPlace { place: Some(place.clone()), ..ticket })
}

/// The ticket whose place this is.
pub(in crate::store) fn ticket_at(view: &View<'_>, place: &Place) -> Result<Option<TicketPlace>, StoreError> {
    let held: Option<HeldAtRecord> = view.get(&Key::place(place))?;
    held.map_or(Ok(None), |held| ticket(view, held.ticket()))
}

/// The ticket with this number.
pub(in crate::store) fn ticket(view: &View<'_>, id: TicketId) -> Result<Option<TicketPlace>, StoreError> {
    let record: Option<TicketRecord> = view.get(&Key::numbered(Table::Tickets, id.0))?;
    Ok(record.map(TicketPlace::try_from).transpose()?)
}

/// All open tickets, oldest first.
pub(in crate::store) fn open_tickets(view: &View<'_>) -> Result<Vec<TicketPlace>, StoreError> {
    let mut open = Vec::new();
    for (key, _) in view.all(&Key::of(Table::OpenTickets))? {
        if let Some(number) = KeyParts::of(&key).number() {
            open.extend(ticket(view, TicketId(number))?);
        }
    }
    Ok(open)
}

fn put(view: &mut View<'_>, ticket: &TicketPlace) -> Result<(), StoreError> {
    let key = Key::numbered(Table::Tickets, ticket.id.0);
    let open = Key::numbered(Table::OpenTickets, ticket.id.0);
    view.put(&key, &TicketRecord::from(ticket))?;
    view.put_bytes(&Key::owned(&ticket.conversation, &key), Vec::new());
    if ticket.open {
        view.put_bytes(&open, Vec::new());
    } else {
        view.delete(&open)?;
    }
    Ok(())
}

fn ticket_of(stage: &Stage) -> Option<TicketId> {
    match stage {
        Stage::Open | Stage::Clarifying { .. } => None,
        Stage::WithStaff(ticket) => Some(ticket.id),
    }
}

const COUNTER: &str = "next_ticket";
