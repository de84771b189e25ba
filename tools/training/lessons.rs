//! Writes what the ranker learns from: each firm's questions with all that speaks for each entry, computed as in use.
//!
//! `cargo run --release --example lessons -- OUT train dev`: for each firm of these parts, and each way in which an owner
//! may have written it, `OUT/PART.FIRM.WAY.json` (names, in order) and `.f32` (numbers, little-endian): for each question the
//! features of every entry (NaN where it is no candidate), and those of "none of these". `teach.py` and `fit.py` read them.
//! With `--sets DATA` the `dev` questions of public sets are written as well, if that folder is there.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use deskbell::cli::eval::knowledge_base;
use deskbell::faq::{self, ChannelKind, Faq, Phrasing, RawFile};
use deskbell::matcher::{Audience, Index, Query, training};
use deskbell::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// A line of `questions.jsonl`.
#[derive(Debug, Clone, Deserialize)]
struct Question {
    text: String,
    id: Option<String>,
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    kind: String,
}

/// How an owner may have written the FAQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// As it is: about half of the entries have a second phrasing.
    AsIs,
    /// Headings alone.
    Headings,
    /// Every other answerable question of the customers' has become a phrasing, and isn't asked; nor is every other one
    /// without an answer, so that their share stays.
    Taught(usize),
}

impl Way {
    const ALL: [(&str, Self); 4] = [
        ("asis", Self::AsIs),
        ("headings", Self::Headings),
        ("taught0", Self::Taught(0)),
        ("taught1", Self::Taught(1)),
    ];
}

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let out = PathBuf::from(args.next().context("where to? lessons OUT PART…")?);
    let mut rest: Vec<String> = args.collect();
    let sets = rest.iter().position(|one| one == "--sets").map(|at| rest.split_off(at));
    let parts: BTreeSet<String> = rest.into_iter().collect();
    fs::create_dir_all(&out)?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/training");
    for line in fs::read_to_string(here.join("split.txt"))?.lines() {
        let (part, firm) = line.split_once(' ').context("split.txt: part and firm")?;
        if parts.contains(part) {
            let folder = here.join("corpus").join(firm);
            for (name, way) in Way::ALL {
                let faq = written(&folder, &firm[..2])?;
                let (names, numbers) =
                    lessons(faq, asked(&folder.join("questions.jsonl"))?, way, &HashMap::new());
                write(&out.join(format!("{part}.{firm}.{name}")), &names, numbers)?;
            }
        }
    }
    if let Some(data) = sets.as_deref().and_then(|rest| rest.get(1)).map(Path::new) {
        for (set, kb, way) in SETS {
            let (faq, names) = knowledge_base(&data.join(set).join(format!("{kb}.jsonl")))?;
            let ids = names.into_iter().map(|(id, name)| (name, id.to_string())).collect();
            let (names, numbers) = lessons(faq, asked(&data.join(set).join("dev.jsonl"))?, way, &ids);
            let way = Way::ALL.iter().find(|(_, one)| *one == way).map_or("", |(name, _)| name);
            write(&out.join(format!("set.{set}.{kb}.{way}")), &names, numbers)?;
        }
    }
    Ok(())
}

/// Public sets: folder, file of the knowledge base, how it is written.
const SETS: [(&str, &str, Way); 12] = [
    ("covid-faq-en", "kb", Way::AsIs),
    ("roboai-de", "kb-5shot", Way::Headings),
    ("roboai-de", "kb-5shot", Way::AsIs),
    ("roboai-de", "kb-10shot", Way::AsIs),
    ("roboai-en", "kb-5shot", Way::AsIs),
    ("banking77", "kb-5shot", Way::Headings),
    ("banking77", "kb-5shot", Way::AsIs),
    ("banking77", "kb-10shot", Way::AsIs),
    ("clinc150", "kb-5shot", Way::Headings),
    ("clinc150", "kb-5shot", Way::AsIs),
    ("clinc150", "kb-10shot", Way::AsIs),
    ("dstc11-banking", "kb-5shot", Way::AsIs),
];

fn write(path: &Path, names: &Value, numbers: Vec<f32>) -> anyhow::Result<()> {
    let name = path.display();
    fs::write(format!("{name}.json"), names.to_string())?;
    let bytes: Vec<u8> = numbers.into_iter().flat_map(f32::to_le_bytes).collect();
    fs::write(format!("{name}.f32"), bytes)?;
    Ok(())
}

