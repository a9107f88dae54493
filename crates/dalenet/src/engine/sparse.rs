//! A layer whose input is mostly 0: rows of weights are gathered, nothing is multiplied by 0.

use super::{
    Activation,
    elementwise::{activate, add_column_sums, add_scaled},
    workspace::{Transposed, Workspace},
};
use crate::tensor::{Matrix, SparseInput, SparseMatrix};
use multiversion::multiversion;
use rayon::prelude::*;

/// Rows of the result that are at least one piece of parallel work.
const ROWS: usize = 1024;

/// Columns of the result that are summed in registers.
const COLS: usize = 64;

/// `out = φ(x·W + b)`: `x` is B×K, `weights` is K×N, `bias` N, `out` becomes B×N.
///
/// # Panics
/// Unless the shapes agree.
pub fn forward_sparse(
    out: &mut Matrix,
    x: &SparseInput,
    weights: &Matrix,
    bias: &[f32],
    activation: Activation,
    workspace: &Workspace,
) {
    sparse_product(out, x.differences(), weights, workspace);
    // The bias with what is common to the samples.
    let mut sum = workspace.floats(bias.len());
    sum.copy_from_slice(bias);
    add_common(&mut sum, x.common(), 1.0, weights);
    activate(out, &sum, activation);
}

/// Adds `factor·c·W` to `sum`: `common` are the entries of `c`, columns and values.
pub(crate) fn add_common(sum: &mut [f32], common: &[(u32, f32)], factor: f32, weights: &Matrix) {
    for (column, value) in common {
        add_scaled(sum, weights.row(*column as usize), factor * value);
    }
}

/// The rows of `xᵀ·u` in which something is: `x` is B×K, `u` is B×N. `rows` becomes the R
/// presynaptic units of these rows, in rising order, `out` becomes R×N; all other rows are 0. Of a
/// centred input it is the gradient by what the samples differ by.
///
/// # Panics
/// Unless `x.rows() == u.rows()`.
pub fn gradient_sparse(
    out: &mut Matrix,
    rows: &mut Vec<u32>,
    x: &SparseInput,
    u: &Matrix,
    workspace: &Workspace,
) {
    assert_eq!(x.rows(), u.rows(), "one teaching signal a sample");
    let mut transposed = workspace.transposed();
    let Transposed { matrix, next } = &mut *transposed;
    x.transpose_into(matrix, rows, next);
    sparse_product(out, matrix, u, workspace);
    if x.is_centred() {
        return;
    }
    let mut sum = workspace.floats(u.cols());
    sum.fill(0.0);
    add_column_sums(&mut sum, u, 1.0);
    let mut common = x.common().iter().peekable();
    for (i, row) in rows.iter().enumerate() {
        if let Some((_, value)) = common.next_if(|(column, _)| column == row) {
            add_scaled(out.row_mut(i), &sum, *value);
        }
    }
}

/// `out = a·b`: `a` is B×K and mostly 0, `b` is K×N, `out` becomes B×N.
///
/// # Panics
/// Unless `a.cols() == b.rows()`.
///
/// ```
/// use dalenet::{Matrix, SparseMatrix, engine, engine::Workspace};
/// let mut a = SparseMatrix::new(2);
/// a.push(&[1], &[10.0]);
/// let mut out = Matrix::default();
/// let b = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
/// engine::sparse_product(&mut out, &a, &b, &Workspace::default());
/// assert_eq!(out.as_slice(), [30.0, 40.0]);
/// ```
pub fn sparse_product(out: &mut Matrix, a: &SparseMatrix, b: &Matrix, workspace: &Workspace) {
    assert_eq!(a.cols(), b.rows(), "inner dimensions");
    let cols = b.cols();
    out.reshape(a.rows(), cols);
    // Every piece fills its panel anew, so that there are no more than threads.
    let rows = a.rows().div_ceil(rayon::current_num_threads()).max(ROWS);
    let pieces = out.as_mut_slice().par_chunks_mut(rows * cols.max(1)).enumerate();
    // A panel pays off where its rows are used more than once.
    let few = a.entries() <= b.rows();
    pieces.for_each(|(piece, out)| match few {
        true => add_rows(out, rows * piece, a, b),
        false => gather(out, rows * piece, a, b, &mut workspace.floats(b.rows() * COLS)),
    });
}

/// The rows of the product from `start` on, one after the other.
fn add_rows(out: &mut [f32], start: usize, a: &SparseMatrix, b: &Matrix) {
    out.fill(0.0);
    for (i, out) in out.chunks_exact_mut(b.cols()).enumerate() {
        let (columns, values) = a.row(start + i);
        for (column, value) in columns.iter().zip(values) {
            add_scaled(out, b.row(*column as usize), *value);
        }
    }
}

/// The rows of the product from `start` on, a few columns of all of them before the next. `panel`,
/// K×COLS, is for these columns of `b`: side by side, they fit into the cache.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn gather(out: &mut [f32], start: usize, a: &SparseMatrix, b: &Matrix, panel: &mut [f32]) {
    let cols = b.cols();
    for from in (0..cols).step_by(COLS) {
        let width = COLS.min(cols - from);
        let (panel, _) = panel.as_chunks_mut::<COLS>();
        for (to, row) in panel.iter_mut().zip(b.iter_rows()) {
            to[..width].copy_from_slice(&row[from..][..width]);
        }
        for (i, out) in out.chunks_exact_mut(cols).enumerate() {
            let (columns, values) = a.row(start + i);
            let mut sums = [0.0; COLS];
            for (column, value) in columns.iter().zip(values) {
                let row = &panel[*column as usize];
                for k in 0..COLS {
                    sums[k] += value * row[k];
                }
            }
            out[from..][..width].copy_from_slice(&sums[..width]);
        }
    }
}
