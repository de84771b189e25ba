//! Tallies -> the figures of a report.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use crate::desk::{Count, Why};
use crate::store::Tally;
use crate::time::Timestamp;

/// What happened in a stretch of time. All numbers are counts unless they say otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Figures {
    /// First and last day, UTC.
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    /// Questions that came in.
    pub(super) asked: u64,
    /// Answers given, those after a choice or from the menu included.
    pub(super) answered: u64,
    /// Of them: confirmed by "that helped".
    pub(super) helpful: u64,
    /// Of them: "not what I meant".
    pub(super) not_this: u64,
    /// Of them: nobody said anything.
    pub(super) silent: u64,
    /// Asked back.
    pub(super) clarified: u64,
    /// Of them: an offered entry was chosen.
    pub(super) chosen: u64,
    /// Handed over to a person, and why.
    pub(super) handed_over: u64,
    pub(super) handed_over_why: BTreeMap<&'static str, u64>,
    /// Tickets closed, and customers who came back within a day after that.
    pub(super) closed: u64,
    pub(super) reopened: u64,
    /// Floods held back.
    pub(super) floods: u64,
    /// Hours saved, at least and at most, if an answer spares a call of `call_minutes`.
    pub(super) hours_saved_at_least: f64,
    pub(super) hours_saved_at_most: f64,
    pub(super) call_minutes: f64,
    /// Entries by answers given, most first.
    pub(super) entries: Vec<EntryFigures>,
    /// Questions by channel and by language.
    pub(super) channels: BTreeMap<String, u64>,
    pub(super) languages: BTreeMap<String, u64>,
    /// Day by day, days without a question included.
    pub(super) days: Vec<DayFigures>,
}

/// How an entry did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct EntryFigures {
    pub(super) id: String,
    pub(super) answered: u64,
    pub(super) helpful: u64,
    pub(super) not_this: u64,
}

/// What happened on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct DayFigures {
    pub(super) day: NaiveDate,
    pub(super) answered: u64,
    pub(super) clarified: u64,
    pub(super) handed_over: u64,
}

impl Figures {
    /// The figures of `tallies` between `since` and `now`.
    pub(super) fn new(tallies: &[Tally], since: Timestamp, now: Timestamp, call_minutes: f64) -> Self {
        let to = day_of(now);
        let first = tallies.iter().map(|tally| tally_day(tally.day)).min();
        // A shop that began last week needs no empty month in front of it.
        let from = day_of(since).max(first.unwrap_or(to)).min(to);
        let mut figures = Self::empty(from, to, call_minutes);
        let mut entries: BTreeMap<String, EntryFigures> = BTreeMap::new();
        for tally in tallies {
            for (count, &times) in &tally.counts {
                figures.add(tally, count, times, &mut entries);
            }
        }
        figures.silent = figures.answered.saturating_sub(figures.helpful + figures.not_this);
        figures.entries = entries.into_values().filter(|entry| 0 < entry.answered).collect();
        figures.entries.sort_by(|one, other| other.answered.cmp(&one.answered).then(one.id.cmp(&other.id)));
        let unopposed = figures.answered.saturating_sub(figures.not_this);
        figures.hours_saved_at_least = hours(figures.helpful, call_minutes);
        figures.hours_saved_at_most = hours(unopposed, call_minutes);
        figures
    }

    fn empty(from: NaiveDate, to: NaiveDate, call_minutes: f64) -> Self {
        let days = from.iter_days().take_while(|day| *day <= to).map(|day| DayFigures {
            day,
            answered: 0,
            clarified: 0,
            handed_over: 0,
        });
        Self {
            from,
            to,
            asked: 0,
            answered: 0,
            helpful: 0,
            not_this: 0,
            silent: 0,
            clarified: 0,
            chosen: 0,
            handed_over: 0,
            handed_over_why: BTreeMap::new(),
            closed: 0,
            reopened: 0,
            floods: 0,
            hours_saved_at_least: 0.0,
            hours_saved_at_most: 0.0,
            call_minutes,
            entries: Vec::new(),
            channels: BTreeMap::new(),
            languages: BTreeMap::new(),
            days: days.collect(),
        }
    }

