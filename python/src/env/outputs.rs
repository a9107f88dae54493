//! What a step gives, written into the caller's arrays.

use crate::error;
use dalenet_envs::Batch;
use numpy::{
    Element, PyArray, PyArray1, PyArrayMethods, PyReadwriteArray, PyUntypedArrayMethods,
    ndarray::Dimension,
};
use pyo3::prelude::*;

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
