//! Other tools' FAQs -> entries to be written, and the way back: CSV, and FAQPage in JSON-LD (schema.org).

pub(super) mod json_ld;
pub(super) mod table;
pub(super) mod web;

use crate::faq::draft::Draft;
use crate::text::Language;

/// What was found in a file of another tool.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The entries, in their order.
    pub(super) entries: Vec<Item>,
    /// What was left out, or not understood, in words for the owner.
    pub(super) notes: Vec<String>,
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Item {
    pub(super) draft: Draft,
    /// The topic that it stood under.
    pub(super) topic: Option<String>,
    /// Its language, where the file tells.
    pub(super) language: Option<Language>,
    /// Hello, thanks and the like.
    pub(super) small_talk: bool,
}
