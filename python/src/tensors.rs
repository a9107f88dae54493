//! The tensors of a checkpoint as arrays.

use crate::error;
use dalenet::checkpoint::{Checkpoint, Error as Broken};
use dalenet_lab::{Error, Run};
use numpy::{Element, PyArrayDyn, PyArrayMethods, ToPyArray};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyDict};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::path::Path;

/// All tensors of the checkpoint of the run in `folder`, which is verified, by their names.
///
/// # Errors
/// If the run has no checkpoint, or it is broken.
pub fn of_run<'py>(py: Python<'py>, folder: &Path) -> PyResult<Bound<'py, PyDict>> {
    let bytes = py.detach(|| verified(folder)).map_err(error::run)?;
    let file = SafeTensors::deserialize(&bytes).map_err(error::value)?;
    let tensors = PyDict::new(py);
    for (name, tensor) in file.iter() {
        tensors.set_item(name, array(py, name, &tensor)?)?;
    }
    Ok(tensors)
}

fn verified(folder: &Path) -> Result<Vec<u8>, Error> {
    let run = Run::open(folder)?;
    let bytes = run.checkpoint()?.ok_or_else(|| Error::Untrained(folder.into()))?;
    let broken = |cause: Broken| Error::Checkpoint { path: run.checkpoint_path(), cause };
    Checkpoint::parse(&bytes).map_err(broken)?;
    Ok(bytes)
}

fn array<'py>(py: Python<'py>, name: &str, tensor: &TensorView<'_>) -> PyResult<Bound<'py, PyAny>> {
    let (bytes, shape) = (tensor.data(), tensor.shape());
    match tensor.dtype() {
        Dtype::F32 => of_numbers(py, bytes, shape, f32::from_le_bytes),
        Dtype::F64 => of_numbers(py, bytes, shape, f64::from_le_bytes),
        Dtype::U32 => of_numbers(py, bytes, shape, u32::from_le_bytes),
        Dtype::U64 => of_numbers(py, bytes, shape, u64::from_le_bytes),
        other => Err(PyValueError::new_err(format!("tensor `{name}` is of type {other:?}"))),
    }
}

fn of_numbers<'py, T: Element + Copy, const SIZE: usize>(
    py: Python<'py>,
    bytes: &[u8],
    shape: &[usize],
    number: fn([u8; SIZE]) -> T,
) -> PyResult<Bound<'py, PyAny>> {
    let numbers: Vec<T> = bytes.as_chunks().0.iter().map(|bytes| number(*bytes)).collect();
    let array: Bound<'py, PyArrayDyn<T>> = numbers.to_pyarray(py).reshape(shape)?;
    Ok(array.into_any())
}
