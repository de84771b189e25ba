//! Chunks: files cut where their own content says so, each stretch kept once under the name of its content.
//!
//! A file is cut before a `## ` line whose hash says "here" (one in sixteen does), or where a stretch would grow beyond
//! [`LARGEST`]. So a changed entry changes one stretch, wherever it stands in the file: what lies before and behind
//! it is cut as before. The names of a file's stretches are a stretch themselves, a list, cut in the same way; lists
//! of lists follow until one name is left, the file's. A changed entry in a 30 MB file thus costs one stretch (about
//! 5 KB), and one list on each of the two or three levels above it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::store::StoreError;
use crate::store::record;
use crate::store::table::{Key, Table};
use crate::store::view::View;

/// The name of a chunk: the SHA-256 of its bytes.
pub(in crate::store) type Name = [u8; 32];

/// Chunks that are not in the store yet, perhaps.
pub(in crate::store) type Fresh = BTreeMap<Name, Vec<u8>>;

/// Cuts `content` into chunks; they go to `fresh`, and the name of the topmost is given.
pub(in crate::store) fn cut(content: &[u8], fresh: &mut Fresh) -> Name {
    let mut names: Vec<Name> = stretches(content).map(|stretch| keep(LEAF, stretch, fresh)).collect();
    let mut level = LEAF;
    while 1 < names.len() {
        level += 1;
        names = lists(&names).map(|list| keep(level, list.concat().as_slice(), fresh)).collect();
    }
    names.pop().unwrap_or_else(|| keep(LEAF, b"", fresh))
}

/// Puts those of `fresh` that are not there yet; gives how many bytes that were.
pub(in crate::store) fn put(view: &mut View<'_>, fresh: Fresh) -> Result<usize, StoreError> {
    let mut bytes = 0;
    for (name, chunk) in fresh {
        let key = chunk_key(&name);
        if !view.has(&key)? {
            bytes += chunk.len();
            view.put_bytes(&key, chunk);
        }
    }
    Ok(bytes)
}

/// The content whose topmost chunk is `name`.
pub(in crate::store) fn join(view: &View<'_>, name: &Name) -> Result<Vec<u8>, StoreError> {
    let mut content = Vec::new();
    let mut waiting = vec![*name];
    while let Some(name) = waiting.pop() {
        let chunk = chunk(view, &name)?;
        match chunk.split_first() {
            Some((&LEAF, stretch)) => content.extend_from_slice(stretch),
            Some((_, list)) => waiting.extend(names(list).rev()),
            None => return Err(missing(&name)),
        }
    }
    Ok(content)
}

/// Adds to `used` the names of all chunks from `name` downward.
pub(in crate::store) fn mark(
    view: &View<'_>,
    name: &Name,
    used: &mut BTreeSet<Name>,
) -> Result<(), StoreError> {
    let mut waiting = vec![*name];
    while let Some(name) = waiting.pop() {
        if !used.insert(name) {
            continue;
        }
        let chunk = chunk(view, &name)?;
        match chunk.split_first() {
            Some((&LEAF, _)) | None => {}
            // What is listed here are stretches: no need to look into them.
            Some((&1, list)) => used.extend(names(list)),
            Some((_, list)) => waiting.extend(names(list)),
        }
    }
    Ok(())
}

/// Drops all chunks that are not `used`.
pub(in crate::store) fn drop_unused(view: &mut View<'_>, used: &BTreeSet<Name>) -> Result<(), StoreError> {
    let mut unused = Vec::new();
    view.each(&Key::of(Table::Chunks), &mut |key, _| {
        let is_used = Name::try_from(&key[1..]).is_ok_and(|name| used.contains(&name));
        if !is_used {
            unused.push(key.to_vec());
        }
        Ok(())
    })?;
    unused.iter().try_for_each(|key| view.delete_raw(key))
}

fn chunk(view: &View<'_>, name: &Name) -> Result<Vec<u8>, StoreError> {
    view.get_bytes(&chunk_key(name))?.ok_or_else(|| missing(name))
}

fn missing(name: &Name) -> StoreError {
    record::unfit(chunk_key(name).as_bytes(), "a stretch of a file is missing")
}

fn chunk_key(name: &Name) -> Key {
    Key::of(Table::Chunks).bytes(name)
}

fn keep(level: u8, content: &[u8], fresh: &mut Fresh) -> Name {
    let mut chunk = Vec::with_capacity(1 + content.len());
    chunk.push(level);
    chunk.extend_from_slice(content);
    let name: Name = Sha256::digest(&chunk).into();
    fresh.insert(name, chunk);
    name
}

/// The stretches of a file.
fn stretches(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = content;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (stretch, behind) = rest.split_at(stretch_end(rest));
        rest = behind;
        Some(stretch)
    })
}

/// Where the first stretch of `content` ends.
fn stretch_end(content: &[u8]) -> usize {
    let mut end = 0;
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        if end != 0 && (is_cut(line) || LARGEST < end + line.len()) {
            return end;
        }
        if LARGEST < line.len() {
            return LARGEST;
        }
        end += line.len();
    }
    end
}

/// Whether a file is cut before `line`.
fn is_cut(line: &[u8]) -> bool {
    line.starts_with(b"## ") && crc32fast::hash(line).is_multiple_of(16)
}

/// The lists of names on one level: cut behind a name that ends in six zero bits, never shorter than two names, so
/// that each level is at most half as long as the one below.
fn lists(names: &[Name]) -> impl Iterator<Item = &[Name]> {
    let mut rest = names;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let cut =
            (2..rest.len()).take(LONGEST_LIST - 1).find(|length| rest[length - 1][31].is_multiple_of(64));
        let (list, behind) = rest.split_at(cut.unwrap_or(LONGEST_LIST.min(rest.len())));
        rest = behind;
        Some(list)
    })
}

fn names(list: &[u8]) -> impl DoubleEndedIterator<Item = Name> + '_ {
    list.chunks_exact(32).map(|name| Name::try_from(name).expect("chunks_exact gives 32 bytes"))
}

/// The level of a stretch of a file; lists have higher ones.
const LEAF: u8 = 0;
/// Longest stretch, in bytes: sled is at its best below 64 KB.
const LARGEST: usize = 48 * 1024;
/// Most names in a list: 32 KB.
const LONGEST_LIST: usize = 1024;
