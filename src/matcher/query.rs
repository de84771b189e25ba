//! A customer's words, prepared once, and to whom the answer would go.

use crate::faq::ChannelKind;
use crate::text::Language;
use crate::time::Timestamp;

/// To whom, where and when the answer would go: decides which entries are in season.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audience {
    /// Where the customer writes.
    pub channel: ChannelKind,
    /// When.
    pub now: Timestamp,
    /// The language that the conversation is held in so far, if any: kept unless the words clearly are another.
    pub language: Option<Language>,
}

/// A customer's words, prepared once for every part of the matcher.
#[derive(Debug, Clone)]
pub struct Query {
    /// As written, cut at [`Query::LIMIT`] characters.
    pub text: String,
    /// The language it is taken for.
    pub language: Language,
    /// To whom the answer goes.
    pub audience: Audience,
}

impl Query {
    /// Longest text that is looked at, in characters; what is longer is cut before anything else.
    pub const LIMIT: usize = 4096;
}
