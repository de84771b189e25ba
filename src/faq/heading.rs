//! `## How long does delivery take? {#delivery-time .handover}`: a question, and what is set behind it.

use std::ops::Range;

use chrono::NaiveDate;
use pulldown_cmark::{Event, Parser};

use super::entry::{ChannelKind, EntryId};
use super::page::{MARKDOWN, Page};
use super::problem::Problem;
use super::suggest::{did_you_mean, nearest};

/// A heading, taken apart.
pub(super) struct Heading {
    /// Its words, without Markdown's marks.
    pub(super) title: String,
    /// Where they stand.
    pub(super) range: Range<usize>,
    /// What is set in braces.
    pub(super) attributes: Attributes,
}

/// What is set in braces, each with its place.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) id: Option<(EntryId, Range<usize>)>,
    pub(super) handover: Option<Range<usize>>,
    pub(super) staff_only: Option<Range<usize>>,
    pub(super) from: Option<(NaiveDate, Range<usize>)>,
    pub(super) until: Option<(NaiveDate, Range<usize>)>,
    pub(super) channels: Option<(Vec<ChannelKind>, Range<usize>)>,
    /// The braces.
    pub(super) range: Option<Range<usize>>,
}

/// Takes the heading in the line `line` apart; what is wrong with it goes to `problems`.
pub(super) fn heading(page: &Page, line: Range<usize>, problems: &mut Vec<Problem>) -> Heading {
    let content = content(page.text(), line);
    let (title, braces) = split_braces(page.text(), content);
    let mut attributes = Attributes::default();
    if let Some(braces) = braces {
        attributes.range = Some(braces.clone());
        let inside = braces.start + 1..braces.end - 1;
        if page.text()[inside.clone()].trim().is_empty() {
            problems.push(
                Problem::warning(page.span(braces), "there is nothing between these braces")
                    .hint("take them out, or write an id in them: `{#delivery-time}`"),
            );
        }
        for token in tokens(page.text(), inside) {
            attributes.take(page, token, problems);
        }
    } else if let Some(start) = misplaced_braces(&page.text()[title.clone()]) {
        let start = title.start + start;
        let length = page.text()[start..title.end].find('}').map_or(title.end - start, |end| end + 1);
        problems.push(
            Problem::error(
                page.span(start..start + length),
                "these braces don't end the heading, so they are not understood",
            )
            .hint("write them last: `## How long does delivery take? {#delivery-time}`"),
        );
    }
    Heading { title: plain(&page.text()[title.clone()]), range: title, attributes }
}

/// What stands between the opening `##` and the closing ones.
fn content(text: &str, line: Range<usize>) -> Range<usize> {
    let opening = text[line.clone()].trim_start_matches([' ', '\t']).trim_start_matches('#');
    let range = trim(text, line.end - opening.len()..line.end);
    let without = text[range.clone()].trim_end_matches('#');
    if without.is_empty() || without.ends_with([' ', '\t']) {
        trim(text, range.start..range.start + without.len())
    } else {
        range
    }
}

/// The words, and the braces at the end.
fn split_braces(text: &str, content: Range<usize>) -> (Range<usize>, Option<Range<usize>>) {
    let words = &text[content.clone()];
    if !words.ends_with('}') || words.ends_with("}}") || words.ends_with("\\}") {
        return (content, None);
    }
    match words.rfind('{') {
        Some(open) if !words[..open].ends_with('{') => {
            let open = content.start + open;
            (trim(text, content.start..open), Some(open..content.end))
        }
        _ => (content, None),
    }
}

/// Where a `{#id` or `{.class` begins that doesn't stand at the end.
fn misplaced_braces(words: &str) -> Option<usize> {
    let marks = ["{#", "{.", "{ #", "{ ."].iter().flat_map(|mark| words.match_indices(mark));
    marks.map(|(start, _)| start).filter(|&start| !words[..start].ends_with('\\')).min()
}

/// `range` without white space at both ends.
pub(super) fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let words = &text[range.clone()];
    let start = range.start + (words.len() - words.trim_start().len());
    start..start + words.trim().len()
}

