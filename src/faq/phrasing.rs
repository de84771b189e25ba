//! The quoted lines below a heading: phrasings, `not:` lines and `/patterns/`.

use std::ops::Range;

use regex::RegexBuilder;
use regex_syntax::hir::{Hir, HirKind};

use super::entry::{Pattern, Phrasing};
use super::heading::trim;
use super::page::Page;
use super::problem::Problem;

/// Longest phrasing that is worth having: customers don't write longer questions, and none would be like it.
const LONGEST_PHRASING: usize = 300;

/// Largest compiled pattern, in bytes; `\w` alone takes 50,000, for all the letters of the world.
const LARGEST_PATTERN: usize = 1 << 20;

/// Most places in a message that a pattern may have to keep in mind at a time. With both limits, the worst pattern found
/// takes 10 ms for a message of 4,096 characters; without them, 90.
const MOST_PLACES: usize = 200;

/// What stands in the quoted lines.
#[derive(Default)]
pub(super) struct Quoted {
    pub(super) phrasings: Vec<Phrasing>,
    pub(super) patterns: Vec<Pattern>,
    /// A pattern is missing because it is wrong, and with it the names of its groups.
    pub(super) incomplete: bool,
    /// Where the first line that is no quote begins.
    pub(super) end: usize,
}

/// Reads the quoted lines at the begin of `body`; blank lines between them don't matter.
pub(super) fn quoted(page: &Page, body: Range<usize>, problems: &mut Vec<Problem>) -> Quoted {
    let mut quoted = Quoted { end: body.start, ..Quoted::default() };
    let mut start = body.start;
    while start < body.end {
        let length = page.text()[start..body.end].find('\n').map_or(body.end - start, |end| end + 1);
        let line = trim(page.text(), start..start + length);
        let words = &page.text()[line.clone()];
        start += length;
        if words.is_empty() {
            continue;
        }
        if !words.starts_with('>') {
            break;
        }
        let inside = words.trim_start_matches(['>', ' ', '\t']).len();
        quoted.take(page, line.end - inside..line.end, problems);
        quoted.end = start;
    }
    quoted
}

impl Quoted {
    fn take(&mut self, page: &Page, line: Range<usize>, problems: &mut Vec<Problem>) {
        let words = &page.text()[line.clone()];
        if words.is_empty() {
            return;
        }
        if let Some(source) = pattern_source(words) {
            self.take_pattern(page, line.start + 1..line.start + 1 + source.len(), problems);
            return;
        }
        if let Some(problem) = almost_a_pattern(words) {
            let problem = problem(page.span(line));
            problems.push(problem);
            self.incomplete = true;
            return;
        }
        let negative = words.get(..4).is_some_and(|mark| mark.eq_ignore_ascii_case("not:"));
        let range = if negative { trim(page.text(), line.start + 4..line.end) } else { line.clone() };
        let words = &page.text()[range.clone()];
        if words.is_empty() {
            problems.push(
                Problem::error(page.span(line), "there is no question behind `not:`")
                    .hint("write the question that must not get this answer, or take the line out"),
            );
            return;
        }
        if negative && pattern_source(words).is_some() {
            problems.push(
                Problem::error(page.span(range), "`not:` goes with a question, not with a pattern")
                    .hint("write the question in words"),
            );
            return;
        }
        if !negative && let Some(mark) = foreign_not(words) {
            problems.push(
                Problem::warning(
                    page.span(line.start..line.start + mark.len()),
                    format!("`{mark}` is taken as a part of the question"),
                )
                .hint("write `not:`, in every language, if this question must not get the answer"),
            );
        }
        let span = page.span(range);
        let length = words.chars().count();
        if LONGEST_PHRASING < length {
            problems.push(
                Problem::warning(span, format!("this is a long way to ask: {length} characters"))
                    .hint("customers write short questions; keep the part that matters"),
            );
        }
        let text = unescape(words);
        if !text.contains(char::is_alphanumeric) {
            problems.push(
                Problem::error(span, "there are no words in this line")
                    .hint("write a question as customers ask it, or take the line out"),
            );
            return;
        }
        self.phrasings.push(Phrasing { text, means_this: !negative, span });
    }

    fn take_pattern(&mut self, page: &Page, range: Range<usize>, problems: &mut Vec<Problem>) {
        let source = &page.text()[range.clone()];
        match compile(source) {
            Ok(regex) => self.patterns.push(Pattern {
                source: source.to_owned(),
                regex,
                span: page.span(range.start - 1..range.end + 1),
            }),
            Err(fault) => {
                self.incomplete = true;
                problems.push(fault.problem(page, range));
            }
        }
    }
}

/// What stands between the slashes.
fn pattern_source(words: &str) -> Option<&str> {
    words.strip_prefix('/')?.strip_suffix('/')
}

