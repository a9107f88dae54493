//! A batch of inputs that are mostly 0.

use super::{Matrix, SparseMatrix};

/// The input of a network, B×K and mostly 0, as what most of its rows have in common and what each
/// differs by. What is common acts on the layer like a bias, and is handled once a batch.
///
/// ```
/// use dalenet::{Matrix, SparseInput, SparseMatrix};
/// let rows = SparseMatrix::from(&Matrix::from_rows(&[[1.0, 0.0], [1.0, 3.0], [0.0, 0.0]]));
/// let mut input = SparseInput::default();
/// input.fill(&rows, 0..3);
/// assert_eq!(input.common(), [(0, 1.0)]);
/// let differences = Matrix::from_rows(&[[0.0, 0.0], [0.0, 3.0], [-1.0, 0.0]]);
/// assert_eq!(input.differences().to_dense(), differences);
/// ```
#[derive(Debug, Default)]
pub struct SparseInput {
    common: Vec<(u32, f32)>,
    differences: SparseMatrix,
    centred: bool,
    /// What is known of each column while the batch is filled.
    columns: Vec<Column>,
    /// The row that is filled, with room for all columns and one that is not kept.
    row: Vec<(u32, f32)>,
}

/// What is known of a column while a batch is filled.
#[derive(Clone, Copy, Debug, Default)]
struct Column {
    /// How many entries it has.
    entries: u32,
    /// What is common to most rows; 0 if nothing is.
    common: f32,
    /// The last row that has an entry of it, counted from 1.
    row: u32,
}

/// A copy of the batch, without the buffers.
impl Clone for SparseInput {
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        copy.clone_from(self);
        copy
    }

    fn clone_from(&mut self, other: &Self) {
        self.common.clone_from(&other.common);
        self.differences.clone_from(&other.differences);
        self.centred = other.centred;
    }
}

impl SparseInput {
    /// Takes these rows of a matrix as the batch.
    ///
    /// # Panics
    /// Unless the matrix has them.
    pub fn fill(&mut self, from: &SparseMatrix, rows: impl Iterator<Item = usize> + Clone) {
        let Self { common, differences, columns, row: changed, .. } = self;
        changed.resize(from.cols + 1, Default::default());
        columns.clear();
        columns.resize(from.cols, Column::default());
        let (mut count, mut total) = (0, 0);
        for row in rows.clone() {
            let (entries, values) = from.row(row);
            for (column, value) in entries.iter().zip(values) {
                let column = &mut columns[*column as usize];
                (column.entries, column.common) = (column.entries + 1, *value);
            }
            (count, total) = (count + 1, total + entries.len());
        }
        common.clear();
        for (i, column) in (0..).zip(columns.iter_mut()) {
            match 2 * column.entries > count {
                true => common.push((i, column.common)),
                false => column.common = 0.0,
            }
        }
        differences.clear(from.cols);
        differences.reserve(count as usize, total + count as usize * common.len());
        for (number, row) in (1..).zip(rows) {
            let (entries, values) = from.row(row);
            // Written first and kept afterwards, as no processor could foresee which are.
            let mut kept = 0;
            for (i, value) in entries.iter().zip(values) {
                let column = &mut columns[*i as usize];
                column.row = number;
                changed[kept] = (*i, value - column.common);
                kept += usize::from(*value != column.common);
            }
            for (i, value) in &*common {
                changed[kept] = (*i, -value);
                kept += usize::from(columns[*i as usize].row != number);
            }
            differences.add_row(&changed[..kept]);
        }
    }

    /// How many samples B.
    pub fn rows(&self) -> usize {
        self.differences.rows()
    }

    /// How many inputs K.
    pub fn cols(&self) -> usize {
        self.differences.cols()
    }

    /// What is common to most rows: columns in rising order, with their value.
    pub fn common(&self) -> &[(u32, f32)] {
        &self.common
    }

    /// What the rows differ from it by, B×K.
    pub fn differences(&self) -> &SparseMatrix {
        &self.differences
    }

    /// Whether a layer learns from the differences alone. What is common then moves a unit as its bias
    /// does: not by the steps of all the weights that read it, which large steps in one direction
    /// silence for good. The forward pass is the same.
    pub fn is_centred(&self) -> bool {
        self.centred
    }

    /// Sets [`SparseInput::is_centred`], for this batch and those to come.
    pub fn set_centred(&mut self, centred: bool) {
        self.centred = centred;
    }

    /// The same with its zeros.
    pub fn to_dense(&self) -> Matrix {
        let mut dense = self.differences.to_dense();
        for i in 0..dense.rows() {
            let row = dense.row_mut(i);
            self.common.iter().for_each(|(column, value)| row[*column as usize] += value);
        }
        dense
    }

    /// Mean over the samples of `Σ_k x²`.
    pub fn mean_squared_norm(&self) -> f32 {
        let square = |value: f32| f64::from(value).powi(2);
        let common: f64 = self.common.iter().map(|(_, value)| square(*value)).sum();
        let at = |column: u32| self.common.binary_search_by_key(&column, |(column, _)| *column);
        let entries = self.differences.columns.iter().zip(&self.differences.values);
        let changes = entries.map(|(column, value)| {
            let common = at(*column).map_or(0.0, |i| self.common[i].1);
            square(common + value) - square(common)
        });
        (common + changes.sum::<f64>() / self.rows() as f64) as f32
    }

    /// The differences transposed, without the rows in which nothing is: `rows` becomes the columns
    /// that have a difference or something in common, in rising order, and row `i` of `out` is that
    /// of column `rows[i]`. `next` is a buffer.
    pub(crate) fn transpose_into(
        &self,
        out: &mut SparseMatrix,
        rows: &mut Vec<u32>,
        next: &mut Vec<usize>,
    ) {
        let from = &self.differences;
        // Where the next entry of each column goes.
        next.clear();
        next.resize(from.cols, 0);
        from.columns.iter().for_each(|column| next[*column as usize] += 1);
        let mut common = self.common.iter().map(|(column, _)| *column).peekable();
        rows.clear();
        out.clear(from.rows());
        let mut total = 0;
        for (column, next) in (0..).zip(next.iter_mut()) {
            let is_common = common.next_if_eq(&column).is_some();
            if *next > 0 || is_common {
                (*next, total) = (total, total + *next);
                rows.push(column);
                out.offsets.push(total);
            }
        }
        out.columns.resize(total, 0);
        out.values.resize(total, 0.0);
        for i in 0..from.rows() {
            let (columns, values) = from.row(i);
            for (column, value) in columns.iter().zip(values) {
                let next = &mut next[*column as usize];
                (out.columns[*next], out.values[*next]) = (i as u32, *value);
                *next += 1;
            }
        }
    }
}
