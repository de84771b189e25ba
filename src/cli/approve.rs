//! `deskbell approve`: what staff taught goes live, after a check.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::{FINE, MEND, output};
use crate::config::Config;
use crate::faq::{self, Faq, RawFile, Severity};
use crate::runtime::folder;

/// Take drafts that staff taught into the FAQ
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell approve                        lists the drafts that wait
  deskbell approve 0003-en-ticket-12      takes one in
  deskbell approve --all

A draft is a Markdown file in faq/drafts/; edit it first as you like. It is taken in only if the FAQ has no mistake with
it, and lies in taught.md afterwards, where you can move it to a better place.")]
pub(super) struct Approve {
    /// Names of drafts
    drafts: Vec<String>,
    /// Take all of them in
    #[arg(long, conflicts_with = "drafts")]
    all: bool,
}

/// A draft that waits.
struct Draft {
    name: String,
    path: PathBuf,
    text: String,
}

impl Approve {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let drafts = waiting(&config.faq.join(folder::DRAFTS))?;
        if !self.all && self.drafts.is_empty() {
            output::print(&list(&drafts))?;
            return Ok(FINE);
        }
        let mut code = FINE;
        for name in &self.drafts {
            if !drafts.iter().any(|draft| draft.is_called(name)) {
                output::complain(&format!("there is no draft `{name}`; `deskbell approve` lists them"));
                code = MEND;
            }
        }
        let chosen = |draft: &&Draft| self.all || self.drafts.iter().any(|name| draft.is_called(name));
        for draft in drafts.iter().filter(chosen) {
            if !take_in(config, draft)? {
                code = MEND;
            }
        }
        Ok(code)
    }
}

impl Draft {
    fn is_called(&self, name: &str) -> bool {
        name.trim_end_matches(".md") == self.name || Path::new(name) == self.path
    }
}

/// The drafts in `folder`, in the order in which they were taught.
fn waiting(folder: &Path) -> anyhow::Result<Vec<Draft>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut drafts = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("`{}` can't be read", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "md") {
            let text =
                fs::read_to_string(&path).with_context(|| format!("`{}` can't be read", path.display()))?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            drafts.push(Draft { name, path, text });
        }
    }
    drafts.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(drafts)
}

fn list(drafts: &[Draft]) -> String {
    if drafts.is_empty() {
        return "No draft waits. Staff make one with /teach, or by closing a ticket with \"save the answer\".\n".to_owned();
    }
    let mut text = String::new();
    for draft in drafts {
        let question =
            draft.text.lines().find_map(|line| line.strip_prefix("## ")).unwrap_or("(no question)");
        let _ = writeln!(text, "{:<28}  {question}", draft.name);
    }
    text + "\nTake one in with `deskbell approve NAME`, or edit its file in faq/drafts/ first.\n"
}

/// Adds the draft to the FAQ if that leaves it without errors; true if it is in.
fn take_in(config: &Config, draft: &Draft) -> anyhow::Result<bool> {
    let files = folder::read(&config.faq).context("the FAQ folder can't be read")?;
    let target = target(&faq::read(files.clone()), draft);
    let content = with_draft(&files, &target, &draft.text)?;
    let together = faq::read(replaced(files, &target, &content));
    let errors: Vec<_> =
        together.problems.iter().filter(|problem| problem.severity == Severity::Error).collect();
    if !errors.is_empty() {
        let shown = config.faq.display().to_string();
        for problem in errors {
            output::complain(&faq::render(problem, &together.sources, &shown, false));
        }
        output::complain(&format!("`{}` was not taken in; mend its file in faq/drafts/ first", draft.name));
        return Ok(false);
    }
    let path = config.faq.join(&target);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // The FAQ first, then the draft goes: a crash in between leaves the draft to be refused as a double, not lost.
    let temporary = path.with_extension("part");
    fs::write(&temporary, &content)
        .and_then(|()| fs::rename(&temporary, &path))
        .with_context(|| format!("`{}` can't be written", path.display()))?;
    fs::remove_file(&draft.path).with_context(|| format!("`{}` can't be removed", draft.path.display()))?;
    output::print(&format!("{} is in {} now.\n", draft.name, path.display()))?;
    Ok(true)
}

/// The file that takes the draft: `taught.md`, in the draft's language where the FAQ has folders by language.
fn target(faq: &Faq, draft: &Draft) -> String {
    let language = draft.name.split('-').nth(1).unwrap_or_default();
    let in_folder = |path: &str| path.split_once('/').is_some_and(|(first, _)| first == language);
    if faq.sources.iter().any(|source| in_folder(&source.path)) {
        format!("{language}/taught.md")
    } else {
        "taught.md".to_owned()
    }
}

fn with_draft(files: &[RawFile], target: &str, draft: &str) -> anyhow::Result<String> {
    let entries = &draft[draft.find("## ").unwrap_or(0)..];
    let existing = files.iter().find(|file| file.path == target).map(|file| &file.content);
    Ok(match existing {
        None => entries.to_owned(),
        Some(Ok(bytes)) => {
            let text = std::str::from_utf8(bytes).with_context(|| format!("`{target}` is not UTF-8"))?;
            format!("{}\n\n{entries}", text.trim_end())
        }
        Some(Err(_)) => bail!("`{target}` can't be read"),
    })
}

fn replaced(mut files: Vec<RawFile>, path: &str, content: &str) -> Vec<RawFile> {
    files.retain(|file| file.path != path);
    files.push(RawFile { path: path.to_owned(), content: Ok(content.as_bytes().to_vec()) });
    files
}
