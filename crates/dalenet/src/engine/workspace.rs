//! Scratch memory, and the precision of products.

use super::{
    bf16::{Kernel, Line},
    precision::Precision,
};
use crate::tensor::SparseMatrix;
use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Scratch memory of engine functions, kept from call to call so that hot loops allocate nothing, and
/// the precision of their products.
///
/// Each piece of work takes a buffer of its own and puts it back when it ends; no lock is held
/// meanwhile. So one workspace serves all threads at once, and a thread that waits for a part of its
/// work may take up another piece, of the same network or of any other. Results never depend on what
/// a buffer held before.
///
/// ```
/// use dalenet::{Matrix, SparseMatrix, engine, engine::Workspace};
/// let workspace = Workspace::default();
/// let (a, b) = (SparseMatrix::from(&Matrix::from_rows(&[[0.0, 2.0]])), Matrix::zeros(2, 3));
/// let mut out = Matrix::default();
/// engine::sparse_product(&mut out, &a, &b, &workspace);
/// assert_eq!((out.rows(), out.cols()), (1, 3));
/// ```
#[derive(Default)]
pub struct Workspace {
    /// What multiplies, unless that is `f32`.
    kernel: Option<Kernel>,
    floats: Pool<Vec<f32>>,
    lines: Pool<Vec<Line>>,
    halves: Pool<Vec<u16>>,
    transposed: Pool<Transposed>,
}

/// What the transposition of a sparse batch needs.
#[derive(Default)]
pub(super) struct Transposed {
    pub matrix: SparseMatrix,
    pub next: Vec<usize>,
}

impl Workspace {
    /// For products of this precision, `bf16` by [`Kernel::chosen`].
    pub fn new(precision: Precision) -> Self {
        let mut workspace = Self::default();
        workspace.set_precision(precision);
        workspace
    }

    /// For products of bfloat16 by this kernel, which must be available: for tests and benches.
    ///
    /// # Panics
    /// If it is not available.
    pub fn with_kernel(kernel: Kernel) -> Self {
        assert!(kernel.is_available(), "this processor has no kernel {kernel}");
        Self { kernel: Some(kernel), ..Self::default() }
    }

    /// From here on products are of this precision.
    pub(crate) fn set_precision(&mut self, precision: Precision) {
        let kernel = || Kernel::chosen().unwrap_or(Kernel::Rounded);
        self.kernel = (precision == Precision::Bf16).then(kernel);
    }

    /// What multiplies, unless that is `f32`.
    pub(super) fn kernel(&self) -> Option<Kernel> {
        self.kernel
    }

    /// A buffer of `len` numbers that hold anything.
    pub(super) fn floats(&self, len: usize) -> Floats<'_> {
        self.floats.part(len)
    }

    /// A buffer of `len` lines that hold anything.
    pub(super) fn lines(&self, len: usize) -> Lines<'_> {
        self.lines.part(len)
    }

    /// A buffer of `len` numbers in bfloat16 that hold anything.
    pub(super) fn halves(&self, len: usize) -> Halves<'_> {
        self.halves.part(len)
    }

    /// Memory for a transposed batch.
    pub(super) fn transposed(&self) -> Loan<'_, Transposed> {
        let item = self.transposed.lock().pop().unwrap_or_default();
        Loan { item, pool: &self.transposed }
    }
}

/// Scratch memory has no content: a clone starts empty.
impl Clone for Workspace {
    fn clone(&self) -> Self {
        Self { kernel: self.kernel, ..Self::default() }
    }
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Workspace({} free buffers)", self.floats.lock().len())
    }
}

/// Buffers that nobody uses at the moment; the last one put back comes last.
#[derive(Default)]
struct Pool<T>(Mutex<Vec<T>>);

impl<T> Pool<T> {
    /// The free buffers. A panic elsewhere leaves them usable: they have no content.
    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone + Default> Pool<Vec<T>> {
    /// A buffer of which `len` items are used.
    fn part(&self, len: usize) -> Part<'_, T> {
        // The smallest that is large enough, of equals the one used last.
        let mut free = self.lock();
        let fits = |buffer: &Vec<T>| (buffer.len() < len, buffer.len());
        let best = (0..free.len()).rev().min_by_key(|i| fits(&free[*i]));
        let mut buffer = best.map(|i| free.remove(i)).unwrap_or_default();
        drop(free);
        if buffer.len() < len {
            buffer.resize(len, T::default());
        }
        Part { buffer: Loan { item: buffer, pool: self }, len }
    }
}

/// A buffer in use; goes back to its pool when dropped.
pub(super) struct Loan<'a, T: Default> {
    item: T,
    pool: &'a Pool<T>,
}

impl<T: Default> Drop for Loan<'_, T> {
    fn drop(&mut self) {
        self.pool.lock().push(std::mem::take(&mut self.item));
    }
}

impl<T: Default> Deref for Loan<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.item
    }
}

impl<T: Default> DerefMut for Loan<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.item
    }
}

/// So many items of a buffer.
pub(super) struct Part<'a, T: Default> {
    buffer: Loan<'a, Vec<T>>,
    len: usize,
}

/// So many numbers of a buffer.
pub(super) type Floats<'a> = Part<'a, f32>;
/// So many lines of a buffer.
pub(super) type Lines<'a> = Part<'a, Line>;
/// So many numbers of a buffer, in bfloat16.
pub(super) type Halves<'a> = Part<'a, u16>;

impl<T: Default> Deref for Part<'_, T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.buffer[..self.len]
    }
}

impl<T: Default> DerefMut for Part<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.buffer[..self.len]
    }
}

impl<T: Default> AsRef<[T]> for Part<'_, T> {
    fn as_ref(&self) -> &[T] {
        self
    }
}

impl<T: Default> AsMut<[T]> for Part<'_, T> {
    fn as_mut(&mut self) -> &mut [T] {
        self
    }
}
