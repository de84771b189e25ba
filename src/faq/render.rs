//! A problem as the owner reads it: `file:line:column`, the line, a caret, and the way out.
//!
//! Drawn here and not by `annotate-snippets`: that crate puts place and message on two lines, and an owner who pipes
//! `deskbell check` through `grep`, or clicks in an editor's terminal, needs them on one.

use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::problem::{Problem, Severity};
use super::source::{SourceFile, Span};

/// Widest piece of a line that is shown, in columns of the screen.
const WIDEST: usize = 100;

/// Columns kept in front of the caret when a long line is cut.
const BEFORE_CARET: usize = 30;

/// Columns that a tab is shown with.
const TAB: usize = 4;

/// `problem` with the places it points at. Paths are those of `sources`, with `folder` in front (`""`, or `faq`);
/// with `color`, in the colours of a terminal.
#[must_use]
pub fn render(problem: &Problem, sources: &[SourceFile], folder: &str, color: bool) -> String {
    let mut drawing = Drawing { text: String::new(), sources, folder: folder.trim_end_matches('/'), color };
    let (word, paint) = match problem.severity {
        Severity::Error => ("error", Paint::Red),
        Severity::Warning => ("warning", Paint::Yellow),
    };
    let place = drawing.place(problem.span);
    let head = drawing.painted(Paint::Bold, &format!("{place}:"));
    let word = drawing.painted(paint, &format!("{word}:"));
    drawing.line(&format!("{head} {word} {}", clean(&problem.message)));
    let number_width = [Some(problem.span), problem.also.as_ref().map(|(span, _)| *span)]
        .into_iter()
        .flatten()
        .map(|span| drawing.number(span).len())
        .max()
        .unwrap_or(1);
    let also_here = problem.also.as_ref().filter(|(span, _)| drawing.fit_on_one_line(problem.span, *span));
    if let Some((span, word)) = also_here {
        drawing.two_marks(problem.span, paint, *span, word);
    } else {
        drawing.snippet(problem.span, number_width, paint, '^', "");
    }
    if let Some((span, word)) = problem.also.as_ref().filter(|_| also_here.is_none()) {
        if span.file == problem.span.file {
            drawing.snippet(*span, number_width, Paint::Blue, '-', &clean(word));
        } else {
            let place = drawing.place(*span);
            drawing.line(&format!("{place}: {}", clean(word)));
            drawing.snippet(*span, number_width, Paint::Blue, '-', "");
        }
    }
    if let Some(hint) = &problem.hint {
        let word = drawing.painted(Paint::Green, "hint:");
        drawing.line(&format!("{word} {}", clean(hint)));
    }
    drawing.text
}

/// `3 errors, 2 warnings in 5 files`.
#[must_use]
pub fn summary(problems: &[Problem], files: usize) -> String {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let counted = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    let files = counted(files, "file");
    match (errors, problems.len() - errors) {
        (0, 0) => format!("no problems in {files}"),
        (0, warnings) => format!("{} in {files}", counted(warnings, "warning")),
        (errors, 0) => format!("{} in {files}", counted(errors, "error")),
        (errors, warnings) => {
            format!("{}, {} in {files}", counted(errors, "error"), counted(warnings, "warning"))
        }
    }
}

#[derive(Clone, Copy)]
enum Paint {
    Bold,
    Red,
    Yellow,
    Blue,
    Green,
}

struct Drawing<'a> {
    text: String,
    sources: &'a [SourceFile],
    folder: &'a str,
    color: bool,
}

