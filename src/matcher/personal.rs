//! Whether a question is one for a person: is it ready, move me to Friday, a complaint, what isn't in the list.
//!
//! One direction among sentence vectors, learnt on the firms of `tools/training/corpus` together with the encoder's layers
//! (`tools/training/teach.py`), tells such questions from those that an FAQ answers. It lies in `personal.bin`.

use std::sync::LazyLock;

/// Length of a sentence vector.
const WIDTH: usize = 512;

/// One step as `f32`, then [`WIDTH`] numbers of 16 bits in such steps; little-endian.
static BYTES: &[u8; 4 + 2 * WIDTH] = include_bytes!("personal.bin");

/// How much a question with this vector sounds like one for a person; about 0 where that is undecided.
pub(super) fn personal(vector: &[f32]) -> f32 {
    static DIRECTION: LazyLock<Vec<f32>> = LazyLock::new(direction);
    dot(&DIRECTION, vector)
}

fn direction() -> Vec<f32> {
    let (step, numbers) = BYTES.split_first_chunk::<4>().expect("the step comes first");
    let step = f32::from_le_bytes(*step);
    numbers.as_chunks::<2>().0.iter().map(|&bytes| step * f32::from(i16::from_le_bytes(bytes))).collect()
}

/// Partial sums: enough for wide registers, and the same number on every machine.
const LANES: usize = 16;

fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    for (left, right) in left.as_chunks::<LANES>().0.iter().zip(right.as_chunks::<LANES>().0) {
        for (lane, (left, right)) in lanes.iter_mut().zip(left.iter().zip(right)) {
            *lane += left * right;
        }
    }
    lanes.iter().sum()
}
