//! What a step gives, written into the caller's arrays.

use crate::error;
use dalenet::SparseMatrix;
use dalenet_envs::Batch;
use numpy::{
    Element, PyArray, PyArray1, PyArray2, PyArrayMethods, PyReadwriteArray, PyUntypedArrayMethods,
    ndarray::Dimension,
};
use pyo3::{ffi, prelude::*};

/// An array that this call alone may write to.
///
/// # Errors
/// If its shape is another, or it is read-only or not contiguous.
pub fn writable<'py, T: Element, D: Dimension>(
    name: &str,
    array: &Bound<'py, PyArray<T, D>>,
    shape: &[usize],
) -> PyResult<PyReadwriteArray<'py, T, D>> {
    if array.shape() != shape {
        let found = array.shape();
        return Err(error::value(format!("`{name}` must have shape {shape:?}, not {found:?}")));
    }
    if !array.is_c_contiguous() {
        return Err(error::value(format!("`{name}` must be contiguous: use `numpy.empty`")));
    }
    let refused = |_| error::value(format!("`{name}` is read-only or written to elsewhere"));
    array.try_readwrite().map_err(refused)
}

/// Its numbers.
pub fn slice<'a, T: Element, D: Dimension>(
    array: &'a mut PyReadwriteArray<'_, T, D>,
) -> PyResult<&'a mut [T]> {
    Ok(array.as_slice_mut()?)
}

/// Arrays for observations. Those that nobody holds any more are used again: fresh memory costs a
/// page fault for every 4 KiB, which is as long as a step where observations are many.
#[derive(Default)]
pub struct ObservationArrays(Vec<Py<PyArray2<f32>>>);

impl ObservationArrays {
    /// Arrays that are kept: the one to fill, the one that the caller acts on, one to spare.
    const KEPT: usize = 3;

    /// An array of a shape, which is the same at every call.
    pub fn next<'py>(&mut self, py: Python<'py>, shape: [usize; 2]) -> Bound<'py, PyArray2<f32>> {
        self.0.retain(|array| is_held(array, py) || is_as_given(array.bind(py), shape));
        if let Some(unused) = self.0.iter().find(|array| !is_held(array, py)) {
            return unused.bind(py).clone();
        }
        let array = PyArray2::zeros(py, shape, false);
        if self.0.len() < Self::KEPT {
            self.0.push(array.clone().unbind());
        }
        array
    }
}

/// Whether there is another reference: a view, a tensor or a buffer of an array holds it too.
fn is_held<T>(array: &Py<T>, _: Python<'_>) -> bool {
    // SAFETY: it is alive, and the token says that the interpreter's lock is held.
    unsafe { ffi::Py_REFCNT(array.as_ptr()) > 1 }
}

/// Whether the caller has left the array's shape, type and flags as they were.
fn is_as_given(array: &Bound<'_, PyArray2<f32>>, shape: [usize; 2]) -> bool {
    array.as_any().cast::<PyArray2<f32>>().is_ok() && writable("", array, &shape).is_ok()
}

/// Row `i` with its zeros, at the beginning of `out`.
pub fn dense_row(rows: &SparseMatrix, i: usize, out: &mut [f32]) {
    let out = &mut out[..rows.cols()];
    out.fill(0.0);
    let (columns, values) = rows.row(i);
    columns.iter().zip(values).for_each(|(column, value)| out[*column as usize] = *value);
}

/// Rewards and flags, N each.
pub struct Flags<'py> {
    rewards: PyReadwriteArray<'py, f32, numpy::Ix1>,
    terminated: PyReadwriteArray<'py, bool, numpy::Ix1>,
    truncated: PyReadwriteArray<'py, bool, numpy::Ix1>,
}

impl<'py> Flags<'py> {
    pub fn new(
        count: usize,
        rewards: &Bound<'py, PyArray1<f32>>,
        terminated: &Bound<'py, PyArray1<bool>>,
        truncated: &Bound<'py, PyArray1<bool>>,
    ) -> PyResult<Self> {
        Ok(Self {
            rewards: writable("rewards", rewards, &[count])?,
            terminated: writable("terminated", terminated, &[count])?,
            truncated: writable("truncated", truncated, &[count])?,
        })
    }

    /// Writes them; 1 if an episode is over, plus 2 if the physics failed somewhere.
    pub fn write(&mut self, batch: &Batch) -> PyResult<u8> {
        slice(&mut self.rewards)?.copy_from_slice(&batch.rewards);
        slice(&mut self.terminated)?.copy_from_slice(&batch.terminated);
        slice(&mut self.truncated)?.copy_from_slice(&batch.truncated);
        let over = batch.terminated.contains(&true) || batch.truncated.contains(&true);
        let failed = batch.failed.contains(&true);
        Ok(u8::from(over) + 2 * u8::from(failed))
    }
}
