//! Housekeeping: drafts written to `faq/drafts/`, hourly backups, and what has outlived its time dropped.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::desk::Draft;
use crate::faq;
use crate::time::Timestamp;

use super::Shared;

/// How often old records are dropped.
const TIDY_EVERY: Duration = Duration::from_secs(10 * 60);
/// How often drafts are looked for even if nothing was heard.
const DRAFTS_EVERY: Duration = Duration::from_secs(30);

/// Keeps house until `stop`. What is due is done at the start as well: a machine that is switched on for half an hour a
/// day has its backups, and keeps nothing for longer than it may.
pub(super) async fn run(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let mut tidied = None;
    let mut backed_up = shared.store.backed_up(shared.clock.now()).unwrap_or_else(|error| {
        tracing::error!(%error, "the backups can't be looked at; making one now");
        None
    });
    loop {
        if let Err(error) = write_drafts(&shared).await {
            tracing::error!(%error, "a draft could not be written; trying again");
        }
        let now = shared.clock.now();
        if is_due(tidied, TIDY_EVERY, now) {
            tidied = Some(now);
            let keep_from = Timestamp::from_millis(
                now.as_millis()
                    .saturating_sub(i64::try_from(shared.policy.retention.as_millis()).unwrap_or(i64::MAX)),
            );
            if let Err(error) = shared.store.tidy(now, keep_from).await {
                tracing::error!(%error, "old records could not be dropped");
            }
        }
        if is_due(backed_up, BACKUP_EVERY, now) {
            backed_up = Some(now);
            let made = shared.store.back_up(now).await;
            shared.meter.backed_up(made.is_ok());
            if let Err(error) = made {
                tracing::error!(%error, "the hourly backup failed");
            }
        }
        tokio::select! {
            () = shared.drafted.notified() => {}
            () = tokio::time::sleep(DRAFTS_EVERY) => {}
            _ = stop.changed() => return,
        }
    }
}

/// How often everything is backed up.
const BACKUP_EVERY: Duration = Duration::from_secs(60 * 60);

/// Whether what was done at `last` is to be done again.
fn is_due(last: Option<Timestamp>, every: Duration, now: Timestamp) -> bool {
    last.is_none_or(|last| every <= now.since(last))
}

/// Writes each waiting draft to `faq/drafts/`, then takes it off the list: written at least once.
async fn write_drafts(shared: &Arc<Shared>) -> anyhow::Result<()> {
    let Some(faq) = &shared.faq else { return Ok(()) };
    for (number, draft) in shared.store.drafts().await? {
        let folder = faq.join(super::folder::DRAFTS);
        let path = folder.join(file_name(number, &draft));
        let text = written(&draft);
        tokio::task::spawn_blocking(move || write_whole(&folder, &path, &text)).await??;
        shared.store.draft_written(number).await.map_err(anyhow::Error::from)?;
    }
    Ok(())
}

/// A name that sorts by number and tells language and ticket: `0007-de-ticket-12.md`.
fn file_name(number: u64, draft: &Draft) -> String {
    format!("{number:04}-{}-ticket-{}.md", draft.language, draft.ticket.0)
}

/// The draft as a file: where it comes from in a comment, then the entry.
fn written(draft: &Draft) -> String {
    let entry = faq::draft::Draft {
        title: draft.question.clone(),
        answer: faq::draft::words_to_answer(&draft.answer),
        ..faq::draft::Draft::default()
    };
    let note =
        format!("From ticket {} on {}, taught by {}.", draft.ticket, draft.channel.name(), draft.taught_by);
    // A name may hold anything, and a comment ends with the first `-->`.
    let note: String = note.chars().filter(|c| !c.is_control()).collect();
    format!("<!-- {} -->\n\n{}", note.replace("--", "–"), faq::draft::to_markdown(&entry))
}

/// Whole or not at all: a temporary file, on disk, then renamed.
fn write_whole(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let temporary = path.with_extension("part");
    let mut file = std::fs::File::create(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_done_or_long_ago_is_due() {
        let (start, now) = (Timestamp::from_millis(0), Timestamp::from_millis(60 * 60 * 1000));
        assert!(is_due(None, BACKUP_EVERY, now));
        assert!(is_due(Some(start), BACKUP_EVERY, now));
        assert!(!is_due(Some(Timestamp::from_millis(1)), BACKUP_EVERY, now));
        assert!(!is_due(Some(now), BACKUP_EVERY, now));
    }
}
