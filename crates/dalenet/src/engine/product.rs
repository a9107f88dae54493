//! Matrix products: single-threaded `gemm` calls on fixed tiles, rayon over the tiles.

use crate::tensor::Matrix;
use gemm::Parallelism;
use rayon::prelude::*;

/// Columns of the result a tile computes; narrower results are split by rows instead.
const TILE_COLS: usize = 128;
const TILE_SAMPLES: usize = 16;

/// A matrix as `gemm` sees it: a pointer and the distance between rows and between columns.
#[derive(Clone, Copy)]
pub(super) struct Strided {
    pub at: *const f32,
    pub row: isize,
    pub col: isize,
}

impl Strided {
    pub fn of(matrix: &Matrix) -> Self {
        Self { at: matrix.as_slice().as_ptr(), row: matrix.cols() as isize, col: 1 }
    }

    pub fn transposed(self) -> Self {
        Self { row: self.col, col: self.row, ..self }
    }

    /// The part that starts at row `i`, column `j`.
    ///
    /// # Safety
    /// That entry lies in the matrix.
    pub unsafe fn from(self, i: usize, j: usize) -> Self {
        // SAFETY: the caller's.
        Self {
            at: unsafe { self.at.offset(i as isize * self.row + j as isize * self.col) },
            ..self
        }
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

/// A product of `a` m×k and `b` k×n into `out` m×n, on this thread.
///
/// # Safety
/// `a`, `b` and `out` cover that many entries; nobody else touches `out` meanwhile.
pub(super) unsafe fn product_tile(
    (m, k, n): (usize, usize, usize),
    out: Target,
    a: Strided,
    b: Strided,
) {
    let (keep, factor) = out.add.map_or((0.0, 1.0), |factor| (1.0, factor));
    #[rustfmt::skip]
    // SAFETY: the caller vouches for the extents.
    unsafe {
        gemm::gemm(
            m, n, k,
            out.at, 1, out.stride as isize, out.add.is_some(),
            a.at, a.col, a.row,
            b.at, b.col, b.row,
            keep, factor, false, false, false, Parallelism::None,
        );
    };
}

/// `out = a·b`: `a` is B×K, `b` is K×N, `out` becomes B×N.
///
/// # Panics
/// Unless `a.cols() == b.rows()`.
///
/// ```
/// use dalenet::{Matrix, engine};
/// let (a, b) = (Matrix::from_rows(&[[1.0, 2.0]]), Matrix::from_rows(&[[3.0], [4.0]]));
/// let mut out = Matrix::default();
/// engine::product(&mut out, &a, &b);
/// assert_eq!(out.as_slice(), [11.0]);
/// ```
pub fn product(out: &mut Matrix, a: &Matrix, b: &Matrix) {
    assert_eq!(a.cols(), b.rows(), "inner dimensions");
    out.reshape(a.rows(), b.cols());
    tiles(out, Strided::of(a), Strided::of(b), a.cols());
}

/// `out = a·bᵀ`: `a` is B×N, `b` is K×N, `out` becomes B×K.
///
/// # Panics
/// Unless `a.cols() == b.cols()`.
pub fn product_transposed(out: &mut Matrix, a: &Matrix, b: &Matrix) {
    assert_eq!(a.cols(), b.cols(), "inner dimensions");
    out.reshape(a.rows(), b.rows());
    tiles(out, Strided::of(a), Strided::of(b).transposed(), a.cols());
}

fn tiles(out: &mut Matrix, a: Strided, b: Strided, inner: usize) {
    struct Shared(Strided, Strided, *mut f32);
    // SAFETY: a and b are only read; each tile writes entries of out that no other tile does.
    unsafe impl Sync for Shared {}
    impl Shared {
        fn get(&self) -> (Strided, Strided, *mut f32) {
            (self.0, self.1, self.2)
        }
    }

    let (rows, cols) = (out.rows(), out.cols());
    let shared = Shared(a, b, out.as_mut_slice().as_mut_ptr());
    let tile = |i: usize, m: usize, j: usize, n: usize| {
        let (a, b, out) = shared.get();
        // SAFETY: rows i..i+m and columns j..j+n lie inside out, a and b.
        unsafe {
            let out = Target { at: out.add(i * cols + j), stride: cols, add: None };
            product_tile((m, inner, n), out, a.from(i, 0), b.from(0, j));
        }
    };
    let pieces = |len: usize, size: usize| {
        (0..len.div_ceil(size)).into_par_iter().map(move |t| (t * size, size.min(len - t * size)))
    };
    if cols >= TILE_COLS {
        pieces(cols, TILE_COLS).for_each(|(j, n)| tile(0, rows, j, n));
    } else {
        pieces(rows, TILE_SAMPLES).for_each(|(i, m)| tile(i, m, 0, cols));
    }
}
