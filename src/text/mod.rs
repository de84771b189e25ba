//! How people type: one normal form, words, stems, languages, typing errors.

pub mod language;
pub mod normalize;
pub mod sentences;
mod stopwords;
pub mod typos;
pub mod words;

pub use language::Language;
