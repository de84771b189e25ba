//! `deskbell eval`: how often the right answer comes out, on a file of questions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::faq::source::{Digest, FileId, Span};
use crate::faq::{
    self, Answer, ChannelKind, Channels, Entry, EntryId, Faq, Firm, Phrasing, RawFile, Reply, Season,
    Unreadable, Use,
};
use crate::matcher::{Audience, Decision, Index, Match, Query, decide, search};
use crate::text::Language;
use crate::time::Timestamp;

/// How often does the right answer come out? Measures a knowledge base on a file of questions.
///
/// Decides exactly as the bot would; nothing is tuned on the questions.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  deskbell eval --faq faq --questions questions.jsonl\n\n\
    One question a line: {\"text\": \"…\", \"id\": \"delivery-time\"}; \"id\": null where no entry answers it; \
    \"ids\": […] where several are right.")]
pub struct EvalArgs {
    /// Knowledge base: one entry a line, {"id","question","also":[…],"answer","lang"}
    #[arg(long, value_name = "KB.jsonl", required_unless_present = "faq", conflicts_with = "faq")]
    pub kb: Option<PathBuf>,
    /// Knowledge base: a folder of the owner's Markdown files
    #[arg(long, value_name = "DIR")]
    pub faq: Option<PathBuf>,
    /// Questions with the entries that answer them, one a line
    #[arg(long, value_name = "Q.jsonl")]
    pub questions: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Write what came of each question, one JSON object a line
    #[arg(long, value_name = "OUT.jsonl")]
    pub predictions: Option<PathBuf>,
    /// What share of the answers given may be wrong, 0 to 1
    ///
    /// [default: `wrong_answers` in the folder's business.toml, or 0.05]
    #[arg(long, value_name = "SHARE")]
    pub budget: Option<f64>,
}

/// Measures, and returns what is to be printed.
pub fn run(args: &EvalArgs) -> anyhow::Result<String> {
    let (faq, names) = match (&args.kb, &args.faq) {
        (Some(path), _) => knowledge_base(path)?,
        (None, Some(folder)) => (read_folder(folder)?, HashMap::new()),
        (None, None) => bail!("`--kb` or `--faq` is needed"),
    };
    let questions: Vec<Question> = lines(&args.questions)?;
    let budget = args.budget.unwrap_or(faq.firm.wrong_answers);
    let begin = Instant::now();
    let index = Index::build_within(Arc::new(faq), budget);
    let build_ms = begin.elapsed().as_secs_f64() * 1000.0;

    let outcomes: Vec<Outcome> = questions.iter().map(|question| outcome(&index, question, &names)).collect();
    if let Some(path) = &args.predictions {
        write_predictions(path, &outcomes)?;
    }
    let figures = Figures::new(&index, &outcomes, budget, build_ms);
    Ok(if args.json { serde_json::to_string(&figures)? } else { figures.table() })
}

/// A line of the questions file.
#[derive(Debug, Deserialize)]
struct Question {
    text: String,
    id: Option<String>,
    #[serde(default)]
    ids: Vec<String>,
}

/// What came of a question.
struct Outcome {
    text: String,
    /// The right entries; none: to be handed over.
    gold: BTreeSet<String>,
    /// All matches, best first.
    matches: Vec<(String, f32)>,
    decision: Decided,
    /// How long it took, in microseconds.
    us: f64,
}

enum Decided {
    Answered(String),
    Clarified(Vec<String>),
    HandedOver,
}

fn outcome(index: &Index, question: &Question, names: &HashMap<EntryId, String>) -> Outcome {
    let audience = Audience { channel: ChannelKind::Console, now: Timestamp::default(), language: None };
    let begin = Instant::now();
    let query = Query::new(index, &question.text, audience);
    let matches = search(index, &query);
    let decision = decide(&matches, index.thresholds());
    let us = begin.elapsed().as_secs_f64() * 1e6;
    let name = |one: &Match| names.get(&one.entry).cloned().unwrap_or_else(|| one.entry.to_string());
    Outcome {
        text: question.text.clone(),
        gold: question.id.iter().chain(&question.ids).cloned().collect(),
        matches: matches.iter().map(|one| (name(one), one.confidence.value())).collect(),
        decision: match &decision {
            Decision::Answer(best) => Decided::Answered(name(best)),
            Decision::Clarify(offered) => Decided::Clarified(offered.iter().map(name).collect()),
            Decision::HandOver(_) => Decided::HandedOver,
        },
        us,
    }
}

