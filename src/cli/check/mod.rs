//! `deskbell check`: every mistake in faq/, and what to expect of it.

mod advice;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::{FINE, MEND, output};
use crate::advice::{Advised, WORDINGS, advise};
use crate::config::Config;
use crate::faq::source::Span;
use crate::faq::{
    self, ChannelKind, Check as Asked, Entry, EntryId, Expected as Wanted, Faq, Problem, Severity,
};
use crate::matcher::{
    Audience, Audit, Decision, Expected, Index, Missed, NoCache, Place, Query, Stray, audit, decide, search,
};
use crate::runtime::{Clock, folder};
use crate::time::Timestamp;

/// Find every mistake in faq/, and say what to expect of it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell check
  deskbell check path/to/faq
  deskbell check --suggest
  deskbell check --json | jq '.problems[] | select(.severity == \"error\")'

Exit code 0: the files may go live (there may be warnings). 1: they may not, or a question of checks.toml came out
wrong.")]
pub(super) struct Check {
    /// The folder to look at [default: the configured one]
    folder: Option<PathBuf>,
    /// Propose questions for your entries in customers' words, ready to copy
    #[arg(long)]
    suggest: bool,
    /// Other wordings than the built-in ones: to measure what these are worth
    #[arg(long, value_name = "FILE", hide = true)]
    wordings: Option<PathBuf>,
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
    /// What to expect; nothing where the files have errors.
    expected: Option<Outlook>,
    /// What could be added, for each entry that example firms have as well.
    suggested: Vec<advice::Suggested>,
}

/// What became of the owner's questions, left out in turn; shares from 0 to 1, of those left out.
#[derive(Serialize)]
struct Outlook {
    /// Whether there were enough of them; without, there are no shares.
    known: bool,
    left_out: usize,
    phrasings: usize,
    answered_right: Option<f64>,
    asked_back: Option<f64>,
    handed_over: Option<f64>,
    answered_wrong: Option<f64>,
    words: String,
    stolen: Vec<Stolen>,
    missed: Vec<String>,
}

#[derive(Serialize)]
struct Stolen {
    question: String,
    stands_under: String,
    answered_with: String,
    confidence: f32,
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
        let found = (faq.is_good() && !faq.entries.is_empty()).then(|| audit(faq.clone(), now, &NoCache));
        let checked = found.as_ref().map_or_else(Vec::new, |(index, _)| run_checks(&faq, index, now));
        problems.extend(checked.iter().filter_map(|(check, came)| failed(check, came)));
        let others = match &self.wordings {
            Some(path) => {
                Some(fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?)
            }
            None => None,
        };
        let wordings = others.as_deref().unwrap_or(WORDINGS);
        let advised = found.as_ref().map_or_else(Vec::new, |(index, _)| advise(index, wordings, now));
        let audit = found.map(|(_, audit)| audit);
        problems.extend(audit.iter().flat_map(|audit| audited(&faq, audit)));
        problems.sort_by_key(|problem| (problem.span.file, problem.span.start, problem.severity));
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let text = if self.json {
            let report = report(&faq, &problems, &checked, audit.as_ref(), &advised);
            serde_json::to_string_pretty(&report)? + "\n"
        } else if self.suggest && errors == 0 {
            advice::suggestions(&faq, &advised, &shown)
        } else {
            human(&faq, &problems, &checked, audit.as_ref(), &advised, &shown)
        };
        output::print(&text)?;
        Ok(if errors == 0 { FINE } else { MEND })
    }
}

