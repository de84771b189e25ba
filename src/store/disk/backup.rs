//! Backups: a shelf as JSON lines, readable by people and by any tool.
//!
//! DESIGN. A backup is taken while turns go on. It begins with the number of the last write before it (`from`); then
//! come all records, one a line, as they are found; then the journal's writes from `from` to the last one before the
//! end (`upto`), each change a line. Whatever a record was when it was found, the changes behind it bring it to where
//! it was at `upto`. So nobody waits for a backup, and it is exactly one state.
//!
//! The last line counts the others and carries their SHA-256: a backup that was cut off or damaged is known as such,
//! and an older one is used. It is written under another name, synced and renamed; the newest seven are kept.
//!
//! Left out are the vectors, which the encoder makes again. The events heard lately are not left out, although they
//! live for two days only: without them a platform that sends again what it sent before the damage would be answered
//! twice.
//!
//! A backup made by hand (`by_hand.rs`) holds all shelves in one file, one part behind the other. Each part's first line
//! says which of how many it is, so that a file that ends between two parts is known to be half.

use std::fs::{File, TryLockError};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::store::StoreError;
use crate::store::purge::Gone;
use crate::store::record::{bytes_from_hex, to_hex};
use crate::store::table::Table;
use crate::time::Timestamp;

use super::files;

/// The form of the file: raised when an older deskbell could not read it.
const VERSION: u32 = 1;
/// So many backups of a shelf are kept.
pub(super) const KEPT: usize = 7;

/// A backup that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Backup {
    pub(super) path: PathBuf,
    /// When it was taken.
    pub(super) at: Timestamp,
    /// The last write before it was begun.
    pub(super) from: u64,
    /// The last write in it.
    pub(super) upto: u64,
}

/// A change in a backup: key, new value (none: the key goes), and the write that it belongs to.
pub(super) struct Row {
    pub(super) key: Vec<u8>,
    pub(super) value: Option<Vec<u8>>,
    pub(super) sequence: u64,
}

/// A backup under construction.
pub(super) struct Draft {
    file: BufWriter<File>,
    path: PathBuf,
    part: PathBuf,
    hash: Sha256,
    rows: u64,
    at: Timestamp,
    from: u64,
    /// Which part of the file is written, of how many; `None`: the file holds one shelf alone.
    piece: Option<(u32, u32)>,
}

impl Draft {
    /// Begins the backup of the shelf `name` into `folder`.
    pub(super) fn begin(folder: &Path, name: &str, at: Timestamp, from: u64) -> Result<Self, StoreError> {
        files::create_folder(folder)?;
        Self::begin_at(folder.join(file_name(name, at)), name, at, from)
    }

    fn begin_at(path: PathBuf, name: &str, at: Timestamp, from: u64) -> Result<Self, StoreError> {
        Self::begin_file(path, name, at, from, None)
    }

    /// Begins a file of so many `parts` with that of the shelf `name`.
    pub(super) fn begin_parts(
        path: PathBuf,
        parts: u32,
        name: &str,
        at: Timestamp,
        from: u64,
    ) -> Result<Self, StoreError> {
        Self::begin_file(path, name, at, from, Some((1, parts)))
    }

    fn begin_file(
        path: PathBuf,
        name: &str,
        at: Timestamp,
        from: u64,
        piece: Option<(u32, u32)>,
    ) -> Result<Self, StoreError> {
        let part = files::part_of(&path);
        let file = files::private().create(true).truncate(true).open(&part).map_err(files::at(&part))?;
        let mut draft =
            Self { file: BufWriter::new(file), path, part, hash: Sha256::new(), rows: 0, at, from, piece };
        draft.header(name)?;
        Ok(draft)
    }

    /// Ends this part of the file, and begins that of the shelf `name`.
    pub(super) fn next_part(&mut self, upto: u64, name: &str, from: u64) -> Result<(), StoreError> {
        self.footer(upto)?;
        self.hash = Sha256::new();
        self.rows = 0;
        self.from = from;
        self.piece = self.piece.map(|(number, of)| (number + 1, of));
        self.header(name)
    }

