//! Lanes: one turn at a time in each conversation, many conversations at once, and a bound to what may wait.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as TurnMutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::desk::ConversationId;

/// Events that may wait in one conversation; a further one is refused, and its platform keeps it.
const WAITING: usize = 64;
/// Turns at once, over all conversations: the store answers in batches, so many waiting turns cost little.
const TURNS: usize = 256;

/// All lanes.
#[derive(Debug)]
pub(super) struct Lanes {
    lanes: Mutex<HashMap<ConversationId, Arc<Lane>>>,
    turns: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Lane {
    turn: Arc<TurnMutex<()>>,
}

/// The right to make a turn; the next one waits until it is dropped.
#[derive(Debug)]
pub(super) struct TurnGuard<'a> {
    lanes: &'a Lanes,
    conversation: ConversationId,
    lane: Option<Arc<Lane>>,
    turn: Option<OwnedMutexGuard<()>>,
    _permit: OwnedSemaphorePermit,
}

impl Lanes {
    pub(super) fn new() -> Self {
        Self { lanes: Mutex::default(), turns: Arc::new(Semaphore::new(TURNS)) }
    }

    /// Waits for the turn of `conversation`, first come, first served (tokio's mutex is fair); `None` when too much
    /// waits there already.
    pub(super) async fn enter(&self, conversation: &ConversationId) -> Option<TurnGuard<'_>> {
        let lane = {
            let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            let lane = lanes.entry(conversation.clone()).or_default().clone();
            // One is the map's, one is this clone; each other one waits, or has the turn.
            if WAITING < Arc::strong_count(&lane) {
                return None;
            }
            lane
        };
        let mut guard = TurnWaiting { lanes: self, conversation: conversation.clone(), lane: Some(lane) };
        let turn = guard.lane.as_ref().expect("taken only below").turn.clone().lock_owned().await;
        let permit = self.turns.clone().acquire_owned().await.expect("the semaphore is never closed");
        let lane = guard.lane.take();
        Some(TurnGuard {
            lanes: self,
            conversation: guard.conversation.clone(),
            lane,
            turn: Some(turn),
            _permit: permit,
        })
    }

    /// Forgets a lane that nobody uses.
    fn leave(&self, conversation: &ConversationId, lane: Option<Arc<Lane>>) {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        drop(lane);
        if lanes.get(conversation).is_some_and(|lane| Arc::strong_count(lane) == 1) {
            lanes.remove(conversation);
        }
    }
}

/// Somebody who waits for a turn, and may stop waiting.
struct TurnWaiting<'a> {
    lanes: &'a Lanes,
    conversation: ConversationId,
    lane: Option<Arc<Lane>>,
}

impl Drop for TurnWaiting<'_> {
    fn drop(&mut self) {
        if let Some(lane) = self.lane.take() {
            self.lanes.leave(&self.conversation, Some(lane));
        }
    }
}

impl Drop for TurnGuard<'_> {
    fn drop(&mut self) {
        self.turn.take();
        self.lanes.leave(&self.conversation, self.lane.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faq::ChannelKind;

    #[tokio::test]
    async fn a_lane_is_forgotten_when_nobody_uses_it_and_a_full_one_refuses() {
        let lanes = Lanes::new();
        let conversation = ConversationId::new(ChannelKind::Console, "one");
        let first = lanes.enter(&conversation).await.expect("the lane is empty");
        let waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(lanes.enter(&conversation))).collect();
        let mut waiting = futures::future::join_all(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        assert!(lanes.enter(&conversation).await.is_none(), "a full lane refuses");
        drop(waiting);
        drop(first);
        assert!(lanes.lanes.lock().expect("nobody panicked").is_empty());
    }
}