impl Outcome {
    /// The right entry's place among the matches, from 1.
    fn rank(&self) -> Option<usize> {
        self.matches.iter().position(|(id, _)| self.gold.contains(id)).map(|at| at + 1)
    }

    fn answered_right(&self) -> bool {
        matches!(&self.decision, Decided::Answered(id) if self.gold.contains(id))
    }

    fn clarified_right(&self) -> bool {
        matches!(&self.decision, Decided::Clarified(ids) if ids.iter().any(|id| self.gold.contains(id)))
    }

    /// How sure the bot is that the question has an answer here: the probability that some entry is meant.
    fn in_scope(&self) -> f32 {
        self.matches.iter().map(|(_, confidence)| confidence).sum()
    }
}

/// The measures; shares from 0 to 1.
#[derive(Debug, Serialize)]
struct Figures {
    entries: usize,
    phrasings: usize,
    questions: usize,
    in_scope: usize,
    out_of_scope: usize,
    /// Right entry first, of the questions that have one, without refusing.
    top1: f64,
    /// Right entry among the first three.
    hit3: f64,
    /// Mean of one over the right entry's place.
    mrr: f64,
    /// How well questions with an answer are told from those without, by the probability that some entry is meant: the
    /// chance that one with an answer has the higher one.
    auroc: Option<f64>,
    answered: f64,
    answered_right: f64,
    answered_wrong: f64,
    clarified: f64,
    clarified_right: f64,
    handed_over: f64,
    in_scope_answered_right: f64,
    in_scope_right_or_clarified: f64,
    oos_handed_over: Option<f64>,
    wrong_of_answered: f64,
    budget: f64,
    build_ms: f64,
    p50_us: f64,
    p99_us: f64,
    rss_mb: f64,
}

impl Figures {
    fn new(index: &Index, outcomes: &[Outcome], budget: f64, build_ms: f64) -> Self {
        let (inside, outside): (Vec<&Outcome>, Vec<&Outcome>) =
            outcomes.iter().partition(|outcome| !outcome.gold.is_empty());
        let all: Vec<&Outcome> = outcomes.iter().collect();
        let answered = |one: &Outcome| matches!(one.decision, Decided::Answered(_));
        let clarified = |one: &Outcome| matches!(one.decision, Decided::Clarified(_));
        let handed_over = |one: &Outcome| matches!(one.decision, Decided::HandedOver);
        let within = |most: usize| move |one: &Outcome| one.rank().is_some_and(|rank| rank <= most);
        let reciprocal: f64 = inside.iter().filter_map(|one| Some(1.0 / number(one.rank()?))).sum();
        let mut times: Vec<f64> = outcomes.iter().map(|one| one.us).collect();
        times.sort_by(f64::total_cmp);
        let given: Vec<&Outcome> = outcomes.iter().filter(|one| answered(one)).collect();
        let entries = &index.faq().entries;
        Self {
            entries: entries.iter().map(|entry| &entry.id).collect::<BTreeSet<_>>().len(),
            phrasings: entries.iter().map(|entry| entry.phrasings.len()).sum(),
            questions: outcomes.len(),
            in_scope: inside.len(),
            out_of_scope: outside.len(),
            top1: share(&inside, within(1)),
            hit3: share(&inside, within(3)),
            mrr: round(reciprocal / number(inside.len().max(1))),
            auroc: auroc(&inside, &outside),
            answered: share(&all, answered),
            answered_right: share(&all, Outcome::answered_right),
            answered_wrong: share(&all, |one| answered(one) && !one.answered_right()),
            clarified: share(&all, clarified),
            clarified_right: share(&all, Outcome::clarified_right),
            handed_over: share(&all, handed_over),
            in_scope_answered_right: share(&inside, Outcome::answered_right),
            in_scope_right_or_clarified: share(&inside, |one| one.answered_right() || one.clarified_right()),
            oos_handed_over: (!outside.is_empty()).then(|| share(&outside, handed_over)),
            wrong_of_answered: share(&given, |one| !one.answered_right()),
            budget,
            build_ms: round(build_ms),
            p50_us: round(quantile(&times, 0.5)),
            p99_us: round(quantile(&times, 0.99)),
            rss_mb: round(resident_megabytes()),
        }
    }

