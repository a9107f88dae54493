//! Settings by their names, as Python's own values.

use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple},
};
use toml::{Table, Value};

/// The settings of a dictionary as a configuration file would have them.
///
/// # Errors
/// `TypeError` if one is nothing that a configuration can hold, `ValueError` if a number is too large.
pub fn table(settings: &Bound<'_, PyDict>) -> PyResult<Table> {
    let entry = |(key, setting): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        let key: String = key.extract()?;
        let value = value(&key, &setting)?;
        Ok((key, value))
    };
    settings.iter().map(entry).collect()
}

fn value(key: &str, setting: &Bound<'_, PyAny>) -> PyResult<Value> {
    if setting.is_instance_of::<PyBool>() {
        return setting.extract().map(Value::Boolean);
    }
    if setting.is_instance_of::<PyString>() {
        return setting.extract().map(Value::String);
    }
    if let Ok(entries) = setting.cast::<PyDict>() {
        return table(entries).map(Value::Table);
    }
    if setting.is_instance_of::<PyList>() || setting.is_instance_of::<PyTuple>() {
        let items = setting.try_iter()?.map(|item| value(key, &item?));
        return items.collect::<PyResult<_>>().map(Value::Array);
    }
    if setting.is_instance_of::<PyInt>() {
        let large = |_| PyValueError::new_err(format!("`{key} = {setting}` is too large"));
        return setting.extract().map(Value::Integer).map_err(large);
    }
    if setting.is_instance_of::<PyFloat>() {
        return setting.extract().map(Value::Float);
    }
    other(key, setting)
}

/// What is of another type: a path, or a value or array of NumPy's.
fn other(key: &str, setting: &Bound<'_, PyAny>) -> PyResult<Value> {
    for method in ["__fspath__", "tolist"] {
        if setting.hasattr(method)? {
            return value(key, &setting.call_method0(method)?);
        }
    }
    let kind = setting.get_type();
    let kind = kind.name()?;
    Err(PyTypeError::new_err(format!(
        "`{key}` cannot be of type {kind}: give a number, a text, True or False, a list or a dict"
    )))
}
