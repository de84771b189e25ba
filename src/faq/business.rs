//! The firm: names, languages, hours, variables, and its own wording.

use std::collections::BTreeMap;

use crate::text::Language;
use crate::time::Timestamp;

/// What `business.toml` says of the firm.
#[derive(Debug, Clone)]
pub struct Firm {
    /// Its name, by language; at least one.
    pub name: String,
    /// Its languages, the first is the one used in doubt; never empty.
    pub languages: Vec<Language>,
    /// Where its clocks are.
    pub time_zone: chrono_tz::Tz,
    /// When people are there; `None`: not said.
    pub hours: Option<OpeningHours>,
    /// `[variables]`: what answers may use, by language where the owner gave a table.
    pub variables: BTreeMap<String, Variable>,
    /// `[wording.de]`: the owner's words for the bot's own sentences, by language and name of the sentence.
    pub wording: BTreeMap<Language, BTreeMap<String, String>>,
}

/// A value that answers may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// The same in all languages.
    Same(String),
    /// By language.
    By(BTreeMap<Language, String>),
}

/// Opening hours in OpenStreetMap's syntax, holidays of the firm's country included.
#[derive(Debug, Clone)]
pub struct OpeningHours;

impl OpeningHours {
    /// Whether somebody is there at `now`.
    #[must_use]
    pub fn is_open(&self, _now: Timestamp) -> bool {
        false
    }
}
