//! The shelf on disk: the journal says what is kept, sled finds it.
//!
//! DESIGN. A folder holds
//!
//! - `journal-…`: every write, in order ([`journal`](super::journal));
//! - `tree-N`: sled ([`tree`](super::tree)), and `current`: the N that counts. A fresh tree is built beside the old one
//!   and takes its place by the rename of one small file;
//! - `last`: the number of the last write that was acknowledged. It is written after the journal is on disk, and is
//!   itself not waited for: after a power cut it may be old, but it is never ahead of what is kept. If the journal and
//!   sled together don't reach that number, a tail was lost, which nothing else would show.
//!
//! A write goes to the journal, which waits for the disk; then to sled, which doesn't. What sled can't take (its disk
//! is full, or it failed) stays in memory, laid over sled, until [`DiskShelf::mend`] has opened sled again and told it
//! everything from the journal. So a failing sled costs no write, and readers always see all of them.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::store::StoreError;
use crate::store::shelf::{Changes, Shelf, Visit};
use crate::store::view::scan_under;

use super::files;
use super::journal::{self, Journal};
use super::tree::Tree;

/// Journal and sled in one folder.
#[derive(Debug)]
pub(super) struct DiskShelf {
    folder: PathBuf,
    sequence: AtomicU64,
    lookup: RwLock<Lookup>,
    writing: Mutex<Writing>,
}

/// Where the journal ended when a new file was begun.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rotated {
    /// The last write in the files before.
    pub(super) sequence: u64,
    /// The newest of those.
    pub(super) newest_file: u32,
}

/// Where readers look.
#[derive(Debug)]
struct Lookup {
    /// The N of `tree-N`.
    number: u32,
    /// `None` between a failure and its mending.
    tree: Option<Tree>,
    /// Whether sled has failed, and must be opened again before it is told anything more.
    is_behind: bool,
    /// What sled has not taken, to be laid over it.
    over: Changes,
}

/// What the one writer needs.
#[derive(Debug)]
struct Writing {
    journal: Journal,
    last: File,
    /// Whether sled has taken anything since it was last synced.
    is_dirty: bool,
}