    fn header(&mut self, name: &str) -> Result<(), StoreError> {
        let taken = self.at.to_utc().map_or_else(String::new, |at| at.to_rfc3339());
        let (at, from, piece) = (self.at.as_millis(), self.from, self.piece);
        self.line(&HeaderLine { deskbell: name.to_owned(), v: VERSION, at, from, taken, piece })
    }

    fn footer(&mut self, upto: u64) -> Result<(), StoreError> {
        let sha256 = to_hex(&self.hash.clone().finalize());
        self.line(&FooterLine { end: true, upto, rows: self.rows, sha256 })
    }

    /// Adds a record as it was found.
    pub(super) fn record(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.row(key, Some(value), None)
    }

    /// Adds a change that the write `sequence` made.
    pub(super) fn change(
        &mut self,
        key: &[u8],
        value: Option<&[u8]>,
        sequence: u64,
    ) -> Result<(), StoreError> {
        self.row(key, value, Some(sequence))
    }

    /// Ends it, waits for the disk, and gives it its name.
    pub(super) fn finish(mut self, upto: u64) -> Result<Backup, StoreError> {
        self.footer(upto)?;
        let file = self.file.into_inner().map_err(|error| files::at(&self.part)(error.into_error()))?;
        file.sync_all().map_err(files::at(&self.part))?;
        files::rename(&self.part, &self.path)?;
        Ok(Backup { path: self.path, at: self.at, from: self.from, upto })
    }

    fn row(&mut self, key: &[u8], value: Option<&[u8]>, sequence: Option<u64>) -> Result<(), StoreError> {
        if is_left_out(key) {
            return Ok(());
        }
        let table = Table::of(key).map(Table::name).unwrap_or_default();
        let mut row = RowLine { t: table, k: to_hex(key), n: sequence, ..RowLine::default() };
        match value {
            None => row.d = true,
            Some([]) => {}
            Some(value) => match std::str::from_utf8(value) {
                Ok(text) if !text.contains('\n') => match serde_json::from_str(text) {
                    Ok(record) => row.r = Some(record),
                    Err(_) => row.s = Some(text.to_owned()),
                },
                Ok(text) => row.s = Some(text.to_owned()),
                Err(_) => row.x = Some(to_hex(value)),
            },
        }
        self.rows += 1;
        self.line(&row)
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), StoreError> {
        let mut bytes = serde_json::to_vec(line)
            .map_err(|error| StoreError::Damaged(format!("a line can't be written: {error}")))?;
        bytes.push(b'\n');
        self.hash.update(&bytes);
        self.file.write_all(&bytes).map_err(files::at(&self.part))
    }
}

/// Waits until nobody else writes or purges backups in `folder`, and keeps others out while it lives.
pub(super) fn claimed(folder: &Path) -> Result<File, StoreError> {
    files::create_folder(folder)?;
    let path = folder.join("lock");
    let file = files::private().create(true).truncate(false).open(&path).map_err(files::at(&path))?;
    for _ in 0..LOOKS {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(BETWEEN_LOOKS),
            Err(TryLockError::Error(error)) => return Err(files::at(&path)(error)),
        }
    }
    Err(StoreError::Disk(format!("{}: another process is busy with the backups", folder.display())))
}

/// How often is looked whether the backups are free: for half a minute.
const LOOKS: u32 = 600;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The backups of the shelf `name` that are whole, newest first.
pub(super) fn whole(folder: &Path, name: &str) -> Result<Vec<Backup>, StoreError> {
    let mut found = Vec::new();
    for path in all(folder, name)? {
        match look(&path) {
            Ok(backup) => found.push(backup),
            Err(error @ StoreError::TooNew { .. }) => return Err(error),
            Err(error) => tracing::warn!(path = %path.display(), %error, "a backup is not whole"),
        }
    }
    Ok(found)
}

