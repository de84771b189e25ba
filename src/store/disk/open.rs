//! Opening the store, and what is done when it is damaged.
//!
//! DESIGN. A damaged shelf is made again from the newest backup that is whole, and from the journal since then; of
//! the ways to do so the one that reaches furthest is taken. The fresh shelf is built under another name, and is put
//! in place by two renames; a process that dies between them finishes at the next start. The damaged shelf is set
//! aside, for whoever wants to look into it, until somebody must be purged of it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::StoreError;
use crate::store::shelf::Changes;
use crate::time::Timestamp;

use super::keeper::Keeper;
use super::shelf::{self, DiskShelf};
use super::tree::Tree;
use super::writer::Writer;
use super::{DESK, KNOWLEDGE, SET_ASIDE, SledStore, backup, files, journal};

/// Where the store and its backups lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// The store.
    pub store: PathBuf,
    /// Its backups; best on another disk.
    pub backups: PathBuf,
}

impl Folders {
    /// The store in `store`, and its backups in `backups` beside it.
    #[must_use]
    pub fn beside(store: &Path) -> Self {
        Self { store: store.to_owned(), backups: store.with_file_name("backups") }
    }
}

/// What was found when the store was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// Nothing: it is new.
    Fresh,
    /// Everything that was written.
    Intact,
    /// Something was damaged, and was made again.
    Restored {
        /// What was wrong.
        damage: String,
        /// From which backup, where there was one.
        backup: Option<PathBuf>,
        /// What was written since then may be missing; `None`: nothing is missing.
        lost_since: Option<Timestamp>,
        /// Where the damaged files are now.
        set_aside: PathBuf,
    },
}

impl SledStore {
    /// Opens the store in `folder`, or makes a new one; its backups lie in `backups` beside it. Fails with
    /// [`StoreError::Damaged`] when it is not what was written.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let folders = Folders::beside(folder);
        let lock = locked(&folders.store)?;
        let open = |name: &str| {
            let folder = folders.store.join(name);
            finish_restoring(&folder)?;
            DiskShelf::open(&folder)
        };
        Ok(start(open(DESK)?, open(KNOWLEDGE)?, &folders, &lock))
    }
}

/// Opens the store, or makes a new one; what is damaged is made again from backups and journal.
pub fn open_or_restore(folders: &Folders, now: Timestamp) -> Result<(SledStore, Opened), StoreError> {
    let lock = locked(&folders.store)?;
    let (desk, opened) = open_shelf(folders, DESK, now)?;
    let (knowledge, knowledge_opened) = open_shelf(folders, KNOWLEDGE, now)?;
    let opened = match (opened, knowledge_opened) {
        // Damage to what customers said matters most.
        (restored @ Opened::Restored { .. }, _) | (_, restored @ Opened::Restored { .. }) => restored,
        (opened, _) => opened,
    };
    Ok((start(desk, knowledge, folders, &lock), opened))
}

fn start(desk: DiskShelf, knowledge: DiskShelf, folders: &Folders, lock: &Arc<File>) -> SledStore {
    let writer = |shelf, name| {
        let backups = folders.backups.clone();
        Writer::start(shelf, lock.clone(), |shelf, queue| Keeper::start(name, backups, shelf, queue))
    };
    SledStore::over(writer(desk, DESK), writer(knowledge, KNOWLEDGE))
}

