//! View: what a step sees and writes: the shelf, the steps before it in the same group, and its own changes.
//!
//! Steps run one after another and are written in groups, each group with one wait for the disk. A step that is
//! refused leaves nothing behind; the steps before and after it in its group go on.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use super::record;
use super::shelf::{Changes, Shelf, Visit};
use super::table::Key;

/// A key and its value.
pub(crate) type Row = (Vec<u8>, Vec<u8>);

/// What is called with each key and value.
pub(crate) type VisitAll<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'a;

/// What a step sees of the store, and what it wants changed.
pub(crate) struct View<'a> {
    shelf: &'a dyn Shelf,
    group: &'a Changes,
    own: Changes,
    closes_group: bool,
}

impl<'a> View<'a> {
    /// A view for one step: `group` holds what the steps before it changed, and is not on the shelf yet.
    pub(crate) fn new(shelf: &'a dyn Shelf, group: &'a Changes) -> Self {
        Self { shelf, group, own: Changes::new(), closes_group: false }
    }

    /// What the step changed, and whether it wants to be the last one of its group.
    pub(crate) fn into_changes(self) -> (Changes, bool) {
        (self.own, self.closes_group)
    }

    /// The number under which this step will be written.
    pub(crate) fn sequence(&self) -> u64 {
        self.shelf.sequence() + 1
    }

    /// No later step shares this step's number.
    pub(crate) fn close_group(&mut self) {
        self.closes_group = true;
    }

    /// The record at `key`.
    pub(crate) fn get<R: DeserializeOwned>(&self, key: &Key) -> Result<Option<R>, StoreError> {
        self.get_bytes(key)?.map(|bytes| record::decode(key.as_bytes(), &bytes)).transpose()
    }

    /// The bytes at `key`, where they are no record.
    pub(crate) fn get_bytes(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        match self.own.get(key.as_bytes()).or_else(|| self.group.get(key.as_bytes())) {
            Some(changed) => Ok(changed.clone()),
            None => self.shelf.get(key.as_bytes()),
        }
    }

    /// Whether there is anything at `key`.
    pub(crate) fn has(&self, key: &Key) -> Result<bool, StoreError> {
        Ok(self.get_bytes(key)?.is_some())
    }

    /// Puts a record.
    pub(crate) fn put<R: Serialize>(&mut self, key: &Key, record: &R) -> Result<(), StoreError> {
        self.put_bytes(key, record::encode(record)?);
        Ok(())
    }

    /// Puts bytes that are no record.
    pub(crate) fn put_bytes(&mut self, key: &Key, bytes: Vec<u8>) {
        self.own.insert(key.as_bytes().to_vec(), Some(bytes));
    }

    /// Takes away what is at `key`, if anything.
    pub(crate) fn delete(&mut self, key: &Key) -> Result<(), StoreError> {
        self.delete_raw(key.as_bytes())
    }

    /// Takes away what is at the key with these bytes, if anything.
    pub(crate) fn delete_raw(&mut self, key: &[u8]) -> Result<(), StoreError> {
        let known = self.own.contains_key(key) || self.group.contains_key(key);
        if known || self.shelf.get(key)?.is_some() {
            self.own.insert(key.to_vec(), None);
        }
        Ok(())
    }

    /// The first `limit` keys and values in `from..to`.
    pub(crate) fn range(&self, from: &Key, to: &Key, limit: usize) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::new();
        if limit == 0 {
            return Ok(found);
        }
        self.scan(from.as_bytes(), to.as_bytes(), &mut |key, value| {
            found.push((key.to_vec(), value.to_vec()));
            Ok(if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(found)
    }

    /// All keys and values that begin with `prefix`.
    pub(crate) fn all(&self, prefix: &Key) -> Result<Vec<Row>, StoreError> {
        self.range(prefix, &prefix.end(), usize::MAX)
    }

    /// Visits all keys that begin with `prefix`, without holding more than one value.
    pub(crate) fn each(&self, prefix: &Key, visit: &mut VisitAll<'_>) -> Result<(), StoreError> {
        self.scan(prefix.as_bytes(), prefix.end().as_bytes(), &mut |key, value| {
            visit(key, value).map(ControlFlow::Continue)
        })
    }

    /// Visits the shelf's keys in `from..to` with the changes of the group and of this step laid over them.
    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let below = &mut |visit: &mut Visit<'_>| self.shelf.scan(from, to, visit);
        scan_under(&[self.group, &self.own], from, to, below, visit)
    }
}

/// Visits the keys in `from..to` that `below` visits, with `layers` of changes laid over them, the last on top.
pub(super) fn scan_under(
    layers: &[&Changes],
    from: &[u8],
    to: &[u8],
    below: &mut dyn FnMut(&mut Visit<'_>) -> Result<(), StoreError>,
    visit: &mut Visit<'_>,
) -> Result<(), StoreError> {
    if to <= from {
        return Ok(());
    }
    let mut over: BTreeMap<&[u8], Option<&[u8]>> = BTreeMap::new();
    for changes in layers {
        let changed = changes.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        over.extend(changed.map(|(key, value)| (key.as_slice(), value.as_deref())));
    }
    let mut over = over.into_iter().peekable();
    let mut broken_off = false;
    below(&mut |key, value| {
        while let Some((changed, new)) = over.next_if(|(changed, _)| *changed < key) {
            if let Some(new) = new
                && visit(changed, new)?.is_break()
            {
                broken_off = true;
                return Ok(ControlFlow::Break(()));
            }
        }
        let value = match over.next_if(|(changed, _)| *changed == key) {
            Some((_, new)) => new,
            None => Some(value),
        };
        let flow = value.map_or(Ok(ControlFlow::Continue(())), |value| visit(key, value))?;
        broken_off = flow.is_break();
        Ok(flow)
    })?;
    if broken_off {
        return Ok(());
    }
    for (changed, new) in over {
        if let Some(new) = new
            && visit(changed, new)?.is_break()
        {
            break;
        }
    }
    Ok(())
}
