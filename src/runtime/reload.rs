//! Reading `faq/`, building, and swapping: all or nothing.
//!
//! The folder is watched, and looked at every few seconds as well, since some mounts tell nothing. Whatever the owner
//! saves, customers get the last version without errors: it lies in the store, so that a typing error in a file keeps
//! nobody from starting either. A change is read only once it has been the same for two looks, so that a half-written
//! file or half a `git pull` is never taken for the owner's word.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify_debouncer_full::notify::RecursiveMode;
use notify_debouncer_full::{DebounceEventResult, new_debouncer};
use tokio::sync::{Notify, watch};

use crate::desk::{ConversationId, Delivery, Message, Post, Recipient, Saved, saved_news};
use crate::faq::{self, ChannelKind, Digest, Faq, Firm, RawFile};
use crate::matcher::Index;
use crate::store::{Store, StoreError};
use crate::time::Timestamp;

use super::vectors::{self, StoredVectors};
use super::{Shared, folder};

/// How long the folder must be quiet before it is read.
const QUIET: Duration = Duration::from_millis(400);
/// How often it is looked at even if nothing was heard.
const LOOK: Duration = Duration::from_secs(3);
/// Problems shown to the owner at once; the rest is counted.
const SHOWN: usize = 5;

/// The index that a start begins with, and what the owner should know about it.
pub struct FirstIndex {
    /// Ready for questions.
    pub index: Arc<Index>,
    /// The files in the folder, with their problems.
    pub faq: Arc<Faq>,
    /// The revision that is live although the folder holds something else, with when it went live.
    pub instead: Option<u64>,
}

/// Reads the FAQ folder and builds the first index: from its files where they are good, else from the last good
/// version in the store. `None` where neither is there; the problems say why.
pub async fn first_index(
    store: &Arc<dyn Store>,
    folder: &Path,
    now: Timestamp,
) -> Result<(Option<FirstIndex>, Arc<Faq>), StoreError> {
    let faq = Arc::new(faq::read(folder::read(folder).unwrap_or_default()));
    if faq.is_good() && !faq.entries.is_empty() {
        keep(store.as_ref(), &faq, read_again(folder), now).await?;
        let (index, vectors) = vectors::build(store.clone(), faq.clone()).await;
        vectors.prune().await;
        return Ok((Some(FirstIndex { index, faq: faq.clone(), instead: None }), faq));
    }
    let Some((revision, files)) = store.good_faq().await? else { return Ok((None, faq)) };
    let good = Arc::new(faq::read(files));
    let (index, _) = vectors::build(store.clone(), good).await;
    Ok((Some(FirstIndex { index, faq: faq.clone(), instead: Some(revision) }), faq))
}

fn read_again(folder: &Path) -> Vec<RawFile> {
    folder::read(folder).unwrap_or_default()
}

async fn keep(store: &dyn Store, faq: &Faq, files: Vec<RawFile>, now: Timestamp) -> Result<(), StoreError> {
    // Between reading and keeping, the owner may have saved again: then that version is kept when it was read.
    if Digest::of(&files) == faq.digest {
        let entries = u32::try_from(faq.entries.len()).unwrap_or(u32::MAX);
        store.keep_faq(files, faq.digest, entries, now).await?;
    }
    Ok(())
}

/// Watches the folder until `stop`.
pub(super) async fn run(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let Some(folder) = shared.faq.clone() else { return };
    let changed = Arc::new(Notify::new());
    let _watcher = watch_folder(&folder, changed.clone());
    let mut live = shared.index.load().faq().digest;
    let mut told: Option<Digest> = None;
    let mut seen: Option<Digest> = None;
    loop {
        tokio::select! {
            () = changed.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => return,
        }
        loop {
            let Some((digest, files)) = look(folder.clone()).await else { break };
            if digest == live || Some(digest) == told {
                // Back to what is live, after something broken: the owner has undone it.
                if digest == live {
                    told = None;
                }
                seen = None;
                break;
            }
            if seen != Some(digest) {
                seen = Some(digest);
                tokio::select! {
                    () = tokio::time::sleep(QUIET) => continue,
                    _ = stop.changed() => return,
                }
            }
            seen = None;
            if take(&shared, &folder, digest, files).await {
                live = digest;
                told = None;
            } else {
                told = Some(digest);
            }
            break;
        }
    }
}

