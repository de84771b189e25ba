//! One file's Markdown -> entries and problems. Reading never fails: what isn't understood is said, the rest is kept.

use std::ops::Range;
use std::rc::Rc;

use chrono::NaiveDate;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag};

use super::answer::{AnswerDraft, answer, trim_lines};
use super::business::{Firm, start_of_day};
use super::cut::Cut;
use super::entry::{Answer, Channels, Entry, Phrasing, Reply, Season, Use};
use super::heading::{Heading, heading, trim};
use super::page::{MARKDOWN, Page};
use super::phrasing::{Quoted, quoted};
use super::problem::Problem;
use super::same;
use super::slug::slug;
use super::source::{FileId, Span};
use crate::text::Language;

/// A file of entries, and who wrote it in which language for whom.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    pub(super) file: FileId,
    pub(super) text: &'a str,
    pub(super) language: Language,
    pub(super) firm: &'a Firm,
    /// Its entries are small talk.
    pub(super) small_talk: bool,
}

/// What one file holds.
#[derive(Default)]
pub(super) struct Drafts {
    pub(super) entries: Vec<Draft>,
    pub(super) problems: Vec<Problem>,
}

/// An entry, before the rules over the whole set.
pub(super) struct Draft {
    pub(super) entry: Entry,
    /// The owner gave the id, it is no slug.
    pub(super) named: bool,
    /// A pattern of it is wrong, so the names of its groups are not known.
    pub(super) incomplete: bool,
    /// Leads from the answer's text to the file.
    pub(super) places: Places,
}

/// Leads from a text back to the file, over what was cut out of it.
pub(super) struct Places {
    page: Rc<Page>,
    text: Cut,
}

impl Places {
    /// Where the bytes `range` of the answer's text stand in the file.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        self.page.span(self.text.source_range(range))
    }
}

/// Reads `sheet`.
pub(super) fn read(sheet: Sheet<'_>) -> Drafts {
    let mut drafts = Drafts::default();
    let page = Rc::new(Page::new(sheet.file, sheet.text, &mut drafts.problems));
    let sections = sections(&page, &mut drafts.problems);
    if sections.iter().all(|section| section.level == Level::Topic) {
        drafts.without_questions(&page);
        return drafts;
    }
    let mut topic = None;
    let first = sections.first().map_or(0, |section| section.line.start);
    drafts.stray(&page, 0..first);
    for section in sections {
        match section.level {
            Level::Topic => {
                let heading = heading(&page, section.line, &mut drafts.problems);
                if let Some(braces) = heading.attributes.range {
                    drafts.problems.push(
                        Problem::error(page.span(braces), "a topic has no id and no settings")
                            .hint("only questions have them, the headings with `##`"),
                    );
                }
                topic = Some(heading.title).filter(|title| !title.is_empty());
                drafts.stray(&page, section.body);
            }
            Level::Question => drafts.entry(&page, sheet, topic.clone(), &section),
        }
    }
    drafts
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Topic,
    Question,
}

struct Section {
    level: Level,
    line: Range<usize>,
    body: Range<usize>,
}

