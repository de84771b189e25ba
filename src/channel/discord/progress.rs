//! How far a shard's events are handled: everything up to a number, with gaps filled in any order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How far a shard has come.
#[derive(Debug, Default)]
pub(super) struct Progress {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Events under way: their numbers, and the ids of their messages.
    sequences: BTreeMap<u64, u64>,
    /// Ids of messages under way that came without an event, by catching up.
    caught_up: BTreeMap<u64, usize>,
    newest_sequence: u64,
    newest_handled: u64,
}

/// An event or message under way.
#[derive(Debug)]
pub(super) struct Mark {
    progress: Arc<Progress>,
    sequence: Option<u64>,
    message: u64,
}

impl Progress {
    /// Goes on from what was handled before.
    pub(super) fn from(sequence: u64, handled: u64) -> Arc<Self> {
        let state = State { newest_sequence: sequence, newest_handled: handled, ..State::default() };
        Arc::new(Self { state: Mutex::new(state) })
    }

    /// A new session counts its events from the start; what was heard of messages stays true.
    pub(super) fn new_session(&self) {
        self.with(|state| {
            let left: Vec<u64> = std::mem::take(&mut state.sequences).into_values().collect();
            for message in left {
                *state.caught_up.entry(message).or_default() += 1;
            }
            state.newest_sequence = 0;
        });
    }

    /// Messages up to this one are none of our business.
    pub(super) fn begin_behind(&self, message: u64) {
        self.with(|state| state.newest_handled = state.newest_handled.max(message));
    }

    /// The event `sequence` has arrived, and needs nothing.
    pub(super) fn passed(&self, sequence: u64) {
        self.with(|state| state.newest_sequence = state.newest_sequence.max(sequence));
    }

    /// The event `sequence` has arrived, about the message (or interaction) `message`.
    pub(super) fn begin(self: &Arc<Self>, sequence: u64, message: u64) -> Mark {
        self.with(|state| {
            state.newest_sequence = state.newest_sequence.max(sequence);
            state.sequences.insert(sequence, message);
        });
        Mark { progress: self.clone(), sequence: Some(sequence), message }
    }

    /// `message` was found by catching up.
    pub(super) fn begin_caught_up(self: &Arc<Self>, message: u64) -> Mark {
        self.with(|state| *state.caught_up.entry(message).or_default() += 1);
        Mark { progress: self.clone(), sequence: None, message }
    }

    /// Lets nothing after `handled` count as handled until what is returned is released: it is not known yet what was
    /// missed. Where nothing was handled before, nothing is held: what is older than the first start is not answered.
    pub(super) fn pin(self: &Arc<Self>, handled: u64) -> Pin {
        let mark = (0 < handled).then(|| self.begin_caught_up(handled.saturating_add(1)));
        Pin { mark, handled }
    }

    /// Everything up to this event, and up to this message, is handled.
    pub(super) fn handled(&self) -> (u64, u64) {
        self.with(|state| {
            let sequence = state
                .sequences
                .keys()
                .next()
                .map_or(state.newest_sequence, |oldest| oldest.saturating_sub(1));
            let under_way = state.sequences.values().chain(state.caught_up.keys()).min();
            let message = under_way
                .map_or(state.newest_handled, |oldest| state.newest_handled.min(oldest.saturating_sub(1)));
            (sequence, message)
        })
    }

    /// Whether something that the session itself will not tell again is still to be found, or under way.
    pub(super) fn is_behind(&self) -> bool {
        self.with(|state| !state.caught_up.is_empty())
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Holds the count of what is handled, until it is dropped.
#[derive(Debug)]
pub(super) struct Pin {
    mark: Option<Mark>,
    /// Everything up to this message was handled.
    pub(super) handled: u64,
}

impl Drop for Pin {
    fn drop(&mut self) {
        if let Some(mark) = self.mark.take() {
            mark.end(false);
        }
    }
}

impl Mark {
    /// It is handled: stored, or nothing comes of it.
    pub(super) fn done(self) {
        self.end(true);
    }

    fn end(self, counts: bool) {
        self.progress.with(|state| {
            let counted = match self.sequence {
                Some(sequence) if state.sequences.get(&sequence) == Some(&self.message) => {
                    state.sequences.remove(&sequence);
                    true
                }
                Some(_) | None => false,
            };
            if !counted && let Some(times) = state.caught_up.get_mut(&self.message) {
                *times -= 1;
                if *times == 0 {
                    state.caught_up.remove(&self.message);
                }
            }
            if counts {
                state.newest_handled = state.newest_handled.max(self.message);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_way_holds_the_mark_back() {
        let progress = Progress::from(10, 100);
        progress.passed(11);
        assert_eq!(progress.handled(), (11, 100));
        let first = progress.begin(12, 112);
        let second = progress.begin(13, 113);
        second.done();
        assert_eq!(progress.handled(), (11, 111));
        first.done();
        assert_eq!(progress.handled(), (13, 113));
    }

    #[test]
    fn a_new_session_counts_anew_and_forgets_no_message_under_way() {
        let progress = Progress::from(10, 100);
        let left = progress.begin(11, 111);
        progress.new_session();
        progress.passed(1);
        let caught_up = progress.begin_caught_up(105);
        let fresh = progress.begin(2, 120);
        fresh.done();
        assert_eq!(progress.handled(), (2, 104));
        caught_up.done();
        assert_eq!(progress.handled(), (2, 110));
        left.done();
        assert_eq!(progress.handled(), (2, 120));
    }

    #[test]
    fn a_pin_holds_the_count_and_adds_nothing_to_it() {
        let progress = Progress::from(0, 100);
        let pin = progress.pin(100);
        progress.begin(1, 150).done();
        assert_eq!(progress.handled(), (1, 100));
        drop(pin);
        assert_eq!(progress.handled(), (1, 150));
    }

    #[test]
    fn it_is_behind_until_all_that_was_missed_is_handled() {
        let progress = Progress::from(1, 100);
        let event = progress.begin(2, 150);
        assert!(!progress.is_behind(), "a session tells its events again");
        let pin = progress.pin(100);
        let missed = progress.begin_caught_up(120);
        drop(pin);
        assert!(progress.is_behind());
        missed.done();
        assert!(!progress.is_behind());
        progress.new_session();
        assert!(progress.is_behind(), "the new session won't tell what the old one told");
        event.done();
        assert!(!progress.is_behind());
    }

    #[test]
    fn a_pin_at_the_very_start_holds_nothing() {
        let progress = Progress::from(0, 0);
        let pin = progress.pin(0);
        progress.begin(1, 150).done();
        assert_eq!((pin.handled, progress.handled()), (0, (1, 150)));
    }

    #[test]
    fn an_event_replayed_while_it_is_still_under_way_is_counted_once() {
        let progress = Progress::from(0, 0);
        let once = progress.begin(1, 5);
        let again = progress.begin(1, 5);
        once.done();
        again.done();
        assert_eq!(progress.handled(), (1, 5));
    }
}