/// A line that was probably meant as a pattern, and what to say about it.
fn almost_a_pattern(words: &str) -> Option<fn(super::source::Span) -> Problem> {
    let rest = words.strip_prefix('/')?;
    let flags = rest.rsplit_once('/').map(|(_, flags)| flags);
    if flags.is_some_and(|flags| flags.len() <= 4 && flags.bytes().all(|b| b"gimsuxy".contains(&b))) {
        return Some(|span| {
            Problem::error(span, "a pattern ends with `/`")
                .hint("take the letters behind it out: patterns never mind capital and small letters")
        });
    }
    rest.contains(['\\', '(', '[', '|', '*', '+'])
        .then_some(|span| Problem::error(span, "this pattern has no end").hint("write `/` at its end"))
}

/// `not:` in another language.
fn foreign_not(words: &str) -> Option<&str> {
    let mark = &words[..=words.find(':')?];
    ["nicht:", "no:", "pas:", "non:", "niet:", "nie:"]
        .iter()
        .any(|foreign| mark.eq_ignore_ascii_case(foreign))
        .then_some(mark)
}

/// Without Markdown's backslashes: `\*` means `*`.
fn unescape(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    let mut rest = words.chars().peekable();
    while let Some(c) = rest.next() {
        match rest.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => {}
            _ => text.push(c),
        }
        if c == '\\'
            && let Some(next) = rest.next_if(char::is_ascii_punctuation)
        {
            text.push(next);
        }
    }
    text
}

/// Why a pattern is no good.
enum Fault {
    Syntax { range: Range<usize>, words: String },
    TooBig,
    MatchesNothing,
    MatchesAll,
    GroupName { name: String },
}

fn compile(source: &str) -> Result<regex::Regex, Fault> {
    let hir = regex_syntax::ParserBuilder::new()
        .case_insensitive(true)
        .nest_limit(50)
        .build()
        .parse(source)
        .map_err(|error| match error {
            regex_syntax::Error::Parse(error) => Fault::Syntax {
                range: error.span().start.offset..error.span().end.offset,
                words: error.kind().to_string(),
            },
            regex_syntax::Error::Translate(error) => Fault::Syntax {
                range: error.span().start.offset..error.span().end.offset,
                words: error.kind().to_string(),
            },
            _ => Fault::TooBig,
        })?;
    match hir.properties().minimum_len() {
        None => return Err(Fault::MatchesNothing),
        Some(0) => return Err(Fault::MatchesAll),
        Some(_) => {}
    }
    if MOST_PLACES < places(&hir) {
        return Err(Fault::TooBig);
    }
    let regex = RegexBuilder::new(source)
        .case_insensitive(true)
        .nest_limit(50)
        .size_limit(LARGEST_PATTERN)
        .dfa_size_limit(256 << 10)
        .build()
        .map_err(|_| Fault::TooBig)?;
    // A snowman stands for everything that no customer ever wrote.
    if regex.is_match("☃") {
        return Err(Fault::MatchesAll);
    }
    if let Some(name) = regex.capture_names().flatten().find(|name| !super::template::is_name(name)) {
        return Err(Fault::GroupName { name: name.to_owned() });
    }
    Ok(regex)
}

/// How many places in a message `hir` may have to keep in mind at a time: what it repeats, as often as it may.
fn places(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) => 0,
        HirKind::Class(_) => 1,
        HirKind::Capture(capture) => places(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(0, |sum, part| sum.saturating_add(places(part)))
        }
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1);
            let once = match repetition.sub.kind() {
                HirKind::Literal(_) => 1,
                _ => places(&repetition.sub).max(1),
            };
            once.saturating_mul(times as usize)
        }
    }
}

impl Fault {
    fn problem(self, page: &Page, pattern: Range<usize>) -> Problem {
        let whole = page.span(pattern.start - 1..pattern.end + 1);
        match self {
            Self::Syntax { range, words } => {
                // An error at the very end points at the closing slash.
                let start = pattern.start + range.start;
                let end = (pattern.start + range.end)
                    .clamp(start, pattern.end)
                    .max(start + usize::from(range.start == range.end && start < pattern.end));
                let end = if start == end { end + 1 } else { end };
                let end =
                    pattern.start + page.text()[pattern.start..].floor_char_boundary(end - pattern.start);
                Problem::error(page.span(start..end), format!("this pattern is not right: {words}"))
                    .hint("the rules of patterns are those of the Rust crate `regex`; write `\\` before a sign that means itself")
            }
            Self::TooBig => Problem::error(whole, "this pattern is too big")
                .hint("make it shorter, or use smaller numbers in `{…}`"),
            Self::MatchesNothing => {
                Problem::error(whole, "no message can ever match this pattern").hint("take it out")
            }
            Self::MatchesAll => Problem::error(whole, "this pattern matches every message")
                .hint("say what must stand in the message, such as `/\\bdelivery\\b/`"),
            Self::GroupName { name } => {
                let start = page.text()[pattern.clone()]
                    .find(&format!("<{name}>"))
                    .map_or(pattern.start, |offset| pattern.start + offset + 1);
                Problem::error(
                    page.span(start..(start + name.len()).min(pattern.end)),
                    format!("`{name}` can't be the name of a group"),
                )
                .hint("names have small letters, digits and `_`, and begin with a letter")
            }
        }
    }
}
