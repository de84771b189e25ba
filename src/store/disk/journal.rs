//! The journal: every write, in order, at the end of a file. What is in it is kept; all else is made from it.
//!
//! DESIGN. A write counts as done when its record lies at the end of the newest journal file and the disk has said so
//! (`sync_data`). Only then sled hears of it. So sled may lose its unflushed tail, fail, or be damaged: whatever
//! happened, a good earlier state (sled's own, or a backup) and the journal since then give the same store again.
//!
//! A file `journal-00000007` begins with the number of the first write in it; each record carries its own number and a
//! CRC. A torn record at the end is a write that nobody was told of. Files are never changed but at their end; a new
//! one is begun at every start, with every backup, and when one has grown large. If taking back half a record fails,
//! a new file is begun, too: it names its first write, and so makes void what an older file says of that write.
//!
//! A file is read write by write: what has been read takes no memory, however large the file is.

use std::fs::{self, File};
use std::io::{BufReader, ErrorKind, Read, Seek as _, SeekFrom, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::store::StoreError;
use crate::store::purge::Gone;
use crate::store::shelf::Changes;

use super::files;

/// A file is not written on when it has grown to this size.
const LARGE: u64 = 16 * 1024 * 1024;
/// So many bytes of files are kept, where no backup makes them needless.
const MOST: u64 = 256 * 1024 * 1024;
/// How a file begins.
const MAGIC: &[u8; 16] = b"deskbell-jrnl-1\n";
/// Bytes before the first record: the magic, the first write's number, a CRC.
const HEADER: usize = 16 + 8 + 4;
/// Bytes before a record's body: its length, and a CRC.
const RECORD_HEAD: usize = 4 + 4;

/// The journal's end, where writes are added.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    /// The number in the name of the newest file.
    number: u32,
    /// The newest file; `None` when the next write must begin one.
    file: Option<(File, PathBuf)>,
    /// How much of the newest file is good.
    length: u64,
}

impl Journal {
    /// The journal in `folder`; the next write begins a file.
    pub(super) fn new(folder: &Path) -> Result<Self, StoreError> {
        let number = files_in(folder)?.last().map_or(0, |(number, _)| *number);
        Ok(Self { folder: folder.to_owned(), number, file: None, length: 0 })
    }

    /// The next write begins a file; what is there is not written to any more. Gives the newest file's number.
    pub(super) fn rotate(&mut self) -> u32 {
        self.file = None;
        self.number
    }

    /// Adds a write. When it returns, the write survives a power cut; after an error it is as if it never was.
    pub(super) fn append(&mut self, sequence: u64, changes: &Changes) -> Result<(), StoreError> {
        if LARGE <= self.length {
            self.rotate();
        }
        let record = to_record(sequence, changes);
        let (mut file, path) = match self.file.take() {
            Some(open) => open,
            None => self.begin(sequence)?,
        };
        let written = file
            .seek(SeekFrom::Start(self.length))
            .and_then(|_| file.write_all(&record))
            .and_then(|()| file.sync_data());
        match written {
            Ok(()) => {
                self.length += record.len() as u64;
                self.file = Some((file, path));
                Ok(())
            }
            Err(error) => {
                if file.set_len(self.length).and_then(|()| file.sync_data()).is_ok() {
                    self.file = Some((file, path.clone()));
                }
                Err(files::at(&path)(error))
            }
        }
    }

    fn begin(&mut self, first: u64) -> Result<(File, PathBuf), StoreError> {
        let path = self.folder.join(name(self.number + 1));
        let mut file = files::private().create(true).truncate(true).open(&path).map_err(files::at(&path))?;
        file.write_all(&to_header(first)).and_then(|()| file.sync_all()).map_err(files::at(&path))?;
        files::sync_folder(&self.folder)?;
        self.number += 1;
        self.length = HEADER as u64;
        Ok((file, path))
    }
}