fn asked(path: &Path) -> anyhow::Result<Vec<Question>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).with_context(|| path.display().to_string()))
        .collect()
}

/// A firm of the corpus.
fn written(firm: &Path, language: &str) -> anyhow::Result<Faq> {
    let file = |path: &str, content: Vec<u8>| RawFile { path: path.to_owned(), content: Ok(content) };
    let business = format!("name = \"A firm\"\nlang = \"{language}\"\n");
    let markdown = fs::read(firm.join("faq.md")).with_context(|| firm.display().to_string())?;
    Ok(faq::read(vec![file("business.toml", business.into_bytes()), file("faq.md", markdown)]))
}

/// Names and numbers; `ids`: how a file's names of the entries are called here, where they differ.
fn lessons(
    mut faq: Faq,
    mut questions: Vec<Question>,
    way: Way,
    ids: &HashMap<String, String>,
) -> (Value, Vec<f32>) {
    for question in &mut questions {
        for id in question.id.iter_mut().chain(&mut question.ids) {
            if let Some(here) = ids.get(id) {
                id.clone_from(here);
            }
        }
    }
    rewrite(&mut faq, &mut questions, way);
    let faq = Arc::new(faq);
    let index = Index::build(Arc::clone(&faq));

    let mut numbers = Vec::new();
    let mut mended = Vec::new();
    let audience = Audience { channel: ChannelKind::Console, now: Timestamp::default(), language: None };
    for question in &questions {
        let query = Query::new(&index, &question.text, audience);
        let lesson = training::lesson(&index, &query);
        for entry in &faq.entries {
            match lesson.candidates.iter().find(|(id, _)| *id == entry.id) {
                Some((_, features)) => numbers.extend(features),
                None => numbers.extend([f32::NAN; training::ENTRY]),
            }
        }
        numbers.extend(&lesson.none);
        mended.push(training::mended(&query));
    }
    let mut texts = Vec::new();
    for (at, entry) in faq.entries.iter().enumerate() {
        let mut push = |kind: &str, text: &str| texts.push(json!([kind, at, text]));
        entry.phrasings.iter().filter(|one| one.means_this).for_each(|one| push("phrasing", &one.text));
        let (plain, sentences) =
            training::plain(entry.reply.answer().map_or("", |answer| answer.text.as_str()));
        for sentence in &sentences {
            push("told", &format!("{}: {sentence}", entry.title()));
            push("sentence", sentence);
        }
        push("whole", &format!("{} {plain}", entry.title()));
    }
    let phrasings =
        |entry: &faq::Entry| entry.phrasings.iter().filter(|phrasing| phrasing.means_this).count();
    let entries: Vec<Value> =
        faq.entries.iter().map(|entry| json!({"id": entry.id.as_str(), "n": phrasings(entry)})).collect();
    let asked: Vec<Value> = questions
        .iter()
        .zip(&mended)
        .map(|(one, mended)| json!({"text": one.text, "mended": mended, "gold": gold(one), "kind": one.kind}))
        .collect();
    let widths = [training::ENTRY, training::NONE];
    let names = json!({"entries": entries, "questions": asked, "texts": texts, "widths": widths});
    (names, numbers)
}

fn gold(question: &Question) -> BTreeSet<&str> {
    question.id.iter().chain(&question.ids).map(String::as_str).collect()
}

fn rewrite(faq: &mut Faq, questions: &mut Vec<Question>, way: Way) {
    match way {
        Way::AsIs => {}
        Way::Headings => {
            for entry in &mut faq.entries {
                entry.phrasings.truncate(1);
            }
        }
        Way::Taught(hand) => {
            let (mut answerable, mut unanswerable) = (0, 0);
            questions.retain(|question| {
                if question.id.is_none() {
                    unanswerable += 1;
                    return unanswerable % 2 == hand;
                }
                answerable += 1;
                let gold = gold(question);
                let taught = answerable % 2 == hand;
                if taught && gold.len() == 1 {
                    let entry = faq.entries.iter_mut().find(|entry| gold.contains(entry.id.as_str()));
                    if let Some(entry) = entry {
                        let span = entry.span;
                        let text = question.text.clone();
                        entry.phrasings.push(Phrasing { text, means_this: true, span });
                    }
                }
                !taught
            });
        }
    }
}
