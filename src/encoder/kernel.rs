//! The arithmetic. Products are exact in integers and everything else is done in a fixed order, so that every machine
//! and every instruction set gives the same bits. Crate `fearless_simd` picks the instruction set at run time.

use fearless_simd::{Level, Simd, dispatch, prelude::*};

use super::weights::{Dense, to_f32};

/// Rounded values lie in -STEPS..=STEPS: 1280 products of such with an `i8` still fit into an `i32`.
const STEPS: f32 = 8191.0;
/// A layer's inputs come in multiples of this: the bytes of the widest register.
const GRAIN: usize = 64;
/// Rows that share one reading of the weights; the sums of more do not fit into sixteen registers.
const TILE: usize = 8;
/// Partial sums of a row of `f32`: enough for the widest registers, and the same number on every machine.
const LANES: usize = 16;

/// Whole numbers that start on a cache line: reading across two of them costs a sixth of the time.
pub(super) struct Wholes {
    numbers: Vec<i16>,
    start: usize,
}

impl Wholes {
    pub(super) fn zeros(count: usize) -> Self {
        const LINE: usize = 64;
        let numbers = vec![0; count + LINE / size_of::<i16>()];
        let start = numbers.as_ptr().align_offset(LINE).min(numbers.len() - count);
        Self { numbers, start }
    }

    pub(super) fn numbers(&mut self) -> &mut [i16] {
        &mut self.numbers[self.start..]
    }

    /// Rounds `values` into the places from `first` on, and returns what one step of these stands for.
    pub(super) fn round(&mut self, first: usize, values: &[f32]) -> f32 {
        let mut largest = [0.0_f32; LANES];
        for chunk in values.as_chunks::<LANES>().0 {
            for (lane, value) in largest.iter_mut().zip(chunk) {
                *lane = lane.max(value.abs());
            }
        }
        let largest = largest.into_iter().fold(f32::MIN_POSITIVE, f32::max);
        let factor = STEPS / largest;
        for (rounded, value) in self.numbers()[first..].iter_mut().zip(values) {
            *rounded = nearest(value * factor);
        }
        largest / STEPS
    }
}

/// The nearest whole number. Adding 1.5 * 2^23 leaves no room for a fraction, and the number in the low bits.
#[expect(clippy::cast_possible_truncation, reason = "the high bits are those of the number added")]
fn nearest(value: f32) -> i16 {
    (value + 12_582_912.0).to_bits() as i16
}

/// `dense` applied to `count` rows of its inputs' length, which start every `stride` numbers: a sum for each row and
/// output, in steps.
pub(super) fn product(level: Level, rows: &Wholes, stride: usize, count: usize, dense: &Dense) -> Vec<f32> {
    assert!(dense.inputs.is_multiple_of(GRAIN), "weights are read {GRAIN} at a time");
    let mut sums = vec![0.0; count * dense.outputs];
    dispatch!(level, simd => fill(simd, &rows.numbers[rows.start..], stride, count, dense, &mut sums));
    sums
}

#[expect(
    clippy::inline_always,
    reason = "code is compiled for the instruction set of the function it is part of"
)]
#[inline(always)]
fn fill<S: Simd>(simd: S, rows: &[i16], stride: usize, count: usize, dense: &Dense, sums: &mut [f32]) {
    let row = |index: usize| &rows[index * stride..][..dense.inputs];
    for (output, weights) in dense.weights.chunks_exact(dense.inputs).enumerate() {
        let mut first = 0;
        for tiles_left in (1..=count.div_ceil(TILE)).rev() {
            let size = (count - first).div_ceil(tiles_left);
            let sums = sums[first * dense.outputs + output..].iter_mut().step_by(dense.outputs);
            match size {
                1 => tile::<S, 1>(simd, first, row, weights, sums),
                2 => tile::<S, 2>(simd, first, row, weights, sums),
                3 => tile::<S, 3>(simd, first, row, weights, sums),
                4 => tile::<S, 4>(simd, first, row, weights, sums),
                5 => tile::<S, 5>(simd, first, row, weights, sums),
                6 => tile::<S, 6>(simd, first, row, weights, sums),
                7 => tile::<S, 7>(simd, first, row, weights, sums),
                _ => tile::<S, 8>(simd, first, row, weights, sums),
            }
            first += size;
        }
    }
}

/// The products of rows `first..first + N` with one output's weights.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn tile<'r, 's, S: Simd, const N: usize>(
    simd: S,
    first: usize,
    row: impl Fn(usize) -> &'r [i16],
    weights: &[u8],
    sums: impl Iterator<Item = &'s mut f32>,
) {
    let rows: [&[i16]; N] = std::array::from_fn(|index| row(first + index));
    let mut totals = [S::i32s::splat(simd, 0); N];
    let half = S::i16s::LEN;
    for (step, weights) in weights.chunks_exact(S::u8s::LEN).enumerate() {
        let weights: S::i8s = S::u8s::from_slice(simd, weights).bitcast();
        let (low, high) = weights.widen();
        for (total, row) in totals.iter_mut().zip(rows) {
            let values = &row[step * 2 * half..][..2 * half];
            *total += S::i16s::from_slice(simd, &values[..half]).pairwise_dot_product(low);
            *total += S::i16s::from_slice(simd, &values[half..]).pairwise_dot_product(high);
        }
    }
    for (sum, total) in sums.zip(totals) {
        *sum = to_f32(total.reduce_sum());
    }
}

/// Brings each row of `gain.len()` values to mean 0 and variance 1, then to `gain` and `shift` (Ba et al. 2016).
pub(super) fn layer_norm(values: &mut [f32], gain: &[f32], shift: &[f32]) {
    const EPSILON: f32 = 1e-12;
    #[expect(clippy::cast_precision_loss, reason = "a width is small")]
    let width = gain.len() as f32;
    for row in values.chunks_exact_mut(gain.len()) {
        let mean = sum(row, |value| value) / width;
        for value in &mut *row {
            *value -= mean;
        }
        let factor = 1.0 / (sum(row, |value| value * value) / width + EPSILON).sqrt();
        for ((value, gain), shift) in row.iter_mut().zip(gain).zip(shift) {
            *value = *value * factor * gain + shift;
        }
    }
}

/// The sum of `of` each value; `values` come in multiples of [`LANES`].
pub(super) fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    for chunk in values.as_chunks::<LANES>().0 {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += of(*value);
        }
    }
    lanes.iter().sum()
}

/// The hyperbolic tangent within 2e-7. The standard library's differs from one system to the next.
pub(super) fn tanh(x: f32) -> f32 {
    // Beyond 10 it is 1 for an f32.
    let e = exp(2.0 * x.abs().min(10.0));
    (1.0 - 2.0 / (e + 1.0)).copysign(x)
}

/// e^x for 0 <= x <= 20: 2^n * e^r with |r| <= ln(2) / 2, the latter by its Taylor series.
fn exp(x: f32) -> f32 {
    const LN_2_HIGH: f32 = 355.0 / 512.0;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let n = nearest(x * std::f32::consts::LOG2_E);
    let r = x - f32::from(n) * LN_2_HIGH - f32::from(n) * LN_2_LOW;
    let series = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let power = f32::from_bits((127 + u32::from(n.cast_unsigned())) << 23);
    power * series.into_iter().fold(1.0 / 5040.0, |sum, next| sum * r + next)
}