/// All backups of the shelf `name`, whole or not, newest first.
pub(super) fn all(folder: &Path, name: &str) -> Result<Vec<PathBuf>, StoreError> {
    let is_ours = |file: &String| {
        file.strip_prefix(name).is_some_and(|rest| rest.starts_with('-')) && file.ends_with(ENDING)
    };
    let names = files::names(folder)?;
    Ok(names.iter().rev().filter(|file| is_ours(file)).map(|file| folder.join(file)).collect())
}

/// Reads a backup to its end: is it whole?
pub(super) fn look(path: &Path) -> Result<Backup, StoreError> {
    read(path, &mut |_| Ok(()))
}

/// Visits the changes of a backup, in order. What was visited counts only when it turns out to be whole.
pub(super) fn read(
    path: &Path,
    visit: &mut dyn FnMut(Row) -> Result<(), StoreError>,
) -> Result<Backup, StoreError> {
    let mut lines = BufReader::new(File::open(path).map_err(files::at(path))?);
    let part = read_part(&mut lines, path, &mut |_, row| visit(row))?;
    part.map(|part| part.backup).ok_or_else(|| not_whole("it is empty"))
}

/// A part of a file: a whole backup of one shelf.
pub(super) struct Part {
    /// The shelf's name.
    pub(super) shelf: String,
    pub(super) backup: Backup,
    piece: Option<(u32, u32)>,
}

/// Visits the changes of all shelves in a file, an hourly one or one made by hand, each with its shelf's name. What was
/// visited counts only when the whole file turns out to be whole.
pub(super) fn read_parts(
    path: &Path,
    visit: &mut dyn FnMut(&str, Row) -> Result<(), StoreError>,
) -> Result<Vec<Part>, StoreError> {
    let mut lines = BufReader::new(File::open(path).map_err(files::at(path))?);
    let mut parts: Vec<Part> = Vec::new();
    while let Some(part) = read_part(&mut lines, path, visit)? {
        let number = u32::try_from(parts.len() + 1).unwrap_or(u32::MAX);
        if part.piece.map_or(1, |(number, _)| number) != number {
            return Err(not_whole("its parts don't follow one another"));
        }
        parts.push(part);
    }
    let expected = parts.first().map(|part| part.piece.map_or(1, |(_, of)| of));
    match expected {
        None => Err(not_whole("it is empty")),
        Some(expected) if usize::try_from(expected).is_ok_and(|expected| expected == parts.len()) => {
            Ok(parts)
        }
        Some(expected) => Err(not_whole(&format!("{} of its {expected} parts are there", parts.len()))),
    }
}

/// Reads a shelf's backup from where `lines` stand; `None` at the file's end.
fn read_part(
    lines: &mut BufReader<File>,
    path: &Path,
    visit: &mut dyn FnMut(&str, Row) -> Result<(), StoreError>,
) -> Result<Option<Part>, StoreError> {
    let mut hash = Sha256::new();
    let mut line = Vec::new();
    let mut header: Option<HeaderLine> = None;
    let mut rows = 0;
    loop {
        line.clear();
        lines.read_until(b'\n', &mut line).map_err(files::at(path))?;
        let is_footer = line.starts_with(b"{\"end\"");
        match &header {
            None if line.is_empty() => return Ok(None),
            _ if line.is_empty() => return Err(not_whole("it is cut off")),
            None => {
                let first: HeaderLine = parsed(&line)?;
                if VERSION < first.v {
                    return Err(StoreError::TooNew { found: first.v, known: VERSION });
                }
                header = Some(first);
            }
            Some(header) if is_footer => {
                let footer: FooterLine = parsed(&line)?;
                if footer.rows != rows || footer.sha256 != to_hex(&hash.finalize()) {
                    return Err(not_whole("its lines are not those that were written"));
                }
                let at = Timestamp::from_millis(header.at);
                let backup = Backup { path: path.to_owned(), at, from: header.from, upto: footer.upto };
                return Ok(Some(Part { shelf: header.deskbell.clone(), backup, piece: header.piece }));
            }
            Some(header) => {
                visit(&header.deskbell, row(parsed(&line)?, header.from)?)?;
                rows += 1;
            }
        }
        hash.update(&line);
    }
}

