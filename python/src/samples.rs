//! Samples and observations on their way in.

use crate::{arrays::row_major, error};
use dalenet_data::Split;
use numpy::PyReadonlyArray2;
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
