//! Routings of Error Diffusion: one by its name, or a user's own by a matrix or a function.

use crate::{
    arrays,
    choice::{Choice, Own},
    error,
    raised::{self, Raised},
};
use dalenet::{Matrix, Routing};
use dalenet_train::Registry;
use pyo3::{exceptions::PyTypeError, prelude::*};
use std::sync::Arc;

/// A routing as an argument: a name, a matrix H×C, or an object made by `dalenet.routing`.
pub type RoutingChoice = Choice<PythonRouting>;

/// A routing of a user's. Its clones share the exception that it raised.
#[derive(Clone)]
pub struct PythonRouting {
    weights: Weights,
    name: Arc<str>,
    raised: Raised,
}

#[derive(Clone)]
enum Weights {
    /// `weight(unit, units, output, outputs)`.
    Function(Arc<Py<PyAny>>),
    /// H×C.
    Matrix(Arc<Matrix>),
}

impl Own for PythonRouting {
    fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let name = match object.getattr_opt("name")? {
            Some(name) => name.extract::<String>()?,
            None => "matrix".into(),
        };
        let rule = format!("ed-{name}");
        let known = Registry::built_in().rules().iter().any(|entry| entry.name == rule);
        if known || name == "modulo" {
            return Err(error::value(format!(
                "the routing is called {name}, as a built-in one: give it another name"
            )));
        }
        let weights = match object.getattr_opt("weight")? {
            Some(function) if function.is_callable() => {
                Weights::Function(Arc::new(function.unbind()))
            }
            _ if object.hasattr("__array__")? => Weights::Matrix(Arc::new(read(object)?)),
            _ => {
                return Err(PyTypeError::new_err(format!(
                    "routing must be a name, a matrix H×C or a routing made by @dalenet.routing, not {}",
                    object.repr()?
                )));
            }
        };
        Ok(Self { weights, name: name.into(), raised: Raised::default() })
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn register(&self, registry: &mut Registry) {
        let routing = self.clone();
        registry.routing(&self.name, move || Box::new(routing.clone()));
    }

    fn take_error(&self) -> Option<PyErr> {
        self.raised.take()
    }
}

impl PythonRouting {
    fn ask(&self, unit: usize, units: usize, output: usize, outputs: usize) -> PyResult<f32> {
        match &self.weights {
            Weights::Matrix(matrix) => {
                arrays::check_shape(matrix, "the matrix of the routing", [units, outputs])?;
                Ok(matrix.row(unit)[output])
            }
            Weights::Function(function) => raised::call_user(|py| {
                let weight = function.bind(py).call1((unit, units, output, outputs))?;
                let weight: f32 = weight.extract()?;
                check(weight, &self.name)
            }),
        }
    }
}

impl Routing for PythonRouting {
    fn name(&self) -> &str {
        &self.name
    }

    fn weight(&self, unit: usize, units: usize, output: usize, outputs: usize) -> f32 {
        if self.raised.is_raised() {
            return f32::NAN;
        }
        self.ask(unit, units, output, outputs).unwrap_or_else(|error| {
            self.raised.put(error);
            f32::NAN
        })
    }
}

fn read(object: &Bound<'_, PyAny>) -> PyResult<Matrix> {
    let matrix = arrays::matrix(object, "the matrix of the routing")?;
    matrix.as_slice().iter().try_for_each(|weight| check(*weight, "matrix").map(drop))?;
    Ok(matrix)
}

fn check(weight: f32, name: &str) -> PyResult<f32> {
    match weight >= 0.0 && weight.is_finite() {
        true => Ok(weight),
        false => Err(error::value(format!(
            "the routing {name} has the weight {weight}: weights must not be negative, since the sign \
             of a unit's effect is that of its stream"
        ))),
    }
}
