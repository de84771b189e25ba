//! `deskbell doctor`: is everything as it should be, and what to do where it is not.

mod machine;
mod platforms;
mod shelves;

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use super::{FINE, MEND, output};
use crate::config::Config;
use crate::faq::{self, Faq, Severity};
use crate::runtime::{Clock, folder};

/// Look whether everything is as it should be, and say what to do where it is not
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell doctor
  deskbell doctor --offline        asks nothing of Telegram and Discord
  deskbell doctor --json | jq '.findings[] | select(.state != \"ok\")'

It looks at the configuration, your files, the tokens, the store and its backups, file modes, disk space and the clock,
and changes nothing. With the network on it asks Telegram and Discord who the bot is; no message is sent. Exit code 0:
nothing is wrong (there may be warnings); 1: something is.")]
pub(super) struct Doctor {
    /// Ask nothing of Telegram and Discord
    #[arg(long)]
    offline: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    Warning,
    Wrong,
}

/// Something that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    area: &'static str,
    state: State,
    text: String,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Finding {
    fn ok(area: &'static str, text: impl Into<String>) -> Self {
        Self { area, state: State::Ok, text: text.into(), hint: None }
    }

    fn warning(area: &'static str, text: impl Into<String>) -> Self {
        Self { state: State::Warning, ..Self::ok(area, text) }
    }

    fn wrong(area: &'static str, text: impl Into<String>) -> Self {
        Self { state: State::Wrong, ..Self::ok(area, text) }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

#[derive(Serialize)]
struct Json {
    state: State,
    findings: Vec<Finding>,
}

impl Doctor {
    /// Without a configuration that can be read there is nothing else to look at.
    pub(super) fn run(self, config: anyhow::Result<Config>) -> anyhow::Result<u8> {
        let findings = match config {
            Ok(config) => self.look(&config)?,
            Err(error) => vec![
                Finding::wrong("configuration", format!("{error:#}"))
                    .hint("mend deskbell.toml, or the variable that it names; then look again"),
            ],
        };
        let worst = findings.iter().map(|finding| finding.state).max().unwrap_or(State::Ok);
        let text = if self.json {
            serde_json::to_string_pretty(&Json { state: worst, findings })? + "\n"
        } else {
            shown(&findings, output::has_color())
        };
        output::print(&text)?;
        Ok(if worst == State::Wrong { MEND } else { FINE })
    }

    fn look(&self, config: &Config) -> anyhow::Result<Vec<Finding>> {
        let now = Clock::System.now();
        let mut findings = vec![Finding::ok("configuration", "it can be read")];
        findings.extend(people(config));
        let read = folder::read(&config.faq);
        let faq = faq::read(read.as_ref().cloned().unwrap_or_default());
        findings.push(match read {
            Ok(_) => files(&faq, &config.faq.display().to_string()),
            Err(error) => Finding::wrong("faq", format!("`{}` can't be read: {error}", config.faq.display()))
                .hint("`deskbell init` writes a sample, or set `faq` in deskbell.toml"),
        });
        let threads = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        findings.extend(threads.block_on(platforms::look(config, self.offline)));
        findings.extend(shelves::look(config, now));
        findings.extend(machine::look(config, &faq, now));
        Ok(findings)
    }
}

/// Staff and owner.
fn people(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.push(match &config.staff.place {
        Some(place) => Finding::ok("staff", format!("tickets go to {}", place.channel.name())),
        None => {
            Finding::warning("staff", "no chat is set for tickets: nobody hears what the bot can't answer")
                .hint("set `channel` and `place` under [staff] in deskbell.toml")
        }
    });
    findings.push(match &config.owner {
        Some(place) => Finding::ok("owner", format!("news go to your chat on {}", place.channel.name())),
        None => {
            Finding::warning("owner", "no chat of yours is set: news about your files are in the log alone")
                .hint("set `channel` and `place` under [owner] in deskbell.toml")
        }
    });
    findings
}

fn files(faq: &Faq, folder: &str) -> Finding {
    let of = |severity| faq.problems.iter().filter(|problem| problem.severity == severity).count();
    let (errors, entries) = (of(Severity::Error), faq.entries.len());
    let check = "`deskbell check` shows where, and how to mend it";
    if errors != 0 {
        return Finding::wrong(
            "faq",
            format!("{} in {folder}; the last good version stays live", output::counted(errors, "mistake")),
        )
        .hint(check);
    }
    if entries == 0 {
        return Finding::wrong("faq", format!("there are no entries in {folder}"))
            .hint("`deskbell init` writes a sample to begin with");
    }
    match of(Severity::Warning) {
        0 => Finding::ok("faq", format!("{}, no mistakes", output::entries(entries))),
        warnings => Finding::warning(
            "faq",
            format!("{}, {}", output::entries(entries), output::counted(warnings, "warning")),
        )
        .hint(check),
    }
}

fn shown(findings: &[Finding], color: bool) -> String {
    let mut text = String::new();
    for finding in findings {
        let (word, paint) = match finding.state {
            State::Ok => ("ok     ", "32"),
            State::Warning => ("warning", "33"),
            State::Wrong => ("wrong  ", "31"),
        };
        let word = if color { format!("\x1b[{paint}m{word}\x1b[0m") } else { word.to_owned() };
        let _ = writeln!(text, "{word}  {:<13}  {}", finding.area, finding.text);
        if let Some(hint) = &finding.hint {
            let _ = writeln!(text, "{:24}→ {hint}", "");
        }
    }
    let count = |state| findings.iter().filter(|finding| finding.state == state).count();
    let end = match (count(State::Wrong), count(State::Warning)) {
        (0, 0) => "Everything is as it should be.".to_owned(),
        (0, warnings) => format!("Nothing is wrong; {warnings} to think about."),
        (wrong, 0) => format!("{wrong} wrong."),
        (wrong, warnings) => format!("{wrong} wrong, {warnings} to think about."),
    };
    text + "\n" + &end + "\n"
}
