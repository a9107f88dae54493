//! Matrices as products see them: what is read, and where results go.

use crate::tensor::Matrix;
use std::ops::Range;

/// A row-major matrix, or the transpose of one.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub data: &'a [f32],
    pub rows: usize,
    pub cols: usize,
    pub transposed: bool,
}

impl<'a> View<'a> {
    pub fn of(matrix: &'a Matrix) -> Self {
        Self::rows_of(matrix.as_slice(), matrix.cols())
    }

    /// Rows of `cols` numbers.
    pub fn rows_of(data: &'a [f32], cols: usize) -> Self {
        Self { data, rows: data.len() / cols.max(1), cols, transposed: false }
    }

    pub fn transposed(self) -> Self {
        Self { rows: self.cols, cols: self.rows, transposed: !self.transposed, ..self }
    }

    /// The rows `rows`.
    ///
    /// # Panics
    /// If it is the transpose of a row-major matrix.
    pub fn rows(self, rows: Range<usize>) -> Self {
        assert!(!self.transposed, "rows of a row-major matrix");
        let (data, count) = (&self.data[rows.start * self.cols..rows.end * self.cols], rows.len());
        Self { data, rows: count, ..self }
    }

    /// Row `row`; empty beyond the last one.
    ///
    /// # Panics
    /// If it is the transpose of a row-major matrix.
    pub fn row(self, row: usize) -> &'a [f32] {
        assert!(!self.transposed, "rows of a row-major matrix");
        if row < self.rows { &self.data[row * self.cols..][..self.cols] } else { &[] }
    }

    /// Where the entry of row `i` and column `j` lies, and the distance between rows and columns.
    pub fn from(self, i: usize, j: usize) -> (*const f32, isize, isize) {
        let (row, col) = if self.transposed { (1, self.rows) } else { (self.cols, 1) };
        (self.data.as_ptr().wrapping_add(i * row + j * col), row as isize, col as isize)
    }
}

/// Where a tile's product goes: row-major memory with `stride` entries between rows.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub at: *mut f32,
    pub stride: usize,
    /// `Some(f)`: `out += f·a·b`; `None`: `out = a·b`.
    pub add: Option<f32>,
}
