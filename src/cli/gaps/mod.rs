//! `deskbell gaps`: what customers asked in vain, alike questions together, ready to paste.

mod groups;
mod terminal;
mod words;

use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::report::since;
use super::stored::open_to_read;
use super::{FINE, output};
use crate::config::Config;
use crate::faq::{self, Faq};
use crate::matcher::Index;
use crate::runtime::{Clock, folder};
use crate::store::{Store, StoreError};
use crate::time::Timestamp;

use groups::Gaps;

/// What customers asked in vain: alike questions together, most frequent first, ready to paste
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell gaps
  deskbell gaps --since 7d
  deskbell gaps --json | jq '.groups[0].questions'

In the list stands what was handed over, asked back without a choice, or \"not what I meant\". What your files would
answer by now is left out and only counted. The lines that begin with \">\" can be pasted below the entry beside them.
Names, mail addresses and long numbers of customers are replaced by \"…\".")]
pub(super) struct GapsCommand {
    /// Since when: a day (2026-11-01), or so many days back (7d)
    #[arg(long, default_value = "30d", value_name = "WHEN")]
    since: String,
    /// Show all groups, and all questions in them
    #[arg(long)]
    all: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl GapsCommand {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let now = Clock::System.now();
        let since = since(&self.since, now)?;
        let store = open_to_read(config)?;
        let threads = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (faq, asked) = threads.block_on(async {
            let faq = live(store.as_ref(), config).await?;
            Ok::<_, StoreError>((faq, groups::asked(store.as_ref(), since).await?))
        })?;
        let index = Index::build(faq);
        let gaps = groups::group(&index, asked, now);
        let text = if self.json {
            serde_json::to_string_pretty(&Json { from: day(since), to: day(now), gaps: &gaps })? + "\n"
        } else {
            let period = (day(since), day(now));
            let color = output::has_color();
            terminal::Page {
                gaps: &gaps,
                faq: index.faq(),
                folder: &config.faq,
                period,
                all: self.all,
                color,
            }
            .text()
        };
        output::print(&text)?;
        Ok(FINE)
    }
}

/// The files that customers are answered from: those in the folder, or the last good ones.
async fn live(store: &dyn Store, config: &Config) -> Result<Arc<Faq>, StoreError> {
    let faq = faq::read(folder::read(&config.faq).unwrap_or_default());
    if faq.is_good() && !faq.entries.is_empty() {
        return Ok(Arc::new(faq));
    }
    Ok(Arc::new(store.good_faq().await?.map_or(faq, |(_, files)| faq::read(files))))
}

fn day(at: Timestamp) -> String {
    at.to_utc().map_or_else(String::new, |utc| utc.format("%Y-%m-%d").to_string())
}

#[derive(Serialize)]
struct Json<'a> {
    from: String,
    to: String,
    #[serde(flatten)]
    gaps: &'a Gaps,
}
