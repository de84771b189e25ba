//! The Markdown of an answer -> its text, and the links that become buttons.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd};

use super::cut::Cut;
use super::entry::{EntryId, Link};
use super::heading::{plain, trim};
use super::page::{MARKDOWN, Page};
use super::problem::Problem;
use super::slug::slug;
use super::source::Span;
use super::template::masked;

/// Longest answer, in characters: three messages on Telegram, six on Discord. Nobody reads more in a chat.
pub(super) const LONGEST_ANSWER: usize = 12_000;

/// Longest answer that is looked into, in bytes. What is longer is refused anyway.
pub(super) const MOST_BYTES: usize = 64 << 10;

/// Longest label that Discord shows on a button, in characters.
const LONGEST_LABEL: usize = 80;

/// An answer as it stands in the file.
pub(super) struct AnswerDraft {
    /// Without the links to other entries; [`Cut::source`] leads back to the page.
    pub(super) text: Cut,
    /// The links, each target once.
    pub(super) links: Vec<Link>,
    /// The whole answer.
    pub(super) range: Range<usize>,
}

/// Reads the answer in `range`; what is wrong with it goes to `problems`.
pub(super) fn answer(page: &Page, range: Range<usize>, problems: &mut Vec<Problem>) -> AnswerDraft {
    let mut cuts = Vec::new();
    let mut links = Vec::new();
    if range.len() <= MOST_BYTES {
        (links, cuts) = read(page, range.clone(), problems);
    }
    cuts.sort_by_key(|cut| cut.start);
    let rough = Cut::new(page.text(), range.clone(), &cuts);
    // Once more, so that nothing is left over at the ends.
    let inner = trim_lines(&rough.text);
    cuts.extend([
        range.start..rough.source_range(inner.clone()).start,
        rough.source_range(inner).end..range.end,
    ]);
    cuts.sort_by_key(|cut| (cut.start, cut.end));
    AnswerDraft { text: Cut::new(page.text(), range.clone(), &cuts), links, range }
}

/// The links of the answer in `range`, and what of it is no text.
fn read(page: &Page, range: Range<usize>, problems: &mut Vec<Problem>) -> (Vec<Link>, Vec<Range<usize>>) {
    let mut reader = Reader {
        page,
        start: range.start,
        end: range.end,
        links: Vec::new(),
        cuts: Vec::new(),
        accounted: Vec::new(),
        items: Vec::new(),
        html_seen: false,
        problems,
    };
    let source = masked(&page.text()[range]);
    reader.read(&source);
    reader.broken_links(&source);
    reader.broken_comments(&source);
    (reader.links, reader.cuts)
}

/// `text` without blank lines at its begin and white space at its end; the indentation of the first line stays.
pub(super) fn trim_lines(text: &str) -> Range<usize> {
    let inner = trim(text, 0..text.len());
    let start = text[..inner.start].rfind('\n').map_or(0, |end| end + 1);
    start..inner.end.max(start)
}

struct Item {
    range: Range<usize>,
    /// Links to entries in it.
    links: usize,
    /// Whether anything else is in it.
    other: bool,
}

