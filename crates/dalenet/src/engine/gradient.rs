//! The gradient of a layer's weights, whole or by tiles of presynaptic units.

use super::{
    elementwise::add_scaled,
    product::{Factor, product_tile},
    view::{Target, View},
    workspace::Workspace,
};
use crate::tensor::Matrix;
use rayon::prelude::*;

/// Presynaptic units a tile has at most.
pub const TILE_ROWS: usize = 256;

/// `out = xᵀ·u`: `x` is B×K, `u` is B×N, `out` becomes K×N.
///
/// # Panics
/// Unless `x.rows() == u.rows()`.
///
/// ```
/// use dalenet::{Matrix, Workspace, engine};
/// let x = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
/// let mut out = Matrix::default();
/// engine::gradient(&mut out, &x, &Matrix::from_rows(&[[1.0], [10.0]]), &Workspace::default());
/// assert_eq!(out.as_slice(), [31.0, 42.0]);
/// ```
pub fn gradient(out: &mut Matrix, x: &Matrix, u: &Matrix, workspace: &Workspace) {
    assert_eq!(x.rows(), u.rows(), "one teaching signal a sample");
    let (source, cols) = (Source::product(x, u, workspace), u.cols());
    out.reshape(x.cols(), cols);
    out.as_mut_slice().par_chunks_mut(TILE_ROWS * cols).enumerate().for_each(|(tile, out)| {
        source.write(tile * TILE_ROWS, out, cols, None);
    });
}

/// Where a tile's gradient comes from.
pub(super) enum Source<'a> {
    /// `a·b`.
    Product(Factor<'a>, Factor<'a>),
    /// It is there already, K×N.
    Ready(&'a Matrix),
    /// Those of its rows, R×N, that are not 0, and which they are.
    Rows(&'a Matrix, &'a [u32]),
}

impl<'a> Source<'a> {
    /// `xᵀ·u`: `x` is B×K, `u` is B×N.
    pub fn product(x: &'a Matrix, u: &'a Matrix, workspace: &'a Workspace) -> Self {
        let a = Factor::left(View::of(x).transposed(), workspace);
        Self::Product(a, Factor::right(View::of(u), workspace))
    }

    /// `out = g`, or `out += factor·g`, for the presynaptic units from `start` on.
    pub fn write(&self, start: usize, out: &mut [f32], cols: usize, add: Option<f32>) {
        match (self, add) {
            (Self::Product(a, b), add) => {
                let rows = start..start + out.len() / cols;
                let out = Target { at: out.as_mut_ptr(), stride: cols, add };
                // SAFETY: out has a row for each of these, and all columns.
                unsafe { product_tile(out, (a, rows), (b, 0..cols)) };
            }
            (Self::Ready(gradient), None) => {
                out.copy_from_slice(&gradient.as_slice()[start * cols..][..out.len()]);
            }
            (Self::Ready(gradient), Some(factor)) => {
                add_scaled(out, &gradient.as_slice()[start * cols..][..out.len()], factor);
            }
            (Self::Rows(gradient, units), add) => {
                let at = |row: usize| units.partition_point(|unit| (*unit as usize) < row);
                if add.is_none() {
                    out.fill(0.0);
                }
                for i in at(start)..at(start + out.len() / cols) {
                    let row = &mut out[(units[i] as usize - start) * cols..][..cols];
                    add_scaled(row, gradient.row(i), add.unwrap_or(1.0));
                }
            }
        }
    }

    /// Whether some rows are known to be 0.
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::Rows(..))
    }

    /// Whether the gradient of this presynaptic unit is known to be 0.
    pub fn is_silent(&self, unit: usize) -> bool {
        matches!(self, Self::Rows(_, units) if units.binary_search(&(unit as u32)).is_err())
    }
}
