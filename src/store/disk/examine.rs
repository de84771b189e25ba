//! Looking into a store without changing anything: for `deskbell doctor`.
//!
//! sled mends and shortens its file when it opens it, so a copy is looked at, never the store itself.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::store::StoreError;
use crate::store::table::Table;
use crate::time::Timestamp;

use super::shelf::{self, DiskShelf};
use super::{DESK, Folders, KNOWLEDGE, backup, files, journal, open};

/// Most records that are counted, so that a damaged file that never ends is left at some point.
const MOST: u64 = 100_000_000;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The shelves: what customers say, what the firm knows.
    pub shelves: Vec<ExaminedShelf>,
}

/// What was found of a shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExaminedShelf {
    /// Its name.
    pub name: &'static str,
    /// What is wrong; `None`: it is what was written.
    pub damage: Option<String>,
    /// How many records there are of each kind, where they can be read.
    pub records: BTreeMap<&'static str, u64>,
    /// The number of the last write that was acknowledged, where that is known.
    pub acknowledged: Option<u64>,
    /// How large it is, in bytes.
    pub size: u64,
    /// Its journals, oldest first.
    pub journals: Vec<ExaminedJournal>,
    /// Its backups, newest first.
    pub backups: Vec<ExaminedBackup>,
    /// Damaged and replaced ones that were set aside.
    pub set_aside: Vec<PathBuf>,
}

/// What was found of a journal file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExaminedJournal {
    /// The file.
    pub path: PathBuf,
    /// The writes in it: the first and the last number; `None` when there are none.
    pub writes: Option<(u64, u64)>,
    /// Whether it can be read to its end. The newest one may end in half a write after a power cut.
    pub is_whole: bool,
}

/// What was found of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExaminedBackup {
    /// The file.
    pub path: PathBuf,
    /// When it was taken, and the last write in it; `None` when it is not whole.
    pub taken: Option<(Timestamp, u64)>,
}

/// Looks into a store that nobody has open.
pub fn examine(folders: &Folders) -> Result<Examined, StoreError> {
    let _lock = open::locked(&folders.store)?;
    let shelves = [DESK, KNOWLEDGE].into_iter().map(|name| shelf(folders, name));
    Ok(Examined { shelves: shelves.collect::<Result<_, _>>()? })
}

/// Looks into the backups alone, newest first, also while somebody has the store open.
pub fn examine_backups(folders: &Folders) -> Result<Vec<(&'static str, Vec<ExaminedBackup>)>, StoreError> {
    let of = |name| backups(&folders.backups, name).map(|backups| (name, backups));
    [DESK, KNOWLEDGE].into_iter().map(of).collect()
}

fn shelf(folders: &Folders, name: &'static str) -> Result<ExaminedShelf, StoreError> {
    let folder = folders.store.join(name);
    let mut found = ExaminedShelf {
        name,
        damage: None,
        records: BTreeMap::new(),
        acknowledged: shelf::read_last(&folder),
        size: size(&folder)?,
        journals: journals(&folder)?,
        backups: backups(&folders.backups, name)?,
        set_aside: super::set_aside(&folders.store, name)?,
    };
    if !folder.exists() {
        return Ok(found);
    }
    let copy = folders.store.join(format!("{name}.examined"));
    files::remove(&copy)?;
    copy_folder(&folder, &copy)?;
    match DiskShelf::open(&copy).and_then(|shelf| count(&shelf)) {
        Ok(records) => found.records = records,
        Err(StoreError::Damaged(damage)) => found.damage = Some(damage),
        Err(error) => {
            files::remove(&copy)?;
            return Err(error);
        }
    }
    files::remove(&copy)?;
    Ok(found)
}

/// How many records there are of each kind.
pub(super) fn count(shelf: &DiskShelf) -> Result<BTreeMap<&'static str, u64>, StoreError> {
    let mut records = BTreeMap::new();
    let mut seen = 0;
    shelf.each_record(&mut |key, _| {
        seen += 1;
        *records.entry(Table::of(key).map_or("unknown", Table::name)).or_insert(0) += 1;
        if seen < MOST { Ok(()) } else { Err(StoreError::Damaged("it doesn't end".to_owned())) }
    })?;
    Ok(records)
}

fn journals(folder: &Path) -> Result<Vec<ExaminedJournal>, StoreError> {
    journal::files_in(folder)?
        .into_iter()
        .map(|(_, path)| {
            let mut writes: Option<(u64, u64)> = None;
            let is_whole = journal::each(&path, &mut |number, _| {
                writes = Some((writes.map_or(number, |(first, _)| first), number));
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(ExaminedJournal { path, writes, is_whole: is_whole.unwrap_or(false) })
        })
        .collect()
}

fn backups(folder: &Path, name: &str) -> Result<Vec<ExaminedBackup>, StoreError> {
    let look = |path: PathBuf| {
        let taken = backup::look(&path).ok().map(|backup| (backup.at, backup.upto));
        ExaminedBackup { path, taken }
    };
    Ok(backup::all(folder, name)?.into_iter().map(look).collect())
}

fn size(path: &Path) -> Result<u64, StoreError> {
    if path.is_dir() {
        return files::names(path)?.into_iter().map(|name| size(&path.join(name))).sum();
    }
    Ok(std::fs::metadata(path).map_or(0, |data| data.len()))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), StoreError> {
    files::create_folder(to)?;
    for name in files::names(from)? {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            std::fs::copy(&from, &to).map_err(files::at(&from))?;
        }
    }
    Ok(())
}
