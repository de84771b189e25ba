//! Speech -> sentences, by language; every word that the bot says in its own name stands in this folder.
//!
//! The owner may replace each sentence under `[wording.de]` in `business.toml`, by the names in [`names`]. Words in
//! braces are filled in; an owner's sentence may use the same ones.

mod check;
mod dutch;
mod english;
mod french;
mod german;
mod italian;
mod polish;
mod portuguese;
mod sheet;
mod spanish;
mod turkish;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike};
use chrono_tz::Tz;

use crate::faq::{ChannelKind, Firm};
use crate::text::Language;

use super::action::Part;
use super::speech::{Lost, Speech};

pub use check::check;
use sheet::{Name, Sheet};

/// `speech` in `language`: the owner's words where they wrote some, else ours. A sentence with somebody else's words in
/// it is shown to the letter.
#[must_use]
pub(super) fn part(speech: &Speech, language: Language, firm: &Firm) -> Part {
    let (_, values) = spell(speech, language);
    let quotes = values.iter().any(|(word, _)| THEIRS.contains(word));
    let words = say(speech, language, firm);
    if quotes { Part::Literal(words) } else { Part::Markdown(words) }
}

/// Words in braces that stand for what customers, staff or the owner call something.
const THEIRS: [&str; 7] = ["customer", "id", "name", "label", "title", "topic", "path"];

/// The words of [`part`].
#[must_use]
pub(super) fn say(speech: &Speech, language: Language, firm: &Firm) -> String {
    let (name, values) = spell(speech, language);
    let owners = firm.wording.get(&language).and_then(|sentences| sentences.get(name.as_str()));
    let template = owners.map_or_else(|| sheet(language).sentences.get(name), String::as_str);
    filled(template, |word| match word {
        "firm" => Some(firm.name.as_str()),
        _ => values.iter().find(|(key, _)| *key == word).map(|(_, value)| value.as_str()),
    })
}

/// `template` with its words in braces filled in, in one go: what is filled in is not looked at again.
fn filled<'a>(template: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut sentence = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else { break };
        let word = &rest[start + 1..start + length];
        sentence.push_str(&rest[..start]);
        match value(word) {
            Some(value) => sentence.push_str(value),
            None => sentence.push_str(&rest[start..=start + length]),
        }
        rest = &rest[start + length + 1..];
    }
    sentence.push_str(rest);
    sentence
}

/// The sheet of `language`; English where we have none.
const fn sheet(language: Language) -> &'static Sheet {
    match language {
        Language::DE => &german::GERMAN,
        Language::FR => &french::FRENCH,
        Language::ES => &spanish::SPANISH,
        Language::IT => &italian::ITALIAN,
        Language::NL => &dutch::DUTCH,
        Language::PT => &portuguese::PORTUGUESE,
        Language::PL => &polish::POLISH,
        Language::TR => &turkish::TURKISH,
        _ => &english::ENGLISH,
    }
}

/// The names of all sentences, and ours in `language`, for the owner's `[wording.…]` tables.
pub fn sentences(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    Name::ALL.iter().map(move |name| (name.as_str(), sheet(language).sentences.get(*name)))
}

