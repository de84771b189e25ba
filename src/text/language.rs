//! Which of the firm's languages is this?

use std::fmt;

/// A language by its ISO 639-1 code, such as `en` or `de`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; 2]);

impl Language {
    /// English.
    pub const EN: Self = Self(*b"en");
    /// German.
    pub const DE: Self = Self(*b"de");

    /// The language with the two-letter `code`; `None` when it isn't two ASCII letters.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Some(Self([first.to_ascii_lowercase(), second.to_ascii_lowercase()]))
            }
            _ => None,
        }
    }

    /// The two-letter code, in lower case.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two ASCII letters: checked in `new`")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.code())
    }
}
