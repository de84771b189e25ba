//! A piece's row of 512 small numbers, read out of its Huffman code when it is needed: unpacked, the table would fill
//! 44 MB; so, reading costs two microseconds a piece.

use super::weights::{Weights, word};

/// Numbers in a row.
pub(super) const WIDTH: usize = 512;
const TABLES: usize = 8;
const SYMBOLS: usize = 128;
/// No code is longer.
const LIMIT: u32 = 10;

/// The decoding tables.
pub(super) struct Rows {
    /// For the next [`LIMIT`] bits of the code in each table: the symbol less 64, and how many of the bits are its own.
    codes: Vec<[Code; 1 << LIMIT]>,
}

#[derive(Clone, Copy, Default)]
struct Code {
    level: i8,
    length: u8,
}

/// What the row's levels stand for: `step * level + rest`.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) step: f32,
    pub(super) rest: f32,
}

impl Rows {
    pub(super) fn new(weights: &Weights) -> Self {
        assert_eq!(weights.codes.len(), TABLES * SYMBOLS, "each table has a length for each symbol");
        Self { codes: weights.codes.chunks_exact(SYMBOLS).map(table).collect() }
    }

    /// Writes the levels of `piece` into `levels`.
    #[expect(clippy::cast_possible_truncation, reason = "a code is looked up by the lowest bits")]
    pub(super) fn read(&self, weights: &Weights, piece: usize, levels: &mut [i16]) -> Scale {
        let start = if piece == 0 { 0 } else { word(weights.ends, piece - 1) as usize };
        let head = usize::from(weights.rows[start]);
        let codes = &self.codes[head >> 5];
        let mut bytes = &weights.rows[start + 1..];
        let (mut bits, mut count) = (0_u64, 0_u32);
        for four in levels.as_chunks_mut::<4>().0 {
            // Four codes take at most 40 bits; the file has eight bytes to spare behind the last row.
            if count < 4 * LIMIT {
                let next = u64::from_le_bytes(*bytes.first_chunk().expect("eight spare bytes end the rows"));
                bits |= next << count;
                let taken = (63 - count) / 8;
                bytes = &bytes[taken as usize..];
                count += 8 * taken;
            }
            for level in four {
                let code = codes[usize::from(bits as u16) & ((1 << LIMIT) - 1)];
                *level = i16::from(code.level);
                bits >>= code.length;
                count -= u32::from(code.length);
            }
        }
        let group = 2 * (head & 31);
        Scale { step: weights.groups[group], rest: weights.groups[group + 1] }
    }
}

/// The lookup table of the canonical code with these lengths, whose bits come lowest first.
fn table(lengths: &[u8]) -> [Code; 1 << LIMIT] {
    let mut table = [Code::default(); 1 << LIMIT];
    let mut code = 0_usize;
    for length in 1..=LIMIT {
        code <<= 1;
        for (symbol, own) in (-64_i8..).zip(lengths) {
            if u32::from(*own) == length {
                let first = code.reverse_bits() >> (usize::BITS - length);
                for entry in table.iter_mut().skip(first).step_by(1 << length) {
                    *entry = Code { level: symbol, length: *own };
                }
                code += 1;
            }
        }
    }
    table
}
