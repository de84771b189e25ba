//! `deskbell report`: what happened, honestly.

mod figures;
mod page;
mod terminal;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;

use super::stored::open_to_read;
use super::{FINE, output};
use crate::config::Config;
use crate::faq;
use crate::runtime::{Clock, folder};
use crate::time::Timestamp;

use figures::Figures;

/// What happened: asked, answered, asked back, handed over, and the time saved
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell report
  deskbell report --since 7d
  deskbell report --since 2026-11-01 --html report.html
  deskbell report --json | jq .answered

\"Helpful\" are answers that a customer confirmed by a press; most customers press nothing, so answers without a word
are shown apart and not counted as successes. The time saved is a range: from the confirmed answers alone to all
answers that nobody objected to, each worth the call that it may have spared.")]
pub(super) struct Report {
    /// Since when: a day (2026-11-01), or so many days back (7d)
    #[arg(long, default_value = "30d", value_name = "WHEN")]
    since: String,
    /// How many minutes a call takes that an answer spares
    #[arg(long, default_value_t = 4.0, value_name = "MINUTES")]
    call_minutes: f64,
    /// Print one JSON object
    #[arg(long, conflicts_with = "html")]
    json: bool,
    /// Write a page with charts to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Report {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let now = Clock::System.now();
        let since = since(&self.since, now)?;
        if !(self.call_minutes.is_finite() && 0.0 <= self.call_minutes) {
            bail!("`--call-minutes` must be a number of at least 0");
        }
        let store = open_to_read(config)?;
        let threads = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let tallies = threads.block_on(store.tallies(since))?;
        let faq = faq::read(folder::read(&config.faq).unwrap_or_default());
        let figures = Figures::new(&tallies, since, now, self.call_minutes);
        let titles = |id: &str| {
            let named =
                |language| move |entry: &&faq::Entry| entry.id.as_str() == id && entry.language == language;
            let in_first =
                faq.firm.languages.first().and_then(|&first| faq.entries.iter().find(named(first)));
            let entry = in_first.or_else(|| faq.entries.iter().find(|entry| entry.id.as_str() == id));
            entry.map_or_else(|| format!("#{id}"), |entry| entry.title().to_owned())
        };
        if let Some(path) = &self.html {
            let page = page::page(&figures, &faq.firm.name, titles);
            std::fs::write(path, page).with_context(|| format!("`{}` can't be written", path.display()))?;
            output::print(&format!("Written: {}\n", path.display()))?;
        } else if self.json {
            output::print(&(serde_json::to_string_pretty(&figures)? + "\n"))?;
        } else {
            output::print(&terminal::text(&figures, &faq.firm.name, titles))?;
        }
        Ok(FINE)
    }
}

/// The moment that `words` name: a day in UTC, or so many days before `now`.
pub(super) fn since(words: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Some(days) = words.strip_suffix('d').and_then(|days| days.parse::<u32>().ok()) {
        let back = i64::try_from((DAY * days).as_millis()).unwrap_or(i64::MAX);
        return Ok(Timestamp::from_millis(now.as_millis().saturating_sub(back)));
    }
    match words.parse::<chrono::NaiveDate>() {
        Ok(day) => Ok(day.and_time(chrono::NaiveTime::MIN).and_utc().into()),
        Err(_) => {
            bail!("`{words}` is no time; write a day such as 2026-11-01, or 7d for the last seven days")
        }
    }
}