    fn add(
        &mut self,
        tally: &Tally,
        count: &Count,
        times: u64,
        entries: &mut BTreeMap<String, EntryFigures>,
    ) {
        let day = tally_day(tally.day);
        let of_day = self.days.iter_mut().find(|one| one.day == day);
        match count {
            Count::Asked => {
                self.asked += times;
                *self.channels.entry(tally.channel.name().to_owned()).or_default() += times;
                if let Some(language) = tally.language {
                    *self.languages.entry(language.to_string()).or_default() += times;
                }
            }
            Count::Answered(id) => {
                self.answered += times;
                entry(entries, id.as_str()).answered += times;
                if let Some(of_day) = of_day {
                    of_day.answered += times;
                }
            }
            Count::Helped(id) => {
                self.helpful += times;
                entry(entries, id.as_str()).helpful += times;
            }
            Count::NotThis(id) => {
                self.not_this += times;
                entry(entries, id.as_str()).not_this += times;
            }
            Count::Clarified => {
                self.clarified += times;
                if let Some(of_day) = of_day {
                    of_day.clarified += times;
                }
            }
            Count::Chosen(_) => self.chosen += times,
            Count::HandedOver(why) => {
                self.handed_over += times;
                *self.handed_over_why.entry(why_words(*why)).or_default() += times;
                if let Some(of_day) = of_day {
                    of_day.handed_over += times;
                }
            }
            Count::Closed => self.closed += times,
            Count::Reopened => self.reopened += times,
            Count::Flooded => self.floods += times,
        }
    }
}

fn entry<'a>(entries: &'a mut BTreeMap<String, EntryFigures>, id: &str) -> &'a mut EntryFigures {
    entries.entry(id.to_owned()).or_insert_with(|| EntryFigures {
        id: id.to_owned(),
        answered: 0,
        helpful: 0,
        not_this: 0,
    })
}

/// A channel or a language as it is shown, by its name or code.
pub(super) fn shown(code: &str) -> &str {
    match code {
        "discord" => "Discord",
        "telegram" => "Telegram",
        "console" => "Terminal",
        "en" => "English",
        "de" => "German",
        "fr" => "French",
        "es" => "Spanish",
        "it" => "Italian",
        "nl" => "Dutch",
        "pt" => "Portuguese",
        "pl" => "Polish",
        "tr" => "Turkish",
        other => other,
    }
}

/// What was counted, most frequent first.
pub(super) fn by_frequency<K: AsRef<str> + Ord>(counts: &BTreeMap<K, u64>) -> Vec<(&str, u64)> {
    let mut sorted: Vec<(&str, u64)> = counts.iter().map(|(name, &number)| (name.as_ref(), number)).collect();
    sorted.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    sorted
}

fn why_words(why: Why) -> &'static str {
    match why {
        Why::Asked => "the customer asked for a person",
        Why::NothingFits => "nothing fits",
        Why::NotSure => "not sure enough",
        Why::TheEntrySaysSo => "the entry says so",
        Why::NoneOfThose => "none of the offered entries was meant",
        Why::CannotRead => "a picture, voice message or file",
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of answers are far below 2^52")]
fn hours(answers: u64, minutes: f64) -> f64 {
    answers as f64 * minutes / 60.0
}

fn day_of(moment: Timestamp) -> NaiveDate {
    moment.to_utc().map_or(NaiveDate::MIN, |utc| utc.date_naive())
}

fn tally_day(day: u32) -> NaiveDate {
    NaiveDate::default().checked_add_days(Days::new(u64::from(day))).unwrap_or(NaiveDate::MAX)
}
