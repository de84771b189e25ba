//! Tree: sled, held so that its known faults can't hurt.
//!
//! DESIGN (`sled` 0.34.7; the faults were measured, see RELIABILITY.md).
//!
//! - All records lie in sled's default tree, so that one `apply_batch` is one atomic write.
//! - Each value carries a CRC over key and value. The record [`STATE`] holds the number of the last write, and a seal:
//!   the sum of all records' CRCs, mixed. It changes in the same batch as the records. So a look at all records at the
//!   start tells whether sled gave back exactly the state after that write: a record that is damaged, lost, old or
//!   from the future breaks the seal. sled itself notices only some of these.
//! - sled panics on damage, also inside `get`: every call runs inside `catch_unwind`.
//! - Never `flush_async` (it hangs), `len`, `count`, `checksum` (they loop for ever after an error); a scan stops at the
//!   first error. sled's own flusher is off.
//! - `flush` is not an fsync: `sync_data` on our own handle to the file follows it.
//! - A value over 64 KB would go to a file of its own, and 600 KB ones leak space: longer values are laid down in
//!   parts.

use std::fs::File;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::store::StoreError;
use crate::store::shelf::{Changes, Visit};
use crate::store::table::Table;

use super::files;

/// sled's own cache, in bytes; the operating system's cache does the rest.
const CACHE: u64 = 8 * 1024 * 1024;
/// Longest value in one piece.
const PIECE: usize = 48 * 1024;
/// The key of number and seal: behind all tables.
const STATE: &[u8] = &[Table::END];
/// Where the parts of long values begin: behind all tables.
const PARTS: u8 = 0xff;
/// How a value begins that lies there in one piece.
const WHOLE: u8 = 0;
/// How a value begins that lies there in parts.
const IN_PARTS: u8 = 1;

/// A sled database.
#[derive(Debug)]
pub(super) struct Tree {
    db: sled::Db,
    file: File,
    state: Mutex<State>,
}

/// Which state the records are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct State {
    /// The number of the last write.
    pub(super) sequence: u64,
    seal: u64,
    /// How many records there are, parts included.
    pub(super) records: u64,
}

impl Tree {
    /// Opens or creates the database in `folder`, and looks at every record in it. [`StoreError::Damaged`] when what
    /// sled gives back is not exactly what was written.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        files::create_folder(folder)?;
        let config = sled::Config::new().path(folder).cache_capacity(CACHE).flush_every_ms(None);
        let db = unlocked(&config)?;
        let path = folder.join("db");
        let file = File::open(&path).map_err(files::at(&path))?;
        let tree = Self { db, file, state: Mutex::default() };
        *tree.lock() = tree.verified()?;
        Ok(tree)
    }

    /// Which state the records are in.
    pub(super) fn state(&self) -> State {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of `key`.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match guarded(|| self.db.get(key))? {
            Some(framed) => self.unframed(key, &framed).map(Some),
            None => Ok(None),
        }
    }

    /// Visits all keys in `from..to`, in order.
    pub(super) fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let mut rows = guarded(|| Ok(self.db.range(from..to)))?;
        while let Some((key, framed)) = guarded(|| rows.next().transpose())? {
            match visit(&key, &self.unframed(&key, &framed)?)? {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(()) => break,
            }
        }
        Ok(())
    }

    /// Lays down a write, whole or not at all; one caller at a time. It is not on disk before [`Tree::sync`].
    pub(super) fn apply(&self, sequence: u64, changes: &Changes) -> Result<(), StoreError> {
        let mut state = State { sequence, ..self.state() };
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            if let Some(before) = guarded(|| self.db.get(key))? {
                for part in 0..parts(&before) {
                    let part = part_key(key, part);
                    if let Some(before) = guarded(|| self.db.get(&part))? {
                        state.lose(&before);
                        batch.remove(part);
                    }
                }
                state.lose(&before);
                batch.remove(key.as_slice());
            }
            for (key, framed) in value.iter().flat_map(|value| framed(key, value)) {
                state.gain(&framed);
                batch.insert(key, framed);
            }
        }
        batch.insert(STATE, frame(STATE, WHOLE, &state.to_bytes()));
        guarded(|| self.db.apply_batch(batch))?;
        *self.lock() = state;
        Ok(())
    }

    /// Waits until all that was laid down is on disk.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        guarded(|| self.db.flush())?;
        self.file.sync_data().map_err(|error| StoreError::Disk(format!("the database: {error}")))
    }

    /// Looks at every record, and gives the state that all of them together are in.
    fn verified(&self) -> Result<State, StoreError> {
        let mut seen = State::default();
        let mut said = State::default();
        let mut rows = guarded(|| Ok(self.db.iter()))?;
        while let Some((key, framed)) = guarded(|| rows.next().transpose())? {
            check(&key, &framed)?;
            if key == STATE {
                said = State::from_bytes(&framed[5..]).ok_or_else(|| damaged("its state is unreadable"))?;
            } else {
                seen.gain(&framed);
            }
        }
        seen.sequence = said.sequence;
        if seen == said {
            Ok(said)
        } else {
            Err(damaged("records are missing, or are not those that were written"))
        }
    }

    fn unframed(&self, key: &[u8], framed: &[u8]) -> Result<Vec<u8>, StoreError> {
        check(key, framed)?;
        if framed[4] == WHOLE {
            return Ok(framed[5..].to_vec());
        }
        let mut value = Vec::new();
        for part in 0..parts(framed) {
            let key = part_key(key, part);
            let framed =
                guarded(|| self.db.get(&key))?.ok_or_else(|| damaged("a part of a record is missing"))?;
            check(&key, &framed)?;
            value.extend_from_slice(&framed[5..]);
        }
        Ok(value)
    }
}

