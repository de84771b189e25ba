//! `deskbell faq`: earlier versions of faq/, and back to one of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::stored::open_to_read;
use super::{FINE, MEND, open_store, output};
use crate::config::Config;
use crate::faq::{self, Digest, RawFile};
use crate::runtime::{Clock, folder};
use crate::store::{FileChange, Revision, Store};
use crate::time::Timestamp;

/// Earlier versions of faq/
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell faq log
  deskbell faq rollback 12

A version is kept each time that good files go live. `rollback` writes an earlier one back into faq/; what stood there
is kept as a version of its own first, so that a rollback can be undone by another. Stop a running bot first, or let it
be: it takes the old files as it takes any change.")]
pub(super) struct FaqCommand {
    #[command(subcommand)]
    command: Versions,
}

#[derive(Debug, Subcommand)]
enum Versions {
    /// List the versions that were live, newest first
    Log {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write an earlier version back into faq/
    Rollback {
        /// Its number, from `deskbell faq log`
        revision: u64,
    },
}

impl FaqCommand {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let store = match self.command {
            Versions::Log { .. } => open_to_read(config)?,
            Versions::Rollback { .. } => open_store(config)?,
        };
        let threads = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        threads.block_on(async {
            match self.command {
                Versions::Log { json } => log(store.as_ref(), json).await,
                Versions::Rollback { revision } => rollback(store.as_ref(), &config.faq, revision).await,
            }
        })
    }
}

async fn log(store: &dyn Store, json: bool) -> anyhow::Result<u8> {
    let revisions = store.faq_log().await?;
    let text = if json {
        let rows: Vec<Row> = revisions.iter().map(Row::from).collect();
        serde_json::to_string_pretty(&rows)? + "\n"
    } else if revisions.is_empty() {
        "No version was live yet: `deskbell chat` and `deskbell run` keep one each time that good files go live.\n".to_owned()
    } else {
        revisions.iter().map(line).collect()
    };
    output::print(&text)?;
    Ok(FINE)
}

fn line(revision: &Revision) -> String {
    let mut text =
        format!("{:>5}  {}  {:>4} entries", revision.number, moment(revision.at), revision.entries);
    let changes: Vec<String> = revision
        .changes
        .iter()
        .map(|change| match change {
            FileChange::Added(path) => format!("+{path}"),
            FileChange::Changed(path) => path.clone(),
            FileChange::Removed(path) => format!("-{path}"),
        })
        .collect();
    let _ = match changes.len() {
        0..=6 => writeln!(text, "  {}", changes.join(" ")),
        more => writeln!(text, "  {} and {} more", changes[..5].join(" "), more - 5),
    };
    text
}

fn moment(at: Timestamp) -> String {
    at.to_utc().map_or_else(String::new, |utc| utc.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

#[derive(Serialize)]
struct Row {
    revision: u64,
    at: String,
    digest: String,
    entries: u32,
    added: Vec<String>,
    changed: Vec<String>,
    removed: Vec<String>,
}

impl From<&Revision> for Row {
    fn from(revision: &Revision) -> Self {
        let mut row = Self {
            revision: revision.number,
            at: moment(revision.at),
            digest: revision.digest.to_string(),
            entries: revision.entries,
            added: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
        };
        for change in &revision.changes {
            match change {
                FileChange::Added(path) => row.added.push(path.clone()),
                FileChange::Changed(path) => row.changed.push(path.clone()),
                FileChange::Removed(path) => row.removed.push(path.clone()),
            }
        }
        row
    }
}

async fn rollback(store: &dyn Store, target: &Path, revision: u64) -> anyhow::Result<u8> {
    let Some(files) = store.faq_revision(revision).await? else {
        bail!("there is no version {revision}; `deskbell faq log` lists them");
    };
    let now = Clock::System.now();
    let current = folder::read(target).unwrap_or_default();
    let unreadable: Vec<&str> =
        current.iter().filter(|file| file.content.is_err()).map(|file| file.path.as_str()).collect();
    if !unreadable.is_empty() {
        output::complain(&format!(
            "{} can't be read and would be lost; move it away first",
            unreadable.join(", ")
        ));
        return Ok(MEND);
    }
    // Broken files are kept as well: they are the owner's work.
    if Digest::of(&current) != Digest::of(&files) && !current.is_empty() {
        let entries = u32::try_from(faq::read(current.clone()).entries.len()).unwrap_or(u32::MAX);
        store.keep_faq(current.clone(), Digest::of(&current), entries, now).await?;
    }
    write_back(target, &current, &files)?;
    let entries = u32::try_from(faq::read(files.clone()).entries.len()).unwrap_or(u32::MAX);
    let number = store.keep_faq(files.clone(), Digest::of(&files), entries, now).await?;
    output::print(&format!(
        "{} holds version {revision} again ({} files, {entries} entries); it is kept as version {number}.\n",
        target.display(),
        files.len()
    ))?;
    Ok(FINE)
}

/// Makes the FAQ files in `target` equal to `files`. Each one is written whole, to a temporary file and renamed.
fn write_back(target: &Path, current: &[RawFile], files: &[RawFile]) -> anyhow::Result<()> {
    for file in files {
        let Ok(content) = &file.content else { continue };
        let path = inside(target, &file.path)?;
        let folder = path.parent().unwrap_or(target);
        fs::create_dir_all(folder).with_context(|| format!("`{}` can't be made", folder.display()))?;
        let temporary = path.with_extension("part");
        fs::write(&temporary, content)
            .and_then(|()| fs::rename(&temporary, &path))
            .with_context(|| format!("`{}` can't be written", path.display()))?;
    }
    let kept: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    for file in current.iter().filter(|file| !kept.contains(file.path.as_str())) {
        let path = inside(target, &file.path)?;
        fs::remove_file(&path).with_context(|| format!("`{}` can't be removed", path.display()))?;
    }
    Ok(())
}

/// `path` below `target`; an error for anything that would lead out of it.
fn inside(target: &Path, path: &str) -> anyhow::Result<PathBuf> {
    let relative = Path::new(path);
    if relative.components().any(|part| !matches!(part, Component::Normal(_))) {
        bail!("`{path}` leads out of the FAQ folder");
    }
    Ok(target.join(relative))
}
