//! TOML with a place for everything: a file's tables, walked by hand, so that each wrong value gets its own caret.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problem;
use super::source::{FileId, Span};
use super::suggest::did_you_mean;

/// Most syntax errors shown of one file; those behind are mostly consequences of the first.
const MOST_SYNTAX_ERRORS: usize = 3;

/// A TOML file that is being read.
#[derive(Clone, Copy)]
pub(super) struct TomlFile<'a> {
    pub(super) id: FileId,
    pub(super) text: &'a str,
}

/// A key with its value, and both places.
pub(super) struct Item<'a, 'i> {
    pub(super) key: &'a str,
    pub(super) key_span: Span,
    pub(super) value: &'a DeValue<'i>,
    pub(super) span: Span,
}

impl<'a> TomlFile<'a> {
    /// Its topmost table, as far as it is understood; what isn't goes to `problems`.
    pub(super) fn parse(self, problems: &mut Vec<Problem>) -> Spanned<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors.iter().take(MOST_SYNTAX_ERRORS) {
            let range = error.span().unwrap_or(0..0);
            let problem = Problem::error(self.span(range.clone()), first_line(error.message()));
            problems.push(problem.maybe_hint(self.syntax_hint(range.start)));
        }
        table
    }

    /// The bytes `range`, kept within the text.
    pub(super) fn span(self, range: Range<usize>) -> Span {
        let start = self.text.floor_char_boundary(range.start);
        let end = self.text.ceil_char_boundary(range.end.min(self.text.len())).max(start);
        Span::new(self.id, start..end)
    }

    /// The keys and values of `table`, in the order of the file.
    pub(super) fn items<'t, 'i>(self, table: &'t DeTable<'i>) -> Vec<Item<'t, 'i>> {
        let mut items: Vec<Item<'t, 'i>> = table
            .iter()
            .map(|(key, value)| Item {
                key: key.get_ref(),
                key_span: self.span(key.span()),
                value: value.get_ref(),
                span: self.span(value.span()),
            })
            .collect();
        items.sort_by_key(|item| item.key_span.start);
        items
    }

    /// The place of `range` within the string `value` that stands at `span`; the whole string where it is written with
    /// escapes.
    pub(super) fn inside(self, span: Span, value: &str, range: Range<usize>) -> Span {
        match self.text[span.range()].find(value) {
            Some(offset) if !value.is_empty() => {
                let start = span.start as usize + offset;
                self.span(start + range.start..start + range.end)
            }
            _ => span,
        }
    }

    /// What people type when TOML doesn't take it.
    fn syntax_hint(self, offset: usize) -> Option<String> {
        let offset = self.text.floor_char_boundary(offset);
        let start = self.text[..offset].rfind('\n').map_or(0, |end| end + 1);
        let line = self.text[start..].lines().next().unwrap_or_default();
        if line.contains(['„', '“', '”', '‘', '’']) {
            Some("write straight quotation marks: `\"`".to_owned())
        } else if line.matches('"').count() % 2 == 1 {
            Some("a quotation mark `\"` is missing in this line".to_owned())
        } else if let Some((key, value)) = line.split_once('=')
            && key.trim().contains(' ')
            && !key.contains(['"', '[', '{'])
        {
            Some(format!("write `\"{}\" ={value}`", key.trim()))
        } else if let Some((key, value)) =
            line.split_once(':').filter(|(key, _)| !key.contains(['=', '"', '#', '[']))
            && !key.trim().is_empty()
        {
            let value = value.trim().trim_matches('"');
            Some(format!("write `{} = \"{value}\"`", key.trim()))
        } else if let Some((key, value)) = line.split_once('=')
            && value.trim().starts_with(|c: char| c.is_alphabetic() || c == '+')
        {
            Some(format!(
                "write text in quotation marks: `{} = \"{}\"`",
                key.trim(),
                value.trim().trim_matches('"')
            ))
        } else {
            None
        }
    }
}

impl Item<'_, '_> {
    /// Its text; what else it is goes to `problems`.
    pub(super) fn text(&self, problems: &mut Vec<Problem>) -> Option<&str> {
        match self.value {
            DeValue::String(text) => Some(text),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                let hint = match self.key {
                    "lang" => "for several languages, write `languages = [\"en\", \"de\"]`".to_owned(),
                    key => format!("write it in quotation marks: `{key} = \"…\"`"),
                };
                problems.push(self.wrong_kind("a text").hint(hint));
                None
            }
        }
    }

    /// `… must be a text, not a number`.
    pub(super) fn wrong_kind(&self, wanted: &str) -> Problem {
        Problem::error(self.span, format!("`{}` must be {wanted}, not {}", self.key, kind(self.value)))
    }

    /// This key is none of `known`.
    pub(super) fn unknown(&self, known: &[&str]) -> Problem {
        let hint = did_you_mean(self.key, known.iter().copied())
            .unwrap_or_else(|| format!("there are {}", list(known)));
        Problem::error(self.key_span, format!("`{}` is unknown", self.key)).hint(hint)
    }
}

/// What `value` is, for a sentence.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// `a`, `b` and `c`, in backticks.
pub(super) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or("this is not understood").to_owned()
}
