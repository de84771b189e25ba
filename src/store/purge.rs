//! Purging: old bytes of what was forgotten.

use super::StoreError;
use super::steps::erase;
use super::table::{Key, Table};
use super::view::View;

/// Takes away the notes of what must be purged, where nothing keeps old bytes.
pub(super) fn forget_erasures(view: &mut View<'_>) -> Result<(), StoreError> {
    for (id, _) in erase::ripe(view)? {
        view.delete(&Key::conversation(Table::Erasures, &id))?;
    }
    Ok(())
}
