//! A turn: stored whole, or not at all.

use sha2::{Digest as _, Sha256};

use crate::desk::{Action, Conversation, ConversationId, MessageId, Reminder, TicketId, Turn};
use crate::faq::ChannelKind;
use crate::store::record::{self, ConversationRecord, WakeRecord};
use crate::store::table::{Key, KeyParts, Table};
use crate::store::view::View;
use crate::store::{Pending, StoreError, Wake};
use crate::time::Timestamp;

use super::{erase, outbox, reports, tickets};

/// The conversation `id`; a fresh one when nothing is stored.
pub(in crate::store) fn conversation(
    view: &View<'_>,
    id: &ConversationId,
) -> Result<Conversation, StoreError> {
    let record: Option<ConversationRecord> = view.get(&Key::conversation(Table::Conversations, id))?;
    match record {
        Some(record) => Ok(record.try_into()?),
        None => Ok(Conversation::new(id.clone())),
    }
}

/// The conversations that this customer has on `channel`.
pub(in crate::store) fn conversations_of(
    view: &View<'_>,
    channel: ChannelKind,
    customer: &str,
) -> Result<Vec<ConversationId>, StoreError> {
    let mut found = Vec::new();
    view.each(&Key::of(Table::Conversations), &mut |key, value| {
        let conversation: Conversation = record::decode::<ConversationRecord>(key, value)?.try_into()?;
        let is_theirs = conversation.customer.is_some_and(|known| known.id == customer);
        if is_theirs && conversation.id.channel() == channel {
            found.push(conversation.id);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Stores a turn.
pub(in crate::store) fn commit(
    view: &mut View<'_>,
    turn: Turn,
    now: Timestamp,
) -> Result<Vec<Pending>, StoreError> {
    let Turn { heard, mut conversation, actions, wake } = turn;
    let id = conversation.id.clone();
    if was_heard(view, &id, &heard)? {
        return Err(StoreError::AlreadyHeard);
    }
    let before = self::conversation(view, &id)?;
    if before.version != conversation.version {
        return Err(StoreError::Conflict);
    }
    view.put(&heard_key(&id, &heard), &now.as_millis())?;
    let erases = actions.contains(&Action::Erase);
    if erases {
        let addressed: Vec<TicketId> = actions.iter().filter_map(outbox::addressed_ticket).collect();
        erase::erase(view, &id, &addressed)?;
    } else {
        tickets::follow(view, &id, &before.stage, &conversation.stage)?;
        set_wake(view, &id, wake)?;
    }
    let mut pending = Vec::new();
    for action in actions {
        match action {
            Action::Deliver(delivery) => pending.push(outbox::enqueue(view, &id, delivery, now)?),
            Action::Count(count) => reports::count(view, id.channel(), conversation.language, &count, now)?,
            // What is erased is not noted in the same breath.
            Action::NoteGap(_) | Action::SaveDraft(_) if erases => {}
            Action::NoteGap(gap) => reports::note_gap(view, &gap)?,
            Action::SaveDraft(draft) => reports::save_draft(view, &id, &draft)?,
            Action::Erase => {}
        }
    }
    if erases {
        erase::await_deliveries(view, &id)?;
    } else {
        conversation.version += 1;
        view.put(&Key::conversation(Table::Conversations, &id), &ConversationRecord::from(&conversation))?;
    }
    Ok(pending)
}

/// Whether this event was handled before.
pub(in crate::store) fn was_heard(
    view: &View<'_>,
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<bool, StoreError> {
    view.has(&heard_key(conversation, message))
}

/// Wake-ups whose moment has come, earliest first.
pub(in crate::store) fn woken(
    view: &View<'_>,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Wake>, StoreError> {
    let from = Key::of(Table::WakeTimes);
    let to = from.clone().moment(now).end();
    let mut wakes = Vec::new();
    for (key, _) in view.range(&from, &to, limit)? {
        let mut parts = KeyParts::of(&key);
        let (_, Some(conversation)) = (parts.moment(), parts.conversation()) else { continue };
        let wake: Option<WakeRecord> = view.get(&Key::conversation(Table::Wakes, &conversation))?;
        if let Some(wake) = wake {
            wakes.push(Wake { conversation, reminder: wake.reminder(), at: wake.at() });
        }
    }
    Ok(wakes)
}

/// When the next wake-up is due.
pub(in crate::store) fn next_wake(view: &View<'_>) -> Result<Option<Timestamp>, StoreError> {
    let from = Key::of(Table::WakeTimes);
    let first = view.range(&from, &from.end(), 1)?;
    Ok(first.first().and_then(|(key, _)| KeyParts::of(key).moment()))
}

/// Replaces the conversation's wish to be woken.
pub(super) fn set_wake(
    view: &mut View<'_>,
    id: &ConversationId,
    wake: Option<(Timestamp, Reminder)>,
) -> Result<(), StoreError> {
    let key = Key::conversation(Table::Wakes, id);
    let before: Option<WakeRecord> = view.get(&key)?;
    if let Some(before) = before {
        view.delete(&wake_time(before.at(), id))?;
        view.delete(&key)?;
    }
    if let Some((at, reminder)) = wake {
        view.put(&key, &WakeRecord::new(at, reminder))?;
        view.put_bytes(&wake_time(at, id), Vec::new());
    }
    Ok(())
}

fn wake_time(at: Timestamp, id: &ConversationId) -> Key {
    Key::of(Table::WakeTimes).moment(at).text(&id.to_string())
}

fn heard_key(conversation: &ConversationId, message: &MessageId) -> Key {
    let mut hash = Sha256::new();
    hash.update(Key::relay(conversation, message).as_bytes());
    Key::of(Table::Heard).bytes(&hash.finalize()[..16])
}
