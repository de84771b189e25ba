//! A step: load -> handle -> commit, again where somebody else was faster. Write first, speak second.

use tokio::time::Instant;

use crate::desk::{self, Action, Context, Event};
use crate::store::{Pending, StoreError};

use super::{Shared, meter};

/// Attempts before a step gives up: lanes keep a conversation's turns apart, so all that conflicts is two tickets that
/// are opened at once under one number.
const ATTEMPTS: u32 = 8;

/// Makes the turn that `event` causes, and stores it; what is to be sent lies in the outbox then. An event that was
/// handled before gives nothing.
pub(super) async fn step(shared: &Shared, event: &Event) -> Result<Vec<Pending>, StoreError> {
    let store = &shared.store;
    let begin = Instant::now();
    for _ in 0..ATTEMPTS {
        if store.was_heard(&event.conversation, &event.message).await? {
            return Ok(Vec::new());
        }
        let before = store.conversation(&event.conversation).await?;
        let fresh_ticket = store.next_ticket(&event.conversation).await?;
        let index = shared.index.load_full();
        let now = shared.clock.now();
        let context = Context { index: &index, policy: &shared.policy, now, fresh_ticket };
        let turn = desk::handle(&context, before, event);
        let decided = meter::decided(&turn);
        let erases = turn.actions.contains(&Action::Erase);
        match store.commit(turn, now).await {
            Err(StoreError::Conflict) => {}
            Err(StoreError::AlreadyHeard) => return Ok(Vec::new()),
            Ok(pending) => {
                if erases {
                    index.forget_questions();
                }
                shared.meter.turned(&decided, event.conversation.channel(), begin.elapsed());
                return Ok(pending);
            }
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}
