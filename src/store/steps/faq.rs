//! The owner's files: every revision that was live, each stretch of text once.

use std::collections::{BTreeMap, BTreeSet};

use crate::faq::{Digest, RawFile};
use crate::store::record::{self, FileRecord, RevisionRecord, from_hex, to_hex};
use crate::store::table::{Key, KeyParts, Table};
use crate::store::view::View;
use crate::store::{FileChange, Revision, StoreError};
use crate::time::Timestamp;

use super::chunks::{self, Fresh, Name};
use super::{next_number, peek_number};

/// Revisions that are kept; older ones go.
pub(in crate::store) const KEPT_REVISIONS: u64 = 200;

/// Keeps the files as a new revision, unless they equal the last one; gives the number of the one that holds them.
pub(in crate::store) fn keep(
    view: &mut View<'_>,
    files: &[RawFile],
    digest: Digest,
    entries: u32,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut fresh = Fresh::new();
    let listed: Vec<FileRecord> = files
        .iter()
        .map(|file| FileRecord {
            path: file.path.clone(),
            content: match &file.content {
                Ok(content) => Ok(to_hex(&chunks::cut(content, &mut fresh))),
                Err(unreadable) => Err(unreadable.into()),
            },
        })
        .collect();
    let list = to_hex(&chunks::cut(&record::encode(&listed)?, &mut fresh));
    let last = last(view)?;
    let before = match &last {
        Some((number, record)) if record.files == list => return Ok(*number),
        Some((_, record)) => file_list(view, record)?,
        None => Vec::new(),
    };
    chunks::put(view, fresh)?;
    let number = next_number(view, COUNTER)?;
    let revision = Revision { number, at: now, digest, entries, changes: changes(&before, &listed) };
    view.put(&Key::numbered(Table::Revisions, number), &RevisionRecord::new(&revision, list))?;
    drop_old(view, number)?;
    Ok(number)
}

/// The last revision and its files.
pub(in crate::store) fn good(view: &View<'_>) -> Result<Option<(u64, Vec<RawFile>)>, StoreError> {
    match last(view)? {
        Some((number, record)) => Ok(Some((number, files(view, &record)?))),
        None => Ok(None),
    }
}

/// The files of a revision.
pub(in crate::store) fn revision(view: &View<'_>, number: u64) -> Result<Option<Vec<RawFile>>, StoreError> {
    let record: Option<RevisionRecord> = view.get(&Key::numbered(Table::Revisions, number))?;
    record.map(|record| files(view, &record)).transpose()
}

/// All revisions, newest first.
pub(in crate::store) fn log(view: &View<'_>) -> Result<Vec<Revision>, StoreError> {
    let mut revisions = Vec::new();
    for (key, value) in view.all(&Key::of(Table::Revisions))? {
        let number = KeyParts::of(&key).number().ok_or_else(|| record::unfit(&key, "no number"))?;
        revisions.push(record::decode::<RevisionRecord>(&key, &value)?.to_revision(number)?);
    }
    revisions.reverse();
    Ok(revisions)
}

fn last(view: &View<'_>) -> Result<Option<(u64, RevisionRecord)>, StoreError> {
    let number = peek_number(view, COUNTER)? - 1;
    Ok(view.get(&Key::numbered(Table::Revisions, number))?.map(|record| (number, record)))
}

fn files(view: &View<'_>, record: &RevisionRecord) -> Result<Vec<RawFile>, StoreError> {
    file_list(view, record)?
        .into_iter()
        .map(|FileRecord { path, content }| {
            let content = match content {
                Ok(name) => Ok(chunks::join(view, &from_hex(&name)?)?),
                Err(unreadable) => Err(unreadable.into()),
            };
            Ok(RawFile { path, content })
        })
        .collect()
}

fn file_list(view: &View<'_>, record: &RevisionRecord) -> Result<Vec<FileRecord>, StoreError> {
    let list = chunks::join(view, &from_hex(&record.files)?)?;
    record::decode(Key::of(Table::Revisions).as_bytes(), &list)
}

fn changes(before: &[FileRecord], after: &[FileRecord]) -> Vec<FileChange> {
    let mut gone: BTreeMap<&str, &FileRecord> =
        before.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut changes = Vec::new();
    for file in after {
        match gone.remove(file.path.as_str()) {
            Some(earlier) if earlier.content == file.content => {}
            Some(_) => changes.push(FileChange::Changed(file.path.clone())),
            None => changes.push(FileChange::Added(file.path.clone())),
        }
    }
    changes.extend(gone.into_keys().map(|path| FileChange::Removed(path.to_owned())));
    changes
}

/// Drops revisions that are too old; now and then also the chunks that nothing needs any more, because looking for
/// them means to look at all lists of all revisions.
fn drop_old(view: &mut View<'_>, newest: u64) -> Result<(), StoreError> {
    let Some(oldest) = newest.checked_sub(KEPT_REVISIONS) else { return Ok(()) };
    let table = Key::of(Table::Revisions);
    for (key, _) in view.range(&table, &Key::numbered(Table::Revisions, oldest + 1), usize::MAX)? {
        view.delete_raw(&key)?;
    }
    if !newest.is_multiple_of(COLLECTED_EVERY) {
        return Ok(());
    }
    let mut used: BTreeSet<Name> = BTreeSet::new();
    for (key, value) in view.all(&table)? {
        let revision: RevisionRecord = record::decode(&key, &value)?;
        chunks::mark(view, &from_hex(&revision.files)?, &mut used)?;
        for file in file_list(view, &revision)? {
            if let Ok(name) = file.content {
                chunks::mark(view, &from_hex(&name)?, &mut used)?;
            }
        }
    }
    chunks::drop_unused(view, &used)
}

const COUNTER: &str = "next_revision";
/// Unused chunks are looked for once in so many revisions.
const COLLECTED_EVERY: u64 = 20;
