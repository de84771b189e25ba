//! `deskbell backup`: everything in one file now, also while the bot runs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;

use super::stored::{folders, news};
use super::{FINE, output};
use crate::config::Config;
use crate::runtime::Clock;
use crate::store::{
    Copied, Folders, Store as _, StoreError, back_up_beside, back_up_to, examine_backups, open_or_restore,
};
use crate::time::Timestamp;

/// Back everything up now, also while the bot runs
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell backup                      beside the hourly backups
  deskbell backup --to /media/stick    one file in that folder, named by the time
  deskbell backup --to monday.jsonl

While the bot runs, it backs itself up every hour and keeps the newest seven. A copy made with --to is yours: it is
never deleted, and `deskbell forget` can't reach it. `deskbell restore FILE` puts it back. Your files in faq/ are your
own; the versions of them that were live are in the backup.")]
pub(super) struct Backup {
    /// A file, or a folder that is there
    #[arg(long, value_name = "FILE|DIR")]
    to: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Json {
    files: Vec<PathBuf>,
    bytes: u64,
    while_running: bool,
}

impl Backup {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let now = Clock::System.now();
        let folders = folders(config);
        if !folders.store.exists() {
            bail!(
                "there is nothing to back up yet: `{}` is not there; `deskbell chat` and `deskbell run` make it",
                folders.store.display()
            );
        }
        let (copied, while_running) = match &self.to {
            Some(to) => one_file(&folders, &target(to, now)?, now)?,
            None => beside(&folders, now)?,
        };
        let bytes = copied.iter().map(|copied| copied.size).sum();
        let text = if self.json {
            let files = copied.into_iter().map(|copied| copied.path).collect();
            serde_json::to_string_pretty(&Json { files, bytes, while_running })? + "\n"
        } else {
            said(&copied, bytes, while_running)
        };
        output::print(&text)?;
        Ok(FINE)
    }
}

fn said(copied: &[Copied], bytes: u64, while_running: bool) -> String {
    if copied.is_empty() {
        return "Nothing is stored yet, so there is nothing to back up.\n".to_owned();
    }
    let mut text = format!("Everything is backed up ({}):\n", output::size(bytes));
    for copied in copied {
        let _ = writeln!(text, "  {}", copied.path.display());
    }
    if while_running {
        text += "The bot went on meanwhile; what it stored before this moment is in the backup.\n";
    }
    if let [one] = copied {
        let _ = writeln!(text, "Put it back with `deskbell restore {}`.", one.path.display());
    }
    text
}

/// The file that `to` means.
fn target(to: &Path, now: Timestamp) -> anyhow::Result<PathBuf> {
    let path = if to.is_dir() {
        let at = now.to_utc().context("the clock shows no year that there is")?;
        to.join(at.format("deskbell-%Y%m%dT%H%M%SZ.jsonl").to_string())
    } else {
        to.to_owned()
    };
    if path.exists() {
        bail!("`{}` is there already, and nothing is overwritten; choose another name", path.display());
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        bail!("there is no folder `{}`; make it first", folder.display());
    }
    Ok(path)
}

fn one_file(folders: &Folders, to: &Path, now: Timestamp) -> anyhow::Result<(Vec<Copied>, bool)> {
    let while_running = fresh_backup(folders, now)?;
    let copied = back_up_to(folders, to, now).with_context(|| cannot(folders))?;
    Ok((vec![copied], while_running))
}

fn beside(folders: &Folders, now: Timestamp) -> anyhow::Result<(Vec<Copied>, bool)> {
    if fresh_backup(folders, now)? {
        return Ok((back_up_beside(folders, now).with_context(|| cannot(folders))?, true));
    }
    // What has not changed since the last backup needs no new one.
    let newest = examine_backups(folders)?.into_iter().filter_map(|(_, backups)| backups.into_iter().next());
    let copied = newest.map(|newest| {
        let size = std::fs::metadata(&newest.path).map_or(0, |data| data.len());
        Copied { path: newest.path, size }
    });
    Ok((copied.collect(), false))
}

/// Lets the store back itself up, which needs it to be free; true: the bot has it open.
fn fresh_backup(folders: &Folders, now: Timestamp) -> anyhow::Result<bool> {
    let (store, opened) = match open_or_restore(folders, now) {
        Ok(opened) => opened,
        Err(StoreError::Busy { .. }) => return Ok(true),
        Err(error) => return Err(error).context("the store can't be opened"),
    };
    if let Some(news) = news(&opened) {
        output::complain(&news);
    }
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    threads.block_on(store.back_up(now))?;
    Ok(false)
}

fn cannot(folders: &Folders) -> String {
    format!(
        "no backup could be made; the hourly ones are in {}. `deskbell doctor` looks into them",
        folders.backups.display()
    )
}
