//! The gradient of a layer's weights, whole or by tiles of presynaptic units.

use super::{
    elementwise::add_scaled,
    product::{Strided, Target, product_tile},
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
/// use dalenet::{Matrix, engine};
/// let x = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
/// let mut out = Matrix::default();
/// engine::gradient(&mut out, &x, &Matrix::from_rows(&[[1.0], [10.0]]));
/// assert_eq!(out.as_slice(), [31.0, 42.0]);
/// ```
pub fn gradient(out: &mut Matrix, x: &Matrix, u: &Matrix) {
    assert_eq!(x.rows(), u.rows(), "one teaching signal a sample");
    let (source, cols) = (Source::Product(x, u), u.cols());
    out.reshape(x.cols(), cols);
    out.as_mut_slice().par_chunks_mut(TILE_ROWS * cols).enumerate().for_each(|(tile, out)| {
        source.write(tile * TILE_ROWS, out, cols, None);
    });
}

/// Where a tile's gradient comes from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// `xᵀ·u`.
    Product(&'a Matrix, &'a Matrix),
    /// It is there already, K×N.
    Ready(&'a Matrix),
    /// Those of its rows, R×N, that are not 0, and which they are.
    Rows(&'a Matrix, &'a [u32]),
}

impl Source<'_> {
    /// `out = g`, or `out += factor·g`, for the presynaptic units from `start` on.
    pub fn write(&self, start: usize, out: &mut [f32], cols: usize, add: Option<f32>) {
        match (*self, add) {
            (Self::Product(x, u), add) => {
                let rows = out.len() / cols;
                assert!(start + rows <= x.cols());
                let out = Target { at: out.as_mut_ptr(), stride: cols, add };
                // SAFETY: columns start..start+rows of x, all of u and all of out are in bounds.
                unsafe {
                    let rows_of_x = Strided::of(x).from(0, start).transposed();
                    product_tile((rows, x.rows(), cols), out, rows_of_x, Strided::of(u));
                }
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

    /// Whether the gradient of this presynaptic unit is known to be 0.
    pub fn is_silent(&self, unit: usize) -> bool {
        matches!(self, Self::Rows(_, units) if units.binary_search(&(unit as u32)).is_err())
    }
}
