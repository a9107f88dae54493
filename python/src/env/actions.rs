//! Actions as users have them: any numbers, in any memory layout.

use super::refused;
use crate::error;
use dalenet_envs::{Actions, Error, Space, VectorEnv};
use numpy::{
    PyArray1, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::{exceptions::PyTypeError, intern, prelude::*, types::PyDict};

/// Reads the actions of a step; keeps the memory of those that have to be converted.
#[derive(Default)]
pub struct ActionReader {
    numbers: Vec<f32>,
    choices: Vec<u32>,
}

/// Actions that can be read as long as the array is borrowed.
pub enum Read<'a, 'py> {
    Array(PyReadonlyArrayDyn<'py, f32>),
    Numbers(&'a [f32]),
    Choices(&'a [u32]),
}

impl Read<'_, '_> {
    pub fn actions(&self) -> PyResult<Actions<'_>> {
        Ok(match self {
            Self::Array(array) => Actions::Continuous(array.as_slice()?),
            Self::Numbers(numbers) => Actions::Continuous(numbers),
            Self::Choices(choices) => Actions::Discrete(choices),
        })
    }
}

impl ActionReader {
    /// N×A numbers, or N choices. A single environment takes A numbers or one choice, too.
    pub fn read<'a, 'py>(
        &'a mut self,
        actions: &Bound<'py, PyAny>,
        env: &dyn VectorEnv,
    ) -> PyResult<Read<'a, 'py>> {
        match env.action_space() {
            Space::Continuous { low, .. } => self.numbers(actions, env, [env.count(), low.len()]),
            Space::Discrete { .. } => self.choices(actions, env),
        }
    }

    fn numbers<'a, 'py>(
        &'a mut self,
        actions: &Bound<'py, PyAny>,
        env: &dyn VectorEnv,
        shape: [usize; 2],
    ) -> PyResult<Read<'a, 'py>> {
        let fits = |found: &[usize]| found == shape || shape[0] == 1 && found == &shape[1..];
        let refuse = |found: &[usize]| Err(wrong_shape(env, found, &shape));
        if let Ok(array) = actions.cast::<PyArrayDyn<f32>>() {
            if !fits(array.shape()) {
                return refuse(array.shape());
            }
            let array = array.try_readonly()?;
            if array.is_c_contiguous() {
                return Ok(Read::Array(array));
            }
            self.numbers.clear();
            self.numbers.extend(array.as_array());
        } else {
            let array = numbers_of(actions)?;
            if !fits(array.shape()) {
                return refuse(array.shape());
            }
            self.numbers.clear();
            self.numbers.extend(array.try_readonly()?.as_array().iter().map(|&x| x as f32));
        }
        Ok(Read::Numbers(&self.numbers))
    }

    fn choices<'a, 'py>(
        &'a mut self,
        actions: &Bound<'py, PyAny>,
        env: &dyn VectorEnv,
    ) -> PyResult<Read<'a, 'py>> {
        let array = integers_of(actions, env)?;
        let count = env.count();
        if array.shape() != [count] && !(count == 1 && array.shape().is_empty()) {
            return Err(wrong_shape(env, array.shape(), &[count]));
        }
        self.choices.clear();
        for (index, &choice) in array.try_readonly()?.as_array().iter().enumerate() {
            let small = u32::try_from(choice);
            let small =
                small.map_err(|_| refused(Error::Action { index, value: choice.to_string() }));
            self.choices.push(small?);
        }
        Ok(Read::Choices(&self.choices))
    }
}

fn wrong_shape(env: &dyn VectorEnv, found: &[usize], wanted: &[usize]) -> PyErr {
    let name = env.name();
    error::value(format!("`{name}` takes actions of shape {wanted:?}, not {found:?}"))
}

/// Any real numbers as `f64`, which NumPy converts.
fn numbers_of<'py>(actions: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
    if let Ok(array) = actions.cast::<PyArrayDyn<f64>>() {
        return Ok(array.clone());
    }
    let array = as_array(actions)?;
    if !"iuf".contains(kind(&array)?) {
        let message = format!("actions must be real numbers, not of type {}", array.dtype());
        return Err(PyTypeError::new_err(message));
    }
    let py = actions.py();
    let array = array.call_method1(intern!(py, "astype"), (intern!(py, "float64"),))?;
    Ok(array.cast_into::<PyArrayDyn<f64>>()?)
}

/// Any integers as `i64`.
fn integers_of<'py>(
    actions: &Bound<'py, PyAny>,
    env: &dyn VectorEnv,
) -> PyResult<Bound<'py, PyArrayDyn<i64>>> {
    if let Ok(array) = actions.cast::<PyArray1<i64>>() {
        return Ok(array.to_dyn().clone());
    }
    let array = as_array(actions)?;
    if !"iu".contains(kind(&array)?) {
        let (name, dtype) = (env.name(), array.dtype());
        let message = format!("`{name}` takes integers as actions, not values of type {dtype}");
        return Err(PyTypeError::new_err(message));
    }
    let py = actions.py();
    let array = array.call_method1(intern!(py, "astype"), (intern!(py, "int64"),))?;
    Ok(array.cast_into::<PyArrayDyn<i64>>()?)
}

/// `numpy.asarray`.
fn as_array<'py>(actions: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    let py = actions.py();
    let numpy = py.import(intern!(py, "numpy"))?;
    let array = numpy.call_method(intern!(py, "asarray"), (actions,), None::<&Bound<PyDict>>)?;
    Ok(array.cast_into::<PyUntypedArray>()?)
}

/// NumPy's letter of a kind of numbers.
fn kind(array: &Bound<'_, PyUntypedArray>) -> PyResult<char> {
    array.dtype().getattr(intern!(array.py(), "kind"))?.extract()
}
