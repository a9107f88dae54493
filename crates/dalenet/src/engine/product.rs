//! Matrix products: single-threaded products of fixed tiles, rayon over the tiles.

use super::{
    bf16::{self, Kernel, Line, Packed},
    operand::Operand,
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
pub(super) const PIECE: usize = 1 << 14;

/// A factor of products, as what multiplies reads it.
pub(super) struct Factor<'a> {
    /// Rows and columns.
    shape: [usize; 2],
    form: Form<'a>,
}

enum Form<'a> {
    Given(View<'a>),
    /// Numbers that are ready to be multiplied, and whether they are the transpose.
    Owned(Floats<'a>, bool),
    Packed(Kernel, Packed<Lines<'a>>),
    /// Packed by somebody else.
    Kept(Kernel, Packed<&'a [Line]>),
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

    /// The second factor, k×n, of weights that may be packed already.
    pub fn weights(b: Operand<'a>, workspace: &'a Workspace) -> Self {
        let packed = workspace.kernel().and_then(|kernel| Some((kernel, b.packed(kernel)?)));
        match packed {
            Some((kernel, packed)) => Self { shape: b.shape(), form: Form::Kept(kernel, packed) },
            None => Self::right(View::of(b.matrix()), workspace),
        }
    }

    /// Rows that are rounded already, as far as they must be, or the transpose of these rows.
    pub fn of_rows(rows: Floats<'a>, cols: usize, transposed: bool) -> Self {
        let shape = [rows.len() / cols.max(1), cols];
        let shape = if transposed { [shape[1], shape[0]] } else { shape };
        Self { shape, form: Form::Owned(rows, transposed) }
    }

    /// What is packed for a kernel, m×k.
    pub fn packed(kernel: Kernel, packed: Packed<Lines<'a>>, shape: [usize; 2]) -> Self {
        Self { shape, form: Form::Packed(kernel, packed) }
    }

    fn new(
        view: View<'a>,
        workspace: &'a Workspace,
        pack: impl FnOnce() -> Packed<Lines<'a>>,
    ) -> Self {
        let form = match workspace.kernel() {
            None => Form::Given(view),
            Some(Kernel::Rounded) => Form::Owned(rounded(view.data, workspace), view.transposed),
            Some(kernel) => Form::Packed(kernel, pack()),
        };
        Self { shape: [view.rows, view.cols], form }
    }

    /// The rows `rows` of a second factor, which start at a multiple of 32.
    pub fn rows(&self, rows: Range<usize>) -> Factor<'_> {
        let form = match (self.as_packed(), self.view()) {
            (Some((kernel, packed)), _) => Form::Kept(kernel, packed.along(rows.clone())),
            (None, view) => Form::Given(view.expect("numbers").rows(rows.clone())),
        };
        Factor { shape: [rows.len(), self.shape[1]], form }
    }

    /// The numbers to multiply in `f32`; `None` if they are packed.
    fn view(&self) -> Option<View<'_>> {
        let [rows, cols] = self.shape;
        match &self.form {
            Form::Given(view) => Some(*view),
            Form::Owned(data, transposed) => {
                Some(View { data, rows, cols, transposed: *transposed })
            }
            Form::Packed(..) | Form::Kept(..) => None,
        }
    }

    fn as_packed(&self) -> Option<(Kernel, Packed<&[Line]>)> {
        match &self.form {
            Form::Packed(kernel, packed) => Some((*kernel, packed.borrow())),
            Form::Kept(kernel, packed) => Some((*kernel, *packed)),
            Form::Given(_) | Form::Owned(..) => None,
        }
    }
}

/// The numbers, each rounded to bfloat16.
pub(super) fn rounded<'a>(numbers: &[f32], workspace: &'a Workspace) -> Floats<'a> {
    let mut rounded = workspace.floats(numbers.len());
    let pieces = rounded.par_chunks_mut(PIECE).zip(numbers.par_chunks(PIECE));
    pieces.for_each(|(rounded, data)| {
        rounded.iter_mut().zip(data).for_each(|(to, x)| *to = round_to_bf16(*x));
    });
    rounded
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
    if let (Some((kernel, a)), Some((_, b))) = (a.as_packed(), b.as_packed()) {
        // SAFETY: the caller's; a workspace's kernel is available.
        return unsafe { bf16::multiply(kernel, out, (a, rows), (b, cols)) };
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

/// `out = a·b`: `a` is B×K, `b` is K×N, a matrix or the weights of a layer, `out` becomes B×N.
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
pub fn product<'a>(out: &mut Matrix, a: &Matrix, b: impl Into<Operand<'a>>, workspace: &Workspace) {
    let b = b.into();
    assert_eq!(a.cols(), b.shape()[0], "inner dimensions");
    multiply(out, View::of(a), Factor::weights(b, workspace), workspace);
}

/// `out = a·bᵀ`: `a` is B×N, `b` is K×N, `out` becomes B×K.
///
/// # Panics
/// Unless `a.cols() == b.cols()`.
pub fn product_transposed(out: &mut Matrix, a: &Matrix, b: &Matrix, workspace: &Workspace) {
    assert_eq!(a.cols(), b.cols(), "inner dimensions");
    let b = Factor::right(View::of(b).transposed(), workspace);
    multiply(out, View::of(a), b, workspace);
}

fn multiply(out: &mut Matrix, a: View<'_>, b: Factor<'_>, workspace: &Workspace) {
    struct Shared(*mut f32);
    // SAFETY: each tile writes entries that no other tile does.
    unsafe impl Sync for Shared {}
    impl Shared {
        fn get(&self) -> *mut f32 {
            self.0
        }
    }

    let (rows, cols) = (a.rows, b.shape[1]);
    out.reshape(rows, cols);
    let a = Factor::left(a, workspace);
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
