//! Each answer is tried once, when the files are read: what could go wrong in front of a customer goes wrong here.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use minijinja::ErrorKind;

use super::answer::{LONGEST_ANSWER, MOST_BYTES};
use super::business::Firm;
use super::entry::{Answer, ChannelKind, Entry, Reply};
use super::problem::Problem;
use super::suggest::{did_you_mean, nearest};
use super::syntax::{Draft, Places};
use super::template::{ENGINE, RESERVED, RenderError, Values, next_mark};
use crate::text::Language;

/// Longest message of Discord, in characters.
const DISCORD: usize = 2_000;

/// Longest message of Telegram, in characters.
const TELEGRAM: usize = 4_096;

/// The values that answers are tried with.
pub(super) struct Trial<'a> {
    firm: &'a Firm,
    /// Open and closed, by language; without captures, they are the same for all entries.
    moments: BTreeMap<Language, [Values; 2]>,
}

impl<'a> Trial<'a> {
    /// Trials for the answers of `firm`.
    pub(super) fn new(firm: &'a Firm) -> Self {
        Self { firm, moments: BTreeMap::new() }
    }

    /// Tries the answer of `draft`; what is wrong with it goes to `problems`.
    pub(super) fn run(&mut self, draft: &Draft, problems: &mut Vec<Problem>) {
        let (Reply::Answer(answer) | Reply::AnswerThenHandOver(answer)) = &draft.entry.reply else {
            return;
        };
        self.groups(&draft.entry, problems);
        if MOST_BYTES < answer.text.len() {
            problems.extend(length(&draft.entry, answer.text.chars().count().max(LONGEST_ANSWER + 1)));
            return;
        }
        let longest = if answer.is_template() {
            if draft.incomplete {
                return;
            }
            let Some(longest) = self.template(draft, answer, problems) else {
                return;
            };
            longest
        } else {
            answer.text.chars().count()
        };
        problems.extend(length(&draft.entry, longest));
    }

    /// A group must not hide a variable.
    fn groups(&self, entry: &Entry, problems: &mut Vec<Problem>) {
        for pattern in &entry.patterns {
            for name in pattern.regex.capture_names().flatten() {
                if self.firm.variables.contains_key(name) || RESERVED.contains(&name) {
                    problems.push(
                        Problem::error(
                            pattern.span,
                            format!("the group `{name}` has the name of a variable"),
                        )
                        .hint("give the group another name"),
                    );
                }
            }
        }
    }

    /// The length of the longest text that the template gave; `None` when it can't be used.
    fn template(&mut self, draft: &Draft, answer: &Answer, problems: &mut Vec<Problem>) -> Option<usize> {
        let place = |range: Range<usize>| draft.places.span(range);
        let template = match ENGINE.template_from_str(&answer.text) {
            Ok(template) => template,
            Err(error) => {
                problems.push(fault(&error, answer, &draft.places));
                return None;
            }
        };
        let mut understood = true;
        let mut said: Option<Range<usize>> = None;
        for name in template.undeclared_variables(false).into_iter().collect::<BTreeSet<String>>() {
            // `phone-number` is a subtraction for the engine, and one name for the owner.
            let range = with_hyphens(&answer.text, find_name(&answer.text, &name));
            let written = &answer.text[range.clone()];
            let written = if written.contains('-') { written } else { &name };
            if let Some(problem) = self.name(written, &draft.entry).filter(|_| said.as_ref() != Some(&range))
            {
                understood = false;
                problems.push(Problem { span: place(range.clone()), ..problem });
                said = Some(range);
            }
        }
        if !understood {
            return None;
        }
        let mut longest = 0;
        for (open_now, values) in [true, false].into_iter().zip(self.values(&draft.entry)) {
            for (caught, values) in [(false, &values[0]), (true, &values[1])] {
                match answer.render(values) {
                    Ok(text) if text.trim().is_empty() => {
                        problems.push(empty(answer, draft, open_now, caught));
                        return None;
                    }
                    Ok(text) => longest = longest.max(text.chars().count()),
                    Err(RenderError(error)) => {
                        problems.push(fault(&error, answer, &draft.places));
                        return None;
                    }
                }
            }
        }
        Some(longest)
    }

