//! Revisions of the owner's files on disk. The files themselves lie in chunks, see `steps/chunks.rs`.

use serde::{Deserialize, Serialize};

use crate::faq::{Digest, Unreadable};
use crate::store::{FileChange, Revision};
use crate::time::Timestamp;

use super::Unfit;

/// A revision: what was live, and where its files lie. Its number is its key.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct RevisionRecord {
    at: i64,
    digest: String,
    entries: u32,
    changes: Vec<ChangeRecord>,
    /// The chunk that lists the files.
    pub(in crate::store) files: String,
}

impl RevisionRecord {
    /// The record of `revision`, whose list of files is the chunk `files`.
    pub(in crate::store) fn new(revision: &Revision, files: String) -> Self {
        let Revision { number: _, at, digest, entries, changes } = revision;
        Self {
            at: at.as_millis(),
            digest: to_hex(&digest.0),
            entries: *entries,
            changes: changes.iter().map(Into::into).collect(),
            files,
        }
    }

    /// The revision with this number.
    pub(in crate::store) fn to_revision(&self, number: u64) -> Result<Revision, Unfit> {
        Ok(Revision {
            number,
            at: Timestamp::from_millis(self.at),
            digest: Digest(from_hex(&self.digest)?),
            entries: self.entries,
            changes: self.changes.iter().map(Into::into).collect(),
        })
    }
}

/// A [`FileChange`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store) enum ChangeRecord {
    /// See [`FileChange::Added`].
    Added(String),
    /// See [`FileChange::Changed`].
    Changed(String),
    /// See [`FileChange::Removed`].
    Removed(String),
}

impl From<&FileChange> for ChangeRecord {
    fn from(change: &FileChange) -> Self {
        match change {
            FileChange::Added(path) => Self::Added(path.clone()),
            FileChange::Changed(path) => Self::Changed(path.clone()),
            FileChange::Removed(path) => Self::Removed(path.clone()),
        }
    }
}

impl From<&ChangeRecord> for FileChange {
    fn from(record: &ChangeRecord) -> Self {
        match record {
            ChangeRecord::Added(path) => Self::Added(path.clone()),
            ChangeRecord::Changed(path) => Self::Changed(path.clone()),
            ChangeRecord::Removed(path) => Self::Removed(path.clone()),
        }
    }
}

/// A line of the chunk that lists a revision's files.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct FileRecord {
    /// Relative to the FAQ folder.
    pub(in crate::store) path: String,
    /// The chunk that the file begins with, or why it has none.
    pub(in crate::store) content: Result<String, UnreadableRecord>,
}

/// An [`Unreadable`].
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store) enum UnreadableRecord {
    /// See [`Unreadable::TooLarge`].
    TooLarge {
        /// The file's.
        size: u64,
        /// What is allowed.
        limit: u64,
    },
    /// See [`Unreadable::LeadsOut`].
    LeadsOut,
    /// See [`Unreadable::Refused`].
    Refused(String),
}

impl From<&Unreadable> for UnreadableRecord {
    fn from(unreadable: &Unreadable) -> Self {
        match unreadable {
            Unreadable::TooLarge { size, limit } => Self::TooLarge { size: *size, limit: *limit },
            Unreadable::LeadsOut => Self::LeadsOut,
            Unreadable::Refused(words) => Self::Refused(words.clone()),
        }
    }
}

impl From<UnreadableRecord> for Unreadable {
    fn from(record: UnreadableRecord) -> Self {
        match record {
            UnreadableRecord::TooLarge { size, limit } => Self::TooLarge { size, limit },
            UnreadableRecord::LeadsOut => Self::LeadsOut,
            UnreadableRecord::Refused(words) => Self::Refused(words),
        }
    }
}

/// Bytes in hexadecimal digits.
pub(in crate::store) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Reads 32 bytes in hexadecimal digits.
pub(in crate::store) fn from_hex(hex: &str) -> Result<[u8; 32], Unfit> {
    let bytes = bytes_from_hex(hex).ok_or(Unfit("hexadecimal digits"))?;
    bytes.try_into().map_err(|_| Unfit("32 bytes"))
}

/// Reads bytes in hexadecimal digits.
pub(in crate::store) fn bytes_from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}
