//! The store, opened for a command.

use std::sync::Arc;

use super::output;
use crate::config::Config;
use crate::runtime::Clock;
use crate::store::{Folders, Opened, Store, StoreError, as_it_is, open_or_restore};
use crate::time::Timestamp;

/// Opens the store of `config`; what is damaged is made again from backups and journal, and the owner is told.
pub(super) fn open_store(config: &Config) -> Result<Arc<dyn Store>, StoreError> {
    let (store, opened) = open_with_news(config)?;
    if let Some(news) = news(&opened) {
        output::complain(&news);
    }
    Ok(store)
}

/// The store to read in: also while the bot has it open; then what it holds now is read from its journal and backups.
pub(super) fn open_to_read(config: &Config) -> Result<Arc<dyn Store>, StoreError> {
    match open_store(config) {
        Err(StoreError::Busy { .. }) => Ok(Arc::new(as_it_is(&folders(config))?)),
        opened => opened,
    }
}

/// The same, and how it was found, for who tells the owner in another way.
pub(super) fn open_with_news(config: &Config) -> Result<(Arc<dyn Store>, Opened), StoreError> {
    let (store, opened) = open_or_restore(&folders(config), Clock::System.now())?;
    Ok((Arc::new(store), opened))
}

/// Where the store and its backups lie.
pub(super) fn folders(config: &Config) -> Folders {
    Folders::beside(&config.data.join("store"))
}

/// What the owner should know of how the store was found.
pub(super) fn news(opened: &Opened) -> Option<String> {
    match opened {
        Opened::Fresh | Opened::Intact => None,
        Opened::Restored { damage, backup, lost_since, set_aside } => {
            let from = backup.as_ref().map_or_else(
                || "from its journal".to_owned(),
                |path| format!("from the backup {}", path.display()),
            );
            let lost = match lost_since {
                None => "nothing is missing".to_owned(),
                // There was no backup.
                Some(since) if *since == Timestamp::default() => {
                    "earlier conversations and tickets may be missing".to_owned()
                }
                Some(since) => format!("what was written since {} may be missing", output::moment(*since)),
            };
            Some(format!(
                "the store was damaged ({damage}) and was made again {from}: {lost}; the damaged files are in {}",
                set_aside.display()
            ))
        }
    }
}
