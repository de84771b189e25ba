//! `deskbell restore`: everything as it was in a backup; what is there now is set aside.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;

use super::stored::folders;
use super::{FINE, output};
use crate::config::Config;
use crate::runtime::Clock;
use crate::store::{PutBack, Store as _, StoreError, open_or_restore, put_back};

/// Put everything back as it was in a backup
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell restore monday.jsonl
  deskbell restore data/backups/desk-20261124T090000.000Z.jsonl

Stop the bot first. Nothing is destroyed: what is stored now is set aside, and the place is printed. A backup that is
damaged or half is refused. A file of `deskbell backup --to` holds everything; of the hourly files, `desk-…` holds
conversations and tickets, and `knowledge-…` the versions of your FAQ. Your files in faq/ are not touched. A customer
who was forgotten after the backup was made is in it: run `deskbell forget` again.")]
pub(super) struct Restore {
    /// The backup
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Json {
    restored: Vec<JsonShelf>,
}

#[derive(Serialize)]
struct JsonShelf {
    part: &'static str,
    taken: Option<String>,
    conversations: u64,
    waiting: u64,
    set_aside: Option<PathBuf>,
}

impl Restore {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let now = Clock::System.now();
        let folders = folders(config);
        let shown = self.file.display();
        if !self.file.is_file() {
            bail!("there is no file `{shown}`; the hourly backups are in {}", folders.backups.display());
        }
        let restored = match put_back(&folders, &self.file, now) {
            Ok(restored) => restored,
            Err(error @ StoreError::Busy { .. }) => {
                return Err(error).context("stop the bot first, then restore; nothing was changed");
            }
            Err(StoreError::Damaged(why)) => {
                bail!(
                    "`{shown}` can't be restored: {why}; nothing was changed. Take another one from {}",
                    folders.backups.display()
                );
            }
            Err(error) => return Err(error).context("nothing was restored"),
        };
        // A first backup of the new history, so that the next damage is mended from it.
        let (store, _) = open_or_restore(&folders, now).context("what was restored can't be opened")?;
        let threads = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        threads.block_on(store.back_up(now))?;
        output::print(&if self.json { json(&restored)? } else { said(&restored) })?;
        Ok(FINE)
    }
}

fn json(restored: &[PutBack]) -> anyhow::Result<String> {
    let shelf = |put: &PutBack| JsonShelf {
        part: put.shelf,
        taken: put.taken.to_utc().map(|taken| taken.to_rfc3339()),
        conversations: put.conversations,
        waiting: put.waiting,
        set_aside: put.set_aside.clone(),
    };
    Ok(serde_json::to_string_pretty(&Json { restored: restored.iter().map(shelf).collect() })? + "\n")
}

fn said(restored: &[PutBack]) -> String {
    let mut text = String::new();
    for put in restored {
        let taken = output::moment(put.taken);
        let _ = match put.shelf {
            "desk" => {
                let conversations = output::counted(put.conversations, "conversation");
                writeln!(text, "Conversations and tickets are as they were on {taken} ({conversations}).")
            }
            _ => writeln!(text, "The versions of your FAQ are as they were on {taken}."),
        };
        if put.waiting != 0 {
            let _ = writeln!(
                text,
                "  Not sent yet in it: {}. The bot sends what waits when it starts, even if it was sent after the backup.",
                output::counted(put.waiting, "message")
            );
        }
        if let Some(aside) = &put.set_aside {
            let _ = writeln!(text, "  What was there before is in {}.", aside.display());
        }
    }
    text + "Look at it with `deskbell doctor`. What was set aside can be deleted when you don't need it any more.\n"
}
