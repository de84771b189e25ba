//! How customers put such questions to firms that were written as examples: which entries will be missed, and questions to copy.

use std::fmt::Write as _;

use serde::Serialize;

use crate::advice::{Advised, Tried};
use crate::cli::output;
use crate::faq::{Entry, Faq, Position, Use};

/// Entries that are missed most are named up to this number.
const NAMED: usize = 4;

/// Fewer questions than these say nothing about an entry.
const TELLING: usize = 3;

/// Which entries customers will probably miss, in one paragraph; empty where other firms have nothing like these entries.
pub(super) fn paragraph(faq: &Faq, advised: &[Advised]) -> String {
    let all = advised.iter().fold(Tried::default(), |all, one| Tried {
        right: all.right + one.tried.right,
        offered: all.offered + one.tried.offered,
        person: all.person + one.tried.person,
        wrong: all.wrong + one.tried.wrong,
    });
    if all.all() == 0 {
        return String::new();
    }
    let entries: Vec<&Entry> = faq.entries.iter().filter(|entry| counts(entry)).collect();
    let bare = entries.iter().filter(|entry| is_bare(entry)).count();
    let Tried { right, offered, person, wrong } = all;
    let mut text = match bare {
        0 => String::new(),
        bare => format!("{bare} of your {} entries have no question below the heading. ", entries.len()),
    };
    let _ = write!(
        text,
        "How customers ask about {} of your {} entries is known from example firms: of {} such questions {right} would be \
         answered, {offered} answered after asking back, {person} handed to a person, {wrong} answered with another entry.",
        advised.iter().filter(|one| 0 < one.tried.all()).count(),
        entries.len(),
        all.all(),
    );
    let mut missed: Vec<&Advised> = advised
        .iter()
        .filter(|one| TELLING <= one.tried.all() && one.tried.all() < 2 * one.tried.missed())
        .collect();
    // Stable: of equals, the one that stands first in the files.
    missed.sort_by_key(|one| std::cmp::Reverse(one.tried.missed()));
    let named: Vec<String> = missed
        .iter()
        .take(NAMED)
        .map(|one| format!("#{} ({} of {})", faq.entries[one.entry].id, one.tried.missed(), one.tried.all()))
        .collect();
    if !named.is_empty() {
        let _ = write!(text, " Missed most: {}.", named.join(", "));
    }
    text
}

/// How many questions could be added, and how to see them.
pub(super) fn offer(advised: &[Advised]) -> String {
    match advised.iter().map(|one| one.proposed.len()).sum::<usize>() {
        0 => String::new(),
        questions => format!(
            "`deskbell check --suggest` proposes {} in customers' words, ready to copy.",
            output::counted(questions, "question")
        ),
    }
}

/// The proposed questions as lines that can be copied, each entry with its place.
pub(super) fn suggestions(faq: &Faq, advised: &[Advised], folder: &str) -> String {
    let some: Vec<&Advised> = advised.iter().filter(|one| !one.proposed.is_empty()).collect();
    let questions: usize = some.iter().map(|one| one.proposed.len()).sum();
    if questions == 0 {
        return "There is nothing to suggest: no question of the example firms fits your entries and is missing there.\n"
            .to_owned();
    }
    let mut text = format!(
        "{} in customers' words for {}, from example firms. Copy the lines that fit below your heading, and leave out those \
         that don't: nothing is changed by itself.\n",
        output::counted(questions, "question"),
        output::entries(some.len()),
    );
    for one in some {
        let entry = &faq.entries[one.entry];
        let (file, Position { line, .. }) = place(faq, entry);
        let _ = write!(text, "\n{folder}/{file}:{line}\n## {}\n", entry.title());
        for question in &one.proposed {
            let _ = writeln!(text, "> {question}");
        }
    }
    text
}

/// An entry's proposed questions, as `--json` prints them.
#[derive(Serialize)]
pub(super) struct Suggested {
    entry: String,
    file: String,
    line: u32,
    /// Questions about the same: how many were tried, and how many of them missed the entry.
    tried: usize,
    missed: usize,
    questions: Vec<String>,
}

pub(super) fn as_json(faq: &Faq, advised: &[Advised]) -> Vec<Suggested> {
    let suggested = |one: &Advised| {
        let entry = &faq.entries[one.entry];
        let (file, Position { line, .. }) = place(faq, entry);
        Suggested {
            entry: entry.id.to_string(),
            file: file.to_owned(),
            line,
            tried: one.tried.all(),
            missed: one.tried.missed(),
            questions: one.proposed.clone(),
        }
    };
    advised.iter().map(suggested).collect()
}

/// Where the heading of `entry` stands.
fn place<'a>(faq: &'a Faq, entry: &Entry) -> (&'a str, Position) {
    let source = &faq.sources[entry.span.file.0 as usize];
    (&source.path, source.position(entry.span.start))
}

/// Whether customers are to find it by their questions.
fn counts(entry: &Entry) -> bool {
    entry.used == Use::Customers && !entry.small_talk
}

fn is_bare(entry: &Entry) -> bool {
    entry.patterns.is_empty() && entry.phrasings.iter().filter(|one| one.means_this).count() <= 1
}
