//! When somebody is there: opening hours in OpenStreetMap's syntax, on the firm's clock, with its holidays.

use std::ops::Range;

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use opening_hours::localization::Country;
use opening_hours::{Context, RuleKind};
use opening_hours_syntax::Error;
use pest::error::InputLocation;

use super::problem::Problem;
use super::source::Span;
use crate::time::Timestamp;

/// How far ahead openings are looked for. Who opens later than in a year is closed.
const HORIZON: TimeDelta = TimeDelta::days(366);

/// Opening hours in OpenStreetMap's syntax, holidays of the firm's country included.
#[derive(Debug, Clone)]
pub struct OpeningHours {
    rules: opening_hours::OpeningHours,
    zone: Tz,
}

impl OpeningHours {
    /// The hours `text`, by the clocks of `zone`, with the public holidays of `country`.
    pub(super) fn parse(text: &str, zone: Tz, country: Option<Country>) -> Result<Self, Fault> {
        let rules: opening_hours::OpeningHours = text.parse().map_err(|error| Fault::new(text, &error))?;
        let holidays = country.map(Country::holidays).unwrap_or_default();
        Ok(Self { rules: rules.with_context(Context::default().with_holidays(holidays)), zone })
    }

    /// Whether somebody is there at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.rules.is_open(local(self.zone, now).naive_local())
    }

    /// The next moment after `now` at which they open or close; `None` when there is none within a year.
    #[must_use]
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let open = self.is_open(now);
        self.changes(now).find(|&(_, opens)| opens != open).map(|(moment, _)| moment)
    }

    /// The next moment after `now` at which they open; `None` when there is none within a year.
    #[must_use]
    pub fn opens_next(&self, now: Timestamp) -> Option<Timestamp> {
        self.changes(now).find(|&(_, opens)| opens).map(|(moment, _)| moment)
    }

    /// The moments after `now` at which they open (true) or close (false), for a year.
    fn changes(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, bool)> {
        let from = local(self.zone, now).naive_local();
        let zone = self.zone;
        // Two stretches that touch (with another comment, say) are no change.
        let mut open = self.is_open(now);
        self.rules.iter_range(from, from + HORIZON).filter_map(move |stretch| {
            let opens = stretch.kind == RuleKind::Open;
            if std::mem::replace(&mut open, opens) == opens {
                return None;
            }
            Some((moment_after(zone, stretch.range.start, now)?, opens))
        })
    }
}

/// `now` on the clocks of `zone`; moments outside of the years 1970 to 9998 stand still at the edge.
pub(super) fn local(zone: Tz, now: Timestamp) -> DateTime<Tz> {
    const LAST: i64 = 253_370_764_800_000;
    let clamped = Timestamp::from_millis(now.as_millis().clamp(0, LAST));
    let utc = clamped.to_utc().expect("1970 to 9998: clamped above, and chrono's calendar is larger");
    utc.with_timezone(&zone)
}

/// The first moment after `now` at which the clocks of `zone` show `naive`; where they jump over it, the end of the jump.
fn moment_after(zone: Tz, naive: NaiveDateTime, now: Timestamp) -> Option<Timestamp> {
    let shown = zone.from_local_datetime(&naive);
    let moments = [shown.earliest(), shown.latest(), after_jump(zone, naive)];
    moments.into_iter().flatten().map(|moment| Timestamp::from(moment.to_utc())).find(|&moment| now < moment)
}

/// The first moment at or behind `naive` that the clocks of `zone` show.
pub(super) fn after_jump(zone: Tz, naive: NaiveDateTime) -> Option<DateTime<Tz>> {
    // The longest jump ever was a day (Samoa left out 30 December 2011).
    const LONGEST_JUMP: i64 = 25 * 60;
    (0..=LONGEST_JUMP).find_map(|minutes| {
        let moment = naive.checked_add_signed(TimeDelta::minutes(minutes))?;
        zone.from_local_datetime(&moment).earliest()
    })
}