/// Drops the oldest files: those with nothing after the write `needed_after` in them, and those above [`MOST`].
pub(super) fn drop_unneeded(folder: &Path, needed_after: u64) -> Result<(), StoreError> {
    let files = files_in(folder)?;
    let length = |path: &Path| fs::metadata(path).map_or(0, |data| data.len());
    let mut total: u64 = files.iter().map(|(_, path)| length(path)).sum();
    for pair in files.windows(2) {
        let [(_, path), (_, next)] = pair else { continue };
        let is_needed = first_of(next)?.is_none_or(|first| needed_after + 1 < first);
        if is_needed && total <= MOST {
            break;
        }
        total = total.saturating_sub(length(path));
        files::remove(path)?;
    }
    Ok(())
}

/// The journal's files, oldest first.
pub(super) fn files_in(folder: &Path) -> Result<Vec<(u32, PathBuf)>, StoreError> {
    let numbered = |name: String| {
        let number = name.strip_prefix("journal-")?.parse().ok()?;
        Some((number, folder.join(name)))
    };
    Ok(files::names(folder)?.into_iter().filter_map(numbered).collect())
}

/// How far the writes follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    /// The last one without a hole before it.
    pub(super) last: u64,
    /// Whether there are others, behind a hole.
    pub(super) has_hole: bool,
}

