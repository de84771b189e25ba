//! The store on disk: two shelves in a folder, with their backups in another.
//!
//! Reading order: [`journal`] and [`tree`] are the two ways in which a write is kept, [`shelf`] puts them together,
//! [`writer`] lets everybody write at once, [`keeper`] makes backups and purges, [`open`] opens, and restores what is
//! damaged.

mod backup;
mod files;
mod journal;
mod keeper;
mod open;
mod shelf;
mod tree;
mod writer;

pub use open::{Folders, Opened, open_or_restore};

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