/// Only one process at a time.
pub(super) fn locked(folder: &Path) -> Result<Arc<File>, StoreError> {
    files::create_folder(folder)?;
    let path = folder.join("lock");
    let file = files::private().create(true).truncate(false).open(&path).map_err(files::at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(Arc::new(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy { folder: folder.display().to_string() }),
        Err(TryLockError::Error(error)) => Err(files::at(&path)(error)),
    }
}

fn open_shelf(folders: &Folders, name: &str, now: Timestamp) -> Result<(DiskShelf, Opened), StoreError> {
    let folder = folders.store.join(name);
    finish_restoring(&folder)?;
    let is_fresh = !folder.exists();
    match DiskShelf::open(&folder) {
        Ok(shelf) => Ok((shelf, if is_fresh { Opened::Fresh } else { Opened::Intact })),
        Err(StoreError::Damaged(damage)) => {
            tracing::error!(shelf = name, %damage, "the store is damaged");
            let opened = restore(&folder, &folders.backups, name, damage, now)?;
            Ok((DiskShelf::open(&folder)?, opened))
        }
        Err(error) => Err(error),
    }
}

/// Makes the damaged shelf in `folder` again, and puts it in its place.
fn restore(
    folder: &Path,
    backups: &Path,
    name: &str,
    damage: String,
    now: Timestamp,
) -> Result<Opened, StoreError> {
    let fresh = beside(folder, RESTORING);
    files::remove(&fresh)?;
    files::create_folder(&fresh)?;
    let backup = furthest(folder, backups, name)?;
    let tree = Tree::open(&fresh.join("tree-1"))?;
    let upto = backup.as_ref().map_or(0, |backup| backup.upto);
    if let Some(backup) = &backup {
        fill(&tree, backup)?;
    }
    let reach = journal::replay(folder, upto, &mut |sequence, changes| tree.apply(sequence, &changes))?;
    tree.sync()?;
    drop(tree);
    for (_, path) in journal::files_in(folder)? {
        files::copy(&path, &fresh.join(path.file_name().unwrap_or_default()))?;
    }
    files::sync_folder(&fresh.join("tree-1"))?;
    files::replace(&fresh.join(shelf::CURRENT), b"1")?;
    files::replace(&fresh.join(WHOLE), b"")?;
    let set_aside = beside(folder, &format!("{SET_ASIDE}{}", now.as_millis()));
    files::rename(folder, &set_aside)?;
    finish_restoring(folder)?;
    let lost_since = match shelf::read_last(&set_aside) {
        Some(acknowledged) if acknowledged <= reach.last && !reach.has_hole => None,
        Some(_) | None => Some(backup.as_ref().map_or_else(Timestamp::default, |backup| backup.at)),
    };
    Ok(Opened::Restored { damage, backup: backup.map(|backup| backup.path), lost_since, set_aside })
}

/// The backup from which the journal reaches furthest; `None`: from the beginning.
fn furthest(folder: &Path, backups: &Path, name: &str) -> Result<Option<backup::Backup>, StoreError> {
    let reach = |upto| journal::replay(folder, upto, &mut |_, _| Ok(())).map(|reach| reach.last);
    let mut best = (reach(0)?, None);
    for backup in backup::whole(backups, name)?.into_iter().rev() {
        let reached = reach(backup.upto)?;
        if best.0 <= reached {
            best = (reached, Some(backup));
        }
    }
    Ok(best.1)
}

fn fill(tree: &Tree, backup: &backup::Backup) -> Result<(), StoreError> {
    let mut page = Changes::new();
    backup::read(&backup.path, &mut |row| {
        page.insert(row.key, row.value);
        if PAGE <= page.len() {
            tree.apply(backup.upto, &std::mem::take(&mut page))?;
        }
        Ok(())
    })?;
    tree.apply(backup.upto, &page)
}

/// Puts a shelf that was made again in its place, if a process died just before it did so.
pub(super) fn finish_restoring(folder: &Path) -> Result<(), StoreError> {
    let fresh = beside(folder, RESTORING);
    if fresh.join(WHOLE).exists() && !folder.exists() {
        files::rename(&fresh, folder)?;
        files::remove(&folder.join(WHOLE))?;
    }
    files::remove(&fresh)
}

/// The folder's name with `ending` behind it.
pub(super) fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    folder.with_file_name(name)
}

/// Stands behind a shelf's name while it is made again.
pub(super) const RESTORING: &str = ".restoring";
/// The file that says that a shelf made again is whole.
pub(super) const WHOLE: &str = "whole";
/// So many records are laid down at once.
pub(super) const PAGE: usize = 500;