/// Asks each question of checks.toml; gives it with what came: an id, `person`, or the ids offered.
fn run_checks(faq: &Faq, index: &Index, now: Timestamp) -> Vec<(Asked, Came)> {
    let audience = Audience { channel: ChannelKind::Console, now, language: None };
    let came = |check: &Asked| {
        let query = Query::new(index, &check.question, audience);
        match decide(&search(index, &query), index.thresholds()) {
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
    fn is(&self, expected: &Wanted) -> bool {
        match (self, expected) {
            (Self::Entry(came), Wanted::Entry(id)) => came == id.as_str(),
            (Self::Offered(came), Wanted::Entry(id)) => came.iter().any(|one| one == id.as_str()),
            (Self::Person, Wanted::Person) => true,
            _ => false,
        }
    }
}

fn expected_words(expected: &Wanted) -> String {
    match expected {
        Wanted::Entry(id) => format!("`#{id}`"),
        Wanted::Person => "a person".to_owned(),
    }
}

fn failed(check: &Asked, came: &Came) -> Option<Problem> {
    if came.is(&check.expected) {
        return None;
    }
    let message =
        format!("this should bring {}, but brings {}", expected_words(&check.expected), came.words());
    let hint = match (&check.expected, came) {
        (Wanted::Entry(id), Came::Entry(other)) => {
            format!("put the question below `#{id}` as a quoted line, or below `#{other}` as `> not: …`")
        }
        (Wanted::Entry(id), _) => format!("put the question below `#{id}` as a quoted line"),
        (Wanted::Person, Came::Entry(other)) => {
            format!("put the question below `#{other}` as `> not: …`, so that it isn't answered with it")
        }
        (Wanted::Person, _) => "put it as `> not: …` below the entries that are offered".to_owned(),
    };
    Some(Problem::error(check.span, message).hint(hint))
}

/// What the owner's own phrasings, left out in turn, show to be mended.
fn audited(faq: &Faq, audit: &Audit) -> Vec<Problem> {
    let strays = audit.strays.iter().map(|Stray { place, answer, .. }| {
        let entry = &faq.entries[place.entry];
        let phrasing = &entry.phrasings[place.phrasing];
        let message = format!(
            "`{}` stands under `#{}`, but put a little differently it would be answered with `#{answer}`",
            phrasing.text, entry.id
        );
        let hint = format!(
            "give `#{}` two or three more questions like this one, in customers' words; if both answers fit, make \
             them one entry",
            entry.id
        );
        let problem = Problem::warning(phrasing.span, message).hint(hint);
        match heading(faq, answer, entry) {
            Some(span) => problem.also(span, "it would be answered with this one"),
            None => problem,
        }
    });
    let missed = audit.missed.iter().take(MISSED).map(|Missed { place, phrasings }| {
        let entry = &faq.entries[place.entry];
        let why = match phrasings {
            1 => "it can be found by these words alone".to_owned(),
            many => format!("none of its {many} questions is found by the others"),
        };
        let message = format!("customers will probably miss `#{}`: {why}", entry.id);
        Problem::warning(entry.phrasings[place.phrasing].span, message)
            .hint("add two or three questions below it as quoted lines (`> …`), as customers would type them")
    });
    strays.chain(missed).collect()
}

/// Entries that customers will probably miss are named up to this number: the worst, and no wall of warnings.
const MISSED: usize = 3;

/// Where the edition of `id` stands that is in the language of `near`, if there is one, else another.
fn heading(faq: &Faq, id: &EntryId, near: &Entry) -> Option<Span> {
    let mut editions = faq.entries.iter().filter(|entry| entry.id == *id);
    let same = editions.clone().find(|entry| entry.language == near.language);
    let entry = same.or_else(|| editions.next())?;
    Some(entry.phrasings.first().map_or(entry.span, |phrasing| phrasing.span))
}

/// What to expect, in two or three sentences.
fn outlook(audit: &Audit) -> String {
    let Expected { left_out, phrasings, right, offered, person, wrong } = audit.expected;
    if !audit.expected.is_known() {
        return format!(
            "What to expect can't be told yet: {left_out} of your questions could be left out in turn, to see whether \
             the bot still finds the answer, and {} are needed (an entry needs two for it). Until then the bot is \
             careful: when in doubt, it calls a person.",
            Expected::ENOUGH
        );
    }
    let [right, offered, person, wrong] = percentages([right, offered, person, wrong]);
    let based = if left_out == phrasings {
        format!("each of your {phrasings} questions")
    } else {
        format!("{left_out} of your {phrasings} questions")
    };
    let mut text = format!(
        "Expected, of 100 questions that your entries answer: {right} answered, {offered} answered after asking back, \
         {person} handed to a person, {wrong} answered wrong.\nFound by leaving {based} out in turn. Customers have \
         more ways to put things than your files, so expect fewer answers at first; of questions that no entry answers \
         it says nothing."
    );
    if MISSED < audit.missed.len() {
        let _ =
            write!(text, "\n{} more will probably be missed.", output::entries(audit.missed.len() - MISSED));
    }
    text
}

/// `parts` in percent of their sum, whole numbers that add up to 100: what rounding down leaves goes where most was cut.
fn percentages<const N: usize>(parts: [usize; N]) -> [usize; N] {
    let sum = parts.iter().sum::<usize>().max(1);
    let mut percent = parts.map(|part| part * 100 / sum);
    let mut by_rest: Vec<usize> = (0..N).collect();
    by_rest.sort_by_key(|&at| std::cmp::Reverse(parts[at] * 100 % sum));
    let missing = 100_usize.saturating_sub(percent.iter().sum());
    for &at in by_rest.iter().take(missing) {
        percent[at] += 1;
    }
    percent
}

fn human(
    faq: &Faq,
    problems: &[Problem],
    checked: &[(Asked, Came)],
    audit: Option<&Audit>,
    advised: &[Advised],
    folder: &str,
) -> String {
    let color = output::has_color();
    let mut text = String::new();
    for problem in problems {
        text += &faq::render(problem, &faq.sources, folder, color);
        text.push('\n');
    }
    let right = checked.iter().filter(|(check, came)| came.is(&check.expected)).count();
    let _ = writeln!(
        text,
        "{}, {}",
        output::entries(faq.entries.len()),
        faq::summary(problems, faq.sources.len())
    );
    if !checked.is_empty() {
        let _ = writeln!(text, "checks.toml: {right} of {} questions come out as they should", checked.len());
    }
    if let Some(audit) = audit {
        let _ = writeln!(text, "{}", outlook(audit));
    }
    for line in [advice::paragraph(faq, advised), advice::offer(advised)] {
        if !line.is_empty() {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn report(
    faq: &Faq,
    problems: &[Problem],
    checked: &[(Asked, Came)],
    audit: Option<&Audit>,
    advised: &[Advised],
) -> Report {
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
        expected: audit.map(|audit| outlook_as_json(faq, audit)),
        suggested: advice::as_json(faq, advised),
    }
}

fn outlook_as_json(faq: &Faq, audit: &Audit) -> Outlook {
    let Expected { left_out, phrasings, right, offered, person, wrong } = audit.expected;
    let id = |place: Place| faq.entries[place.entry].id.to_string();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let share = |part: usize| audit.expected.is_known().then(|| part as f64 / left_out.max(1) as f64);
    let stolen = |stray: &Stray| Stolen {
        question: faq.entries[stray.place.entry].phrasings[stray.place.phrasing].text.clone(),
        stands_under: id(stray.place),
        answered_with: stray.answer.to_string(),
        confidence: stray.confidence.value(),
    };
    Outlook {
        known: audit.expected.is_known(),
        left_out,
        phrasings,
        answered_right: share(right),
        asked_back: share(offered),
        handed_over: share(person),
        answered_wrong: share(wrong),
        words: outlook(audit),
        stolen: audit.strays.iter().map(stolen).collect(),
        missed: audit.missed.iter().map(|missed| id(missed.place)).collect(),
    }
}
