//! The keeper: a second thread, for what takes long and must not keep turns waiting: backups, and purging.
//!
//! Both read the shelf while the writer goes on, and ask it only for a word between two groups. They take turns in
//! here, so that a journal or a backup is never rewritten while it is being read.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::oneshot;

use crate::store::StoreError;
use crate::store::purge::Gone;
use crate::store::shelf::{Changes, Shelf as _};
use crate::store::steps::erase;
use crate::store::view::View;
use crate::time::Timestamp;

use super::shelf::DiskShelf;
use super::tree::Tree;
use super::writer::Order;
use super::{backup, files, journal};

/// Journals and a fresh tree of at most so many bytes are purged as soon as it is quiet; above, when it is asked for.
const PURGED_AT_ONCE: u64 = 64 * 1024 * 1024;
/// So many records are read in one go.
const PAGE: usize = 500;

/// The thread's handle.
pub(super) struct Keeper {
    jobs: Sender<Job>,
    thread: Option<JoinHandle<()>>,
    name: &'static str,
    backups: PathBuf,
}

type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

enum Job {
    BackUp(Timestamp, Reply),
    Purge(Reply),
    /// Purge if it doesn't take long.
    PurgeIfSmall,
    Stop,
}

/// Tells the keeper that something was forgotten.
#[derive(Clone)]
pub(super) struct Bell(Sender<Job>);

impl Bell {
    /// It is quiet now, and something may be ripe.
    pub(super) fn ring(&self) {
        let _ = self.0.send(Job::PurgeIfSmall);
    }
}

impl Keeper {
    /// Starts the thread for the shelf called `name`, whose backups lie in `backups`.
    pub(super) fn start(
        name: &'static str,
        backups: PathBuf,
        shelf: Arc<DiskShelf>,
        writer: Sender<Order>,
    ) -> Self {
        let (jobs, orders) = channel();
        let work = Work { name, backups: backups.clone(), shelf, writer };
        let thread = std::thread::spawn(move || work.run(&orders));
        Self { jobs, thread: Some(thread), name, backups }
    }

    /// A way to tell it that something was forgotten.
    pub(super) fn bell(&self) -> Bell {
        Bell(self.jobs.clone())
    }

    /// Writes a backup.
    pub(super) fn back_up(&self, now: Timestamp) -> BoxFuture<'_, Result<(), StoreError>> {
        self.ask(|reply| Job::BackUp(now, reply))
    }

    /// When the newest backup was taken, of those up to `now`.
    pub(super) fn backed_up(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let all = backup::all(&self.backups, self.name)?;
        Ok(all.iter().filter_map(|path| backup::taken(path, self.name)).filter(|at| *at <= now).max())
    }

    /// Purges what is ripe.
    pub(super) fn purge(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.ask(Job::Purge)
    }

    /// Finishes what is under way, and ends.
    pub(super) fn stop(&mut self) {
        let _ = self.jobs.send(Job::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    fn ask(&self, job: impl FnOnce(Reply) -> Job) -> BoxFuture<'_, Result<(), StoreError>> {
        let (tell, answer) = oneshot::channel();
        let sent = self.jobs.send(job(Box::new(move |done| {
            let _ = tell.send(done);
        })));
        async move {
            sent.map_err(|_| closed())?;
            answer.await.map_err(|_| closed())?
        }
        .boxed()
    }
}

struct Work {
    name: &'static str,
    backups: PathBuf,
    shelf: Arc<DiskShelf>,
    writer: Sender<Order>,
}