/// The words between white space.
fn tokens(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let words = &text[range.clone()];
    let base = words.as_ptr() as usize;
    words.split_whitespace().map(move |word| {
        let start = range.start + (word.as_ptr() as usize - base);
        start..start + word.len()
    })
}

/// The words of one line of Markdown, without its marks.
pub(super) fn plain(markdown: &str) -> String {
    if !markdown.contains(['*', '_', '`', '[', '<', '&', '\\', '~', '!']) {
        return markdown.to_owned();
    }
    // Behind `# `, so that "1. place" doesn't become a list.
    let line = format!("# {markdown}");
    let mut words = String::new();
    for event in Parser::new_ext(&line, MARKDOWN) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    words.trim().to_owned()
}

const CLASSES: [&str; 2] = ["handover", "staff-only"];
const KEYS: [&str; 3] = ["from", "until", "channel"];

impl Attributes {
    fn take(&mut self, page: &Page, token: Range<usize>, problems: &mut Vec<Problem>) {
        let word = &page.text()[token.clone()];
        if let Some(name) = word.strip_prefix('#') {
            self.take_id(page, name, token, problems);
        } else if let Some(class) = word.strip_prefix('.') {
            let place = match class {
                "handover" => &mut self.handover,
                "staff-only" => &mut self.staff_only,
                _ => {
                    let hint = nearest(class, CLASSES).map_or_else(
                        || "there are `.handover` and `.staff-only`".to_owned(),
                        |name| format!("did you mean `.{name}`?"),
                    );
                    problems
                        .push(Problem::error(page.span(token), format!("`{word}` is unknown")).hint(hint));
                    return;
                }
            };
            if let Some(first) = place.replace(token.clone()) {
                problems.push(twice(page, word, token, first));
            }
        } else if let Some((key, value)) = word.split_once('=') {
            let start = token.start + key.len() + 1;
            let value = value.trim_matches(['"', '\'']);
            let value_range = match page.text()[start..token.end].find(value) {
                Some(offset) if !value.is_empty() => start + offset..start + offset + value.len(),
                _ => token.clone(),
            };
            if value.is_empty() && KEYS.contains(&key) {
                let example = if key == "channel" { "channel=telegram" } else { "until=2026-12-26" };
                problems.push(
                    Problem::error(page.span(token), format!("there is nothing behind `{word}`"))
                        .hint(format!("such as `{example}`, or take it out")),
                );
                return;
            }
            match key {
                "from" => self.from = date(page, key, value, value_range, self.from.take(), problems),
                "until" => self.until = date(page, key, value, value_range, self.until.take(), problems),
                "channel" => self.take_channels(page, value, value_range, problems),
                _ => {
                    let key_range = token.start..token.start + key.len();
                    let hint = nearest(key, KEYS).map_or_else(
                        || "there are `from=`, `until=` and `channel=`".to_owned(),
                        |key| format!("did you mean `{key}=`?"),
                    );
                    problems.push(
                        Problem::error(page.span(key_range), format!("`{key}=` is unknown")).hint(hint),
                    );
                }
            }
        } else {
            let hint = if CLASSES.contains(&word) {
                format!("write it with a dot: `.{word}`")
            } else if EntryId::new(word).is_some() {
                format!("if it is the id, write `#{word}`")
            } else {
                "an id is written `#id`, the rest `.handover`, `.staff-only`, `from=`, `until=`, `channel=`"
                    .to_owned()
            };
            problems.push(Problem::error(page.span(token), format!("`{word}` is unknown")).hint(hint));
        }
    }

    fn take_id(&mut self, page: &Page, name: &str, token: Range<usize>, problems: &mut Vec<Problem>) {
        let Some(id) = EntryId::new(name) else {
            problems.push(bad_id(page, name, token));
            return;
        };
        match &self.id {
            Some((_, first)) => problems.push(
                Problem::error(page.span(token), "an entry has one id, and this is a second")
                    .also(page.span(first.clone()), "the first"),
            ),
            None => self.id = Some((id, token)),
        }
    }

