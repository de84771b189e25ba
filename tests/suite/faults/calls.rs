//! The n-th call of whatever keeps the bytes fails, for every n, and the process starts anew: nothing that was
//! acknowledged is lost, and all that was not can be done again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use deskbell::store::{Changes, MemoryShelf, MemoryStore, Shelf, StoreError, Visit};

use super::day::{Deed, all_of, deeds, deeds_that_count};

#[test]
fn when_the_nth_call_fails_nothing_is_lost_and_everything_can_be_done_again() {
    let plain = || deeds().into_iter().chain(deeds_that_count()).collect::<Vec<_>>();
    let (expected, calls) = play(&plain(), Fault::None);
    assert!(100 < calls, "the day is too short to break: {calls} calls");
    for n in 1..=calls {
        let (all, _) = play(&plain(), Fault::Call(n));
        assert_eq!(all, expected, "call {n} failed");
    }
}

#[test]
fn when_the_nth_write_is_kept_but_reported_as_failed_doing_it_again_does_no_harm() {
    let (expected, calls) = play(&deeds(), Fault::None);
    for n in 1..=calls {
        let (all, _) = play(&deeds(), Fault::Answer(n));
        assert_eq!(all, expected, "the answer to call {n} was lost");
    }
}

/// Plays the day with a fault, starting the process anew whenever a deed fails; gives what the store knows in the
/// end, and how many calls there were.
fn play(deeds: &[Deed], fault: Fault) -> (String, u64) {
    let desk = Arc::new(MemoryShelf::default());
    let knowledge = Arc::new(MemoryShelf::default());
    let calls = Arc::new(AtomicU64::new(0));
    let start = || {
        let shelf = |kept: &Arc<MemoryShelf>| -> Arc<dyn Shelf> {
            Arc::new(Faulty { kept: kept.clone(), calls: calls.clone(), fault })
        };
        MemoryStore::over_shelves(shelf(&desk), shelf(&knowledge))
    };
    let mut store = start();
    for deed in deeds {
        let mut remembered = None;
        let mut tries = 0;
        while let Err(error) = deed(&store, &mut remembered) {
            assert!(matches!(error, StoreError::Disk(_)), "{error}");
            store = start();
            tries += 1;
            assert!(tries < 3, "one fault is one failed try");
        }
    }
    let played = calls.load(Ordering::Relaxed);
    (all_of(&MemoryStore::over_shelves(desk, knowledge)), played)
}

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    /// This call fails.
    Call(u64),
    /// This call, if it is a write, is done, and its answer is lost.
    Answer(u64),
}

struct Faulty {
    kept: Arc<MemoryShelf>,
    calls: Arc<AtomicU64>,
    fault: Fault,
}

impl Faulty {
    /// Counts a call; whether it should fail.
    fn fails(&self) -> Result<bool, StoreError> {
        let call = 1 + self.calls.fetch_add(1, Ordering::Relaxed);
        match self.fault {
            Fault::Call(n) if n == call => Err(broken()),
            Fault::Answer(n) => Ok(n == call),
            Fault::None | Fault::Call(_) => Ok(false),
        }
    }
}

fn broken() -> StoreError {
    StoreError::Disk("broken on purpose".to_owned())
}

impl Shelf for Faulty {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.fails()?;
        self.kept.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.fails()?;
        self.kept.scan(from, to, visit)
    }

    fn sequence(&self) -> u64 {
        self.kept.sequence()
    }

    fn write(&self, changes: &Changes) -> Result<(), StoreError> {
        let loses_answer = self.fails()?;
        self.kept.write(changes)?;
        if loses_answer { Err(broken()) } else { Ok(()) }
    }
}
