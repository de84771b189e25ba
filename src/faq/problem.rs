//! What is wrong with a file: a sentence, the place, and the way out.

use super::source::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the files go live.
    Warning,
    /// The files don't go live; the last good version stays.
    Error,
}

/// Something that the owner should mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Where the finger points.
    pub span: Span,
    /// Lower case, no full stop, backticks round what the owner typed.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
    /// A second place that belongs to it, with a word about it ("first here").
    pub also: Option<(Span, String)>,
}
