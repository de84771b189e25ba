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

/// Rows that share one reading of the columns.
const TILE: usize = 4;

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
    pub(super) fn set_product(&mut self, left: &Self, right: &Self) {
        assert!(left.columns == right.rows && self.rows == left.rows && self.columns == right.columns);
        self.numbers.fill(0.0);
        let level = Level::new();
        dispatch!(level, simd => multiply(simd, left, right, self));
    }
}

#[expect(
    clippy::inline_always,
    reason = "code is compiled for the instruction set of the function it is part of"
)]
#[inline(always)]
fn multiply<S: Simd>(simd: S, left: &Matrix, right: &Matrix, product: &mut Matrix) {
    let width = 2 * S::f32s::LEN;
    for deep in (0..left.columns).step_by(DEPTH) {
        let depth = DEPTH.min(left.columns - deep);
        let columns = &right.numbers[deep * right.stride..][..depth * right.stride];
        for at in (0..right.stride).step_by(width) {
            let mut row = 0;
            while row + TILE <= left.rows {
                tile::<S, TILE>(simd, left, columns, product, (row, at, deep), depth);
                row += TILE;
            }
            while row < left.rows {
                tile::<S, 1>(simd, left, columns, product, (row, at, deep), depth);
                row += 1;
            }
        }
    }
}

/// Adds the products of `N` rows with two registers' width of columns.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn tile<S: Simd, const N: usize>(
    simd: S,
    left: &Matrix,
    columns: &[f32],
    product: &mut Matrix,
    (row, at, deep): (usize, usize, usize),
    depth: usize,
) {
    let half = S::f32s::LEN;
    let stride = product.stride;
    let rows: [&[f32]; N] = std::array::from_fn(|n| &left.numbers[(row + n) * left.stride + deep..][..depth]);
    let mut low: [S::f32s; N] = std::array::from_fn(|n| {
        S::f32s::from_slice(simd, &product.numbers[(row + n) * stride + at..][..half])
    });
    let mut high: [S::f32s; N] = std::array::from_fn(|n| {
        S::f32s::from_slice(simd, &product.numbers[(row + n) * stride + at + half..][..half])
    });
    for (step, columns) in columns.chunks_exact(stride).enumerate() {
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
        let to = &mut product.numbers[(row + n) * stride + at..][..2 * half];
        low[n].store_slice(&mut to[..half]);
        high[n].store_slice(&mut to[half..]);
    }
}