/// Why a text is no opening hours.
pub(super) struct Fault {
    /// Where in the text.
    pub(super) range: Range<usize>,
    message: String,
    hint: String,
}

impl Fault {
    fn new(text: &str, error: &Error) -> Self {
        match error {
            Error::Syntax(error) => {
                let start = match error.location {
                    InputLocation::Pos(start) | InputLocation::Span((start, _)) => {
                        text.floor_char_boundary(start)
                    }
                };
                Self::at(text, start)
            }
            other => Self {
                range: 0..text.len(),
                message: format!("these opening hours are not understood: {}", lower(&other.to_string())),
                hint: EXAMPLE.to_owned(),
            },
        }
    }

    /// The text is right up to `start`.
    fn at(text: &str, start: usize) -> Self {
        let rest = text[start..].trim_start_matches(' ');
        let start = text.len() - rest.len();
        let length = rest.find([' ', ';', ',']).filter(|&length| 0 < length).unwrap_or(rest.len());
        let word = &rest[..length];
        let message = if word.is_empty() {
            "these opening hours end too early".to_owned()
        } else {
            format!("these opening hours are not understood from `{word}` on")
        };
        Self { range: start..start + length, message, hint: hint(text, word) }
    }

    pub(super) fn problem(&self, span: Span) -> Problem {
        Problem::error(span, self.message.clone()).hint(self.hint.clone())
    }
}

const EXAMPLE: &str = "such as `Mo-Fr 09:00-18:00; Sa 10:00-14:00; PH off`";

/// The way out of what people write most.
fn hint(text: &str, word: &str) -> String {
    const DAYS: [(&str, &str); 14] = [
        ("Di", "Tu"),
        ("Mi", "We"),
        ("Do", "Th"),
        ("So", "Su"),
        ("Mon", "Mo"),
        ("Tue", "Tu"),
        ("Wed", "We"),
        ("Thu", "Th"),
        ("Fri", "Fr"),
        ("Sat", "Sa"),
        ("Sun", "Su"),
        ("Montag", "Mo"),
        ("Samstag", "Sa"),
        ("Sonntag", "Su"),
    ];
    let mut words = text.split(|c: char| !c.is_alphabetic());
    if let Some((foreign, day)) =
        words.find_map(|found| DAYS.iter().find(|(foreign, _)| foreign.eq_ignore_ascii_case(found)))
    {
        return format!("write `{day}` for `{foreign}`; the days are Mo Tu We Th Fr Sa Su");
    }
    let lower = text.to_lowercase();
    if find_word(&lower, "uhr").is_some() {
        return format!("leave `Uhr` out; {EXAMPLE}");
    }
    if lower.contains("am") && lower.contains("pm") || lower.contains("pm") {
        return "write the hours from 00:00 to 24:00, such as `14:00` for 2 pm".to_owned();
    }
    let is_hour =
        |part: &str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    if let Some((from, to)) = word.split_once(['-', '–'])
        && is_hour(from)
        && is_hour(to)
    {
        return format!("write the minutes, too: `{from:0>2}:00-{to:0>2}:00`");
    }
    if word.contains('.') && word.contains(|c: char| c.is_ascii_digit()) {
        return format!("write a colon between hours and minutes: `{}`", word.replace('.', ":"));
    }
    if text.contains(['–', '—']) {
        return "write a plain hyphen `-`".to_owned();
    }
    EXAMPLE.to_owned()
}

/// Where `word` stands in `text` as a word of its own, outside of comments in quotation marks.
pub(super) fn find_word(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(offset, _)| offset).find(|&offset| {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let quoted = text[..offset].matches('"').count() % 2 == 1;
        !quoted
            && !letter(text[..offset].chars().next_back())
            && !letter(text[offset + word.len()..].chars().next())
    })
}

/// What the crate takes for the sun where it doesn't know the place.
pub(super) fn fixed_time(word: &str) -> &'static str {
    match word {
        "dawn" => "06:00",
        "sunrise" => "07:00",
        "sunset" => "19:00",
        _ => "20:00",
    }
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
