//! Answers as templates: `{{ phone }}`, `{% if open_now %}…{% endif %}` (crate minijinja, with fuel).
//!
//! DESIGN. The owner's own words (the answer, the firm's variables) are Markdown and stay so. What a customer wrote and a
//! pattern caught is not: wherever it is put out it is escaped, so that nobody can make the bot say bold words, links or
//! lists of their own. minijinja's "safe strings" tell the two apart. A name without a value is an error when the files
//! are read ([`super::trial`]) and empty words in front of a customer.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use minijinja::value::{Object, Value, ValueKind};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use super::business::Firm;
use super::entry::{Answer, Entry};
use crate::text::Language;

/// Steps that one answer may take, and 64 times as many bytes that it may write: a hundred times what answers need.
const FUEL: u64 = 5_000;

/// Deepest nesting of expressions and blocks.
const DEEPEST: usize = 50;

/// Longest piece of a customer's message that is put into an answer, in characters.
const LONGEST_CAPTURE: usize = 100;

/// What answers may use at one moment.
#[derive(Debug, Clone)]
pub struct Values(Arc<Names>);

impl Values {
    /// The values for an answer in `language` (the answer's own, which may be another than the customer's): the firm's
    /// variables, whether it is open, when it opens next (in words, empty if never), and what the entry's patterns caught
    /// ([`Entry::captures`]).
    #[must_use]
    pub fn new<N: Into<String>, C: AsRef<str>>(
        firm: &Firm,
        language: Language,
        open_now: bool,
        opens_next: &str,
        captures: impl IntoIterator<Item = (N, C)>,
    ) -> Self {
        let trusted = |text: &str| Value::from_safe_string(text.to_owned());
        let mut names: BTreeMap<String, Value> = firm
            .variables
            .keys()
            .filter_map(|name| Some((name.clone(), trusted(firm.variable(name, language)?))))
            .collect();
        names.insert("name".to_owned(), trusted(&firm.name));
        names.insert("open_now".to_owned(), Value::from(open_now));
        names.insert("opens_next".to_owned(), trusted(opens_next));
        for (name, caught) in captures {
            // A group has the same name as nothing else: that is looked at when the files are read.
            names.entry(name.into()).or_insert_with(|| Value::from(one_line(caught.as_ref())));
        }
        Self(Arc::new(Names(names)))
    }
}

/// An answer could not be made. It was tried when the files were read, so this is not the customer's doing.
#[derive(Debug, thiserror::Error)]
#[error("the answer's template failed: {0}")]
pub struct RenderError(#[from] pub(super) minijinja::Error);

impl Answer {
    /// Whether the text is a template. One that isn't is said as it stands.
    #[must_use]
    pub fn is_template(&self) -> bool {
        is_template(&self.text)
    }

    /// What the bot says, as Markdown.
    pub fn render(&self, values: &Values) -> Result<String, RenderError> {
        if !self.is_template() {
            return Ok(self.text.clone());
        }
        let template = ENGINE.template_from_str(&self.text)?;
        let said = template.render(Value::from_dyn_object(values.0.clone()))?;
        Ok(without_gaps(&said))
    }
}

impl Entry {
    /// What the named groups of its patterns catch in `text`: the first pattern that matches decides.
    #[must_use]
    pub fn captures(&self, text: &str) -> Vec<(String, String)> {
        let with_groups = self.patterns.iter().filter(|pattern| 1 < pattern.regex.captures_len());
        let mut caught = with_groups.filter_map(|pattern| Some((pattern, pattern.regex.captures(text)?)));
        let Some((pattern, captures)) = caught.next() else {
            return Vec::new();
        };
        let names = pattern.regex.capture_names().flatten();
        names.filter_map(|name| Some((name.to_owned(), captures.name(name)?.as_str().to_owned()))).collect()
    }

    /// The named groups of its patterns.
    pub(super) fn group_names(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().flat_map(|pattern| pattern.regex.capture_names().flatten())
    }
}

/// The template engine: no loader, no functions, nothing that reaches outside.
pub(super) static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(DEEPEST);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    let functions: Vec<String> = engine.globals().map(|(name, _)| name.to_owned()).collect();
    for function in functions {
        engine.remove_global(&function);
    }
    // Filters that would let a customer's words pass for the owner's.
    for filter in ["safe", "escape", "e"] {
        engine.remove_filter(filter);
    }
    engine.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    engine.set_formatter(|out, _, value| {
        match value.as_str() {
            Some(text) if !value.is_safe() => out.write_str(&escaped(text)),
            _ if value.kind() == ValueKind::None => Ok(()),
            _ => write!(out, "{value}"),
        }
        .map_err(|_| minijinja::Error::from(minijinja::ErrorKind::WriteFailure))
    });
    engine
});

/// The names of a template; those without a value are empty words.
#[derive(Debug)]
struct Names(BTreeMap<String, Value>);

impl Object for Names {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        Some(self.0.get(key).cloned().unwrap_or_else(|| Value::from("")))
    }
}

/// `text` as Markdown that shows just these words.
pub(super) fn escaped(text: &str) -> String {
    let mut markdown = String::with_capacity(text.len());
    // A number with a dot or a hyphen would begin a list, but at the begin of a line only.
    let mut begins = true;
    for c in text.chars() {
        let list_mark = matches!(c, '-' | '+' | '.' | ')' | '=') && begins;
        if list_mark || "\\`*_[]()<>#~|!&{}".contains(c) {
            markdown.push('\\');
        }
        markdown.push(c);
        begins = begins && (c.is_ascii_digit() || c == ' ');
    }
    markdown
}

/// A customer's words as one short line, without signs that nobody sees.
fn one_line(words: &str) -> String {
    let visible =
        words.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_invisible(*c));
    visible.take(LONGEST_CAPTURE).collect::<String>().trim().to_owned()
}

pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `text` without the empty lines that `{% if … %}` on lines of their own leave behind.
fn without_gaps(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.trim_end().lines() {
        let is_gap = line.trim().is_empty() && lines.last().is_none_or(|last| last.trim().is_empty());
        if !is_gap {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// Whether the template engine has anything to do in `text`. A `{#` that nothing ends is only text, as long as there is
/// nothing else to do.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{")
        || text.contains("{%")
        || text.find("{#").is_some_and(|start| text[start..].contains("#}"))
}

/// Names that mean something in answers, beside the firm's variables and the groups of patterns.
pub(super) const RESERVED: [&str; 3] = ["name", "open_now", "opens_next"];

/// Whether answers can use a value called `name`.
pub(super) fn is_name(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    begins
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !KEYWORDS.contains(&name)
}

/// Words of the template language.
const KEYWORDS: [&str; 20] = [
    "and", "block", "call", "do", "elif", "else", "endif", "extends", "false", "filter", "for", "if",
    "import", "in", "include", "is", "loop", "none", "not", "or",
];

/// `text` with every template mark replaced by as many bytes of plain letters, so that Markdown doesn't look into it.
pub(super) fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((start, end)) = next_mark(rest) {
        masked.push_str(&rest[..start]);
        masked.extend(rest.as_bytes()[start..end].iter().map(|&byte| if byte == b'\n' { '\n' } else { 'x' }));
        rest = &rest[end..];
    }
    masked.push_str(rest);
    masked
}

/// Where the next `{{ … }}`, `{% … %}` or `{# … #}` begins and ends.
pub(super) fn next_mark(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find('{')?;
        let closing = match text.as_bytes().get(start + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                from = start + 1;
                continue;
            }
        };
        let length = text[start + 2..].find(closing)?;
        return Some((start, start + 2 + length + 2));
    }
}