/// The folder's watcher; it watches as long as it lives. `None` where the system can't: looks must do then.
fn watch_folder(folder: &Path, changed: Arc<Notify>) -> Option<impl Sized + use<>> {
    let tell = move |_: DebounceEventResult| changed.notify_one();
    let mut debouncer = new_debouncer(QUIET, None, tell)
        .inspect_err(|error| tracing::warn!(%error, "the FAQ folder can't be watched; looking at it instead"))
        .ok()?;
    match debouncer.watch(folder, RecursiveMode::Recursive) {
        Ok(()) => Some(debouncer),
        Err(error) => {
            tracing::warn!(%error, "the FAQ folder can't be watched; looking at it instead");
            None
        }
    }
}

async fn look(folder: PathBuf) -> Option<(Digest, Vec<RawFile>)> {
    let read =
        tokio::task::spawn_blocking(move || folder::read(&folder).map(|files| (Digest::of(&files), files)));
    match read.await {
        Ok(Ok(found)) => Some(found),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the FAQ folder can't be read; what is live stays");
            None
        }
        Err(error) => {
            tracing::error!(%error, "reading the FAQ folder ended badly");
            None
        }
    }
}

/// Takes a new version of the files: live if it has no errors, else told to the owner. True when it is live.
async fn take(shared: &Arc<Shared>, folder: &Path, digest: Digest, files: Vec<RawFile>) -> bool {
    let kept = files.clone();
    let vectors = StoredVectors::new(shared.store.clone());
    let built = tokio::task::spawn_blocking(move || {
        let faq = Arc::new(faq::read(files));
        let good = faq.is_good() && !faq.entries.is_empty();
        let budget = faq.firm.wrong_answers;
        let index = good.then(|| Arc::new(Index::build_with(faq.clone(), budget, &vectors)));
        (faq, index, vectors)
    });
    let (faq, index, vectors) = match built.await {
        Ok(built) => built,
        Err(error) => {
            tracing::error!(%error, "building the index ended badly; what is live stays");
            return false;
        }
    };
    let now = shared.clock.now();
    shared.meter.reloaded(index.is_some());
    let Some(index) = index else {
        tracing::warn!(problems = faq.problems.len(), "the FAQ has errors; the last good version stays live");
        tell_of_files(shared, folder, &faq, false, now).await;
        return false;
    };
    let entries = u32::try_from(faq.entries.len()).unwrap_or(u32::MAX);
    if let Err(error) = shared.store.keep_faq(kept, digest, entries, now).await {
        // Unkept, it would be lost with the next broken edit; it goes live all the same, since the owner wants it.
        tracing::error!(%error, "the new version of the FAQ could not be kept");
    }
    shared.index.store(index);
    tracing::info!(entries, %digest, "a new version of the FAQ is live");
    tell_of_files(shared, folder, &faq, true, now).await;
    vectors.prune().await;
    true
}

/// Puts `message` for the owner's own chat into the outbox.
pub async fn tell_owner(store: &dyn Store, message: Message, now: Timestamp) -> Result<(), StoreError> {
    let delivery = Delivery { to: Recipient::Owner, post: Post::say(message) };
    let conversation = ConversationId::new(ChannelKind::Console, "owner");
    store.post(conversation, delivery, now).await.map(|_| ())
}

async fn tell_of_files(shared: &Arc<Shared>, folder: &Path, faq: &Faq, live: bool, now: Timestamp) {
    // The firm of what is live: the files that were saved may say nothing of it.
    let message = news(&shared.index.load().faq().firm, faq, live, &folder.display().to_string());
    match tell_owner(shared.store.as_ref(), message, now).await {
        Ok(()) => shared.posted.notify_one(),
        Err(error) => tracing::error!(%error, "the owner could not be told"),
    }
}

/// What the owner hears of a new version.
fn news(firm: &Firm, faq: &Faq, live: bool, folder: &str) -> Message {
    let saved = if live {
        Saved::Live(faq.entries.len())
    } else if faq.entries.is_empty() && faq.is_good() {
        Saved::Empty
    } else {
        Saved::Mistaken
    };
    let mut problems: Vec<_> = faq.problems.iter().collect();
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    let shown: Vec<String> = problems
        .iter()
        .take(if live { 0 } else { SHOWN })
        .map(|problem| faq::render(problem, &faq.sources, folder, false))
        .collect();
    let unshown = (shown.len() < problems.len()).then_some(problems.len());
    saved_news(firm, saved, (!shown.is_empty()).then(|| shown.join("\n")), unshown)
}
