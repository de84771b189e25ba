//! A line of a scene -> what it says: words, acts, durations, moments.

use std::time::Duration;

use chrono::{Datelike as _, NaiveDateTime, TimeZone as _};
use deskbell::desk::{AttachmentKind, CustomerAct, MessageId, Said, StaffAct};
use deskbell::faq::EntryId;
use deskbell::time::Timestamp;

/// What a line means, or why it means nothing.
pub(super) type Played<T> = Result<T, String>;

/// `who> words` and the indented lines below -> what stands before the `>`, and the words.
pub(super) fn unfold(line: &str) -> (&str, Option<String>) {
    let first = line.lines().next().unwrap_or_default();
    let Some((before, _)) = first.split_once('>') else { return (first, None) };
    let words: Vec<&str> = line[before.len() + 1..].lines().map(str::trim).collect();
    (before.trim(), Some(words.join("\n")))
}

/// What a customer writes, commands read as adapters do.
pub(super) fn command(words: &str) -> CustomerAct {
    match words {
        "/help" => CustomerAct::AskedForHelp,
        "/faq" => CustomerAct::AskedForMenu,
        "/person" => CustomerAct::AskedForPerson,
        "/forget" => CustomerAct::AskedToBeForgotten,
        "/mydata" => CustomerAct::AskedForTheirData,
        _ => CustomerAct::Said(Said::text(words)),
    }
}

pub(super) fn staff_command(words: &str) -> Played<StaffAct> {
    let (name, rest) = words.split_once(' ').unwrap_or((words, ""));
    Ok(match name {
        "/claim" => StaffAct::Claimed,
        "/close" => StaffAct::Closed { save: rest == "save" },
        "/note" => StaffAct::Noted(rest.to_owned()),
        "/answer" => StaffAct::Answered(EntryId::new(rest).ok_or("no entry's name")?),
        "/teach" => StaffAct::Taught,
        "/block" => StaffAct::Blocked,
        "/unblock" => StaffAct::Unblocked,
        "/transcript" => StaffAct::AskedForTranscript,
        _ => StaffAct::Said(Said::text(words)),
    })
}

pub(super) fn attachment(kind: &str) -> Played<AttachmentKind> {
    Ok(match kind {
        "picture" => AttachmentKind::Image,
        "voice" => AttachmentKind::Voice,
        "film" => AttachmentKind::Video,
        "sticker" => AttachmentKind::Sticker,
        "place" => AttachmentKind::Location,
        "file" => AttachmentKind::File,
        _ => return Err("nothing that can be sent".to_owned()),
    })
}

pub(super) fn unbracketed(label: &str) -> Played<&str> {
    label
        .strip_prefix('[')
        .and_then(|label| label.strip_suffix(']'))
        .ok_or_else(|| "a button stands in [ ]".to_owned())
}

/// The newest message that says `old` (in quotation marks).
pub(super) fn find(wrote: &[(MessageId, String)], old: &str) -> Played<MessageId> {
    let old = old.trim_matches('"');
    let found = wrote.iter().rev().find(|(_, words)| words == old);
    found.map(|(id, _)| id.clone()).ok_or_else(|| format!("nobody wrote `{old}`"))
}

pub(super) fn duration(text: &str) -> Played<Duration> {
    let wrong = || format!("how long is `{text}`?");
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    Ok(Duration::from_secs(number.parse::<u64>().map_err(|_| wrong())? * seconds))
}

/// `Mon 2026-11-23 11:00`, on the clocks of Berlin.
pub(super) fn moment(text: &str) -> Played<Timestamp> {
    let wrong = || format!("when is `{text}`?");
    let (day, rest) = text.split_once(' ').ok_or_else(wrong)?;
    let naive = NaiveDateTime::parse_from_str(rest, "%Y-%m-%d %H:%M").map_err(|_| wrong())?;
    if naive.weekday().to_string() != day {
        return Err(format!("that is a {}", naive.weekday()));
    }
    let moment = chrono_tz::Europe::Berlin.from_local_datetime(&naive).earliest().ok_or_else(wrong)?;
    Ok(Timestamp::from(moment.to_utc()))
}

/// `(11:15)`, with the day where it is another.
pub(super) fn clock_line(started: Timestamp, at: Timestamp) -> String {
    let local = |moment: Timestamp| {
        moment.to_utc().expect("a day on the calendar").with_timezone(&chrono_tz::Europe::Berlin)
    };
    let (started, at) = (local(started), local(at));
    let form = if started.date_naive() == at.date_naive() { "(%H:%M)" } else { "(%a %Y-%m-%d %H:%M)" };
    at.format(form).to_string()
}