impl Drawing<'_> {
    fn line(&mut self, words: &str) {
        self.text.push_str(words.trim_end());
        self.text.push('\n');
    }

    fn painted(&self, paint: Paint, words: &str) -> String {
        if !self.color || words.is_empty() {
            return words.to_owned();
        }
        let code = match paint {
            Paint::Bold => "1",
            Paint::Red => "1;31",
            Paint::Yellow => "1;33",
            Paint::Blue => "34",
            Paint::Green => "32",
        };
        format!("\u{1b}[{code}m{words}\u{1b}[0m")
    }

    fn source(&self, span: Span) -> Option<&SourceFile> {
        self.sources.get(span.file.index())
    }

    fn place(&self, span: Span) -> String {
        let Some(source) = self.source(span) else {
            return "?".to_owned();
        };
        let position = source.position(span.start);
        let slash = if self.folder.is_empty() { "" } else { "/" };
        format!("{}{slash}{}:{}:{}", self.folder, clean(&source.path), position.line, position.column)
    }

    fn number(&self, span: Span) -> String {
        self.source(span).map_or_else(String::new, |source| source.position(span.start).line.to_string())
    }

    /// Whether both places stand side by side in one line that is shown whole.
    fn fit_on_one_line(&self, a: Span, b: Span) -> bool {
        let (first, second) = if a.start <= b.start { (a, b) } else { (b, a) };
        self.source(a).is_some_and(|source| {
            let (start, end) = (source.position(first.start), source.position(second.end));
            a.file == b.file
                && first.end <= second.start
                && first.start < first.end
                && start.line == end.line
                && clean(source.line(start.line)).width() <= WIDEST
        })
    }

    /// One line with two marks below it, and a word below the second.
    fn two_marks(&mut self, span: Span, paint: Paint, also: Span, word: &str) {
        let Some(source) = self.source(span) else {
            return;
        };
        let number = source.position(span.start).line;
        let line = source.line(number).to_owned();
        let start = source.line_start(number);
        let columns = |span: Span| {
            let (from, to) = ((span.start - start) as usize, (span.end - start) as usize);
            (clean(&line[..from]).width(), clean(&line[from..to]).width().max(1))
        };
        let mut marks = [(columns(span), '^', paint), (columns(also), '-', Paint::Blue)];
        marks.sort_by_key(|&((column, _), ..)| column);
        let mut below = String::new();
        let mut column = 0;
        for ((start, width), mark, paint) in marks {
            below.push_str(&" ".repeat(start.saturating_sub(column)));
            below.push_str(&self.painted(paint, &mark.to_string().repeat(width)));
            column = start + width;
        }
        let bar = self.painted(Paint::Blue, "|");
        let margin = " ".repeat(number.to_string().len());
        let number = self.painted(Paint::Blue, &number.to_string());
        self.line(&format!("  {number} {bar} {}", clean(&line)));
        self.line(&format!("  {margin} {bar} {below}"));
        self.line(&format!("  {margin} {bar} {}{}", " ".repeat(columns(also).0), clean(word)));
    }

    /// The line at `span` with marks below it; nothing for a file without text.
    fn snippet(&mut self, span: Span, number_width: usize, paint: Paint, mark: char, word: &str) {
        let Some(source) = self.source(span).filter(|source| !source.text.is_empty()) else {
            return;
        };
        let number = source.position(span.start).line;
        let line = source.line(number);
        let start = span.start.saturating_sub(source.line_start(number)) as usize;
        let length = source.slice(span).split('\n').next().unwrap_or_default().len();
        let start = start.min(line.len());
        let (before, rest) = line.split_at(line.floor_char_boundary(start));
        let (marked, after) = rest.split_at(rest.floor_char_boundary(length.min(rest.len())));
        let shown = Shown::fit(before, marked, after);
        let bar = self.painted(Paint::Blue, "|");
        let number = self.painted(Paint::Blue, &format!("{number:>number_width$}"));
        let marks = self.painted(paint, &mark.to_string().repeat(shown.marked.width().max(1)));
        let gap = " ".repeat(shown.before.width());
        let Shown { before, marked, after } = shown;
        self.line(&format!("  {number} {bar} {before}{marked}{after}"));
        let mut below = format!("  {} {bar} {gap}{marks}", " ".repeat(number_width));
        if !word.is_empty() {
            let _ = write!(below, " {word}");
        }
        self.line(&below);
    }
}

/// A line in three parts, cut to fit on the screen, with nothing in it that a terminal would obey.
struct Shown {
    before: String,
    marked: String,
    after: String,
}

impl Shown {
    fn fit(before: &str, marked: &str, after: &str) -> Self {
        let (before, marked, after) = (clean(before), clean(marked), clean(after));
        let mut shown = Self { before, marked, after };
        if shown.width() <= WIDEST {
            return shown;
        }
        if WIDEST / 2 < shown.before.width() {
            shown.before = format!("…{}", last_columns(&shown.before, BEFORE_CARET));
        }
        let room = WIDEST.saturating_sub(shown.before.width());
        if room < shown.marked.width() {
            shown.marked = format!("{}…", first_columns(&shown.marked, room.saturating_sub(1)));
            shown.after.clear();
        } else if room - shown.marked.width() < shown.after.width() {
            let room = room - shown.marked.width();
            shown.after = format!("{}…", first_columns(&shown.after, room.saturating_sub(1)));
        }
        shown
    }

    fn width(&self) -> usize {
        self.before.width() + self.marked.width() + self.after.width()
    }
}

fn first_columns(text: &str, columns: usize) -> &str {
    let mut width = 0;
    let end = text.char_indices().find(|&(_, c)| {
        width += c.width().unwrap_or(0);
        columns < width
    });
    end.map_or(text, |(end, _)| &text[..end])
}

fn last_columns(text: &str, columns: usize) -> &str {
    let mut width = 0;
    let start = text.char_indices().rev().take_while(|&(_, c)| {
        width += c.width().unwrap_or(0);
        width <= columns
    });
    start.last().map_or("", |(start, _)| &text[start..])
}

/// `text` with tabs as spaces, and visible signs for all that would move the cursor or turn the reading direction.
fn clean(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => shown.extend(std::iter::repeat_n(' ', TAB)),
            '\n' => shown.push(' '),
            '\0'..='\u{1f}' => shown.push(char::from_u32(0x2400 + c as u32).unwrap_or('�')),
            '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {
                shown.push('�');
            }
            _ => shown.push(c),
        }
    }
    shown
}
