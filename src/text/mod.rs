//! How people type: one normal form, words, stems, languages, typing errors.

pub mod language;

pub use language::Language;