/// Visits the writes after number `after`, in order, as far as they follow one another without a hole.
pub(super) fn replay(
    folder: &Path,
    after: u64,
    visit: &mut dyn FnMut(u64, Changes) -> Result<(), StoreError>,
) -> Result<Reach, StoreError> {
    let mut last = after;
    let mut has_hole = false;
    let files = files_in(folder)?;
    for (position, (_, path)) in files.iter().enumerate() {
        let next_begins = files[position + 1..].iter().find_map(|(_, path)| first_of(path).ok()?);
        if next_begins.is_some_and(|begins| begins <= last + 1) {
            continue;
        }
        each(path, &mut |sequence, changes| {
            if next_begins.is_some_and(|begins| begins <= sequence) {
                return Ok(ControlFlow::Break(()));
            }
            if sequence == last + 1 {
                visit(sequence, changes)?;
                last = sequence;
            }
            has_hole |= last < sequence;
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(Reach { last, has_hole })
}

/// What [`each`] calls with a write's number and its changes, until it breaks off.
type VisitWrite<'a> = dyn FnMut(u64, Changes) -> Result<ControlFlow<()>, StoreError> + 'a;

/// Visits the writes in a file, in order, up to the first that is damaged. Gives whether there is nothing behind those
/// that were visited; `None` when the file doesn't begin as a journal does.
pub(super) fn each(path: &Path, visit: &mut VisitWrite<'_>) -> Result<Option<bool>, StoreError> {
    let file = File::open(path).map_err(files::at(path))?;
    // What is added from now on is not looked at.
    let length = file.metadata().map_err(files::at(path))?.len();
    let mut rest = BufReader::new(file.take(length));
    let mut header = [0; HEADER];
    let has_header = filled(&mut rest, &mut header).map_err(files::at(path))?;
    if !has_header || from_header(&header).is_none() {
        return Ok(None);
    }
    let mut left = length - HEADER as u64;
    let mut body = Vec::new();
    while 0 < left {
        if !next_body(&mut rest, left, &mut body).map_err(files::at(path))? {
            return Ok(Some(false));
        }
        let Some((sequence, changes)) = from_body(&body) else { return Ok(Some(false)) };
        left -= (RECORD_HEAD + body.len()) as u64;
        if visit(sequence, changes)?.is_break() {
            return Ok(Some(left == 0));
        }
    }
    Ok(Some(true))
}

/// Reads the next record's body; false where it is torn or damaged.
fn next_body(rest: &mut impl Read, left: u64, body: &mut Vec<u8>) -> std::io::Result<bool> {
    let mut head = [0; RECORD_HEAD];
    if !filled(rest, &mut head)? {
        return Ok(false);
    }
    let [l0, l1, l2, l3, crc @ ..] = head;
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    // A damaged length must not make us ask for more memory than the file is long.
    if left < RECORD_HEAD as u64 + u64::from(length) {
        return Ok(false);
    }
    body.clear();
    body.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
    Ok(filled(rest, body)? && crc32fast::hash(body).to_le_bytes() == crc)
}

/// Fills `room`; false where the file ends before.
fn filled(rest: &mut impl Read, room: &mut [u8]) -> std::io::Result<bool> {
    match rest.read_exact(room) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a file anew with the same writes, each without what is `gone`; whole or not at all.
pub(super) fn rewrite(path: &Path, gone: &Gone) -> Result<(), StoreError> {
    let Some(first) = first_of(path)? else { return files::remove(path) };
    files::replace_by(path, |file| {
        let write =
            |file: &mut dyn std::io::Write, bytes: &[u8]| file.write_all(bytes).map_err(files::at(path));
        write(file, &to_header(first))?;
        each(path, &mut |sequence, mut changes| {
            changes.retain(|key, value| !gone.covers(sequence, key, value.as_deref()));
            write(file, &to_record(sequence, &changes))?;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(())
    })
}

/// The number of the first write that a file was begun for; `None` when it doesn't begin as a journal does.
pub(super) fn first_of(path: &Path) -> Result<Option<u64>, StoreError> {
    let mut header = [0; HEADER];
    let is_there =
        File::open(path).and_then(|mut file| filled(&mut file, &mut header)).map_err(files::at(path))?;
    Ok(if is_there { from_header(&header) } else { None })
}

fn to_header(first: u64) -> Vec<u8> {
    let mut header = MAGIC.to_vec();
    header.extend_from_slice(&first.to_le_bytes());
    header.extend_from_slice(&crc32fast::hash(&header).to_le_bytes());
    header
}

fn from_header(header: &[u8]) -> Option<u64> {
    let (said, crc) = header.split_last_chunk::<4>()?;
    let (magic, first) = said.split_last_chunk::<8>()?;
    (magic == MAGIC && crc32fast::hash(said).to_le_bytes() == *crc).then_some(u64::from_le_bytes(*first))
}

fn name(number: u32) -> String {
    format!("journal-{number:08}")
}

fn to_record(sequence: u64, changes: &Changes) -> Vec<u8> {
    let mut record = vec![0; RECORD_HEAD];
    record.extend_from_slice(&sequence.to_le_bytes());
    for (key, value) in changes {
        put_bytes(&mut record, key);
        match value {
            Some(value) => {
                record.push(1);
                put_bytes(&mut record, value);
            }
            None => record.push(0),
        }
    }
    let length = u32::try_from(record.len() - RECORD_HEAD).expect("a write is far below 4 GB");
    let crc = crc32fast::hash(&record[RECORD_HEAD..]);
    record[..4].copy_from_slice(&length.to_le_bytes());
    record[4..RECORD_HEAD].copy_from_slice(&crc.to_le_bytes());
    record
}

fn put_bytes(record: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("a value is far below 4 GB");
    record.extend_from_slice(&length.to_le_bytes());
    record.extend_from_slice(bytes);
}

/// A record's number and its changes, from the bytes behind its head.
fn from_body(body: &[u8]) -> Option<(u64, Changes)> {
    let (sequence, mut body) = body.split_first_chunk::<8>()?;
    let mut changes = Changes::new();
    while !body.is_empty() {
        let key = take_bytes(&mut body)?.to_vec();
        let (kind, rest) = body.split_first()?;
        body = rest;
        let value = if *kind == 0 { None } else { Some(take_bytes(&mut body)?.to_vec()) };
        changes.insert(key, value);
    }
    Some((u64::from_le_bytes(*sequence), changes))
}

fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (taken, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *bytes = rest;
    Some(taken)
}
