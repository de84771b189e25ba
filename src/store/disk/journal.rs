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

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::store::StoreError;
use crate::store::purge::Gone;
use crate::store::shelf::Changes;

use super::files;

/// A file is not written on when it has grown to this size.
const LARGE: u64 = 16 * 1024 * 1024;
/// How a file begins.
const MAGIC: &[u8; 16] = b"deskbell-jrnl-1\n";
/// Bytes before the first record: the magic, the first write's number, a CRC.
const HEADER: usize = 16 + 8 + 4;

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
        let mut header = MAGIC.to_vec();
        header.extend_from_slice(&first.to_le_bytes());
        header.extend_from_slice(&crc32fast::hash(&header).to_le_bytes());
        let mut file = files::private().create(true).truncate(true).open(&path).map_err(files::at(&path))?;
        file.write_all(&header).and_then(|()| file.sync_all()).map_err(files::at(&path))?;
        files::sync_folder(&self.folder)?;
        self.number += 1;
        self.length = HEADER as u64;
        Ok((file, path))
    }
}

/// The journal's files, oldest first.
pub(super) fn files_in(folder: &Path) -> Result<Vec<(u32, PathBuf)>, StoreError> {
    let numbered = |name: String| {
        let number = name.strip_prefix("journal-")?.parse().ok()?;
        Some((number, folder.join(name)))
    };
    Ok(files::names(folder)?.into_iter().filter_map(numbered).collect())
}

/// Visits the writes after number `after`, in order, as far as they follow one another without a hole; gives the
/// number of the last one (`after`, where there is none).
pub(super) fn replay(
    folder: &Path,
    after: u64,
    visit: &mut dyn FnMut(u64, Changes) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let mut last = after;
    let files = files_in(folder)?;
    for (position, (_, path)) in files.iter().enumerate() {
        let next_begins = files[position + 1..].iter().find_map(|(_, path)| first_of(path).ok()?);
        if next_begins.is_some_and(|begins| begins <= last + 1) {
            continue;
        }
        let Some(found) = read(path)? else { continue };
        for (sequence, changes) in found.records {
            if next_begins.is_some_and(|begins| begins <= sequence) {
                break;
            }
            if sequence == last + 1 {
                visit(sequence, changes)?;
                last = sequence;
            }
        }
    }
    Ok(last)
}

/// A journal file's content.
#[derive(Debug)]
pub(super) struct Found {
    /// The number of the first write that it was begun for.
    pub(super) first: u64,
    /// The writes in it, up to the first that is damaged.
    pub(super) records: Vec<(u64, Changes)>,
}

/// Reads a file; `None` when it doesn't begin as a journal does.
pub(super) fn read(path: &Path) -> Result<Option<Found>, StoreError> {
    let bytes = fs::read(path).map_err(files::at(path))?;
    let Some((header, mut rest)) = bytes.split_at_checked(HEADER) else { return Ok(None) };
    let Some(first) = from_header(header) else { return Ok(None) };
    let mut records = Vec::new();
    while let Some((record, behind)) = from_record(rest) {
        records.push(record);
        rest = behind;
    }
    Ok(Some(Found { first, records }))
}

/// Writes a file anew with the same writes, each without what is `gone`; whole or not at all.
pub(super) fn rewrite(path: &Path, gone: &Gone) -> Result<(), StoreError> {
    let Some(found) = read(path)? else { return files::remove(path) };
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&found.first.to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    for (sequence, mut changes) in found.records {
        changes.retain(|key, value| !gone.covers(sequence, key, value.as_deref()));
        bytes.extend_from_slice(&to_record(sequence, &changes));
    }
    files::replace(path, &bytes)
}

/// The number of the first write that a file was begun for; `None` when it doesn't begin as a journal does.
pub(super) fn first_of(path: &Path) -> Result<Option<u64>, StoreError> {
    use std::io::Read as _;
    let mut header = [0; HEADER];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Ok(()) => Ok(from_header(&header)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(files::at(path)(error)),
    }
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
    let mut record = vec![0; 8];
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
    let length = u32::try_from(record.len() - 8).expect("a write is far below 4 GB");
    let crc = crc32fast::hash(&record[8..]);
    record[..4].copy_from_slice(&length.to_le_bytes());
    record[4..8].copy_from_slice(&crc.to_le_bytes());
    record
}

fn put_bytes(record: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("a value is far below 4 GB");
    record.extend_from_slice(&length.to_le_bytes());
    record.extend_from_slice(bytes);
}

/// The first record in `bytes`, and what is behind it; `None` at the end, and where it is torn or damaged.
fn from_record(bytes: &[u8]) -> Option<((u64, Changes), &[u8])> {
    let (length, bytes) = bytes.split_first_chunk::<4>()?;
    let (crc, bytes) = bytes.split_first_chunk::<4>()?;
    let (body, behind) = bytes.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    if crc32fast::hash(body).to_le_bytes() != *crc {
        return None;
    }
    let (sequence, mut body) = body.split_first_chunk::<8>()?;
    let mut changes = Changes::new();
    while !body.is_empty() {
        let key = take_bytes(&mut body)?.to_vec();
        let (kind, rest) = body.split_first()?;
        body = rest;
        let value = if *kind == 0 { None } else { Some(take_bytes(&mut body)?.to_vec()) };
        changes.insert(key, value);
    }
    Some(((u64::from_le_bytes(*sequence), changes), behind))
}

fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (taken, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *bytes = rest;
    Some(taken)
}
