//! The store on disk: two shelves in a folder, with their backups in another.
//!
//! Reading order: [`journal`] and [`tree`] are the two ways in which a write is kept, [`shelf`] puts them together,
//! [`writer`] lets everybody write at once, [`keeper`] makes backups and purges, [`open`] opens, and restores what is
//! damaged, [`examine`](mod@examine) looks into it, [`by_hand`] copies it, and puts a copy back.

mod backup;
mod by_hand;
mod examine;
mod files;
mod journal;
mod keeper;
mod open;
mod shelf;
mod tree;
mod writer;

pub use by_hand::{Copied, PutBack, as_it_is, back_up_beside, back_up_to, put_back};
pub use examine::{Examined, ExaminedBackup, ExaminedJournal, ExaminedShelf, examine, examine_backups};
pub use open::{Folders, Opened, open_or_restore};

use std::path::{Path, PathBuf};

use super::StoreError;
use super::keyed::KeyedStore;
use writer::Writer;

/// The store on disk.
pub type SledStore = KeyedStore<Writer>;

/// The shelf for what customers say.
const DESK: &str = "desk";
/// The shelf for what the firm knows.
const KNOWLEDGE: &str = "knowledge";
/// Stands behind a shelf's name, and before a time, where a damaged one was set aside.
const SET_ASIDE: &str = ".damaged-";
/// Stands there where a shelf made room for one that was put back from a backup.
const REPLACED: &str = ".replaced-";

/// The shelves called `name` in `store` that were set aside.
fn set_aside(store: &Path, name: &str) -> Result<Vec<PathBuf>, StoreError> {
    let beginnings = [SET_ASIDE, REPLACED].map(|ending| format!("{name}{ending}"));
    let is_aside = |file: &String| beginnings.iter().any(|beginning| file.starts_with(beginning));
    Ok(files::names(store)?.into_iter().filter(is_aside).map(|file| store.join(file)).collect())
}
