//! By hand: a copy of everything in one file, also while the bot runs; and the store put back from a copy.
//!
//! DESIGN of the copy. Every write that was acknowledged lies in the newest whole backup or in the journal behind it,
//! and both are files that are only ever added to, or replaced whole. So a copy needs no store that is open: it is the
//! newest backup's lines, and the journal's writes since then as further lines. That also holds while another process
//! writes on; what it acknowledged before the copy was begun is in it. Only purging must not come between, since it
//! takes a forgotten customer out of these very files: whoever writes or purges backups claims the folder first.
//!
//! DESIGN of putting back. The shelf is built beside the one in use and takes its place by renames; that one is set
//! aside, not deleted. The newer backups of what was replaced stay where they are, so the shelf goes on with a number
//! that none of them has reached, and leaves one out: no journal of the new history ever seems to follow on the old.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::shelf::{Changes, Shelf as _};
use crate::store::{MemoryShelf, MemoryStore, StoreError};
use crate::time::Timestamp;

use super::backup::{self, Backup, Row};
use super::shelf::{self, DiskShelf};
use super::tree::Tree;
use super::{DESK, Folders, KNOWLEDGE, REPLACED, examine, files, journal, open};

/// The shelves, in the order in which they lie in a file.
const SHELVES: [&str; 2] = [DESK, KNOWLEDGE];

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
}

/// A shelf that was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// Its name.
    pub shelf: &'static str,
    /// When the backup was taken.
    pub taken: Timestamp,
    /// How many conversations there are in it.
    pub conversations: u64,
    /// How many messages wait in it to be sent.
    pub waiting: u64,
    /// Where the one that was there before is now; `None`: there was none.
    pub set_aside: Option<PathBuf>,
}

/// Copies everything into the file `to`, which must not exist yet, whether or not somebody has the store open.
pub fn back_up_to(folders: &Folders, to: &Path, now: Timestamp) -> Result<Copied, StoreError> {
    let _claim = backup::claimed(&folders.backups)?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        files::create_folder(folder)?;
    }
    let sources = SHELVES
        .into_iter()
        .map(|name| Source::of(folders, name))
        .collect::<Result<Vec<Source<'_>>, StoreError>>()?;
    let parts = u32::try_from(sources.len()).unwrap_or(u32::MAX);
    let mut draft: Option<(backup::Draft, u64)> = None;
    for source in &sources {
        let mut part = match draft.take() {
            None => backup::Draft::begin_parts(to.to_owned(), parts, source.name, now, source.from())?,
            Some((mut draft, upto)) => {
                draft.next_part(upto, source.name, source.from())?;
                draft
            }
        };
        let upto = source.copy(&mut part)?;
        draft = Some((part, upto));
    }
    let (draft, upto) = draft.expect("there are shelves");
    draft.finish(upto)?;
    copied(to)
}

/// Copies everything into files beside the hourly ones, which count as such.
pub fn back_up_beside(folders: &Folders, now: Timestamp) -> Result<Vec<Copied>, StoreError> {
    let _claim = backup::claimed(&folders.backups)?;
    let copy = |name| {
        let source = Source::of(folders, name)?;
        let mut draft = backup::Draft::begin(&folders.backups, name, now, source.from())?;
        let upto = source.copy(&mut draft)?;
        copied(&draft.finish(upto)?.path)
    };
    SHELVES.into_iter().map(copy).collect()
}

fn copied(path: &Path) -> Result<Copied, StoreError> {
    let size = std::fs::metadata(path).map_err(files::at(path))?.len();
    Ok(Copied { path: path.to_owned(), size })
}

/// Where a shelf is copied from.
struct Source<'a> {
    name: &'static str,
    folder: PathBuf,
    newest: Option<Backup>,
    /// The last write that was acknowledged before the copy was begun.
    acknowledged: u64,
    backups: &'a Path,
}

impl<'a> Source<'a> {
    fn of(folders: &'a Folders, name: &'static str) -> Result<Self, StoreError> {
        let folder = folders.store.join(name);
        // Read first: whatever is written later may be in the copy, or not.
        let acknowledged = shelf::read_last(&folder).unwrap_or(0);
        let newest = backup::whole(&folders.backups, name)?.into_iter().max_by_key(|backup| backup.upto);
        Ok(Self { name, folder, newest, acknowledged, backups: &folders.backups })
    }

    fn from(&self) -> u64 {
        self.newest.as_ref().map_or(0, |newest| newest.from)
    }

    /// Copies all; gives the number of the last write in it.
    fn copy(&self, draft: &mut backup::Draft) -> Result<u64, StoreError> {
        let from = self.from();
        self.each(&mut |row| match row.value {
            Some(value) if row.sequence == from => draft.record(&row.key, &value),
            value => draft.change(&row.key, value.as_deref(), row.sequence),
        })
    }