    /// What is wrong with using `name` in the answer of `entry`; its place is filled in by the caller.
    fn name(&self, name: &str, entry: &Entry) -> Option<Problem> {
        let groups: Vec<&str> = entry.group_names().collect();
        let known =
            || self.firm.variables.keys().map(String::as_str).chain(groups.iter().copied()).chain(RESERVED);
        if ["open_now", "opens_next"].contains(&name) && self.firm.hours.is_none() {
            let message = format!("`{name}` needs `opening_hours` in business.toml");
            return Some(
                Problem::error(entry.span, message)
                    .hint("such as `opening_hours = \"Mo-Fr 09:00-18:00; PH off\"`"),
            );
        }
        if known().any(|known| known == name) {
            return None;
        }
        let hint = did_you_mean(name, known()).unwrap_or_else(|| {
            format!("give it a value in business.toml, below `[variables]`: `{name} = \"…\"`")
        });
        Some(Problem::error(entry.span, format!("`{name}` is unknown here")).hint(hint))
    }

    /// For open and closed: with nothing caught, and with all groups caught.
    fn values(&mut self, entry: &Entry) -> [[Values; 2]; 2] {
        let (firm, language) = (self.firm, entry.language);
        let at = |open_now: bool, captures: &[(&str, &str)]| {
            Values::new(firm, language, open_now, "Monday, 09:00", captures.iter().copied())
        };
        let bare = self.moments.entry(language).or_insert_with(|| [at(true, &[]), at(false, &[])]);
        let groups: Vec<(&str, &str)> = entry.group_names().map(|name| (name, "AB-12345")).collect();
        let caught = |open_now: bool, bare: &Values| {
            if groups.is_empty() { bare.clone() } else { at(open_now, &groups) }
        };
        [[bare[0].clone(), caught(true, &bare[0])], [bare[1].clone(), caught(false, &bare[1])]]
    }
}

fn empty(answer: &Answer, draft: &Draft, open_now: bool, caught: bool) -> Problem {
    let first = answer.text.lines().next().unwrap_or_default().len();
    let when = match (open_now, draft.entry.group_names().next().is_some()) {
        (true, false) => "while you are open",
        (false, false) => "while you are closed",
        (_, true) if caught => "when the pattern matches",
        (_, true) => "when no pattern matches",
    };
    Problem::error(draft.places.span(0..first), format!("this answer has no words {when}"))
        .hint("write what the bot says then behind `{% else %}`")
}

/// Too long for one message, or for any.
fn length(entry: &Entry, longest: usize) -> Option<Problem> {
    if LONGEST_ANSWER < longest {
        let message =
            format!("the answer is too long: {longest} characters, and {LONGEST_ANSWER} are allowed");
        return Some(
            Problem::error(entry.span, message)
                .hint("say the most important things, and put a link to the rest"),
        );
    }
    let (app, limit) = if entry.channels.include(ChannelKind::Discord) {
        ("Discord", DISCORD)
    } else {
        ("Telegram", TELEGRAM)
    };
    (limit < longest).then(|| {
        let pieces = longest.div_ceil(limit);
        Problem::warning(
            entry.span,
            format!("the answer is long: {longest} characters, so {app} shows it in {pieces} messages"),
        )
        .hint("people read the first lines; say the most important things")
    })
}

/// Where `name` is first used in `text`.
fn find_name(text: &str, name: &str) -> Range<usize> {
    let mut from = 0;
    while let Some((start, end)) = next_mark(&text[from..]).map(|(start, end)| (from + start, from + end)) {
        let mut quote = None;
        for (offset, c) in text[start..end].char_indices() {
            match (quote, c) {
                (Some(open), _) if open == c => quote = None,
                (Some(_), _) => continue,
                (None, '"' | '\'') => quote = Some(c),
                (None, _) => {}
            }
            let at = start + offset;
            let before = text[..at].chars().next_back();
            let after = text[at..].strip_prefix(name).and_then(|rest| rest.chars().next());
            let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            if text[at..].starts_with(name)
                && !part_of_word(before)
                && before != Some('.')
                && !part_of_word(after)
            {
                return at..at + name.len();
            }
        }
        from = end;
    }
    0..text.lines().next().unwrap_or_default().len()
}

