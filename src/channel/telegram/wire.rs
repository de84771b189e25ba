//! One new message on its way at a time: the next one leaves when what came of the last one is on disk.
//!
//! Telegram has no name for a message by which it could know a second one for a double. Whatever has left without being
//! noted as delivered when the machine dies is said again after the start, so no more than one message may be in that
//! state. Customers go first; staff get every fifth turn all the same. A message that Telegram takes very long for gives
//! its turn back: nobody waits for a stalled connection, at the price of a second double if the machine dies just then.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::pace::Side;

/// How long a message may be on its way before others stop waiting for it.
pub(super) const SLOW: Duration = Duration::from_secs(3);
/// Turns that customers have before one of the staff, if both wait.
const CUSTOMERS_FIRST: u32 = 4;

/// Who may send.
#[derive(Debug, Default)]
pub(super) struct Wire {
    queue: Arc<Mutex<Queue>>,
    /// Turns taken, by the deliveries' numbers.
    taken: Mutex<HashMap<u64, Turn>>,
}

#[derive(Debug, Default)]
struct Queue {
    is_taken: bool,
    customers: VecDeque<oneshot::Sender<Turn>>,
    staff: VecDeque<oneshot::Sender<Turn>>,
    customers_served: u32,
}

/// The turn; the next one gets it when it is dropped.
#[derive(Debug)]
struct Turn(Option<Arc<Mutex<Queue>>>);

impl Wire {
    /// Waits for the turn of the delivery `number`, which keeps it until [`Wire::settled`].
    pub(super) async fn take(&self, number: u64, side: Side) {
        if lock(&self.taken).contains_key(&number) {
            return;
        }
        let waiting = {
            let mut queue = lock(&self.queue);
            if queue.is_taken {
                let (give, turn) = oneshot::channel();
                match side {
                    Side::Customer => queue.customers.push_back(give),
                    Side::Staff => queue.staff.push_back(give),
                }
                Some(turn)
            } else {
                queue.is_taken = true;
                None
            }
        };
        let turn = match waiting {
            None => Turn(Some(self.queue.clone())),
            // Whoever gives a turn away gives it to somebody: the sender isn't dropped before.
            Some(turn) => turn.await.expect("turns are handed on"),
        };
        lock(&self.taken).insert(number, turn);
    }

    /// What came of the delivery `number` is on disk, or it takes too long.
    pub(super) fn settled(&self, number: u64) {
        let turn = lock(&self.taken).remove(&number);
        drop(turn);
    }
}

impl Queue {
    /// The next in turn.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        if (self.customers_served < CUSTOMERS_FIRST || self.staff.is_empty())
            && let Some(customer) = self.customers.pop_front()
        {
            self.customers_served += 1;
            return Some(customer);
        }
        self.customers_served = 0;
        self.staff.pop_front().or_else(|| self.customers.pop_front())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(shared) = self.0.take() else { return };
        loop {
            let next = {
                let mut queue = lock(&shared);
                let next = queue.next();
                queue.is_taken = next.is_some();
                next
            };
            let Some(next) = next else { return };
            match next.send(Self(Some(shared.clone()))) {
                Ok(()) => return,
                // Nobody waits there any more: the next one.
                Err(mut turn) => turn.0 = None,
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[tokio::test]
    async fn one_is_on_its_way_until_it_is_settled_and_customers_go_first() {
        let wire = Wire::default();
        wire.take(0, Side::Customer).await;
        wire.take(0, Side::Customer).await; // Its second piece.
        let mut staff = Box::pin(wire.take(100, Side::Staff));
        assert!(staff.as_mut().now_or_never().is_none());
        let mut customers: Vec<_> =
            (1..=6).map(|number| Box::pin(wire.take(number, Side::Customer))).collect();
        assert!(customers.iter_mut().all(|one| one.as_mut().now_or_never().is_none()));
        for number in 0..4 {
            wire.settled(number);
            let next = &mut customers[usize::try_from(number).expect("small")];
            assert!(next.as_mut().now_or_never().is_some(), "{number}");
            assert!(staff.as_mut().now_or_never().is_none(), "{number}");
        }
        wire.settled(4);
        assert!(customers[4].as_mut().now_or_never().is_none(), "now it is the staff's turn");
        assert!(staff.as_mut().now_or_never().is_some());
        wire.settled(100);
        assert!(customers[4].as_mut().now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_stops_waiting_stops_nobody() {
        let wire = Wire::default();
        wire.take(0, Side::Customer).await;
        let mut gone = Box::pin(wire.take(1, Side::Customer));
        assert!(gone.as_mut().now_or_never().is_none());
        let mut next = Box::pin(wire.take(2, Side::Staff));
        assert!(next.as_mut().now_or_never().is_none());
        drop(gone);
        wire.settled(0);
        assert!(next.as_mut().now_or_never().is_some());
        wire.settled(2);
        assert!(wire.take(3, Side::Staff).now_or_never().is_some());
    }
}
