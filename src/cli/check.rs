//! `deskbell check`: every mistake in faq/, and what to expect of it.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::{FINE, MEND, output};
use crate::config::Config;
use crate::faq::{self, ChannelKind, Check as Asked, Expected, Faq, Problem, Severity};
use crate::matcher::{Audience, Decision, Index, Query, decide, search};
use crate::runtime::{Clock, folder};
use crate::time::Timestamp;

/// Find every mistake in faq/, and say what to expect of it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell check
  deskbell check path/to/faq
  deskbell check --json | jq '.problems[] | select(.severity == \"error\")'

Exit code 0: the files may go live (there may be warnings). 1: they may not, or a question of checks.toml came out
wrong.")]
pub(super) struct Check {
    /// The folder to look at [default: the configured one]
    folder: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What was found, as `--json` prints it.
#[derive(Serialize)]
struct Report {
    entries: usize,
    problems: Vec<Finding>,
    checks: Vec<Checked>,
    errors: usize,
    warnings: usize,
    checks_failed: usize,
}

#[derive(Serialize)]
struct Finding {
    severity: &'static str,
    file: String,
    line: u32,
    column: u32,
    message: String,
    hint: Option<String>,
}

#[derive(Serialize)]
struct Checked {
    question: String,
    expected: String,
    came: String,
    right: bool,
}

impl Check {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let now = Clock::System.now();
        let path = self.folder.unwrap_or_else(|| config.faq.clone());
        let shown = path.display().to_string();
        let files = folder::read(&path).with_context(|| format!("the folder `{shown}` can't be read"))?;
        let faq = Arc::new(faq::read(files));
        let mut problems = faq.problems.clone();
        problems.extend(faq::overdue(&faq, now));
        let checked = if faq.is_good() { run_checks(&faq, now) } else { Vec::new() };
        problems.extend(checked.iter().filter_map(|(check, came)| failed(check, came)));
        problems.sort_by_key(|problem| (problem.span.file, problem.span.start, problem.severity));
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let text = if self.json {
            let report = report(&faq, &problems, &checked);
            serde_json::to_string_pretty(&report)? + "\n"
        } else {
            human(&faq, &problems, &checked, &shown)
        };
        output::print(&text)?;
        Ok(if errors == 0 { FINE } else { MEND })
    }
}

/// Asks each question of checks.toml; gives it with what came: an id, `person`, or the ids offered.
fn run_checks(faq: &Arc<Faq>, now: Timestamp) -> Vec<(Asked, Came)> {
    if faq.checks.is_empty() {
        return Vec::new();
    }
    let index = Index::build(faq.clone());
    let audience = Audience { channel: ChannelKind::Console, now, language: None };
    let came = |check: &Asked| {
        let query = Query::new(&index, &check.question, audience);
        match decide(&search(&index, &query), index.thresholds()) {
            Decision::Answer(best) => Came::Entry(best.entry.to_string()),
            Decision::Clarify(offered) => {
                Came::Offered(offered.iter().map(|one| one.entry.to_string()).collect())
            }
            Decision::HandOver(_) => Came::Person,
        }
    };
    faq.checks.iter().map(|check| (check.clone(), came(check))).collect()
}

enum Came {
    Entry(String),
    Offered(Vec<String>),
    Person,
}

impl Came {
    fn words(&self) -> String {
        match self {
            Self::Entry(id) => format!("`#{id}`"),
            Self::Offered(ids) => {
                format!(
                    "the question back, with {}",
                    ids.iter().map(|id| format!("`#{id}`")).collect::<Vec<_>>().join(", ")
                )
            }
            Self::Person => "a person".to_owned(),
        }
    }

    /// Whether it is as expected; to be asked back with the right entry among the offered counts.
    fn is(&self, expected: &Expected) -> bool {
        match (self, expected) {
            (Self::Entry(came), Expected::Entry(id)) => came == id.as_str(),
            (Self::Offered(came), Expected::Entry(id)) => came.iter().any(|one| one == id.as_str()),
            (Self::Person, Expected::Person) => true,
            _ => false,
        }
    }
}

fn expected_words(expected: &Expected) -> String {
    match expected {
        Expected::Entry(id) => format!("`#{id}`"),
        Expected::Person => "a person".to_owned(),
    }
}

fn failed(check: &Asked, came: &Came) -> Option<Problem> {
    if came.is(&check.expected) {
        return None;
    }
    let message =
        format!("this should bring {}, but brings {}", expected_words(&check.expected), came.words());
    let hint = match (&check.expected, came) {
        (Expected::Entry(id), Came::Entry(other)) => {
            format!("put the question below `#{id}` as a quoted line, or below `#{other}` as `> not: …`")
        }
        (Expected::Entry(id), _) => format!("put the question below `#{id}` as a quoted line"),
        (Expected::Person, Came::Entry(other)) => {
            format!("put the question below `#{other}` as `> not: …`, so that it isn't answered with it")
        }
        (Expected::Person, _) => "put it as `> not: …` below the entries that are offered".to_owned(),
    };
    Some(Problem::error(check.span, message).hint(hint))
}

fn human(faq: &Faq, problems: &[Problem], checked: &[(Asked, Came)], folder: &str) -> String {
    let color = output::has_color();
    let mut text = String::new();
    for problem in problems {
        text += &faq::render(problem, &faq.sources, folder, color);
        text.push('\n');
    }
    let right = checked.iter().filter(|(check, came)| came.is(&check.expected)).count();
    let _ = writeln!(text, "{} entries, {}", faq.entries.len(), faq::summary(problems, faq.sources.len()));
    if !checked.is_empty() {
        let _ = writeln!(text, "checks.toml: {right} of {} questions come out as they should", checked.len());
    }
    text
}

fn report(faq: &Faq, problems: &[Problem], checked: &[(Asked, Came)]) -> Report {
    let finding = |problem: &Problem| {
        let source = &faq.sources[problem.span.file.0 as usize];
        let position = source.position(problem.span.start);
        Finding {
            severity: match problem.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            file: source.path.clone(),
            line: position.line,
            column: position.column,
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    };
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let checks: Vec<Checked> = checked
        .iter()
        .map(|(check, came)| Checked {
            question: check.question.clone(),
            expected: expected_words(&check.expected),
            came: came.words(),
            right: came.is(&check.expected),
        })
        .collect();
    Report {
        entries: faq.entries.len(),
        errors,
        warnings: problems.len() - errors,
        checks_failed: checks.iter().filter(|check| !check.right).count(),
        problems: problems.iter().map(finding).collect(),
        checks,
    }
}