/// Writes a backup anew, without what is `gone`; one that is not whole goes.
pub(super) fn rewrite(path: &Path, name: &str, gone: &Gone) -> Result<(), StoreError> {
    let Ok(backup) = look(path) else { return files::remove(path) };
    let mut draft = Draft::begin_at(path.to_owned(), name, backup.at, backup.from)?;
    read(path, &mut |row| {
        if gone.covers(row.sequence, &row.key, row.value.as_deref()) {
            return Ok(());
        }
        draft.row(&row.key, row.value.as_deref(), (row.sequence != backup.from).then_some(row.sequence))
    })?;
    draft.finish(backup.upto)?;
    Ok(())
}

/// Whether a record needs no backup.
fn is_left_out(key: &[u8]) -> bool {
    Table::of(key) == Some(Table::Vectors)
}

fn row(line: RowLine<'_>, from: u64) -> Result<Row, StoreError> {
    let key = bytes_from_hex(&line.k).ok_or_else(|| not_whole("a key is no hexadecimal number"))?;
    let value = match (line.d, line.r, line.s, line.x) {
        (true, ..) => None,
        (false, Some(record), ..) => Some(record.get().as_bytes().to_vec()),
        (false, None, Some(text), _) => Some(text.into_bytes()),
        (false, None, None, Some(hex)) => {
            Some(bytes_from_hex(&hex).ok_or_else(|| not_whole("a value is no hexadecimal number"))?)
        }
        (false, None, None, None) => Some(Vec::new()),
    };
    Ok(Row { key, value, sequence: line.n.unwrap_or(from) })
}

fn parsed<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, StoreError> {
    serde_json::from_slice(line).map_err(|error| not_whole(&error.to_string()))
}

fn not_whole(what: &str) -> StoreError {
    StoreError::Damaged(format!("the backup is not whole: {what}"))
}

/// Sorts by time: `desk-20260801T120000.000Z.jsonl`.
fn file_name(name: &str, at: Timestamp) -> String {
    let at = at
        .to_utc()
        .map_or_else(|| at.as_millis().to_string(), |at| at.format("%Y%m%dT%H%M%S%.3fZ").to_string());
    format!("{name}-{at}{ENDING}")
}

/// When the backup at `path` was taken, as its name says; `None` for a name that [`file_name`] doesn't give.
pub(super) fn taken(path: &Path, name: &str) -> Option<Timestamp> {
    let at = path.file_name()?.to_str()?.strip_prefix(name)?.strip_prefix('-')?.strip_suffix(ENDING)?;
    let at = chrono::NaiveDateTime::parse_from_str(at, "%Y%m%dT%H%M%S%.3fZ").ok()?;
    Some(Timestamp::from_millis(at.and_utc().timestamp_millis()))
}

const ENDING: &str = ".jsonl";

#[derive(Serialize, Deserialize)]
struct HeaderLine {
    /// The shelf's name.
    deskbell: String,
    v: u32,
    at: i64,
    /// The same for people.
    taken: String,
    from: u64,
    /// Which part of the file this is, of how many, where it holds several shelves.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    piece: Option<(u32, u32)>,
}

#[derive(Default, Serialize, Deserialize)]
struct RowLine<'a> {
    /// The table, for people; the key knows it.
    t: &'a str,
    k: String,
    /// The write that it belongs to, where it is a change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    n: Option<u64>,
    /// A record.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    r: Option<Box<RawValue>>,
    /// A text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    s: Option<String>,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    x: Option<String>,
    /// The key goes.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    d: bool,
}

#[derive(Serialize, Deserialize)]
struct FooterLine {
    end: bool,
    upto: u64,
    rows: u64,
    sha256: String,
}
