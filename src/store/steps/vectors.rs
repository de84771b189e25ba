//! The vectors of the owner's texts, so that an encoder need not read them again. Nothing is lost when they are.

use std::collections::BTreeSet;

use crate::store::table::{Key, Table};
use crate::store::view::View;
use crate::store::{StoreError, VectorKey};

/// The vectors of `keys`, in the same order.
pub(in crate::store) fn vectors(
    view: &View<'_>,
    keys: &[VectorKey],
) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    keys.iter().map(|key| view.get_bytes(&vector_key(key))).collect()
}

/// Keeps vectors.
pub(in crate::store) fn keep(view: &mut View<'_>, vectors: Vec<(VectorKey, Vec<u8>)>) {
    for (key, vector) in vectors {
        view.put_bytes(&vector_key(&key), vector);
    }
}

/// Drops all vectors but those of `keys`.
pub(in crate::store) fn keep_only(view: &mut View<'_>, keys: &[VectorKey]) -> Result<(), StoreError> {
    let kept: BTreeSet<Key> = keys.iter().map(vector_key).collect();
    let kept: BTreeSet<&[u8]> = kept.iter().map(Key::as_bytes).collect();
    let mut gone = Vec::new();
    view.each(&Key::of(Table::Vectors), &mut |key, _| {
        if !kept.contains(key) {
            gone.push(key.to_vec());
        }
        Ok(())
    })?;
    gone.iter().try_for_each(|key| view.delete_raw(key))
}

fn vector_key(VectorKey { encoder, text }: &VectorKey) -> Key {
    Key::of(Table::Vectors).text(encoder).bytes(&text.0)
}
