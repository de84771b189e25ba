//! `checks.toml`: questions, and what must come of them.

use super::entry::EntryId;
use super::problem::Problem;
use super::table::TomlFile;
use super::{Check, Expected};

/// What stands for "a person must be called".
const PERSON: &str = "person";

/// Reads `checks.toml`; whether the ids exist is looked at later.
pub(super) fn read(file: TomlFile<'_>, problems: &mut Vec<Problem>) -> Vec<Check> {
    let table = file.parse(problems);
    let mut checks = Vec::new();
    for item in file.items(table.get_ref()) {
        let Some(text) = item.text(problems) else {
            continue;
        };
        if item.key.trim().is_empty() {
            problems.push(
                Problem::error(item.key_span, "this question is empty")
                    .hint("write `\"a question\" = \"id\"`"),
            );
            continue;
        }
        let name = text.strip_prefix('#').unwrap_or(text);
        let expected = if name == PERSON {
            Expected::Person
        } else if let Some(id) = EntryId::new(name) {
            Expected::Entry(id)
        } else {
            problems.push(
                Problem::error(item.span, format!("`{text}` can't be an id"))
                    .hint("write the id of an entry, or `\"person\"`"),
            );
            continue;
        };
        checks.push(Check {
            question: item.key.to_owned(),
            expected,
            span: item.key_span,
            expected_span: item.span,
        });
    }
    checks
}
