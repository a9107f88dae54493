//! Matrices that are mostly 0.

use super::Matrix;

/// A matrix of `f32` of which only the entries that are not 0 are kept, row after row (CSR). Its
/// storage is kept when it shrinks, so that buffers are allocated once.
///
/// ```
/// use dalenet::{Matrix, SparseMatrix};
/// let mut m = SparseMatrix::new(4);
/// m.push(&[1, 3], &[0.5, 2.0]);
/// m.push(&[], &[]);
/// assert_eq!(m.to_dense(), Matrix::from_rows(&[[0.0, 0.5, 0.0, 2.0], [0.0; 4]]));
/// assert_eq!((m.row(0), m.entries()), ((&[1, 3][..], &[0.5, 2.0][..]), 2));
/// ```
#[derive(Debug, PartialEq)]
pub struct SparseMatrix {
    pub(super) cols: usize,
    /// Where each row begins in the other two, and last where they end.
    pub(super) offsets: Vec<usize>,
    pub(super) columns: Vec<u32>,
    pub(super) values: Vec<f32>,
}

impl Clone for SparseMatrix {
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        copy.clone_from(self);
        copy
    }

    fn clone_from(&mut self, other: &Self) {
        self.cols = other.cols;
        self.offsets.clone_from(&other.offsets);
        self.columns.clone_from(&other.columns);
        self.values.clone_from(&other.values);
    }
}

impl Default for SparseMatrix {
    fn default() -> Self {
        Self::new(0)
    }
}

impl SparseMatrix {
    /// No rows of `cols` columns.
    pub fn new(cols: usize) -> Self {
        Self { cols, offsets: vec![0], columns: Vec::new(), values: Vec::new() }
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// How many columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// How many entries are kept.
    pub fn entries(&self) -> usize {
        self.columns.len()
    }

    /// Makes room, so that `rows` rows of `entries` entries together take no more memory.
    pub fn reserve(&mut self, rows: usize, entries: usize) {
        self.offsets.reserve(rows);
        self.columns.reserve(entries);
        self.values.reserve(entries);
    }

    /// Takes all rows away; from now on there are `cols` columns.
    pub fn clear(&mut self, cols: usize) {
        self.cols = cols;
        self.offsets.truncate(1);
        self.columns.clear();
        self.values.clear();
    }

    /// Adds a row: its entries, of each column at most one.
    ///
    /// # Panics
    /// Unless there is one value a column, and every column is below [`SparseMatrix::cols`].
    pub fn push(&mut self, columns: &[u32], values: &[f32]) {
        assert_eq!(columns.len(), values.len(), "one value a column");
        assert!(columns.iter().all(|column| (*column as usize) < self.cols), "a column there is");
        self.columns.extend_from_slice(columns);
        self.values.extend_from_slice(values);
        self.end_row();
    }

    /// Adds a row of entries whose columns there are.
    pub(super) fn add_row(&mut self, entries: &[(u32, f32)]) {
        self.columns.extend(entries.iter().map(|(column, _)| column));
        self.values.extend(entries.iter().map(|(_, value)| value));
        self.end_row();
    }

    fn end_row(&mut self) {
        self.offsets.push(self.columns.len());
    }

    /// Adds all rows of another matrix.
    ///
    /// # Panics
    /// Unless it has as many columns.
    pub fn extend(&mut self, other: &Self) {
        assert_eq!(self.cols, other.cols, "as many columns");
        let start = self.entries();
        self.columns.extend_from_slice(&other.columns);
        self.values.extend_from_slice(&other.values);
        self.offsets.extend(other.offsets[1..].iter().map(|end| start + end));
    }

    /// The columns and the values of row `i`.
    pub fn row(&self, i: usize) -> (&[u32], &[f32]) {
        let at = self.offsets[i]..self.offsets[i + 1];
        (&self.columns[at.clone()], &self.values[at])
    }

    /// The same with its zeros.
    pub fn to_dense(&self) -> Matrix {
        let mut dense = Matrix::zeros(self.rows(), self.cols);
        for i in 0..self.rows() {
            let (columns, values) = self.row(i);
            let row = dense.row_mut(i);
            columns.iter().zip(values).for_each(|(column, value)| row[*column as usize] = *value);
        }
        dense
    }
}

impl From<&Matrix> for SparseMatrix {
    fn from(dense: &Matrix) -> Self {
        let mut sparse = Self::new(dense.cols());
        for row in dense.iter_rows() {
            let entries = (0..).zip(row).filter(|(_, value)| **value != 0.0);
            let (columns, values): (Vec<u32>, Vec<f32>) = entries.unzip();
            sparse.push(&columns, &values);
        }
        sparse
    }
}
