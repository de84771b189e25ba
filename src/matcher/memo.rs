//! Recent questions, so that one that is asked again costs next to nothing: bounded, in memory, gone with the index.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::mem;
use std::sync::{Mutex, PoisonError};

/// What was found out for the last few hundred keys. It holds no names, and every value could be found out again.
pub(super) struct Memo<K, V> {
    generations: Mutex<Generations<K, V>>,
}

/// What was asked for lately, and what was asked for before: when the first is full, the second goes.
struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

/// How many keys a generation holds; with a vector each, both take about two megabytes.
const GENERATION: usize = 256;

/// Longer texts, in bytes, are hardly asked twice, and would fill the memory.
const LONGEST: usize = 300;

/// Whether `text` is short enough to be remembered.
pub(super) fn is_short(text: &str) -> bool {
    text.len() <= LONGEST
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    /// The value of `key`, found out by `find` unless it is remembered.
    pub(super) fn recall(&self, key: K, find: impl FnOnce() -> V) -> V {
        if let Some(value) = self.remembered(&key) {
            return value;
        }
        // Not under the lock: others need not wait until this is found out.
        let value = find();
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.keep(key, value.clone());
        value
    }

    /// Forgets all.
    pub(super) fn clear(&self) {
        *self.generations.lock().unwrap_or_else(PoisonError::into_inner) = Generations::default();
    }

    fn remembered(&self, key: &K) -> Option<V> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = generations.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = generations.old.remove_entry(key)?;
        generations.keep(key, value.clone());
        Some(value)
    }
}

impl<K: Eq + Hash, V> Generations<K, V> {
    fn keep(&mut self, key: K, value: V) {
        if GENERATION <= self.young.len() {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

impl<K, V> Default for Generations<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { generations: Mutex::default() }
    }
}

impl<K, V> fmt::Debug for Memo<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_is_asked_often_is_found_out_once_and_the_memory_is_bounded() {
        let memo = Memo::default();
        let found = Cell::new(0);
        let find = || found.set(found.get() + 1);
        memo.recall(0, find);
        for key in 1..10 * GENERATION {
            memo.recall(key, find);
            memo.recall(0, find);
        }
        assert_eq!(found.get(), 10 * GENERATION, "each once");
        let generations = memo.generations.lock().expect("nobody panicked");
        assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION);
        drop(generations);
        memo.recall(1, find);
        assert_eq!(found.get(), 10 * GENERATION + 1, "what was asked long ago is forgotten");
        memo.clear();
        memo.recall(1, find);
        assert_eq!(found.get(), 10 * GENERATION + 2, "nothing is left after it was cleared");
    }
}
