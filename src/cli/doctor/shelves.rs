//! The doctor's look at the store and its backups.

use std::time::Duration;

use super::Finding;
use crate::cli::output;
use crate::cli::stored::folders;
use crate::config::Config;
use crate::store::{ExaminedBackup, ExaminedShelf, Folders, StoreError, examine, examine_backups};
use crate::time::Timestamp;

/// A running bot backs itself up every hour.
const STALE_WHILE_RUNNING: Duration = Duration::from_secs(2 * 60 * 60);

/// Looks into the store, if nobody has it open, and at its backups.
pub(super) fn look(config: &Config, now: Timestamp) -> Vec<Finding> {
    let folders = folders(config);
    if !folders.store.exists() {
        let text = format!(
            "there is none yet in {}; the first `deskbell run` or `chat` makes it",
            config.data.display()
        );
        return vec![Finding::ok("store", text)];
    }
    match examine(&folders) {
        Ok(examined) => {
            examined.shelves.iter().flat_map(|one| [shelf(one), backups(one, &folders, now)]).collect()
        }
        Err(StoreError::Busy { .. }) => running(&folders, now),
        Err(error) => vec![
            Finding::wrong("store", error.to_string())
                .hint("is the disk full, or does the folder belong to another user?"),
        ],
    }
}

fn shelf(shelf: &ExaminedShelf) -> Finding {
    let name = called(shelf.name);
    if let Some(damage) = &shelf.damage {
        return Finding::wrong("store", format!("{name}: damaged ({damage})")).hint(
            "the next `deskbell run` makes it again from the newest backup and the journal, and tells you what is missing",
        );
    }
    let records: u64 = shelf.records.values().sum();
    let text = format!("{name}: whole, {records} records, {}", output::size(shelf.size));
    let aside: Vec<String> = shelf.set_aside.iter().map(|path| path.display().to_string()).collect();
    if aside.is_empty() {
        return Finding::ok("store", text);
    }
    Finding::ok("store", text)
        .hint(format!("set aside, to be deleted when you don't need it any more: {}", aside.join(", ")))
}

fn backups(shelf: &ExaminedShelf, folders: &Folders, now: Timestamp) -> Finding {
    let name = called(shelf.name);
    if let Some(finding) = broken(shelf.name, &shelf.backups) {
        return finding;
    }
    let acknowledged = shelf.acknowledged.unwrap_or(0);
    let make = "`deskbell backup` makes one now; a running bot makes one every hour";
    match newest(&shelf.backups) {
        None if acknowledged == 0 => Finding::ok("backups", format!("{name}: nothing to back up yet")),
        None => {
            Finding::warning("backups", format!("{name}: there is none in {}", folders.backups.display()))
                .hint(make)
        }
        Some((taken, _)) if now < taken => from_the_future(name, taken),
        Some((taken, upto)) => {
            let text = format!("{name}: newest from {}", output::moment(taken));
            match acknowledged.saturating_sub(upto) {
                0 => Finding::ok("backups", format!("{text}, everything is in it")),
                // What a bot wrote in its last hour.
                newer if now.since(taken) <= STALE_WHILE_RUNNING => {
                    Finding::ok("backups", format!("{text}, {} newer", output::counted(newer, "write")))
                }
                newer => {
                    Finding::warning("backups", format!("{text}, {} newer", output::counted(newer, "write")))
                        .hint(make)
                }
            }
        }
    }
}

/// Another process has the store open: only the backups can be looked at.
fn running(folders: &Folders, now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![
        Finding::ok("store", "another deskbell has it open, so only its backups are looked at")
            .hint("that is right if your bot runs; `deskbell health` asks it how it is"),
    ];
    let looked = match examine_backups(folders) {
        Ok(looked) => looked,
        Err(error) => return vec![Finding::wrong("backups", error.to_string())],
    };
    for (name, backups) in looked {
        let shown = called(name);
        findings.push(match (broken(name, &backups), newest(&backups)) {
            (Some(broken), _) => broken,
            (None, None) => Finding::warning("backups", format!("{shown}: there is none yet"))
                .hint("the bot makes one every hour; `deskbell backup` makes one now"),
            (None, Some((taken, _))) if now < taken => from_the_future(shown, taken),
            (None, Some((taken, _))) => {
                // Nothing is backed up twice, so an old one is right where nothing was written since.
                let age = if now.since(taken) <= STALE_WHILE_RUNNING {
                    ""
                } else {
                    "; nothing new since, or it fails: see the log"
                };
                Finding::ok("backups", format!("{shown}: newest from {}{age}", output::moment(taken)))
            }
        });
    }
    findings
}

/// The newest one that is whole.
fn newest(backups: &[ExaminedBackup]) -> Option<(Timestamp, u64)> {
    backups.iter().find_map(|backup| backup.taken)
}

fn broken(name: &str, backups: &[ExaminedBackup]) -> Option<Finding> {
    let broken: Vec<String> = backups
        .iter()
        .filter(|backup| backup.taken.is_none())
        .map(|backup| backup.path.display().to_string())
        .collect();
    let text = format!("{}: not whole: {}", called(name), broken.join(", "));
    (!broken.is_empty()).then(|| {
        Finding::warning("backups", text)
            .hint("it is not used; delete it, and look whether the disk is sound")
    })
}

fn from_the_future(name: &str, taken: Timestamp) -> Finding {
    Finding::warning(
        "backups",
        format!("{name}: the newest is from {}, which is yet to come", output::moment(taken)),
    )
    .hint("is the clock right? It may have been wrong when that backup was made")
}

fn called(shelf: &str) -> &str {
    match shelf {
        "desk" => "conversations",
        "knowledge" => "versions of the FAQ",
        other => other,
    }
}
