//! One Markdown file, made ready: comments taken out, fences that nobody closed made harmless.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use super::cut::Cut;
use super::problem::Problem;
use super::source::{FileId, Span};

/// The Markdown that owners write; answers are shown by the same rules.
pub(super) const MARKDOWN: Options = Options::ENABLE_STRIKETHROUGH;

/// Most things without an end that one file is mended for; behind that, the rest of the file waits for the owner.
const MOST_REPAIRS: usize = 8;

/// A file's text as the parsers see it. Ranges count in this text; [`Page::span`] leads back to the file.
pub(super) struct Page {
    file: FileId,
    cut: Cut,
}

impl Page {
    /// The page of `file` with `source`; what has no end goes to `problems`.
    pub(super) fn new(file: FileId, source: &str, problems: &mut Vec<Problem>) -> Self {
        let mut cuts: Vec<Range<usize>> = Vec::new();
        let mut cut = Cut::new(source, 0..source.len(), &cuts);
        for _ in 0..MOST_REPAIRS {
            let found = look_through(&cut.text);
            let Some(loose) = found.loose else {
                cuts.extend(found.comments.into_iter().map(|range| cut.source_range(range)));
                break;
            };
            let range = cut.source_range(loose.range());
            problems.push(loose.problem(Span::new(file, range.clone())));
            // Taken out, and read again: the entries below it are not lost, so their ids don't seem to be missing.
            cuts.push(range);
            cuts.sort_by_key(|range| range.start);
            cut = Cut::new(source, 0..source.len(), &cuts);
        }
        cuts.sort_by_key(|range| range.start);
        Self { file, cut: Cut::new(source, 0..source.len(), &cuts) }
    }

    /// What is to be read.
    pub(super) fn text(&self) -> &str {
        &self.cut.text
    }

    /// Where the bytes `range` stand in the file.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, self.cut.source_range(range))
    }
}

/// Something that begins and never ends.
enum Loose {
    Comment(Range<usize>),
    Fence(Range<usize>),
}

impl Loose {
    fn range(&self) -> Range<usize> {
        match self {
            Self::Comment(range) | Self::Fence(range) => range.clone(),
        }
    }

    fn problem(&self, span: Span) -> Problem {
        match self {
            Self::Comment(_) => {
                Problem::error(span, "this comment has no end").hint("write `-->` where it should end")
            }
            Self::Fence(_) => Problem::error(span, "this code block has no end")
                .hint("close it with a line of the same marks, such as three backticks"),
        }
    }
}

#[derive(Default)]
struct Found {
    comments: Vec<Range<usize>>,
    loose: Option<Loose>,
}

fn look_through(text: &str) -> Found {
    let mut found = Found::default();
    if !(text.contains("<!--") || text.contains("```") || text.contains("~~~")) {
        return found;
    }
    // An HTML block comes as one event for each line, a comment may begin in one and end in another.
    let mut html_block: Option<Range<usize>> = None;
    for (event, range) in Parser::new_ext(text, MARKDOWN).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) if !is_closed(&text[range.clone()]) => {
                let end = text[range.start..].find('\n').map_or(text.len(), |length| range.start + length);
                // A fence inside a list or a quote ends with it: that is what Markdown says, and what people mean.
                if range.end == text.trim_end().len() || text[range.end..].trim().is_empty() {
                    found.loose = Some(Loose::Fence(range.start..end));
                    return found;
                }
            }
            Event::Start(Tag::HtmlBlock) => html_block = Some(range),
            Event::InlineHtml(_) if text[range.clone()].starts_with("<!--") => found.comments.push(range),
            _ => {}
        }
        if let Some(block) = html_block.take()
            && let Some(start) = comments_in(text, block, &mut found.comments)
        {
            found.loose = Some(Loose::Comment(start..start + "<!--".len()));
            return found;
        }
    }
    found
}

/// Adds the comments of an HTML block; the begin of one that doesn't end in it.
fn comments_in(text: &str, block: Range<usize>, comments: &mut Vec<Range<usize>>) -> Option<usize> {
    let mut from = block.start;
    while let Some(start) = text[from..block.end].find("<!--").map(|offset| from + offset) {
        let Some(length) = text[start..block.end].find("-->") else {
            return Some(start);
        };
        from = start + length + "-->".len();
        comments.push(start..from);
    }
    None
}

/// Whether the last line of a fenced block is a fence.
fn is_closed(block: &str) -> bool {
    let opening = block.trim_start();
    let Some(mark) = opening.chars().next() else {
        return true;
    };
    let length = opening.chars().take_while(|&c| c == mark).count();
    let last = block.trim_end().rsplit('\n').next().unwrap_or_default();
    let last = last.trim_start_matches(['>', ' ', '\t']);
    block.trim_end().contains('\n') && length <= last.len() && last.chars().all(|c| c == mark)
}