/// A speech's name, and what is filled in.
fn spell(speech: &Speech, language: Language) -> (Name, Vec<(&'static str, String)>) {
    let bare = |name| (name, Vec::new());
    match speech {
        Speech::Introduction => bare(Name::Introduction),
        Speech::Welcome => bare(Name::Welcome),
        Speech::Help => bare(Name::Help),
        Speech::MenuTopics => bare(Name::MenuTopics),
        Speech::MenuEntries { topic } => (Name::MenuEntries, vec![("topic", topic.clone())]),
        Speech::MenuOther => bare(Name::MenuOther),
        Speech::MenuEmpty => bare(Name::MenuEmpty),
        Speech::DidYouMean => bare(Name::DidYouMean),
        Speech::PerhapsYouMeant => bare(Name::PerhapsYouMeant),
        Speech::GladToHelp => bare(Name::GladToHelp),
        Speech::YouAreWelcome => bare(Name::YouAreWelcome),
        Speech::Goodbye => bare(Name::Goodbye),
        Speech::AllRight => bare(Name::AllRight),
        Speech::AskAgain => bare(Name::AskAgain),
        Speech::NoSuchChoice => bare(Name::NoSuchChoice),
        Speech::NoAnswer => bare(Name::NoAnswer),
        Speech::CallingPerson => bare(Name::CallingPerson),
        Speech::WhatIsItAbout => bare(Name::WhatIsItAbout),
        Speech::PassedOn => bare(Name::PassedOn),
        Speech::TeamHasIt => bare(Name::TeamHasIt),
        Speech::CannotRead { kind } => {
            (Name::CannotRead, vec![("cannot", sheet(language).cannot.get(*kind).to_owned())])
        }
        Speech::ChoiceIsGone => bare(Name::ChoiceIsGone),
        Speech::OutOfHours { opens: Some(opens) } => (Name::OutOfHours, vec![("opens", opens.clone())]),
        Speech::OutOfHours { opens: None } => bare(Name::OutOfHoursUnknown),
        Speech::Added => bare(Name::Added),
        Speech::PersonIsComing => bare(Name::PersonIsComing),
        Speech::PersonIsHere { name } => (Name::PersonIsHere, vec![("name", name.clone())]),
        Speech::BackAgain => bare(Name::BackAgain),
        Speech::BackAfterSilence => bare(Name::BackAfterSilence),
        Speech::BackUnanswered => bare(Name::BackUnanswered),
        Speech::Flood => bare(Name::Flood),
        Speech::ForgetReally => bare(Name::ForgetReally),
        Speech::Forgotten => bare(Name::Forgotten),
        Speech::Kept => bare(Name::Kept),
        Speech::NotAmongOthers => bare(Name::NotAmongOthers),
        Speech::YourData { lines, days } => {
            (Name::YourData, vec![("lines", lines.to_string()), ("days", days.to_string())])
        }
        Speech::ButtonHelped => bare(Name::ButtonHelped),
        Speech::ButtonNotThis => bare(Name::ButtonNotThis),
        Speech::ButtonNoneOfThese => bare(Name::ButtonNoneOfThese),
        Speech::ButtonPerson => bare(Name::ButtonPerson),
        Speech::ButtonMore => bare(Name::ButtonMore),
        Speech::ButtonForget => bare(Name::ButtonForget),
        Speech::ButtonKeep => bare(Name::ButtonKeep),
        Speech::Card { customer, id, channel, writes, why } => {
            let values = vec![
                ("why", sheet(language).why.get(*why).to_owned()),
                ("customer", customer.clone()),
                ("id", id.clone()),
                ("channel", channel_name(*channel).to_owned()),
                ("language", language_name(*writes)),
            ];
            (Name::Card, values)
        }
        Speech::CardGroup => bare(Name::CardGroup),
        Speech::CardTranscript => bare(Name::CardTranscript),
        Speech::CardGuesses => bare(Name::CardGuesses),
        Speech::CardHelp => bare(Name::CardHelp),
        Speech::CustomerChanged { customer } => (Name::CustomerChanged, vec![("customer", customer.clone())]),
        Speech::CustomerTookBack { customer } => {
            (Name::CustomerTookBack, vec![("customer", customer.clone())])
        }
        Speech::CustomerPressed { customer, label } => {
            (Name::CustomerPressed, vec![("customer", customer.clone()), ("label", label.clone())])
        }
        Speech::StillWaiting { opened } => (Name::StillWaiting, vec![("opened", opened.clone())]),
        Speech::ClaimedBy { name } => (Name::ClaimedBy, vec![("name", name.clone())]),
        Speech::ClosedBy { name } => (Name::ClosedBy, vec![("name", name.clone())]),
        Speech::ClosedBySilence => bare(Name::ClosedBySilence),
        Speech::TicketIsClosed => bare(Name::TicketIsClosed),
        Speech::AnswerSent { title } => (Name::AnswerSent, vec![("title", title.clone())]),
        Speech::NoSuchEntry { id } => (Name::NoSuchEntry, vec![("id", id.clone())]),
        Speech::DraftSaved => bare(Name::DraftSaved),
        Speech::NothingToSave => bare(Name::NothingToSave),
        Speech::CustomerBlocked => bare(Name::CustomerBlocked),
        Speech::CustomerUnblocked => bare(Name::CustomerUnblocked),
        Speech::CustomerForgotten => bare(Name::CustomerForgotten),
        Speech::ButtonClaim => bare(Name::ButtonClaim),
        Speech::ButtonClose => bare(Name::ButtonClose),
        Speech::ButtonCloseAndSave => bare(Name::ButtonCloseAndSave),
        Speech::OwnerFaqLive { entries } => (Name::OwnerFaqLive, vec![("entries", entries.to_string())]),
        Speech::OwnerFaqEmpty => bare(Name::OwnerFaqEmpty),
        Speech::OwnerFaqMistake => bare(Name::OwnerFaqMistake),
        Speech::OwnerFaqNotes { notes } => (Name::OwnerFaqNotes, vec![("notes", notes.to_string())]),
        Speech::OwnerRestored { lost, path } => match lost {
            Lost::Nothing => (Name::OwnerRestored, vec![("path", path.clone())]),
            Lost::Since(since) => {
                (Name::OwnerRestoredPartly, vec![("since", since.clone()), ("path", path.clone())])
            }
            Lost::Unknown => (Name::OwnerRestoredUnknown, vec![("path", path.clone())]),
        },
        Speech::OwnerDiskRefuses => bare(Name::OwnerDiskRefuses),
        Speech::OwnerDiskTakesAgain => bare(Name::OwnerDiskTakesAgain),
        Speech::OwnerUnanswered { ticket } => (Name::OwnerUnanswered, vec![("ticket", ticket.clone())]),
    }
}

/// A moment in words, as seen from `now`: "today at 14:00", "yesterday at 9:00", "on Monday at 9:00", "on 2 January at
/// 9:00".
#[must_use]
pub(super) fn moment(then: DateTime<Tz>, now: DateTime<Tz>, language: Language) -> String {
    let calendar = &sheet(language).calendar;
    let days = then.date_naive().signed_duration_since(now.date_naive()).num_days();
    let form = match days {
        -1 => calendar.yesterday,
        0 => calendar.today,
        1 => calendar.tomorrow,
        -6..=6 => calendar.weekdays[then.weekday().num_days_from_monday() as usize],
        _ => calendar.date,
    };
    let time = then.format(calendar.clock).to_string();
    let day = then.day().to_string();
    filled(form, |word| match word {
        "time" => Some(time.as_str()),
        "day" => Some(day.as_str()),
        "month" => Some(calendar.months[then.month0() as usize]),
        _ => None,
    })
}

/// The languages that the bot itself speaks, each by its own name; others by their code.
fn language_name(language: Language) -> String {
    let name = match language {
        Language::EN => "English",
        Language::DE => "Deutsch",
        Language::FR => "français",
        Language::ES => "español",
        Language::IT => "italiano",
        Language::NL => "Nederlands",
        Language::PT => "português",
        Language::PL => "polski",
        Language::TR => "Türkçe",
        _ => return language.to_string(),
    };
    name.to_owned()
}

const fn channel_name(channel: ChannelKind) -> &'static str {
    match channel {
        ChannelKind::Discord => "Discord",
        ChannelKind::Telegram => "Telegram",
        ChannelKind::Console => "Terminal",
    }
}