/// The page, cut at its `#` and `##`.
fn sections(page: &Page, problems: &mut Vec<Problem>) -> Vec<Section> {
    let text = page.text();
    let mut sections: Vec<Section> = Vec::new();
    let mut references: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut depth = 0_usize;
    let mut events = Parser::new_ext(text, MARKDOWN).into_offset_iter();
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(tag) => {
                if let Tag::Link { id, .. } | Tag::Image { id, .. } = &tag
                    && let Some(definition) = events.reference_definitions().get(id)
                {
                    references.push((range.clone(), definition.span.clone()));
                }
                if depth == 0
                    && let Tag::Heading { level, .. } = tag
                {
                    let level = match level {
                        HeadingLevel::H1 => Some(Level::Topic),
                        HeadingLevel::H2 => Some(Level::Question),
                        _ => None,
                    };
                    if !text[range.clone()].trim_start().starts_with('#') {
                        problems.push(underlined(page, range));
                    } else if let Some(level) = level {
                        let line = trim(text, range);
                        if let Some(before) = sections.last_mut() {
                            before.body.end = line.start;
                        }
                        let body = line.end..text.len();
                        sections.push(Section { level, line, body });
                    }
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    for (link, definition) in references {
        let section = sections.partition_point(|section| section.line.start <= link.start).checked_sub(1);
        if section.is_some_and(|section| !sections[section].body.contains(&definition.start)) {
            problems.push(
                Problem::error(page.span(link), "the address of this link stands in another entry")
                    .also(page.span(trim(text, definition)), "here")
                    .hint("write it where it is used: `[text](https://example.com)`"),
            );
        }
    }
    sections
}

/// A line of `---` or `===` below text makes a heading of it, which nobody means.
fn underlined(page: &Page, range: Range<usize>) -> Problem {
    let range = trim(page.text(), range);
    let line = page.text()[range.clone()].rfind('\n').map_or(range.start, |end| range.start + end + 1);
    let line = trim(page.text(), line..range.end);
    let mark = &page.text()[line.clone()];
    Problem::error(
        page.span(line.clone()),
        format!(
            "`{}` directly below text makes a heading of it",
            mark.get(..mark.len().min(3)).unwrap_or(mark)
        ),
    )
    .hint("leave a blank line between them, or write the heading with `#` or `##`")
}

impl Drafts {
    /// A file in which nothing begins with `##`.
    fn without_questions(&mut self, page: &Page) {
        let words = trim(page.text(), 0..page.text().len());
        if words.is_empty() {
            return;
        }
        let end = page.text()[words.clone()].find('\n').map_or(words.end, |length| words.start + length);
        let first = &page.text()[words.start..end];
        let hint = if first.starts_with("##") {
            "write a space behind `##`"
        } else {
            "a question begins with `##`; `drafts/` is the place for what isn't ready"
        };
        self.problems.push(
            Problem::warning(page.span(words.start..end), "there is no question in this file").hint(hint),
        );
    }

    /// Text that belongs to no entry.
    fn stray(&mut self, page: &Page, range: Range<usize>) {
        let words = trim(page.text(), range);
        if words.is_empty() {
            return;
        }
        let line = page.text()[words.clone()].find('\n').map_or(words.end, |length| words.start + length);
        if page.text()[words.start..line].chars().all(|c| matches!(c, '-' | '*' | '_' | ' '))
            && line == words.end
        {
            return;
        }
        self.problems.push(
            Problem::warning(
                page.span(words.start..line),
                "this text belongs to no question, so nobody will read it",
            )
            .hint("write a question above it (`## …`), or make it a comment (`<!-- … -->`)"),
        );
    }

    fn entry(&mut self, page: &Rc<Page>, sheet: Sheet<'_>, topic: Option<String>, section: &Section) {
        let Heading { title, range, attributes } = heading(page, section.line.clone(), &mut self.problems);
        let problems = &mut self.problems;
        let span = page.span(range.clone());
        let Quoted { phrasings, patterns, incomplete, end } = quoted(page, section.body.clone(), problems);
        let draft = answer(page, answer_range(page.text(), end..section.body.end), problems);

        let named = attributes.id.is_some();
        let id = match attributes.id {
            Some((id, _)) => Some(id),
            None => slug(&title),
        };
        if title.is_empty() {
            problems.push(
                Problem::error(page.span(section.line.clone()), "this heading has no question")
                    .hint("write what customers ask behind `##`"),
            );
        }
        let Some(id) = id else {
            if !title.is_empty() {
                problems.push(
                    Problem::error(span, "no id can be made of this question")
                        .hint("give it one: `{#delivery-time}`"),
                );
            }
            return;
        };
        let written = &page.text()[range];
        if written.contains("{{") || written.contains("{%") {
            problems.push(
                Problem::error(span, "a question can't use `{{ … }}`, only an answer can")
                    .hint("write the words themselves"),
            );
        }
        if let (Some(handover), Some(staff_only)) = (&attributes.handover, &attributes.staff_only) {
            problems.push(
                Problem::warning(
                    page.span(handover.clone()),
                    "`.handover` does nothing here: the bot never gives this answer by itself",
                )
                .also(page.span(staff_only.clone()), "because of this"),
            );
        }
        let phrasings = all_phrasings(title, span, phrasings, problems);
        let season = season(page, sheet.firm, attributes.from, attributes.until, problems);
        let channels = attributes.channels.map_or(Channels::All, |(kinds, _)| {
            if kinds.is_empty() { Channels::All } else { Channels::Only(kinds) }
        });
        let used = if attributes.staff_only.is_some() { Use::StaffOnly } else { Use::Customers };
        let places = Places { page: page.clone(), text: draft.text.clone() };
        let reply = reply(page, span, draft, attributes.handover.is_some(), used, problems);
        self.entries.push(Draft {
            entry: Entry {
                id,
                language: sheet.language,
                topic,
                phrasings,
                patterns,
                reply,
                used,
                season,
                channels,
                small_talk: sheet.small_talk,
                span,
            },
            named,
            incomplete,
            places,
        });
    }
}

/// `body` without white space around it, and without the rule that some owners draw below every entry.
fn answer_range(text: &str, body: Range<usize>) -> Range<usize> {
    let inner = trim_lines(&text[body.clone()]);
    let mut range = body.start + inner.start..body.start + inner.end;
    while let Some(end) = text[range.clone()].rfind('\n') {
        let last = text[range.start + end..range.end].trim();
        let mark = last.chars().next().filter(|c| matches!(c, '-' | '*' | '_'));
        let is_rule = 3 <= last.len() && mark.is_some_and(|mark| last.chars().all(|c| c == mark));
        if !is_rule {
            break;
        }
        range.end = range.start + text[range.start..range.start + end].trim_end().len();
    }
    range
}

/// The heading, the quoted lines, and what contradicts itself among them.
fn all_phrasings(
    title: String,
    span: Span,
    quoted: Vec<Phrasing>,
    problems: &mut Vec<Problem>,
) -> Vec<Phrasing> {
    let mut phrasings = vec![Phrasing { text: title, means_this: true, span }];
    phrasings.extend(quoted);
    for group in same::groups(phrasings.iter().map(|phrasing| phrasing.text.as_str())) {
        let first = &phrasings[group[0]];
        for phrasing in group[1..].iter().map(|&index| &phrasings[index]) {
            if !same::is_same(&first.text, &phrasing.text) {
                continue;
            }
            problems.push(if first.means_this == phrasing.means_this {
                Problem::warning(phrasing.span, "this stands here twice")
                    .also(first.span, "the first")
                    .hint("take one of them out")
            } else {
                Problem::error(phrasing.span, "this question must get the answer, and must not get it")
                    .also(first.span, "the same question")
                    .hint("take one of them out")
            });
        }
    }
    phrasings
}

fn season(
    page: &Page,
    firm: &Firm,
    from: Option<(NaiveDate, Range<usize>)>,
    until: Option<(NaiveDate, Range<usize>)>,
    problems: &mut Vec<Problem>,
) -> Season {
    if let (Some((first, first_range)), Some((last, last_range))) = (&from, &until)
        && last < first
    {
        problems.push(
            Problem::error(
                page.span(last_range.clone()),
                "this day lies before the first one, so the answer is never given",
            )
            .also(page.span(first_range.clone()), "the first day")
            .hint("both days belong to the time: `from=2026-12-01 until=2026-12-26`"),
        );
    }
    Season {
        from: from.map(|(day, _)| start_of_day(firm.time_zone, day)),
        until: until.and_then(|(day, _)| day.succ_opt()).map(|day| start_of_day(firm.time_zone, day)),
    }
}

fn reply(
    page: &Page,
    heading: Span,
    draft: AnswerDraft,
    handover: bool,
    used: Use,
    problems: &mut Vec<Problem>,
) -> Reply {
    let answer = Answer { text: draft.text.text, links: draft.links, span: page.span(draft.range) };
    if answer.text.trim().is_empty() {
        if let Some(link) = answer.links.first() {
            problems.push(
                Problem::error(link.span, "there are buttons here, but no words above them")
                    .hint("write a sentence above the list, such as “What would you like to know?”"),
            );
        } else if used == Use::StaffOnly {
            problems.push(
                Problem::warning(heading, "there is no text below this, so staff can send nothing")
                    .hint("write the answer below it"),
            );
        } else if !handover {
            problems.push(
                Problem::error(heading, "there is no answer below this question")
                    .hint("write the answer below it, or `{.handover}` behind it if a person should answer"),
            );
        }
        return if answer.links.is_empty() { Reply::HandOver } else { Reply::Answer(answer) };
    }
    if handover { Reply::AnswerThenHandOver(answer) } else { Reply::Answer(answer) }
}
