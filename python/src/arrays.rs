//! Arrays in and out.

use crate::error;
use dalenet::Matrix;
use numpy::{
    Element, PyArray2, PyArrayMethods, PyReadonlyArray, PyReadonlyArray2, PyReadonlyArrayDyn,
    PyUntypedArrayMethods, ndarray::Dimension,
};
use pyo3::{
    PyTypeInfo,
    exceptions::PyTypeError,
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_identifier, type_hint_subscript,
    types::{IntoPyDict, PyDict, PyString},
};
use std::{convert::Infallible, ops::Deref};

/// `numpy.typing.NDArray[numpy.float32]`.
const ARRAY: PyStaticExpr = type_hint_subscript!(
    type_hint_identifier!("numpy.typing", "NDArray"),
    type_hint_identifier!("numpy", "float32")
);

/// A matrix of float32 that NumPy owns.
pub struct Array<'py>(Bound<'py, PyArray2<f32>>);

impl<'py> IntoPyObject<'py> for Array<'py> {
    type Target = PyArray2<f32>;
    type Output = Bound<'py, Self::Target>;
    type Error = Infallible;
    const OUTPUT_TYPE: PyStaticExpr = ARRAY;

    fn into_pyobject(self, _: Python<'py>) -> Result<Self::Output, Self::Error> {
        Ok(self.0)
    }
}

/// Arrays by name.
pub struct Arrays<'py>(pub Bound<'py, PyDict>);

impl<'py> IntoPyObject<'py> for Arrays<'py> {
    type Target = PyDict;
    type Output = Bound<'py, Self::Target>;
    type Error = Infallible;
    const OUTPUT_TYPE: PyStaticExpr =
        type_hint_subscript!(PyDict::TYPE_HINT, PyString::TYPE_HINT, ARRAY);

    fn into_pyobject(self, _: Python<'py>) -> Result<Self::Output, Self::Error> {
        Ok(self.0)
    }
}

/// What `numpy.asarray` takes.
pub struct ArrayLike<'py>(Bound<'py, PyAny>);

impl<'py> FromPyObject<'_, 'py> for ArrayLike<'py> {
    type Error = Infallible;
    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("numpy.typing", "ArrayLike");

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Self::Error> {
        Ok(Self(object.to_owned()))
    }
}

impl<'py> Deref for ArrayLike<'py> {
    type Target = Bound<'py, PyAny>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// A new array with the entries of `matrix`.
pub fn array<'py>(py: Python<'py>, matrix: &Matrix) -> PyResult<Array<'py>> {
    let array = PyArray2::zeros(py, [matrix.rows(), matrix.cols()], false);
    let mut entries = array.try_readwrite().map_err(error::value)?;
    entries.as_slice_mut().map_err(error::value)?.copy_from_slice(matrix.as_slice());
    drop(entries);
    Ok(Array(array))
}

/// Reads an array-like of two dimensions; `what` is what messages call it.
///
/// # Errors
/// `TypeError` for what is no array of real numbers, `ValueError` for other dimensions and for a number
/// that is not finite in single precision.
pub fn matrix(values: &Bound<'_, PyAny>, what: &str) -> PyResult<Matrix> {
    let matrix = read(values, what, |dimensions| dimensions == 2)?;
    check_finite(&matrix, what)?;
    Ok(matrix)
}

/// Reads samples: B rows, each of one or more dimensions, which are joined.
///
/// # Errors
/// As [`matrix`].
pub fn samples(values: &Bound<'_, PyAny>, what: &str) -> PyResult<Matrix> {
    let matrix = read(values, what, |dimensions| dimensions >= 2)?;
    check_finite(&matrix, what)?;
    Ok(matrix)
}

/// Checks the shape of a matrix that was read.
///
/// # Errors
/// `ValueError` that says both.
pub fn check_shape(matrix: &Matrix, what: &str, [rows, cols]: [usize; 2]) -> PyResult<()> {
    let own = [matrix.rows(), matrix.cols()];
    match own == [rows, cols] {
        true => Ok(()),
        false => Err(error::value(format!(
            "{what} has shape ({}, {}), but ({rows}, {cols}) is needed",
            own[0], own[1]
        ))),
    }
}

/// # Errors
/// `ValueError` at the first number that is not finite.
pub fn check_finite(matrix: &Matrix, what: &str) -> PyResult<()> {
    let wrong = matrix.iter_rows().enumerate().find_map(|(i, row)| {
        let value = row.iter().find(|value| !value.is_finite())?;
        Some(format!("{what} has the value {value} in row {i}: only finite numbers can be used"))
    });
    wrong.map_or(Ok(()), |sentence| Err(error::value(sentence)))
}

fn read(values: &Bound<'_, PyAny>, what: &str, fits: impl Fn(usize) -> bool) -> PyResult<Matrix> {
    if let Ok(array) = values.extract::<PyReadonlyArray2<'_, f32>>()
        && fits(2)
    {
        let (rows, cols) = array.as_array().dim();
        return Ok(Matrix::from_vec(rows, cols, row_major(&array)));
    }
    let array = as_float32(values, what)?;
    let shape = array.shape();
    if !fits(shape.len()) {
        return Err(error::value(format!(
            "{what} has shape {}: give a row a sample, x.reshape(1, -1) for a single one",
            array.getattr("shape")?
        )));
    }
    let cols = shape[1..].iter().product();
    Ok(Matrix::from_vec(shape[0], cols, row_major(&array)))
}

/// The values of an array, row by row, however it lies in memory.
pub fn row_major<T: Element + Copy, D: Dimension>(array: &PyReadonlyArray<'_, T, D>) -> Vec<T> {
    match array.is_c_contiguous() {
        true => array.as_slice().map(<[T]>::to_vec).unwrap_or_default(),
        false => array.as_array().iter().copied().collect(),
    }
}

/// `numpy.asarray(values, dtype=numpy.float32)`.
fn as_float32<'py>(
    values: &Bound<'py, PyAny>,
    what: &str,
) -> PyResult<PyReadonlyArrayDyn<'py, f32>> {
    let py = values.py();
    let numpy = py.import("numpy")?;
    let array = numpy.call_method1("asarray", (values,))?;
    let kind: String = array.getattr("dtype")?.getattr("kind")?.extract()?;
    if !"biuf".contains(&kind) {
        let dtype = array.getattr("dtype")?;
        return Err(PyTypeError::new_err(format!(
            "{what} must be an array of real numbers, not of dtype {dtype}"
        )));
    }
    let options = [("dtype", "float32")].into_py_dict(py)?;
    let array = numpy.call_method("asarray", (array,), Some(&options))?;
    array.extract()
}
