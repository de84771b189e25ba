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

impl Problem {
    /// An error at `span`.
    #[must_use]
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, span, &message.into())
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, span, &message.into())
    }

    /// The same problem with a way out.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(sentence(&hint.into())), ..self }
    }

    /// The same problem with a way out, where one is known.
    #[must_use]
    pub fn maybe_hint(self, hint: Option<String>) -> Self {
        Self { hint: hint.map(|hint| sentence(&hint)), ..self }
    }

    /// The same problem with a second place and a word about it.
    #[must_use]
    pub fn also(self, span: Span, word: impl Into<String>) -> Self {
        Self { also: Some((span, word.into())), ..self }
    }

    fn new(severity: Severity, span: Span, message: &str) -> Self {
        Self { severity, span, message: sentence(message), hint: None, also: None }
    }
}

/// Longest sentence, in characters: what the owner typed is quoted in it, and may be anything.
const LONGEST: usize = 300;

/// `words` on one line.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let mut line: String =
        letters.by_ref().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if letters.next().is_some() {
        line.push('…');
    }
    line
}
