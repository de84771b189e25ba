//! What was learnt from many firms about sentence vectors: how customers' matters lie, and what is a matter for a person.
//!
//! DESIGN. The encoder knows language in general. Two small things were learnt on the firms of `tools/training/corpus`,
//! from the split's training part alone, by `tools/training/fit.py`: a bend of the space (a vector plus a part of low rank,
//! the same for questions and for owners' texts, trained so that a question lies nearer to the entry that answers it
//! than to the others), and one direction that tells questions for a person (is it ready, move me to Friday, a complaint, a
//! product that isn't in the list) from those that an FAQ answers. Both lie in `adapter.bin`.

use std::sync::LazyLock;

/// Length of a sentence vector.
const WIDTH: usize = 512;

/// Numbers of 16 bits; then steps, one for each of the three parts, as `f32`.
static BYTES: &[u8] = include_bytes!("adapter.bin");

/// The learnt parts.
pub(super) struct Adapter {
    /// From a vector to the few numbers between: rows of [`WIDTH`].
    down: Vec<f32>,
    /// From the few numbers back: rows of [`WIDTH`].
    up: Vec<f32>,
    /// What speaks for a person.
    personal: Vec<f32>,
}

/// The adapter that the program carries.
pub(super) fn adapter() -> &'static Adapter {
    static ADAPTER: LazyLock<Adapter> = LazyLock::new(|| Adapter::read(BYTES));
    &ADAPTER
}

impl Adapter {
    fn read(bytes: &[u8]) -> Self {
        let (steps, numbers) = bytes.split_at(12);
        let step = |at: usize| {
            let bytes = steps[4 * at..][..4].try_into().expect("a slice of four bytes");
            f32::from_le_bytes(bytes)
        };
        let numbers: Vec<f32> =
            numbers.as_chunks::<2>().0.iter().map(|&bytes| f32::from(i16::from_le_bytes(bytes))).collect();
        let rank = (numbers.len() / WIDTH - 1) / 2;
        let part = |rows: std::ops::Range<usize>, step: f32| -> Vec<f32> {
            numbers[rows.start * WIDTH..rows.end * WIDTH].iter().map(|number| number * step).collect()
        };
        Self {
            down: part(0..rank, step(0)),
            up: part(rank..2 * rank, step(1)),
            personal: part(2 * rank..2 * rank + 1, step(2)),
        }
    }

    /// `vector`, bent, of length 1 again; a vector of nothing stays one.
    pub(super) fn bend(&self, vector: &[f32]) -> Vec<f32> {
        let mut bent = vector.to_vec();
        for (down, up) in self.down.chunks_exact(WIDTH).zip(self.up.chunks_exact(WIDTH)) {
            let between = dot(down, vector);
            bent.iter_mut().zip(up).for_each(|(bent, up)| *bent += between * up);
        }
        let length = dot(&bent, &bent).sqrt();
        if 0.0 < length {
            for number in &mut bent {
                *number /= length;
            }
        }
        bent
    }

    /// How much a question with this vector sounds like one for a person, about 0 where that is undecided.
    pub(super) fn personal(&self, vector: &[f32]) -> f32 {
        dot(&self.personal, vector)
    }
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
