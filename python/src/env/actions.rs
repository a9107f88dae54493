//! Actions as users have them: any numbers, in any memory layout.

use super::refused;
use crate::error;
use dalenet_envs::{Actions, Error, Space, VectorEnv};
use numpy::{
    PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::{
    exceptions::PyTypeError,
    intern,
    prelude::*,
    types::{PyBool, PyDict},
};

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
        if let Ok(array) = actions.cast::<PyArrayDyn<f32>>()
            && array.is_c_contiguous()
            && fits(array.shape())
        {
            let array = array.try_readonly()?;
            if array.as_slice().is_ok() {
                return Ok(Read::Array(array));
            }
        }
        let array = numbers_of(actions)?;
        if !fits(array.shape()) {
            return Err(wrong_shape(env, array.shape(), &shape));
        }
        self.numbers.clear();
        self.numbers.extend(array.try_readonly()?.as_array().iter().map(|&x| x as f32));
        Ok(Read::Numbers(&self.numbers))
    }

    fn choices<'a, 'py>(
        &'a mut self,
        actions: &Bound<'py, PyAny>,
        env: &dyn VectorEnv,
    ) -> PyResult<Read<'a, 'py>> {
        let count = env.count();
        self.choices.clear();
        if count == 1
            && let Some(choice) = integer(actions)
        {
            self.choices.push(small(0, choice)?);
            return Ok(Read::Choices(&self.choices));
        }
        let array = integers_of(actions, env)?;
        if array.shape() != [count] && !(count == 1 && array.shape().is_empty()) {
            return Err(wrong_shape(env, array.shape(), &[count]));
        }
        for (index, &choice) in array.try_readonly()?.as_array().iter().enumerate() {
            self.choices.push(small(index, choice)?);
        }
        Ok(Read::Choices(&self.choices))
    }
}

fn small(index: usize, choice: i64) -> PyResult<u32> {
    u32::try_from(choice).map_err(|_| refused(Error::Action { index, value: choice.to_string() }))
}

/// One integer, without NumPy's help; truth values are none.
fn integer(action: &Bound<'_, PyAny>) -> Option<i64> {
    if action.is_instance_of::<PyBool>() { None } else { action.extract().ok() }
}

fn wrong_shape(env: &dyn VectorEnv, found: &[usize], wanted: &[usize]) -> PyErr {
    let name = env.name();
    error::value(format!("`{name}` takes actions of shape {wanted:?}, not {found:?}"))
}

/// A copy of any real numbers as `f64`.
fn numbers_of<'py>(actions: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
    let array = as_array(actions)?;
    if !"iuf".contains(kind(&array)?) {
        let message = format!("actions must be real numbers, not of type {}", array.dtype());
        return Err(PyTypeError::new_err(message));
    }
    let py = actions.py();
    let array = array.call_method1(intern!(py, "astype"), (intern!(py, "float64"),))?;
    Ok(array.cast_into::<PyArrayDyn<f64>>()?)
}

/// A copy of any integers as `i64`.
fn integers_of<'py>(
    actions: &Bound<'py, PyAny>,
    env: &dyn VectorEnv,
) -> PyResult<Bound<'py, PyArrayDyn<i64>>> {
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
