//! The firm: its name, languages, hours, variables, and its own wording.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::hours::{self, OpeningHours};
use super::source::Span;
use crate::text::Language;
use crate::time::Timestamp;

/// What `business.toml` says of the firm.
#[derive(Debug, Clone)]
pub struct Firm {
    /// Its name, as customers know it; empty when the owner gave none.
    pub name: String,
    /// Its languages, the first is the one used in doubt; never empty.
    pub languages: Vec<Language>,
    /// Where its clocks are.
    pub time_zone: Tz,
    /// The country whose public holidays it keeps, as two letters.
    pub country: Option<String>,
    /// When people are there; `None`: not said.
    pub hours: Option<OpeningHours>,
    /// `[variables]`: what answers may use, by language where the owner gave a table.
    pub variables: BTreeMap<String, Variable>,
    /// `[wording.de]`: the owner's words for the bot's own sentences, by language and name of the sentence.
    pub wording: BTreeMap<Language, BTreeMap<String, String>>,
    /// Where each of these sentences stands, so that whoever knows the names can point at a wrong one.
    pub wording_places: BTreeMap<Language, BTreeMap<String, WordingPlace>>,
    /// `wrong_answers`: of the answers given, how many may be wrong, as a share from 0.005 to 0.5.
    pub wrong_answers: f64,
}

/// Where a sentence of `[wording.…]` stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordingPlace {
    /// The sentence's name.
    pub key: Span,
    /// Its words, with their quotation marks.
    pub value: Span,
}

/// A value that answers may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// The same in all languages.
    Same(String),
    /// By language.
    By(BTreeMap<Language, String>),
}

impl Firm {
    /// `wrong_answers` where the owner says nothing.
    pub const WRONG_ANSWERS: f64 = 0.05;

    /// A firm of which nothing is known but its languages (English if there are none).
    #[must_use]
    pub fn unknown(mut languages: Vec<Language>) -> Self {
        if languages.is_empty() {
            languages.push(Language::EN);
        }
        Self {
            name: String::new(),
            languages,
            time_zone: Tz::UTC,
            country: None,
            hours: None,
            variables: BTreeMap::new(),
            wording: BTreeMap::new(),
            wording_places: BTreeMap::new(),
            wrong_answers: Self::WRONG_ANSWERS,
        }
    }

    /// `now` on the firm's clocks.
    #[must_use]
    pub fn local(&self, now: Timestamp) -> DateTime<Tz> {
        hours::local(self.time_zone, now)
    }

    /// The value of the variable `name` in `language`, or in the first of the firm's languages that has it.
    #[must_use]
    pub fn variable(&self, name: &str, language: Language) -> Option<&str> {
        match self.variables.get(name)? {
            Variable::Same(value) => Some(value),
            Variable::By(values) => {
                let in_doubt = || self.languages.iter().find_map(|language| values.get(language));
                values.get(&language).or_else(in_doubt).or_else(|| values.values().next()).map(String::as_str)
            }
        }
    }
}

/// The first moment of `day` on the clocks of `zone`.
pub(super) fn start_of_day(zone: Tz, day: NaiveDate) -> Timestamp {
    let midnight = day.and_time(NaiveTime::MIN);
    // Beyond the end of the calendar there is no such moment; the day in UTC is near enough.
    hours::after_jump(zone, midnight)
        .map_or_else(|| midnight.and_utc().into(), |moment| moment.to_utc().into())
}