    fn take_channels(&mut self, page: &Page, value: &str, range: Range<usize>, problems: &mut Vec<Problem>) {
        let mut kinds: Vec<ChannelKind> = Vec::new();
        let mut start = range.start;
        for name in value.split(',') {
            let place = start..(start + name.len()).min(range.end);
            start += name.len() + 1;
            match ChannelKind::by_name(name) {
                Some(kind) if kinds.contains(&kind) => {
                    problems.push(Problem::warning(page.span(place), format!("`{name}` stands here twice")));
                }
                Some(kind) => kinds.push(kind),
                None => {
                    let names = ChannelKind::ALL.map(ChannelKind::name);
                    let hint = did_you_mean(name, names)
                        .unwrap_or_else(|| "the channels are `discord`, `telegram` and `console`".to_owned());
                    problems.push(
                        Problem::error(page.span(place), format!("there is no channel `{name}`")).hint(hint),
                    );
                }
            }
        }
        if let Some((_, first)) = self.channels.replace((kinds, range.clone())) {
            problems.push(
                twice(page, "channel=", range, first)
                    .hint("write several with a comma: `channel=discord,telegram`"),
            );
        }
    }
}

fn twice(page: &Page, word: &str, second: Range<usize>, first: Range<usize>) -> Problem {
    Problem::error(page.span(second), format!("`{word}` stands here twice"))
        .also(page.span(first), "the first")
}

fn bad_id(page: &Page, name: &str, token: Range<usize>) -> Problem {
    let span = page.span(token);
    if name.is_empty() {
        return Problem::error(span, "there is no name behind `#`").hint("write an id: `#delivery-time`");
    }
    if EntryId::LIMIT < name.len() {
        let message =
            format!("this id is too long: {} bytes, and {} are allowed", name.len(), EntryId::LIMIT);
        return Problem::error(span, message).hint("two or three words are enough: `#delivery-time`");
    }
    let problem = Problem::error(span, format!("`#{name}` can't be an id"));
    match super::slug::slug(name) {
        Some(id) => problem.hint(format!("ids have small letters, digits and hyphens: `#{id}`")),
        None => problem.hint("ids have small letters, digits and hyphens: `#delivery-time`"),
    }
}

/// The day in `from=` and `until=`; `before` is an earlier one of the same key.
fn date(
    page: &Page,
    key: &str,
    value: &str,
    range: Range<usize>,
    before: Option<(NaiveDate, Range<usize>)>,
    problems: &mut Vec<Problem>,
) -> Option<(NaiveDate, Range<usize>)> {
    if let Some((_, first)) = &before {
        problems.push(twice(page, &format!("{key}="), range, first.clone()));
        return before;
    }
    match parse_date(value) {
        Ok(date) => Some((date, range)),
        Err(reason) => {
            let span = page.span(range);
            problems.push(match reason {
                BadDate::NoSuchDay => Problem::error(span, format!("there is no day `{value}`"))
                    .hint("a day is written year-month-day: `2026-12-01`"),
                BadDate::Form(Some(date)) => {
                    Problem::error(span, format!("`{value}` is no day")).hint(format!("write `{key}={date}`"))
                }
                BadDate::Form(None) => Problem::error(span, format!("`{value}` is no day"))
                    .hint(format!("write year-month-day: `{key}=2026-12-01`")),
            });
            None
        }
    }
}

enum BadDate {
    /// The right form, but the calendar doesn't have it.
    NoSuchDay,
    /// Another form; the day that is probably meant.
    Form(Option<NaiveDate>),
}

fn parse_date(value: &str) -> Result<NaiveDate, BadDate> {
    let number =
        |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten();
    let day_of =
        |year: u32, month: u32, day: u32| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    let parts: Vec<&str> = value.split('-').collect();
    if let [year, month, day] = parts[..]
        && (year.len(), month.len(), day.len()) == (4, 2, 2)
        && let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day))
    {
        return day_of(year, month, day).ok_or(BadDate::NoSuchDay);
    }
    let parts: Vec<Option<u32>> = value.split(['.', '/', '-']).map(number).collect();
    Err(BadDate::Form(match parts[..] {
        [Some(day), Some(month), Some(year)] if 1000 <= year && value.contains('.') => {
            day_of(year, month, day)
        }
        [Some(year), Some(month), Some(day)] if 1000 <= year => day_of(year, month, day),
        _ => None,
    }))
}
