//! The row-major matrix of `f32`.

/// A row-major matrix whose storage is kept when it shrinks, so that buffers are allocated once.
///
/// Rows are samples (or presynaptic units), columns are units.
///
/// ```
/// use dalenet::Matrix;
/// let mut m = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
/// m.row_mut(1)[0] = 5.0;
/// assert_eq!(m.as_slice(), [1.0, 2.0, 5.0, 4.0]);
/// ```
#[derive(Debug, Default)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    /// Its entries, and what is left of a larger past.
    data: Vec<f32>,
}

impl Matrix {
    /// A `rows`×`cols` matrix of zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, data: vec![0.0; rows * cols] }
    }

    /// A `rows`×`cols` matrix that takes over `data`.
    ///
    /// # Panics
    /// Unless `data.len() == rows * cols`.
    pub fn from_vec(rows: usize, cols: usize, data: Vec<f32>) -> Self {
        assert_eq!(data.len(), rows * cols, "a {rows}×{cols} matrix");
        Self { rows, cols, data }
    }

    /// A matrix with these rows.
    pub fn from_rows<const N: usize>(rows: &[[f32; N]]) -> Self {
        Self::from_vec(rows.len(), N, rows.concat())
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Makes it `rows`×`cols`. What it held is lost to the caller; memory is only ever added.
    pub fn reshape(&mut self, rows: usize, cols: usize) {
        if self.data.len() < rows * cols {
            self.data.resize(rows * cols, 0.0);
        }
        (self.rows, self.cols) = (rows, cols);
    }

    /// All entries, row after row.
    pub fn as_slice(&self) -> &[f32] {
        &self.data[..self.rows * self.cols]
    }

    /// All entries, row after row.
    pub fn as_mut_slice(&mut self) -> &mut [f32] {
        &mut self.data[..self.rows * self.cols]
    }

    /// All entries, row after row, as what [`Matrix::from_vec`] takes.
    pub fn into_vec(mut self) -> Vec<f32> {
        self.data.truncate(self.rows * self.cols);
        self.data
    }

    /// Row `i`.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.data[i * self.cols..][..self.cols]
    }

    /// Row `i`.
    pub fn row_mut(&mut self, i: usize) -> &mut [f32] {
        &mut self.data[i * self.cols..][..self.cols]
    }

    /// The rows in order.
    pub fn iter_rows(&self) -> impl Iterator<Item = &[f32]> {
        self.as_slice().chunks_exact(self.cols.max(1))
    }
}

impl Clone for Matrix {
    fn clone(&self) -> Self {
        Self { rows: self.rows, cols: self.cols, data: self.as_slice().to_vec() }
    }

    fn clone_from(&mut self, other: &Self) {
        self.reshape(other.rows, other.cols);
        self.as_mut_slice().copy_from_slice(other.as_slice());
    }
}

impl PartialEq for Matrix {
    fn eq(&self, other: &Self) -> bool {
        let shapes = (self.rows, self.cols) == (other.rows, other.cols);
        shapes && self.as_slice() == other.as_slice()
    }
}
