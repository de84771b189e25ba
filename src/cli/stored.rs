//! The store, opened for a command.

use std::sync::Arc;

use crate::config::Config;
use crate::store::{MemoryStore, Store, StoreError};

/// Opens the store of `config`.
pub(super) fn open_store(config: &Config) -> Result<Arc<dyn Store>, StoreError> {
    let _ = &config.data;
    Ok(Arc::new(MemoryStore::new()))
}
