//! Samples and observations on their way in.

use crate::error;
use dalenet_data::Split;
use numpy::{Element, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::{exceptions::PyTypeError, prelude::*};

/// Samples N×D of bytes or of single precision, without labels.
///
/// # Errors
/// If they are another array, or have no values.
pub fn split(samples: &Bound<'_, PyAny>) -> PyResult<Split> {
    let unlabelled = |count| vec![0; count];
    if let Ok(bytes) = samples.extract::<PyReadonlyArray2<'_, u8>>() {
        let (count, width) = bytes.as_array().dim();
        return Split::from_bytes(row_major(&bytes), width, unlabelled(count))
            .map_err(error::value);
    }
    let Ok(floats) = samples.extract::<PyReadonlyArray2<'_, f32>>() else {
        return Err(PyTypeError::new_err("samples must be an array N×D of uint8 or float32"));
    };
    let (count, width) = floats.as_array().dim();
    Split::from_floats(row_major(&floats), width, unlabelled(count)).map_err(error::value)
}

/// The values of an array, row by row, however it lies in memory.
pub fn row_major<T: Element + Copy>(array: &PyReadonlyArray2<'_, T>) -> Vec<T> {
    match array.is_c_contiguous() {
        true => array.as_slice().map(<[T]>::to_vec).unwrap_or_default(),
        false => array.as_array().iter().copied().collect(),
    }
}