struct Reader<'a> {
    page: &'a Page,
    /// Where the answer begins in the page.
    start: usize,
    end: usize,
    links: Vec<Link>,
    cuts: Vec<Range<usize>>,
    /// Stretches in which `](` is no broken link and `<!--` no broken comment: links, pictures, code.
    accounted: Vec<Range<usize>>,
    items: Vec<Item>,
    html_seen: bool,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        self.page.span(self.start + range.start..self.start + range.end)
    }

    /// The owner's words at `range` of the answer, template marks and all.
    fn words(&self, range: Range<usize>) -> &str {
        &self.page.text()[self.start + range.start..self.start + range.end]
    }

    fn read(&mut self, source: &str) {
        let mut events = Parser::new_ext(source, MARKDOWN).into_offset_iter();
        let mut depth = 0_usize;
        while let Some((event, range)) = events.next() {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => {
                    self.accounted.push(range.clone());
                    let to_entry = dest_url.starts_with('#');
                    self.link(&dest_url, range.clone());
                    // Its label is neither words of the item nor anything to look at.
                    let mut open = 1;
                    for (event, range) in events.by_ref() {
                        match event {
                            Event::Start(Tag::Image { dest_url, .. }) => {
                                open += 1;
                                self.picture(&dest_url, range);
                            }
                            Event::Start(_) => open += 1,
                            Event::End(_) => open -= 1,
                            Event::InlineHtml(_) => self.html(range),
                            _ => {}
                        }
                        if open == 0 {
                            break;
                        }
                    }
                    if let Some(item) = self.items.last_mut() {
                        item.links += usize::from(to_entry);
                        item.other |= !to_entry;
                    }
                }
                Event::Start(ref tag) => {
                    match tag {
                        Tag::Item => self.items.push(Item { range: range.clone(), links: 0, other: false }),
                        Tag::List(_) | Tag::Paragraph => {}
                        Tag::Image { dest_url, .. } => {
                            self.accounted.push(range.clone());
                            let dest_url = dest_url.clone();
                            self.picture(&dest_url, range.clone());
                            self.something();
                        }
                        Tag::CodeBlock(_) => {
                            self.accounted.push(range.clone());
                            self.something();
                        }
                        Tag::BlockQuote(_) if depth == 0 => {
                            self.quote(range.clone());
                            self.something();
                        }
                        _ => self.something(),
                    }
                    depth += 1;
                }
                Event::End(tag) => {
                    depth = depth.saturating_sub(1);
                    if tag == TagEnd::Item
                        && let Some(item) = self.items.pop()
                    {
                        self.item(&item);
                        // A list inside an item belongs to it.
                        if let Some(outer) = self.items.last_mut() {
                            outer.other |= item.other || item.links != 1;
                            outer.links += item.links;
                        }
                    }
                }
                Event::Text(_) => {
                    self.text(range.clone());
                    if !self.words(range).trim().is_empty() {
                        self.something();
                    }
                }
                Event::Html(_) | Event::InlineHtml(_) => {
                    self.html(range);
                    self.something();
                }
                Event::Code(_) => {
                    self.accounted.push(range);
                    self.something();
                }
                Event::SoftBreak | Event::HardBreak => {}
                _ => self.something(),
            }
        }
    }

    /// The item that is being read holds something else than a link.
    fn something(&mut self) {
        if let Some(item) = self.items.last_mut() {
            item.other = true;
        }
    }

    /// An item with nothing but one link to an entry is a button, no part of the text.
    fn item(&mut self, item: &Item) {
        if item.other || item.links != 1 {
            return;
        }
        let text = &self.page.text()[self.start..self.end];
        let line = text[..item.range.start].rfind('\n').map_or(0, |end| end + 1);
        let mut start = if text[line..item.range.start].trim().is_empty() { line } else { item.range.start };
        let item_end = item.range.start + text[item.range.clone()].trim_end().len();
        let mut end = text[item_end..].find('\n').map_or(text.len(), |length| item_end + length + 1);
        // The item before it may have gone, too.
        if let Some(index) = self.cuts.iter().position(|cut| cut.end == self.start + start) {
            start = self.cuts.swap_remove(index).start - self.start;
        }
        // Where a whole list goes, the blank lines behind it go, too.
        if text[..start].trim_end_matches([' ', '\t']).ends_with("\n\n") || start == 0 {
            while let Some(length) =
                text[end..].find('\n').filter(|&length| text[end..end + length].trim().is_empty())
            {
                end += length + 1;
            }
        }
        let cut = self.start + start..self.start + end;
        self.cuts.retain(|inner| inner.end <= cut.start || cut.end <= inner.start);
        self.cuts.push(cut);
    }

    fn link(&mut self, url: &CowStr<'_>, range: Range<usize>) {
        let Some(name) = url.strip_prefix('#') else {
            self.address(url, range, "link");
            return;
        };
        let words = self.words(range.clone());
        // `[label](#id)`: the label ends where the last `](` begins; a reference `[label]` has none.
        let Some(label) = words.rfind("](").map(|end| range.start + 1..range.start + end) else {
            let span = self.span(range);
            self.problems.push(
                Problem::error(span, "a link to an entry holds the id itself")
                    .hint(format!("write `[…]({url})` here")),
            );
            return;
        };
        let id_start = label.end + 2;
        let id_range = id_start..(id_start + url.len()).min(range.end);
        let Some(to) = EntryId::new(name) else {
            let span = self.span(id_range);
            let problem =
                Problem::error(span, format!("`{}` can't be an id", self.words(id_start..range.end - 1)));
            self.problems.push(match slug(name) {
                Some(id) if !name.is_empty() => {
                    problem.hint(format!("ids have small letters, digits and hyphens: `#{id}`"))
                }
                _ => problem.hint("write the id of an entry: `[Where is my parcel?](#tracking)`"),
            });
            return;
        };
        let text = plain(self.words(label.clone()).trim());
        let span = self.span(range.clone());
        let length = text.chars().count();
        if LONGEST_LABEL < length {
            self.problems.push(
                Problem::warning(
                    span,
                    format!(
                        "this button is too long: {length} characters, and Discord shows {LONGEST_LABEL}"
                    ),
                )
                .hint("write a shorter question between the brackets"),
            );
        }
        if !self.links.iter().any(|link| link.to == to) {
            self.links.push(Link { label: text, to, span });
        }
        self.cuts.push(self.start + range.start..self.start + label.start);
        self.cuts.push(self.start + label.end..self.start + range.end);
    }

    fn picture(&mut self, url: &CowStr<'_>, range: Range<usize>) {
        self.address(url, range, "picture");
    }

    /// Whether an app can follow `url`.
    fn address(&mut self, url: &CowStr<'_>, range: Range<usize>, what: &str) {
        let span = self.span(range.clone());
        if url.trim().is_empty() {
            self.problems.push(
                Problem::error(span, format!("this {what} has no address"))
                    .hint(format!("write it in the brackets: `({EXAMPLE})`")),
            );
            return;
        }
        // What a template puts there is known only later.
        let by_template = self.words(range.clone()).contains("{{") && !url.contains(':');
        let lower = url.to_ascii_lowercase();
        let schemes: &[&str] = if what == "link" {
            &["https://", "http://", "mailto:", "tel:"]
        } else {
            &["https://", "http://"]
        };
        if by_template
            || schemes.iter().any(|scheme| lower.starts_with(scheme))
            || (what == "link" && self.words(range).starts_with('<'))
        {
            return;
        }
        let problem = Problem::error(span, format!("customers' apps can't open `{url}`"));
        self.problems.push(if looks_like_a_host(&lower) {
            problem.hint(format!("write the whole address: `https://{url}`"))
        } else {
            problem.hint(format!("write a whole address: `{EXAMPLE}`"))
        });
    }

    fn html(&mut self, range: Range<usize>) {
        if self.html_seen {
            return;
        }
        self.html_seen = true;
        let words = self.words(range.clone()).trim_end();
        let end = range.start + words.find('>').map_or(words.len(), |end| end + 1);
        let tag = self.words(range.start..end).to_owned();
        let span = self.span(range.start..end);
        self.problems.push(
            Problem::warning(span, format!("HTML is shown as it stands here: customers read `{tag}`"))
                .hint("use Markdown: `**bold**`, `*italic*`, `[text](https://…)`"),
        );
    }

    /// Text that was probably meant as a heading.
    fn text(&mut self, range: Range<usize>) {
        let words = self.words(range.clone());
        let hashes = words.len() - words.trim_start_matches('#').len();
        let text = &self.page.text()[self.start..self.end];
        let begins_line = text[..range.start].trim_end_matches(' ').ends_with('\n') || range.start == 0;
        if hashes == 2 && begins_line && words[hashes..].starts_with(|c: char| !c.is_whitespace()) {
            let span = self.span(range.start..range.start + hashes);
            self.problems.push(
                Problem::error(span, "`##` needs a space behind it to begin an entry")
                    .hint(format!("write `## {}`", words[hashes..].trim())),
            );
        }
    }

    /// A quote in the answer is fine, unless it looks like phrasings in the wrong place.
    fn quote(&mut self, range: Range<usize>) {
        let lines = || {
            self.words(range.clone()).lines().map(|line| line.trim_start_matches(['>', ' ', '\t']).trim_end())
        };
        let marked = lines().any(|line| {
            line.starts_with("not:") || (1 < line.len() && line.starts_with('/') && line.ends_with('/'))
        });
        let questions = lines().filter(|line| !line.is_empty()).all(|line| line.ends_with('?'));
        if marked || questions {
            let end = range.start + self.words(range.clone()).trim_end().len();
            let first = self.words(range.start..end).find('\n').map_or(end, |length| range.start + length);
            let span = self.span(range.start..first);
            self.problems.push(
                Problem::warning(span, "this stands below the answer, so the bot says it")
                    .hint("if customers say it, move it up, directly below the heading"),
            );
        }
    }

    /// `<!--` that Markdown doesn't take for a comment.
    fn broken_comments(&mut self, source: &str) {
        for (start, mark) in source.match_indices("<!--") {
            if !source[..start].ends_with('\\') && !self.accounted.iter().any(|range| range.contains(&start))
            {
                let span = self.span(start..start + mark.len());
                self.problems.push(
                    Problem::error(span, "this comment is not understood, so customers would read it")
                        .hint("write `<!--` at the begin of a line, and `-->` behind the comment"),
                );
            }
        }
    }

    /// `](` that Markdown doesn't take for a link.
    fn broken_links(&mut self, source: &str) {
        let mut from = 0;
        while let Some(middle) = source[from..].find("](").map(|offset| from + offset) {
            from = middle + 2;
            if self.accounted.iter().any(|range| range.contains(&middle)) {
                continue;
            }
            let line = source[..middle].rfind('\n').map_or(0, |end| end + 1);
            let Some(start) = source[line..middle].rfind('[').map(|offset| line + offset) else {
                continue;
            };
            if source[..start].ends_with('\\') {
                continue;
            }
            let line_end = source[middle..].find('\n').map_or(source.len(), |length| middle + length);
            let end = source[middle..line_end].find(')').map_or(line_end, |length| middle + length + 1);
            let span = self.span(start..end);
            self.problems.push(Problem::error(span, "this is not understood as a link").hint(format!(
                "between the round brackets goes one address without spaces, `{EXAMPLE}` or `#id`"
            )));
        }
    }
}

/// Whether `address` is one to which only `https://` is missing.
fn looks_like_a_host(address: &str) -> bool {
    let host = address.split('/').next().unwrap_or_default();
    let ending = host.rsplit_once('.').map_or("", |(_, ending)| ending);
    let known = [
        "com", "net", "org", "info", "shop", "eu", "de", "at", "ch", "uk", "us", "fr", "it", "es", "nl", "pl",
    ];
    address.starts_with("www.") || known.contains(&ending)
}

const EXAMPLE: &str = "https://example.com";