    /// For people.
    fn table(&self) -> String {
        let mut table = String::new();
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let rows = [
            ("entries / phrasings", format!("{} / {}", self.entries, self.phrasings)),
            ("questions with / without an answer", format!("{} / {}", self.in_scope, self.out_of_scope)),
            ("right entry first / among three", format!("{} / {}", percent(self.top1), percent(self.hit3))),
            ("mean reciprocal rank", format!("{:.3}", self.mrr)),
            ("tells the two apart (AUROC)", self.auroc.map_or("-".to_owned(), |auroc| format!("{auroc:.3}"))),
            (
                "answered / asked back / handed over",
                format!(
                    "{} / {} / {}",
                    percent(self.answered),
                    percent(self.clarified),
                    percent(self.handed_over)
                ),
            ),
            ("with an answer: answered right", percent(self.in_scope_answered_right)),
            ("with an answer: right or offered", percent(self.in_scope_right_or_clarified)),
            ("without an answer: handed over", self.oos_handed_over.map_or("-".to_owned(), percent)),
            (
                "wrong among the answers given",
                format!("{} (budget {})", percent(self.wrong_of_answered), percent(self.budget)),
            ),
            ("build", format!("{:.0} ms", self.build_ms)),
            ("time a question, p50 / p99", format!("{:.0} / {:.0} µs", self.p50_us, self.p99_us)),
            ("memory", format!("{:.0} MB", self.rss_mb)),
        ];
        for (name, value) in rows {
            let _ = writeln!(table, "{name:<38} {value}");
        }
        table.truncate(table.trim_end().len());
        table
    }
}

/// The chance that a question with an answer scores above one without (ties count half).
fn auroc(inside: &[&Outcome], outside: &[&Outcome]) -> Option<f64> {
    if inside.is_empty() || outside.is_empty() {
        return None;
    }
    let mut scores: Vec<(f32, bool)> = inside.iter().map(|one| (one.in_scope(), true)).collect();
    scores.extend(outside.iter().map(|one| (one.in_scope(), false)));
    scores.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (mut below, mut won) = (0.0, 0.0);
    for same in scores.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
        let inside_here = number(same.iter().filter(|(_, inside)| *inside).count());
        let outside_here = number(same.len()) - inside_here;
        won += inside_here * (below + outside_here / 2.0);
        below += outside_here;
    }
    Some(round(won / number(inside.len()) / number(outside.len())))
}

fn share(outcomes: &[&Outcome], is: impl Fn(&Outcome) -> bool) -> f64 {
    round(number(outcomes.iter().filter(|one| is(one)).count()) / number(outcomes.len().max(1)))
}

/// The value below which this part of the sorted `values` lies.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position within the slice")]
fn quantile(values: &[f64], part: f64) -> f64 {
    let at = (number(values.len().saturating_sub(1)) * part).round() as usize;
    values.get(at).copied().unwrap_or(0.0)
}

