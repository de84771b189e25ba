//! `deskbell export`: the FAQ for a spreadsheet, or for the firm's own website.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};

use super::exchange::{Item, json_ld, table};
use super::{FINE, output};
use crate::config::Config;
use crate::desk;
use crate::faq::{self, Channels, Entry, Faq, Reply, Use, draft::Draft};
use crate::runtime::{Clock, folder};
use crate::text::Language;
use crate::time::Timestamp;

/// Write the FAQ as a spreadsheet (CSV), or for your website (schema.org)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell export csv -o faq.csv           all entries; `deskbell import` reads it again
  deskbell export json-ld --lang de        a FAQPage for <script type=\"application/ld+json\"> on your website

For the website only answers are written that any customer may be given today: no small talk, nothing for staff alone,
nothing that depends on what was typed. What an answer says of opening hours is as of this moment.")]
pub(super) struct Export {
    /// What for
    format: Format,
    /// The language, for json-ld [default: the firm's first]
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// The file [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for a spreadsheet
    Csv,
    /// A FAQPage for a website
    JsonLd,
}

impl Export {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let shown = config.faq.display();
        let files =
            folder::read(&config.faq).with_context(|| format!("the folder `{shown}` can't be read"))?;
        let faq = faq::read(files);
        if !faq.is_good() {
            bail!("the FAQ has mistakes; `deskbell check` shows them");
        }
        let text = match self.format {
            Format::Csv => {
                table::write(&faq.entries.iter().map(|entry| item(&faq, entry)).collect::<Vec<_>>())?
            }
            Format::JsonLd => self.published(&faq, Clock::System.now())?,
        };
        match &self.output {
            None => output::print(&text)?,
            Some(path) => {
                fs::write(path, text).with_context(|| format!("`{}` can't be written", path.display()))?;
                output::print(&format!("Written: {}\n", path.display()))?;
            }
        }
        Ok(FINE)
    }

    fn published(&self, faq: &Faq, now: Timestamp) -> anyhow::Result<String> {
        let language = match &self.lang {
            None => faq.firm.languages.first().copied().unwrap_or(Language::EN),
            Some(code) => Language::new(code)
                .ok_or_else(|| anyhow::anyhow!("`--lang {code}` is no language code such as `de`"))?,
        };
        let is_for_all = |entry: &&Entry| {
            entry.language == language
                && entry.used == Use::Customers
                && !entry.small_talk
                && entry.channels == Channels::All
                && entry.season.contains(now)
                && entry.patterns.iter().all(|pattern| pattern.regex.captures_len() == 1)
        };
        let entries: Vec<json_ld::Published> = faq
            .entries
            .iter()
            .filter(is_for_all)
            .filter_map(|entry| {
                let answer = desk::answer_in(faq, entry, now)?;
                Some(json_ld::Published { question: entry.title().to_owned(), answer })
            })
            .collect();
        if entries.is_empty() {
            bail!("no entry in `{language}` can stand on a website");
        }
        json_ld::write(language, &entries)
    }
}

/// An entry as it was written.
fn item(faq: &Faq, entry: &Entry) -> Item {
    let day = |moment: Timestamp| faq.firm.local(moment).date_naive();
    let texts = |means_this: bool| {
        let skipped = usize::from(means_this);
        let fitting = entry.phrasings.iter().filter(move |phrasing| phrasing.means_this == means_this);
        fitting.skip(skipped).map(|phrasing| phrasing.text.clone()).collect()
    };
    let answer = entry.reply.answer();
    Item {
        draft: Draft {
            id: Some(entry.id.clone()),
            title: entry.title().to_owned(),
            phrasings: texts(true),
            negatives: texts(false),
            patterns: entry.patterns.iter().map(|pattern| pattern.source.clone()).collect(),
            answer: answer.map(|answer| answer.text.clone()).unwrap_or_default(),
            links: answer
                .map(|answer| answer.links.iter().map(|link| (link.label.clone(), link.to.clone())).collect())
                .unwrap_or_default(),
            handover: matches!(entry.reply, Reply::HandOver | Reply::AnswerThenHandOver(_)),
            staff_only: entry.used == Use::StaffOnly,
            from: entry.season.from.map(day),
            // The season ends when the day after begins.
            until: entry.season.until.and_then(|end| day(end).pred_opt()),
            channels: match &entry.channels {
                Channels::All => Vec::new(),
                Channels::Only(kinds) => kinds.clone(),
            },
        },
        topic: entry.topic.clone(),
        language: Some(entry.language),
        small_talk: entry.small_talk,
    }
}
