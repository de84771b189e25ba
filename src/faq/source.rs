//! The owner's files as text, and places in them.

use std::fmt;

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

/// A file's place in [`Faq::sources`](super::Faq::sources).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A file's text, decoded, with `\n` line ends and no byte order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path relative to the FAQ folder.
    pub path: String,
    /// The text that [`Span`]s count in.
    pub text: String,
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
