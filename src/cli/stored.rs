//! The store, opened for a command.

use std::sync::Arc;

use super::output;
use crate::config::Config;
use crate::runtime::Clock;
use crate::store::{Folders, Opened, Store, StoreError, open_or_restore};

/// Opens the store of `config`; what is damaged is made again from backups and journal, and the owner is told.
pub(super) fn open_store(config: &Config) -> Result<Arc<dyn Store>, StoreError> {
    let (store, opened) = open_or_restore(&folders(config), Clock::System.now())?;
    if let Some(news) = news(&opened) {
        output::complain(&news);
    }
    Ok(Arc::new(store))
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
            let lost = lost_since.and_then(crate::time::Timestamp::to_utc).map_or_else(
                || "nothing is missing".to_owned(),
                |since| {
                    format!("what was written since {} may be missing", since.format("%Y-%m-%d %H:%M UTC"))
                },
            );
            Some(format!(
                "the store was damaged ({damage}) and was made again {from}: {lost}; the damaged files are in {}",
                set_aside.display()
            ))
        }
    }
}
