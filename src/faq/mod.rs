//! What the owner wrote: files -> entries and problems. Reading never fails.

pub mod business;
pub mod draft;
pub mod entry;
pub mod problem;
pub mod source;

mod answer;
mod business_file;
mod check;
mod checks_file;
mod cut;
mod decode;
mod folder;
mod heading;
mod hours;
mod known;
mod page;
mod phrasing;
mod render;
mod same;
mod slug;
mod suggest;
mod syntax;
mod table;
mod template;
mod trial;

pub use business::{Firm, Variable, WordingPlace};
pub use check::overdue;
pub use draft::draft_to_markdown;
pub use entry::{Answer, ChannelKind, Channels, Entry, EntryId, Link, Pattern, Phrasing, Reply, Season, Use};
pub use folder::read;
pub use hours::OpeningHours;
pub use problem::{Problem, Severity};
pub use render::{render, summary};
pub use slug::slug;
pub use source::{Digest, FileId, LARGEST_FILE, Position, RawFile, SourceFile, Span, Unreadable};
pub use template::{RenderError, Values};

/// A check from `checks.toml`: a question, and what must come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What a customer asks.
    pub question: String,
    /// What must come of it.
    pub expected: Expected,
    /// Where the question stands.
    pub span: Span,
    /// Where it stands what must come of it.
    pub expected_span: Span,
}

/// What must come of a [`Check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// This entry's answer.
    Entry(EntryId),
    /// A person.
    Person,
}

/// Everything that was understood of the owner's files, and everything that wasn't.
#[derive(Debug, Clone)]
pub struct Faq {
    /// The firm, from `business.toml`; sensible defaults where it is absent or wrong.
    pub firm: Firm,
    /// All entries of all languages, in the order of the files.
    pub entries: Vec<Entry>,
    /// The owner's own tests.
    pub checks: Vec<Check>,
    /// What is wrong, in the order of files and lines.
    pub problems: Vec<Problem>,
    /// The files, so that a [`Span`] can be shown.
    pub sources: Vec<SourceFile>,
    /// Names this content: equal files give equal digests.
    pub digest: Digest,
}

impl Faq {
    /// Whether it may go live: nothing in it is an error (warnings may be).
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity < Severity::Error)
    }
}
