//! The owner's files as text, and places in them.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// A file as it came from the disk, not yet looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFile {
    /// Path relative to the FAQ folder, with `/` on every system: `de/delivery.md`.
    pub path: String,
    /// Its bytes, or why they could not be taken.
    pub content: Result<Vec<u8>, Unreadable>,
}

/// Why a file was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// Larger than the limit; both in bytes.
    TooLarge {
        /// The file's.
        size: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A symbolic link that leads out of the FAQ folder.
    LeadsOut,
    /// The operating system refused; its words.
    Refused(String),
}

/// Largest file that is read, in bytes; a hundred thousand entries fit into it. Whoever reads the disk looks at the size
/// before the content.
pub const LARGEST_FILE: u64 = 32 << 20;

/// A file's place in [`Faq::sources`](super::Faq::sources).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

impl FileId {
    /// Its index in [`Faq::sources`](super::Faq::sources).
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A file's text, decoded, with `\n` line ends and no byte order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path relative to the FAQ folder.
    pub path: String,
    /// The text that [`Span`]s count in.
    pub text: String,
    /// Where each line begins; the first is 0.
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// The file at `path` with `text`, which is no longer than [`LARGEST_FILE`].
    #[must_use]
    pub fn new(path: String, text: String) -> Self {
        let after_breaks = line_ends(&text).map(|offset| offset_u32(offset + 1));
        let line_starts = std::iter::once(0).chain(after_breaks).collect();
        Self { path, text, line_starts }
    }

    /// Where the byte `offset` stands; an offset behind the end means the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.floor(offset);
        let line = self.line_starts.partition_point(|&start| start <= offset) - 1;
        let start = self.line_starts[line] as usize;
        let column = self.text[start..offset as usize].chars().count();
        Position { line: offset_u32(line + 1), column: offset_u32(column + 1) }
    }

    /// The line with this number (from 1), without its line end; empty when there is no such line.
    #[must_use]
    pub fn line(&self, number: u32) -> &str {
        let index = number.wrapping_sub(1) as usize;
        let Some(&start) = self.line_starts.get(index) else {
            return "";
        };
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |&next| next as usize - 1);
        &self.text[start as usize..end]
    }

    /// The offset at which the line with this number (from 1) begins.
    #[must_use]
    pub fn line_start(&self, number: u32) -> u32 {
        let index = number.wrapping_sub(1) as usize;
        self.line_starts.get(index).copied().unwrap_or_else(|| offset_u32(self.text.len()))
    }

    /// The words at `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let (start, end) = (self.floor(span.start), self.floor(span.end));
        &self.text[start as usize..end.max(start) as usize]
    }

    /// `offset`, moved back to the end of the text and to the begin of its character.
    fn floor(&self, offset: u32) -> u32 {
        offset_u32(self.text.floor_char_boundary(offset as usize))
    }
}

/// The offsets of all line ends.
fn line_ends(text: &str) -> impl Iterator<Item = usize> {
    text.bytes().enumerate().filter_map(|(offset, byte)| (byte == b'\n').then_some(offset))
}

/// An offset as spans keep it.
pub(super) fn offset_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// A stretch of a file: byte offsets into [`SourceFile::text`], `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// First byte behind it.
    pub end: u32,
}

impl Span {
    /// The bytes `range` of `file`.
    #[must_use]
    pub fn new(file: FileId, range: std::ops::Range<usize>) -> Self {
        Self { file, start: offset_u32(range.start), end: offset_u32(range.end) }
    }

    /// Its bytes, to slice a text with.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A position as an editor shows it: both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// Names a content: equal content, equal digest (SHA-256).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of `files`, whatever their order.
    #[must_use]
    pub fn of<'a>(files: impl IntoIterator<Item = &'a RawFile>) -> Self {
        let mut sorted: Vec<&RawFile> = files.into_iter().collect();
        sorted.sort_by(|a, b| a.path.cmp(&b.path));
        let mut hasher = Sha256::new();
        for file in sorted {
            // Lengths first, so that no two folders can give the same stream of bytes.
            hasher.update((file.path.len() as u64).to_le_bytes());
            hasher.update(file.path.as_bytes());
            match &file.content {
                Ok(bytes) => {
                    hasher.update((bytes.len() as u64).to_le_bytes());
                    hasher.update(bytes);
                }
                Err(reason) => {
                    hasher.update(u64::MAX.to_le_bytes());
                    hasher.update(format!("{reason:?}\0").as_bytes());
                }
            }
        }
        Self(hasher.finalize().into())
    }

    /// The digest of `text` alone.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// The first twelve hexadecimal digits, enough to tell revisions apart.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..6].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