    /// Visits all that makes the shelf as it is, in order; gives the number of the last write.
    fn each(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<u64, StoreError> {
        let mut upto = 0;
        if let Some(newest) = &self.newest {
            upto = newest.upto;
            backup::read(&newest.path, visit)?;
        }
        let reach = journal::replay(&self.folder, upto, &mut |sequence, changes| {
            changes.into_iter().try_for_each(|(key, value)| visit(Row { key, value, sequence }))
        })?;
        if reach.has_hole || reach.last < self.acknowledged {
            let (name, backups) = (self.name, self.backups.display());
            return Err(StoreError::Damaged(format!(
                "the newest backup of `{name}` in {backups} and the journal don't meet"
            )));
        }
        Ok(reach.last)
    }
}

/// Everything as it is now, in memory, whether or not somebody has the store open: to read in. What is written to it
/// goes nowhere.
pub fn as_it_is(folders: &Folders) -> Result<MemoryStore, StoreError> {
    let _claim = backup::claimed(&folders.backups)?;
    let shelf = |name| {
        let shelf = MemoryShelf::default();
        let mut page = Changes::new();
        Source::of(folders, name)?.each(&mut |row| {
            page.insert(row.key, row.value);
            if open::PAGE <= page.len() { shelf.write(&std::mem::take(&mut page)) } else { Ok(()) }
        })?;
        shelf.write(&page)?;
        Ok::<_, StoreError>(Arc::new(shelf))
    };
    Ok(MemoryStore::over_shelves(shelf(DESK)?, shelf(KNOWLEDGE)?))
}

/// Puts the store back as it was in `file`: a copy made by hand, or an hourly one, which holds one shelf. Fails with
/// [`StoreError::Busy`] while somebody has the store open, and with [`StoreError::Damaged`] when the file is not whole;
/// then nothing was changed.
pub fn put_back(folders: &Folders, file: &Path, now: Timestamp) -> Result<Vec<PutBack>, StoreError> {
    let parts = backup::read_parts(file, &mut |_, _| Ok(()))?;
    let known = |part: &backup::Part| SHELVES.into_iter().find(|name| *name == part.shelf);
    let shelves = parts
        .iter()
        .map(|part| {
            let unknown = || StoreError::Damaged(format!("`{}` is nothing that deskbell keeps", part.shelf));
            known(part).ok_or_else(unknown).map(|name| (name, &part.backup))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let _lock = open::locked(&folders.store)?;
    let _claim = backup::claimed(&folders.backups)?;
    let mut built = Vec::new();
    for (name, backup) in shelves {
        let folder = folders.store.join(name);
        open::finish_restoring(&folder)?;
        let fresh = build(folders, &folder, name, file, backup)?;
        let shelf = DiskShelf::open(&fresh)?;
        let records = examine::count(&shelf)?;
        drop(shelf);
        files::replace(&fresh.join(open::WHOLE), b"")?;
        let count = |table: &str| records.get(table).copied().unwrap_or(0);
        let (conversations, waiting) = (count("conversations"), count("outbox"));
        built.push((
            folder,
            PutBack { shelf: name, taken: backup.at, conversations, waiting, set_aside: None },
        ));
    }
    for (folder, put) in &mut built {
        if folder.exists() {
            let aside = open::beside(folder, &format!("{REPLACED}{}", now.as_millis()));
            files::rename(folder, &aside)?;
            put.set_aside = Some(aside);
        }
        open::finish_restoring(folder)?;
    }
    Ok(built.into_iter().map(|(_, put)| put).collect())
}

/// Builds the shelf `name` from its part of `file`, beside `folder`; gives where.
fn build(
    folders: &Folders,
    folder: &Path,
    name: &str,
    file: &Path,
    backup: &Backup,
) -> Result<PathBuf, StoreError> {
    let fresh = open::beside(folder, open::RESTORING);
    files::remove(&fresh)?;
    files::create_folder(&fresh)?;
    let number = highest(folders, folder, name)?.max(backup.upto) + 2;
    let path = fresh.join("tree-1");
    let tree = Tree::open(&path)?;
    let mut page = Changes::new();
    backup::read_parts(file, &mut |shelf, row| {
        if shelf == name {
            page.insert(row.key, row.value);
        }
        if open::PAGE <= page.len() {
            tree.apply(number, &std::mem::take(&mut page))?;
        }
        Ok(())
    })?;
    tree.apply(number, &page)?;
    tree.sync()?;
    drop(tree);
    files::sync_folder(&path)?;
    files::replace(&fresh.join(shelf::CURRENT), b"1")?;
    Ok(fresh)
}

/// The highest number that any write of this shelf has had, as far as anything tells.
fn highest(folders: &Folders, folder: &Path, name: &str) -> Result<u64, StoreError> {
    let mut highest = shelf::read_last(folder).unwrap_or(0);
    for (_, path) in journal::files_in(folder)? {
        journal::each(&path, &mut |number, _| {
            highest = highest.max(number);
            Ok(ControlFlow::Continue(()))
        })?;
    }
    for backup in backup::whole(&folders.backups, name)? {
        highest = highest.max(backup.upto);
    }
    Ok(highest)
}
