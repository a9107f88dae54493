//! Matrix products: single-threaded products of fixed tiles, rayon over the tiles.

use super::{
    bf16::{self, Kernel, Packed},
    precision::round_to_bf16,
    view::{Target, View},
    workspace::{Floats, Lines, Workspace},
};
use crate::tensor::Matrix;
use gemm::Parallelism;
use rayon::prelude::*;
use std::ops::Range;

/// Columns of the result a tile computes; narrower results are split by rows instead.
const TILE_COLS: usize = 128;
const TILE_SAMPLES: usize = 16;
/// Numbers that are rounded as one piece of work.
const PIECE: usize = 1 << 14;

/// A factor of products, as what multiplies reads it.
pub(super) struct Factor<'a> {
    /// Rows and columns.
    shape: [usize; 2],
    form: Form<'a>,
}

enum Form<'a> {
    Given(View<'a>),
    Rounded(Floats<'a>, bool),
    Packed(Kernel, Packed<Lines<'a>>),
}

impl<'a> Factor<'a> {
    /// The first factor, m×k.
    pub fn left(a: View<'a>, workspace: &'a Workspace) -> Self {
        Self::new(a, workspace, || Packed::left(a, |lines| workspace.lines(lines)))
    }

    /// The second factor, k×n.
    pub fn right(b: View<'a>, workspace: &'a Workspace) -> Self {
        Self::new(b, workspace, || Packed::right(b, |lines| workspace.lines(lines)))
    }

    fn new(
        view: View<'a>,
        workspace: &'a Workspace,
        pack: impl FnOnce() -> Packed<Lines<'a>>,
    ) -> Self {
        let form = match workspace.kernel() {
            None => Form::Given(view),
            Some(Kernel::Rounded) => {
                let mut rounded = workspace.floats(view.data.len());
                let pieces = rounded.par_chunks_mut(PIECE).zip(view.data.par_chunks(PIECE));
                pieces.for_each(|(rounded, data)| {
                    rounded.iter_mut().zip(data).for_each(|(to, x)| *to = round_to_bf16(*x));
                });
                Form::Rounded(rounded, view.transposed)
            }
            Some(kernel) => Form::Packed(kernel, pack()),
        };
        Self { shape: [view.rows, view.cols], form }
    }

    /// The numbers to multiply in `f32`; `None` if they are packed.
    fn view(&self) -> Option<View<'_>> {
        let [rows, cols] = self.shape;
        match &self.form {
            Form::Given(view) => Some(*view),
            Form::Rounded(data, transposed) => {
                Some(View { data, rows, cols, transposed: *transposed })
            }
            Form::Packed(..) => None,
        }
    }
}

/// The rows `rows` and columns `cols` of `a·b` into `out`, on this thread.
///
/// # Safety
/// `out` covers so many entries; nobody else touches them meanwhile.
///
/// # Panics
/// Unless both factors were made by one workspace, the rows begin at a multiple of 16 and the columns at
/// one of 32.
pub(super) unsafe fn product_tile(
    out: Target,
    (a, rows): (&Factor<'_>, Range<usize>),
    (b, cols): (&Factor<'_>, Range<usize>),
) {
    let inner = a.shape[1];
    assert!(inner == b.shape[0] && rows.end <= a.shape[0] && cols.end <= b.shape[1]);
    if let (Form::Packed(kernel, a), Form::Packed(_, b)) = (&a.form, &b.form) {
        // SAFETY: the caller's; a workspace's kernel is available.
        return unsafe { bf16::multiply(*kernel, out, (a, rows), (b, cols)) };
    }
    let (a, b) = a.view().zip(b.view()).expect("factors of one workspace");
    let ((a, a_row, a_col), (b, b_row, b_col)) = (a.from(rows.start, 0), b.from(0, cols.start));
    let (keep, factor) = out.add.map_or((0.0, 1.0), |factor| (1.0, factor));
    #[rustfmt::skip]
    // SAFETY: the caller vouches for `out`; the rows lie in `a`, the columns in `b`.
    unsafe {
        gemm::gemm(
            rows.len(), cols.len(), inner,
            out.at, 1, out.stride as isize, out.add.is_some(),
            a, a_col, a_row,
            b, b_col, b_row,
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
/// use dalenet::{Matrix, Workspace, engine};
/// let (a, b) = (Matrix::from_rows(&[[1.0, 2.0]]), Matrix::from_rows(&[[3.0], [4.0]]));
/// let mut out = Matrix::default();
/// engine::product(&mut out, &a, &b, &Workspace::default());
/// assert_eq!(out.as_slice(), [11.0]);
/// ```
pub fn product(out: &mut Matrix, a: &Matrix, b: &Matrix, workspace: &Workspace) {
    assert_eq!(a.cols(), b.rows(), "inner dimensions");
    multiply(out, View::of(a), View::of(b), workspace);
}

/// `out = a·bᵀ`: `a` is B×N, `b` is K×N, `out` becomes B×K.
///
/// # Panics
/// Unless `a.cols() == b.cols()`.
pub fn product_transposed(out: &mut Matrix, a: &Matrix, b: &Matrix, workspace: &Workspace) {
    assert_eq!(a.cols(), b.cols(), "inner dimensions");
    multiply(out, View::of(a), View::of(b).transposed(), workspace);
}

fn multiply(out: &mut Matrix, a: View<'_>, b: View<'_>, workspace: &Workspace) {
    struct Shared(*mut f32);
    // SAFETY: each tile writes entries that no other tile does.
    unsafe impl Sync for Shared {}
    impl Shared {
        fn get(&self) -> *mut f32 {
            self.0
        }
    }

    let (rows, cols) = (a.rows, b.cols);
    out.reshape(rows, cols);
    let (a, b) = (Factor::left(a, workspace), Factor::right(b, workspace));
    let shared = Shared(out.as_mut_slice().as_mut_ptr());
    let tile = |i: Range<usize>, j: Range<usize>| {
        // SAFETY: these rows and columns lie inside out, and in no other tile.
        unsafe {
            let at = shared.get().add(i.start * cols + j.start);
            product_tile(Target { at, stride: cols, add: None }, (&a, i), (&b, j));
        }
    };
    let pieces = |len: usize, size: usize| {
        let tiles = (0..len.div_ceil(size)).into_par_iter();
        tiles.map(move |t| t * size..len.min((t + 1) * size))
    };
    if cols >= TILE_COLS {
        pieces(cols, TILE_COLS).for_each(|cols| tile(0..rows, cols));
    } else {
        pieces(rows, TILE_SAMPLES).for_each(|rows| tile(rows, 0..cols));
    }
}
