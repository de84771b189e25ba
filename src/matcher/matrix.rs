//! Products of matrices of `f32`, quick enough to train a classifier while the bot starts.
//!
//! Crate `fearless_simd` picks the instruction set at run time. Each tile of the result is kept in registers while its
//! rows and columns pass by once.

use fearless_simd::{Level, Simd, dispatch, prelude::*};

/// Rows of numbers, one after another; the width is padded with zeros to a multiple of [`GRAIN`].
#[derive(Debug, Clone, Default)]
pub(super) struct Matrix {
    rows: usize,
    columns: usize,
    stride: usize,
    numbers: Vec<f32>,
}

/// Widths come in multiples of this: two of the widest registers.
const GRAIN: usize = 32;

/// Rows that share one reading of the columns: with their sums they fill the sixteen registers of most machines.
const TILE: usize = 6;

/// From so many multiplications on, two threads share a product; starting one costs as much as a tenth of these.
const SHARED: usize = 8_000_000;

/// So many numbers of a row are multiplied before the next rows' turn: their columns stay in the cache.
const DEPTH: usize = 256;

impl Matrix {
    pub(super) fn zeros(rows: usize, columns: usize) -> Self {
        let stride = columns.next_multiple_of(GRAIN);
        Self { rows, columns, stride, numbers: vec![0.0; rows * stride] }
    }

    /// The matrix of these rows, each of the same width.
    pub(super) fn of<'a>(columns: usize, rows: impl ExactSizeIterator<Item = &'a [f32]>) -> Self {
        let mut matrix = Self::zeros(rows.len(), columns);
        for (to, from) in matrix.numbers.chunks_exact_mut(matrix.stride.max(1)).zip(rows) {
            to[..columns].copy_from_slice(from);
        }
        matrix
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn row(&self, row: usize) -> &[f32] {
        &self.numbers[row * self.stride..][..self.columns]
    }

    pub(super) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.numbers[row * self.stride..][..self.columns]
    }

    /// All numbers, padding included, which a function that is given them must leave at zero.
    pub(super) fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    pub(super) fn numbers_mut(&mut self) -> &mut [f32] {
        &mut self.numbers
    }

    pub(super) fn transposed(&self) -> Self {
        let mut turned = Self::zeros(self.columns, self.rows);
        for row in 0..self.rows {
            for (column, &number) in self.row(row).iter().enumerate() {
                turned.numbers[column * turned.stride + row] = number;
            }
        }
        turned
    }

    /// Overwrites `self` with `left` times `right`.
    ///
    /// Each number is summed up by one thread, in the same order, whether one or two are at work.
    pub(super) fn set_product(&mut self, left: &Self, right: &Self) {
        assert!(left.columns == right.rows && self.rows == left.rows && self.columns == right.columns);
        self.numbers.fill(0.0);
        let level = Level::new();
        let fill = |lefts: &[f32], products: &mut [f32]| {
            dispatch!(level, simd => multiply(simd, left, lefts, right, products));
        };
        if left.rows * left.columns * right.stride < SHARED {
            fill(&left.numbers, &mut self.numbers);
            return;
        }
        let half = left.rows / 2;
        let (lefts, left_rest) = left.numbers.split_at(half * left.stride);
        let (products, rest) = self.numbers.split_at_mut(half * self.stride);
        std::thread::scope(|scope| {
            scope.spawn(|| fill(lefts, products));
            fill(left_rest, rest);
        });
    }
}

/// Adds to the rows of `products` those of `lefts`, which are some of `left`'s, times `right`.
#[expect(
    clippy::inline_always,
    reason = "code is compiled for the instruction set of the function it is part of"
)]
#[inline(always)]
fn multiply<S: Simd>(simd: S, left: &Matrix, lefts: &[f32], right: &Matrix, products: &mut [f32]) {
    let width = 2 * S::f32s::LEN;
    let rows = lefts.len() / left.stride;
    for deep in (0..left.columns).step_by(DEPTH) {
        let depth = DEPTH.min(left.columns - deep);
        let columns = &right.numbers[deep * right.stride..][..depth * right.stride];
        let from = Strip { lefts, left_stride: left.stride, columns, stride: right.stride, deep, depth };
        for at in (0..right.stride).step_by(width) {
            let mut row = 0;
            while row + TILE <= rows {
                tile::<S, TILE>(simd, &from, row, at, products);
                row += TILE;
            }
            while row < rows {
                tile::<S, 1>(simd, &from, row, at, products);
                row += 1;
            }
        }
    }
}

/// What tiles are made from: rows on the left, and as many columns of theirs, `depth` from `deep` on, as rows on the right.
struct Strip<'a> {
    lefts: &'a [f32],
    left_stride: usize,
    columns: &'a [f32],
    stride: usize,
    deep: usize,
    depth: usize,
}

/// Adds the products of `N` rows with two registers' width of columns.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn tile<S: Simd, const N: usize>(simd: S, from: &Strip<'_>, row: usize, at: usize, products: &mut [f32]) {
    let half = S::f32s::LEN;
    let stride = from.stride;
    let rows: [&[f32]; N] =
        std::array::from_fn(|n| &from.lefts[(row + n) * from.left_stride + from.deep..][..from.depth]);
    let mut low: [S::f32s; N] =
        std::array::from_fn(|n| S::f32s::from_slice(simd, &products[(row + n) * stride + at..][..half]));
    let mut high: [S::f32s; N] = std::array::from_fn(|n| {
        S::f32s::from_slice(simd, &products[(row + n) * stride + at + half..][..half])
    });
    for (step, columns) in from.columns.chunks_exact(stride).enumerate() {
        let columns = &columns[at..][..2 * half];
        let first = S::f32s::from_slice(simd, &columns[..half]);
        let second = S::f32s::from_slice(simd, &columns[half..]);
        for n in 0..N {
            let factor = S::f32s::splat(simd, rows[n][step]);
            low[n] = factor.mul_add(first, low[n]);
            high[n] = factor.mul_add(second, high[n]);
        }
    }
    for n in 0..N {
        let to = &mut products[(row + n) * stride + at..][..2 * half];
        low[n].store_slice(&mut to[..half]);
        high[n].store_slice(&mut to[half..]);
    }
}