impl State {
    fn gain(&mut self, framed: &[u8]) {
        self.seal = self.seal.wrapping_add(mixed(framed));
        self.records += 1;
    }

    fn lose(&mut self, framed: &[u8]) {
        self.seal = self.seal.wrapping_sub(mixed(framed));
        self.records = self.records.saturating_sub(1);
    }

    fn to_bytes(self) -> Vec<u8> {
        [self.sequence, self.seal, self.records].into_iter().flat_map(u64::to_le_bytes).collect()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut numbers = bytes.chunks_exact(8).map(|bytes| Some(u64::from_le_bytes(bytes.try_into().ok()?)));
        let mut next = || numbers.next().flatten();
        Some(Self { sequence: next()?, seal: next()?, records: next()? })
    }
}

/// A record's share in the seal: its CRC, which knows key and value, spread over 64 bits so that shares which are lost
/// don't make up for others (the finish of splitmix64).
fn mixed(framed: &[u8]) -> u64 {
    let crc = framed.first_chunk::<4>().map_or(0, |crc| u32::from_le_bytes(*crc));
    let mut z = (u64::from(crc) | (framed.len() as u64) << 32).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A value as the keys and values that lie in sled.
fn framed(key: &[u8], value: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    if value.len() <= PIECE {
        return vec![(key.to_vec(), frame(key, WHOLE, value))];
    }
    let mut rows = Vec::new();
    for piece in value.chunks(PIECE) {
        let key = part_key(key, rows.len());
        let framed = frame(&key, WHOLE, piece);
        rows.push((key, framed));
    }
    let number = u32::try_from(rows.len()).expect("a value is far below 4 GB").to_le_bytes();
    rows.push((key.to_vec(), frame(key, IN_PARTS, &number)));
    rows
}

fn frame(key: &[u8], kind: u8, value: &[u8]) -> Vec<u8> {
    let mut framed = vec![0; 4];
    framed.push(kind);
    framed.extend_from_slice(value);
    let crc = crc(key, &framed).to_le_bytes();
    framed[..4].copy_from_slice(&crc);
    framed
}

fn check(key: &[u8], framed: &[u8]) -> Result<(), StoreError> {
    match framed.split_first_chunk::<4>() {
        Some((said, rest)) if !rest.is_empty() && crc(key, framed).to_le_bytes() == *said => Ok(()),
        _ => Err(damaged("a record's checksum is wrong")),
    }
}

fn crc(key: &[u8], framed: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(key);
    crc.update(&framed[4..]);
    crc.finalize()
}

/// In how many parts a value lies there, beside the record that says so.
fn parts(framed: &[u8]) -> usize {
    match framed.get(4..) {
        Some([IN_PARTS, number @ ..]) => {
            number.try_into().map_or(0, |number| usize::try_from(u32::from_le_bytes(number)).unwrap_or(0))
        }
        _ => 0,
    }
}

fn part_key(key: &[u8], part: usize) -> Vec<u8> {
    let mut part_key = vec![PARTS];
    part_key.extend_from_slice(key);
    part_key.extend_from_slice(&u32::try_from(part).unwrap_or(u32::MAX).to_be_bytes());
    part_key
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

/// Opens sled once its file is free.
///
/// Our own lock keeps other processes out, so whoever holds sled's is on the way out: threads of a database that was
/// just closed, or a process of ours between its fork and its exec. That is no damage.
fn unlocked(config: &sled::Config) -> Result<sled::Db, StoreError> {
    let open = || match config.open() {
        Err(sled::Error::Io(error)) if is_lock(&error) => Ok(None),
        other => other.map(Some),
    };
    for _ in 0..LOCK_TRIES {
        if let Some(db) = guarded(open)? {
            return Ok(db);
        }
        std::thread::sleep(LOCK_PAUSE);
    }
    Err(StoreError::Disk("the database: its file is locked by somebody else".to_owned()))
}

/// How often a locked file is tried, and how long is waited between: five seconds in all.
const LOCK_TRIES: u32 = 500;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// sled 0.34 hides the operating system's answer in a text.
fn is_lock(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::WouldBlock || error.to_string().contains("could not acquire lock")
}

/// Runs a call of sled; a panic in it is damage.
fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(sled::Error::Io(error))) if is_refusal(error.kind()) => {
            Err(StoreError::Disk(format!("the database: {error}")))
        }
        Ok(Err(sled::Error::Corruption { .. })) => Err(damaged("the database says that it is corrupted")),
        Ok(Err(error)) => Err(StoreError::Damaged(format!("the database: {error}"))),
        Err(_) => Err(damaged("the database panicked")),
    }
}

/// Whether the operating system refuses, rather than the file being not what it was.
fn is_refusal(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::FileTooLarge
            | ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::WouldBlock
            | ErrorKind::Interrupted
            | ErrorKind::OutOfMemory
    )
}