/// `range`, with what is joined to it by hyphens, if it is the name of something.
fn with_hyphens(text: &str, range: Range<usize>) -> Range<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let words = text[range.clone()].chars().all(part);
    let before = text[..range.start].trim_end_matches(part).len();
    let after = text.len() - text[range.end..].trim_start_matches(part).len();
    let whole = before..after;
    if words && !text[whole.clone()].starts_with('-') && !text[whole.clone()].ends_with('-') {
        whole
    } else {
        range
    }
}

/// What the engine says, in words for owners.
fn fault(error: &minijinja::Error, answer: &Answer, places: &Places) -> Problem {
    let text = &answer.text;
    let range = error.range().filter(|range| range.end <= text.len() && range.start <= range.end);
    let range = range.filter(|range| text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
    let range = range.unwrap_or_else(|| line(text, error.line().unwrap_or(1)));
    let detail = error.detail().unwrap_or_default();
    if let Some(open) = unclosed(text) {
        let (opening, closing) = match &text[open..open + 2] {
            "{{" => ("{{", "}}"),
            "{%" => ("{%", "%}"),
            _ => ("{#", "#}"),
        };
        let problem = Problem::error(places.span(open..open + 2), format!("`{opening}` has no end"));
        return match opening {
            "{#" => {
                problem.hint("`{#` begins a note that nobody sees; write `{ #` if customers should read it")
            }
            _ => problem.hint(format!("write `{closing}` behind it")),
        };
    }
    let place = places.span(one_line(text, range.clone()));
    match error.kind() {
        ErrorKind::OutOfFuel => {
            Problem::error(place, "this answer takes too long to make").hint("use shorter loops")
        }
        // The engine's own words for this differ between debug and release.
        ErrorKind::UndefinedError => {
            let written = &text[one_line(text, range)];
            Problem::error(place, format!("`{written}` has no value"))
                .hint("take out what stands behind the dot")
        }
        ErrorKind::TemplateNotFound | ErrorKind::BadInclude => {
            Problem::error(place, "an answer can't take in another file")
                .hint("write the words here, or give them a name in business.toml, below `[variables]`")
        }
        ErrorKind::UnknownFilter => {
            let name =
                detail.split('\'').nth(1).or_else(|| detail.split_whitespace().nth(1)).unwrap_or(detail);
            let hint = nearest(name, FILTERS).map_or_else(
                || "filters are such as `upper`, `lower`, `title`, `default`".to_owned(),
                |name| format!("did you mean `{name}`?"),
            );
            Problem::error(place, format!("there is no filter `{name}`")).hint(hint)
        }
        _ => {
            let words = if detail.is_empty() { error.kind().to_string() } else { detail.to_owned() };
            let problem = Problem::error(place, format!("this is not understood: {words}"));
            if text.matches("{% if").count() > text.matches("{% endif").count() {
                problem.hint("every `{% if … %}` needs an `{% endif %}`")
            } else {
                problem.hint("such as `{{ phone }}` or `{% if open_now %}…{% else %}…{% endif %}`")
            }
        }
    }
}

const FILTERS: [&str; 16] = [
    "upper",
    "lower",
    "title",
    "capitalize",
    "replace",
    "trim",
    "default",
    "length",
    "first",
    "last",
    "join",
    "round",
    "int",
    "float",
    "reverse",
    "sort",
];

/// Where a mark begins that nothing ends.
fn unclosed(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some((_, end)) = next_mark(&text[from..]) {
        from += end;
    }
    ["{{", "{%", "{#"].iter().filter_map(|mark| text[from..].find(mark)).min().map(|offset| from + offset)
}

/// The part of `range` on its first line, or one sign where it is empty.
fn one_line(text: &str, range: Range<usize>) -> Range<usize> {
    let words = &text[range.clone()];
    let end = range.start + words.find('\n').unwrap_or(words.len());
    range.start..end
}

/// The line with this number, from 1.
fn line(text: &str, number: usize) -> Range<usize> {
    let mut start = 0;
    for (index, line) in text.split('\n').enumerate() {
        if index + 1 == number {
            return start..start + line.len();
        }
        start += line.len() + 1;
    }
    0..0
}
