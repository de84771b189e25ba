//! A message's parts -> text with styles on it, from which each platform makes what it understands.
//!
//! Markdown is parsed once, here; no adapter pastes signs into strings. Literal parts (somebody else's words) get no
//! styles, whatever signs they hold, and hide nothing.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::desk::Part;

use super::visible::visible;

/// A text, and styles on stretches of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rich {
    /// The text: paragraphs apart by an empty line, list items by `• ` or their number.
    pub text: String,
    /// Styles on byte ranges of the text, in the order of their starts, an outer one before those inside it.
    pub spans: Vec<Styled>,
    /// Pictures, in the order of the text; they stand apart from it.
    pub images: Vec<Image>,
}

/// A style on a stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Styled {
    /// Bytes of [`Rich::text`], on character boundaries.
    pub range: Range<usize>,
    /// How it looks.
    pub style: Style,
}

/// How a stretch looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Style {
    /// Bold; headings as well.
    Bold,
    /// Italic.
    Italic,
    /// Struck through.
    Strike,
    /// Code within a line.
    Code,
    /// A block of code, with its language where it is named.
    Block(Option<String>),
    /// A block quote.
    Quote,
    /// A link to this address.
    Link(String),
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Where it lies.
    pub url: String,
    /// What it shows.
    pub description: String,
}

/// All parts, one below the other.
#[must_use]
pub fn rich(parts: &[Part]) -> Rich {
    let mut whole = Rich::default();
    for part in parts {
        match part {
            Part::Markdown(text) => whole.append(markdown(text)),
            Part::Literal(text) => {
                whole.append(Rich { text: visible(text.trim()), ..Rich::default() });
            }
        }
    }
    whole
}

impl Rich {
    /// Puts `other` below this.
    pub(super) fn append(&mut self, other: Self) {
        self.images.extend(other.images);
        if other.text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        let shift = self.text.len();
        self.text.push_str(&other.text);
        let shifted =
            |span: Styled| Styled { range: span.range.start + shift..span.range.end + shift, ..span };
        self.spans.extend(other.spans.into_iter().map(shifted));
    }
}

/// Markdown as the owner writes it (CommonMark, and `~~struck~~`).
#[must_use]
pub fn markdown(source: &str) -> Rich {
    let mut writer = Writer::default();
    for event in Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH) {
        writer.event(event);
    }
    writer.finish()
}

#[derive(Default)]
struct Writer {
    rich: Rich,
    open: Vec<Open>,
    lists: Vec<Option<u64>>,
    /// Set while a picture's description is read, which is not part of the text.
    image: Option<Image>,
}

struct Open {
    start: usize,
    style: Style,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.push(&text),
            Event::Code(code) => {
                let start = self.rich.text.len();
                self.push(&code);
                self.style(start, Style::Code);
            }
            Event::SoftBreak | Event::HardBreak => self.push("\n"),
            Event::Rule => {
                self.paragraph();
                self.push("———");
            }
            Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph if self.lists.is_empty() || !self.at_item_start() => self.paragraph(),
            Tag::Heading { .. } => {
                self.paragraph();
                self.open(Style::Bold);
            }
            Tag::Strong => self.open(Style::Bold),
            Tag::Emphasis => self.open(Style::Italic),
            Tag::Strikethrough => self.open(Style::Strike),
            Tag::Link { dest_url, .. } => self.open(Style::Link(dest_url.into_string())),
            Tag::Image { dest_url, .. } => {
                self.image = Some(Image { url: dest_url.into_string(), description: String::new() });
            }
            Tag::BlockQuote(_) => {
                self.paragraph();
                self.open(Style::Quote);
            }
            Tag::CodeBlock(kind) => {
                self.paragraph();
                let language = match kind {
                    CodeBlockKind::Fenced(name) if !name.is_empty() => Some(name.into_string()),
                    CodeBlockKind::Fenced(_) | CodeBlockKind::Indented => None,
                };
                self.open(Style::Block(language));
            }
            Tag::List(number) => {
                if self.lists.is_empty() {
                    self.paragraph();
                }
                self.lists.push(number);
            }
            Tag::Item => self.item(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_)
            | TagEnd::Strong
            | TagEnd::Emphasis
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock => self.close(),
            TagEnd::Image => self.rich.images.extend(self.image.take()),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            _ => {}
        }
    }

    fn item(&mut self) {
        let depth = self.lists.len().saturating_sub(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number += 1;
                mark
            }
            Some(None) | None => "• ".to_owned(),
        };
        if !self.rich.text.is_empty() && !self.rich.text.ends_with('\n') {
            self.rich.text.push('\n');
        }
        self.rich.text.push_str(&"   ".repeat(depth));
        self.rich.text.push_str(&mark);
    }

    fn at_item_start(&self) -> bool {
        let line = self.rich.text.rsplit('\n').next().unwrap_or_default().trim_start();
        line == "• " || line.strip_suffix(". ").is_some_and(|number| number.parse::<u64>().is_ok())
    }

    fn push(&mut self, text: &str) {
        match &mut self.image {
            Some(image) => image.description.push_str(text),
            // What stands behind a picture begins the text as if the picture were not there.
            None if self.rich.text.is_empty() => self.rich.text.push_str(text.trim_start_matches(' ')),
            None => self.rich.text.push_str(text),
        }
    }

    /// Begins a new paragraph, unless the text, or a quote, just begins.
    fn paragraph(&mut self) {
        let begins =
            self.open.iter().any(|open| open.start == self.rich.text.len() && open.style == Style::Quote);
        let kept = self.rich.text.trim_end_matches('\n').len();
        if kept == 0 || begins {
            return;
        }
        self.rich.text.truncate(kept);
        self.rich.text.push_str("\n\n");
    }

    fn open(&mut self, style: Style) {
        self.open.push(Open { start: self.rich.text.len(), style });
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.style(open.start, open.style);
    }

    fn style(&mut self, start: usize, style: Style) {
        let end = self.rich.text.trim_end_matches('\n').len();
        if start < end {
            self.rich.spans.push(Styled { range: start..end, style });
        }
    }

    fn finish(mut self) -> Rich {
        let kept = self.rich.text.trim_end().len();
        self.rich.text.truncate(kept);
        self.rich.spans.retain_mut(|span| {
            span.range.end = span.range.end.min(kept);
            span.range.start < span.range.end
        });
        self.rich.spans.sort_by_key(|span| (span.range.start, std::cmp::Reverse(span.range.end)));
        self.rich
    }
}