impl DiskShelf {
    /// Opens the shelf in `folder`, or makes one; looks at everything in it. [`StoreError::Damaged`] when it is not
    /// what was written.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        files::create_folder(folder)?;
        let number = current(folder)?;
        remove_others(folder, number)?;
        let path = folder.join(tree_name(number));
        let tree = Tree::open(&path)?;
        files::sync_folder(&path)?;
        files::sync_folder(folder)?;
        let before = tree.state().sequence;
        let last = journal::replay(folder, before, &mut |sequence, changes| tree.apply(sequence, &changes))?;
        let acknowledged = read_last(folder);
        if acknowledged.is_some_and(|acknowledged| last < acknowledged) {
            let missing = acknowledged.unwrap_or_default() - last;
            return Err(StoreError::Damaged(format!("the last {missing} writes are missing")));
        }
        let path = folder.join(LAST);
        let last_file =
            files::private().create(true).truncate(false).open(&path).map_err(files::at(&path))?;
        let shelf = Self {
            folder: folder.to_owned(),
            sequence: AtomicU64::new(last),
            lookup: RwLock::new(Lookup { number, tree: Some(tree), is_behind: false, over: Changes::new() }),
            writing: Mutex::new(Writing {
                journal: Journal::new(folder)?,
                last: last_file,
                is_dirty: before < last,
            }),
        };
        shelf.checkpoint()?;
        Ok(shelf)
    }

    /// The folder it lies in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits until sled has all on disk; after this the journal is not needed to open the shelf again.
    pub(super) fn checkpoint(&self) -> Result<(), StoreError> {
        let mut writing = self.writing();
        if !writing.is_dirty {
            return Ok(());
        }
        let lookup = self.lookup();
        if lookup.is_behind {
            return Err(behind());
        }
        let synced = lookup.tree.as_ref().ok_or_else(behind).and_then(Tree::sync);
        drop(lookup);
        match synced {
            Ok(()) => {
                writing.is_dirty = false;
                writing.last.sync_data().map_err(files::at(&self.folder.join(LAST)))
            }
            Err(error) => {
                self.lookup_mut().is_behind = true;
                Err(error)
            }
        }
    }

    /// Whether sled is behind the journal.
    pub(super) fn is_behind(&self) -> bool {
        self.lookup().is_behind
    }

    /// How much of what sled has not taken is held in memory, in bytes.
    pub(super) fn held(&self) -> usize {
        self.lookup().over.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum()
    }

    /// Opens sled again after a failure, and tells it everything from the journal. Readers wait meanwhile.
    pub(super) fn mend(&self) -> Result<(), StoreError> {
        self.probe()?;
        let mut writing = self.writing();
        let mut lookup = self.lookup_mut();
        // sled holds a lock on its file until it is dropped.
        lookup.tree = None;
        lookup.is_behind = true;
        let tree = Tree::open(&self.folder.join(tree_name(lookup.number)))?;
        let from = tree.state().sequence;
        let last =
            journal::replay(&self.folder, from, &mut |sequence, changes| tree.apply(sequence, &changes))?;
        if last < self.sequence() {
            return Err(StoreError::Damaged("the journal doesn't reach to the end".to_owned()));
        }
        tree.sync()?;
        writing.is_dirty = false;
        *lookup = Lookup { number: lookup.number, tree: Some(tree), is_behind: false, over: Changes::new() };
        Ok(())
    }

    /// The next write begins a journal file.
    pub(super) fn rotate(&self) -> Rotated {
        let newest_file = self.writing().journal.rotate();
        Rotated { sequence: self.sequence(), newest_file }
    }

    /// sled's file.
    pub(super) fn tree_file(&self) -> PathBuf {
        self.folder.join(tree_name(self.lookup().number)).join("db")
    }

    /// The N of a tree that is to take the place of this one.
    pub(super) fn next_tree(&self) -> (u32, PathBuf) {
        let number = self.lookup().number + 1;
        (number, self.folder.join(tree_name(number)))
    }

    /// Puts `tree` in the place of the one in use; it is first told what was written since it was made.
    pub(super) fn switch(&self, number: u32, tree: Tree) -> Result<(), StoreError> {
        let mut writing = self.writing();
        let from = tree.state().sequence;
        let last =
            journal::replay(&self.folder, from, &mut |sequence, changes| tree.apply(sequence, &changes))?;
        if last != self.sequence() {
            return Err(StoreError::Damaged("the journal doesn't reach to the end".to_owned()));
        }
        tree.sync()?;
        files::replace(&self.folder.join(CURRENT), number.to_string().as_bytes())?;
        let fresh = Lookup { number, tree: Some(tree), is_behind: false, over: Changes::new() };
        drop(std::mem::replace(&mut *self.lookup_mut(), fresh));
        writing.is_dirty = false;
        remove_others(&self.folder, number)
    }

    /// Whether the disk takes writes, without harm to anything.
    pub(super) fn probe(&self) -> Result<(), StoreError> {
        let path = self.folder.join("probe");
        let written = files::replace(&path, &vec![0; PROBE]);
        files::remove(&files::part_of(&path))?;
        files::remove(&path)?;
        written
    }

    fn lookup(&self) -> RwLockReadGuard<'_, Lookup> {
        self.lookup.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn lookup_mut(&self) -> RwLockWriteGuard<'_, Lookup> {
        self.lookup.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf for DiskShelf {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let lookup = self.lookup();
        match lookup.over.get(key) {
            Some(changed) => Ok(changed.clone()),
            None => lookup.tree.as_ref().ok_or_else(behind)?.get(key),
        }
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let lookup = self.lookup();
        let tree = lookup.tree.as_ref().ok_or_else(behind)?;
        scan_under(&[&lookup.over], from, to, &mut |visit| tree.scan(from, to, visit), visit)
    }

    fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    fn write(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut writing = self.writing();
        let sequence = self.sequence() + 1;
        writing.journal.append(sequence, changes)?;
        // From here on the write is kept, whatever else fails.
        let _ = write_last(&mut writing.last, sequence);
        writing.is_dirty = true;
        let taken = {
            let lookup = self.lookup();
            match &lookup.tree {
                Some(tree) if !lookup.is_behind => tree.apply(sequence, changes),
                Some(_) | None => Err(behind()),
            }
        };
        if let Err(error) = taken {
            tracing::warn!(%error, "sled is behind the journal");
            let mut lookup = self.lookup_mut();
            lookup.is_behind = true;
            lookup.over.extend(changes.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        self.sequence.store(sequence, Ordering::Release);
        Ok(())
    }
}

/// The N of the tree that counts; of a fresh one in an empty folder.
fn current(folder: &Path) -> Result<u32, StoreError> {
    let path = folder.join(CURRENT);
    match std::fs::read_to_string(&path) {
        Ok(number) => number.parse().map_err(|_| StoreError::Damaged("`current` is no number".to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let names = files::names(folder)?;
            if names.iter().any(|name| name.starts_with("journal-") || name == LAST) {
                return Err(StoreError::Damaged("`current` is missing".to_owned()));
            }
            files::replace(&path, b"1")?;
            Ok(1)
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(StoreError::Damaged("`current` is no number".to_owned()))
        }
        Err(error) => Err(files::at(&path)(error)),
    }
}

/// Takes away what was left behind when a fresh tree was built, or replaced another.
fn remove_others(folder: &Path, number: u32) -> Result<(), StoreError> {
    let kept = tree_name(number);
    for name in files::names(folder)? {
        if (name.starts_with("tree-") && name != kept) || files::is_part(&name) || name == "probe" {
            files::remove(&folder.join(name))?;
        }
    }
    Ok(())
}

fn tree_name(number: u32) -> String {
    format!("tree-{number}")
}

/// The number of the last write that was acknowledged, as far as is known.
pub(super) fn read_last(folder: &Path) -> Option<u64> {
    let bytes = std::fs::read(folder.join(LAST)).ok()?;
    let (number, crc) = bytes.split_first_chunk::<8>()?;
    (crc32fast::hash(number).to_le_bytes() == crc).then_some(u64::from_le_bytes(*number))
}

fn write_last(file: &mut File, sequence: u64) -> std::io::Result<()> {
    let number = sequence.to_le_bytes();
    let mut bytes = number.to_vec();
    bytes.extend_from_slice(&crc32fast::hash(&number).to_le_bytes());
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&bytes)
}

fn behind() -> StoreError {
    StoreError::Disk("the database failed, and is being opened again".to_owned())
}

/// The file that names the tree that counts.
pub(super) const CURRENT: &str = "current";
const LAST: &str = "last";
/// So much room, in bytes, must there be before sled is opened again after a failure.
const PROBE: usize = 1024 * 1024;