impl Work {
    fn run(&self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            match job {
                Job::BackUp(now, reply) => reply(self.back_up(now)),
                Job::Purge(reply) => reply(self.purge()),
                Job::PurgeIfSmall => {
                    if self.size().is_ok_and(|size| size <= PURGED_AT_ONCE)
                        && let Err(error) = self.purge()
                    {
                        tracing::error!(%error, "what was forgotten could not be purged; trying again later");
                    }
                }
                Job::Stop => return,
            }
        }
    }

    fn back_up(&self, now: Timestamp) -> Result<(), StoreError> {
        let from = self.between(|shelf| Ok(shelf.rotate().sequence))?;
        let newest = backup::whole(&self.backups, self.name)?.into_iter().next();
        if newest.map_or(0, |newest| newest.upto) == from {
            return Ok(());
        }
        let _claim = backup::claimed(&self.backups)?;
        let mut draft = backup::Draft::begin(&self.backups, self.name, now, from)?;
        self.shelf.each_record(&mut |key, value| draft.record(key, value))?;
        let upto = self.between(|shelf| Ok(shelf.sequence()))?;
        let mut failed = Ok(());
        let reach = journal::replay(self.shelf.folder(), from, &mut |sequence, changes| {
            if sequence <= upto && failed.is_ok() {
                failed =
                    changes.iter().try_for_each(|(key, value)| draft.change(key, value.as_deref(), sequence));
            }
            Ok(())
        })?;
        failed?;
        if reach.last < upto {
            return Err(StoreError::Damaged("the journal doesn't reach to the end".to_owned()));
        }
        draft.finish(upto)?;
        for old in backup::all(&self.backups, self.name)?.into_iter().skip(backup::KEPT) {
            files::remove(&old)?;
        }
        self.drop_journals()
    }

    /// Drops journals that neither of the two newest backups needs; the second one, should the first be damaged.
    fn drop_journals(&self) -> Result<(), StoreError> {
        self.between(DiskShelf::checkpoint)?;
        let backups = backup::whole(&self.backups, self.name)?;
        let needed_after = backups.get(1).map_or(0, |second| second.upto);
        journal::drop_unneeded(self.shelf.folder(), needed_after)
    }

    fn purge(&self) -> Result<(), StoreError> {
        let none = Changes::new();
        let ripe = erase::ripe(&View::new(self.shelf.as_ref(), &none))?;
        if ripe.is_empty() {
            return Ok(());
        }
        let _claim = backup::claimed(&self.backups)?;
        let gone = Gone::new(ripe);
        let rotated = self.between(|shelf| {
            let rotated = shelf.rotate();
            shelf.checkpoint().map(|()| rotated)
        })?;
        let (number, folder) = self.shelf.next_tree();
        files::remove(&folder)?;
        let tree = self.fresh_tree(&folder, rotated.sequence, &gone)?;
        for (file, path) in journal::files_in(self.shelf.folder())? {
            if file <= rotated.newest_file {
                journal::rewrite(&path, &gone)?;
            }
        }
        for path in backup::all(&self.backups, self.name)? {
            backup::rewrite(&path, self.name, &gone)?;
        }
        remove_set_aside(self.shelf.folder())?;
        self.between(move |shelf| shelf.switch(number, tree))
    }

    /// A tree with all records but the notes of what is purged now.
    fn fresh_tree(&self, folder: &Path, sequence: u64, gone: &Gone) -> Result<Tree, StoreError> {
        let tree = Tree::open(folder)?;
        let mut page = Changes::new();
        self.shelf.each_record(&mut |key, value| {
            if !gone.is_note(key, value) {
                page.insert(key.to_vec(), Some(value.to_vec()));
            }
            if PAGE <= page.len() {
                tree.apply(sequence, &std::mem::take(&mut page))?;
            }
            Ok(())
        })?;
        tree.apply(sequence, &page)?;
        tree.sync()?;
        files::sync_folder(folder)?;
        Ok(tree)
    }

    /// How much would have to be written anew.
    fn size(&self) -> Result<u64, StoreError> {
        let mut size = 0;
        let journals = journal::files_in(self.shelf.folder())?.into_iter().map(|(_, path)| path);
        for path in journals.chain(backup::all(&self.backups, self.name)?).chain([self.shelf.tree_file()]) {
            size += std::fs::metadata(&path).map_err(files::at(&path))?.len();
        }
        Ok(size)
    }

    /// Asks the writer for something between two groups.
    fn between<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&DiskShelf) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, answer) = channel();
        let order = Order::Between(Box::new(move |shelf| {
            let _ = tell.send(ask(shelf));
        }));
        self.writer.send(order).map_err(|_| closed())?;
        answer.recv().map_err(|_| closed())?
    }
}

/// Takes away shelves that were set aside: nobody can purge anything in them.
fn remove_set_aside(folder: &Path) -> Result<(), StoreError> {
    let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else { return Ok(()) };
    super::set_aside(parent, &name.to_string_lossy())?.iter().try_for_each(|path| files::remove(path))
}

fn closed() -> StoreError {
    StoreError::Disk("the store is closed".to_owned())
}