fn round(value: f64) -> f64 {
    // Adding zero turns the -0 of an empty sum into 0.
    (value * 10_000.0).round() / 10_000.0 + 0.0
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn number(count: usize) -> f64 {
    count as f64
}

/// The memory that this process holds, in megabytes; 0 where the system doesn't tell.
fn resident_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

/// A line of the predictions file.
#[derive(Serialize)]
struct Prediction<'a> {
    text: &'a str,
    gold: Vec<&'a str>,
    top: Vec<(&'a str, f64)>,
    /// The probability that some entry answers it.
    in_scope: f64,
    decision: String,
    us: f64,
}

fn write_predictions(path: &Path, outcomes: &[Outcome]) -> anyhow::Result<()> {
    let mut file = Vec::new();
    for outcome in outcomes {
        let prediction = Prediction {
            text: &outcome.text,
            gold: outcome.gold.iter().map(String::as_str).collect(),
            top: outcome
                .matches
                .iter()
                .take(3)
                .map(|(id, confidence)| (id.as_str(), round(f64::from(*confidence))))
                .collect(),
            in_scope: (f64::from(outcome.in_scope()) * 1e6).round() / 1e6,
            decision: match &outcome.decision {
                Decided::Answered(_) => "answer".to_owned(),
                Decided::Clarified(_) => "clarify".to_owned(),
                Decided::HandedOver => "hand over".to_owned(),
            },
            us: round(outcome.us),
        };
        serde_json::to_writer(&mut file, &prediction)?;
        writeln!(file)?;
    }
    fs::write(path, file).with_context(|| format!("cannot write `{}`", path.display()))
}

/// The owner's files in `folder` and the folders below it.
fn read_folder(folder: &Path) -> anyhow::Result<Faq> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for found in fs::read_dir(&next).with_context(|| format!("cannot read `{}`", next.display()))? {
            let path = found?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                let content = fs::read(&path).map_err(|error| Unreadable::Refused(error.to_string()));
                files.push(RawFile { path: relative.to_string_lossy().replace('\\', "/"), content });
            }
        }
    }
    let faq = faq::read(files);
    if !faq.is_good() {
        bail!("`{}` has errors: see `deskbell check`", folder.display());
    }
    Ok(faq)
}

/// A line of the knowledge base.
#[derive(Debug, Deserialize)]
struct KbLine {
    id: String,
    question: String,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    lang: Option<String>,
}

/// The knowledge base as if an owner had written it, and the file's names of its entries.
///
/// The file's ids may hold anything: entries are numbered instead.
pub fn knowledge_base(path: &Path) -> anyhow::Result<(Faq, HashMap<EntryId, String>)> {
    let span = Span { file: FileId(0), start: 0, end: 0 };
    let mut numbers: BTreeMap<String, EntryId> = BTreeMap::new();
    let mut entries = Vec::new();
    let mut languages = Vec::new();
    for line in lines::<KbLine>(path)? {
        let code = line.lang.as_deref().unwrap_or("en");
        let language =
            Language::new(code).with_context(|| format!("`{code}` is no language (entry `{}`)", line.id))?;
        if !languages.contains(&language) {
            languages.push(language);
        }
        let next = EntryId::new(&format!("e{}", numbers.len())).expect("a letter and digits");
        let id = numbers.entry(line.id).or_insert(next).clone();
        let mut phrasings: Vec<Phrasing> = Vec::new();
        for text in std::iter::once(line.question).chain(line.also) {
            if !text.trim().is_empty() && !phrasings.iter().any(|known| known.text == text) {
                phrasings.push(Phrasing { text, means_this: true, span });
            }
        }
        entries.push(Entry {
            id,
            language,
            topic: None,
            phrasings,
            patterns: Vec::new(),
            reply: Reply::Answer(Answer { text: line.answer, links: Vec::new(), span }),
            used: Use::Customers,
            season: Season::default(),
            channels: Channels::All,
            small_talk: false,
            span,
        });
    }
    if languages.is_empty() {
        bail!("`{}` holds no entries", path.display());
    }
    let firm = Firm::unknown(languages);
    let faq = Faq {
        firm,
        entries,
        checks: Vec::new(),
        problems: Vec::new(),
        sources: Vec::new(),
        digest: Digest([0; 32]),
    };
    Ok((faq, numbers.into_iter().map(|(name, id)| (id, name)).collect()))
}

/// One value from each line that isn't empty.
fn lines<T: for<'de> Deserialize<'de>>(path: &Path) -> anyhow::Result<Vec<T>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("{}:{}: not in the form expected", path.display(), number + 1))
        })
        .collect()
}
