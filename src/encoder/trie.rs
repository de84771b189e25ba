//! Text -> number, looked up in the program itself: a double-array trie as `tools/encoder/double_array.py` builds it.
//!
//! A unit is one `u32`. The unit of a node has in bits 0-7 the byte by which it was reached, in bit 8 whether a key ends
//! there, in bits 10-30 its offset. The child by byte `b` is the unit at `offset ^ b`, if that carries `b` and its bit 31
//! is clear; the value of a key that ends lies in bits 0-30 of the unit at `offset`. Unit 0 is the root.

use super::weights::{Words, word};

const LEAF: u32 = 1 << 31;
const ENDS: u32 = 1 << 8;

#[derive(Clone, Copy)]
pub(super) struct Trie {
    units: Words,
}

impl Trie {
    pub(super) fn new(units: Words) -> Self {
        Self { units }
    }

    /// The keys that `text` starts with, shortest first: the key's length in bytes and its value.
    pub(super) fn prefixes(self, text: &[u8]) -> impl Iterator<Item = (usize, u32)> {
        let mut offset = word(self.units, 0) >> 10;
        let mut bytes = text.iter().enumerate();
        std::iter::from_fn(move || {
            for (index, byte) in bytes.by_ref() {
                let unit = word(self.units, (offset ^ u32::from(*byte)) as usize);
                if unit & (LEAF | 0xff) != u32::from(*byte) {
                    break;
                }
                offset = unit >> 10;
                if unit & ENDS != 0 {
                    return Some((index + 1, word(self.units, offset as usize) & !LEAF));
                }
            }
            None
        })
    }
}
