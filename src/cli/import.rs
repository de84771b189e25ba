//! `deskbell import`: a FAQ from a spreadsheet or a website becomes files that the owner can edit.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::exchange::{Found, Item, json_ld, table};
use super::{FINE, MEND, output};
use crate::config::Config;
use crate::faq::{self, RawFile, Severity, draft};
use crate::runtime::folder;
use crate::text::Language;

/// Largest file that is read, in bytes: saved web pages are a few megabytes at most.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Take in a FAQ from a spreadsheet (CSV) or from a website (schema.org)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell import faq.csv                a table with the columns `question` and `answer`
  deskbell import page.html              a web page, saved from the browser, that holds a FAQPage in JSON-LD
  deskbell import page.json --lang de
  deskbell import faq.csv --dry-run      shows what would be written

It writes a new file into faq/ and changes no other. Columns that it reads: id, lang, topic, question, also (further
phrasings, one a line), not, patterns, answer (Markdown), links (`Label -> id`, one a line), handover, staff_only, from,
until, channel, small_talk. All others are named, and left out.")]
pub(super) struct Import {
    /// The file
    file: PathBuf,
    /// The language of the entries, where the file doesn't tell [default: the firm's first]
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// Only show what would be written
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let found = self.read()?;
        for note in &found.notes {
            output::complain(&format!("note: {note}"));
        }
        if found.entries.is_empty() {
            bail!(
                "no question with an answer was found in `{}`. A table needs the columns `question` and `answer`; a web \
                 page needs a FAQPage in JSON-LD (`<script type=\"application/ld+json\">`)",
                self.file.display()
            );
        }
        let files = folder::read(&config.faq).unwrap_or_default();
        let existing = faq::read(files.clone());
        let spoken = match &self.lang {
            None => existing.firm.languages.first().copied().unwrap_or(Language::EN),
            Some(code) => Language::new(code)
                .ok_or_else(|| anyhow::anyhow!("`--lang {code}` is no language code such as `de`"))?,
        };
        let stem = faq::slug(&self.file.file_stem().unwrap_or_default().to_string_lossy());
        let stem = stem.map_or_else(|| "import".to_owned(), |stem| format!("import-{stem}"));
        let has_folders = |language: Language| {
            existing.sources.iter().any(|source| source.path.starts_with(&format!("{language}/")))
        };
        let mut parts: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
        let by_language = existing.firm.languages.len() > 1
            || found.entries.iter().any(|item| has_folders(item.language.unwrap_or(spoken)));
        for item in &found.entries {
            let language = item.language.unwrap_or(spoken);
            let name = if item.small_talk { "smalltalk" } else { &stem };
            let path = if by_language { format!("{language}/{name}.md") } else { format!("{name}.md") };
            parts.entry(path).or_default().push(item);
        }
        let parts: Vec<(String, String)> =
            parts.into_iter().map(|(path, items)| (path, written(&items))).collect();
        if self.dry_run {
            for (path, text) in &parts {
                output::print(&format!("--- {path}\n{text}"))?;
            }
            return Ok(FINE);
        }
        for (path, text) in &parts {
            write_new(&config.faq.join(path), text)?;
            output::print(&format!("Written: {}\n", config.faq.join(path).display()))?;
        }
        judge(config, files, &parts, found.entries.len())
    }

    fn read(&self) -> anyhow::Result<Found> {
        let shown = self.file.display();
        let file = fs::File::open(&self.file).with_context(|| format!("`{shown}` can't be read"))?;
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).with_context(|| format!("`{shown}` can't be read"))?;
        if LARGEST < bytes.len() as u64 {
            bail!("`{shown}` is larger than 64 MB");
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| anyhow::anyhow!("`{shown}` is not UTF-8; in Excel, save it as “CSV UTF-8”"))?;
        let begins = text.trim_start_matches('\u{feff}').trim_start();
        let is_web = begins.starts_with(['<', '{', '[']);
        let found = if is_web { json_ld::read(&text) } else { table::read(&text) };
        found.with_context(|| format!("`{shown}` can't be taken in"))
    }
}

/// The entries as a file, below their topics.
fn written(items: &[&Item]) -> String {
    let mut text = String::new();
    let mut topic: Option<&str> = None;
    for item in items {
        if let Some(new) = item.topic.as_deref().filter(|new| topic != Some(new)) {
            text += &draft::topic_to_markdown(new);
            topic = Some(new);
        }
        text += &draft::to_markdown(&item.draft);
    }
    text
}

/// Writes a file that isn't there yet.
fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let shown = path.display();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("`{}` can't be made", folder.display()))?;
    }
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = match file {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!(
                "`{shown}` is there already, and nothing is overwritten; rename it, or the file that you import"
            )
        }
        other => other.with_context(|| format!("`{shown}` can't be written"))?,
    };
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("`{shown}` can't be written"))
}

/// What `check` says to the new files, and whether the whole may go live.
fn judge(
    config: &Config,
    mut files: Vec<RawFile>,
    parts: &[(String, String)],
    entries: usize,
) -> anyhow::Result<u8> {
    files.extend(
        parts
            .iter()
            .map(|(path, text)| RawFile { path: path.clone(), content: Ok(text.clone().into_bytes()) }),
    );
    let together = faq::read(files);
    let is_new = |span: faq::Span| {
        together
            .sources
            .get(span.file.0 as usize)
            .is_some_and(|source| parts.iter().any(|(path, _)| *path == source.path))
    };
    let shown = config.faq.display().to_string();
    let problems: Vec<_> = together.problems.iter().filter(|problem| is_new(problem.span)).collect();
    for problem in &problems {
        output::complain(&faq::render(problem, &together.sources, &shown, false));
    }
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    output::print(&format!(
        "{} taken in. Read over what came, add how customers ask (`> …` below a question; `deskbell check --suggest` \
         proposes some), then `deskbell check`.\n",
        output::entries(entries)
    ))?;
    Ok(if errors == 0 { FINE } else { MEND })
}
