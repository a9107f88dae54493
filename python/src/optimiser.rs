//! Optimisers and schedules by their names.

use crate::error;
use dalenet::{Method, Schedule};
use dalenet_train::nearest;
use pyo3::prelude::*;

/// The method of an optimiser.
///
/// # Errors
/// `ValueError` if there is none of that name, or a number is not possible.
pub fn method(optimiser: &str, momentum: f32, beta2: f32, epsilon: f32) -> PyResult<Method> {
    let known = ["sgd", "momentum", "adam"];
    for (name, value) in [("momentum", momentum), ("beta2", beta2)] {
        if !(0.0..1.0).contains(&value) {
            return Err(error::value(format!(
                "{name} must be at least 0 and below 1, not {value}"
            )));
        }
    }
    match optimiser {
        "sgd" => Ok(Method::Sgd),
        "momentum" => Ok(Method::Momentum { momentum }),
        "adam" => Ok(Method::Adam { beta1: momentum, beta2, epsilon }),
        other => {
            let near = nearest(other, known);
            Err(error::value(format!(
                "there is no optimiser `{other}`{near}: sgd, momentum or adam"
            )))
        }
    }
}

/// The factor of the rate when the share ``done`` in [0, 1] of a training is behind: 1 throughout under
/// ``"constant"``, from 1 to 0 by ½·(1 + cos(π·done)) under ``"cosine"``.
///
/// >>> import dalenet
/// >>> dalenet.schedule("cosine", 1.0)
/// 0.0
#[pyfunction]
pub fn schedule(name: &str, done: f64) -> PyResult<f32> {
    if !(0.0..=1.0).contains(&done) {
        return Err(error::value(format!("done must be between 0 and 1, not {done}")));
    }
    match name {
        "constant" => Ok(Schedule::Constant.factor(done)),
        "cosine" => Ok(Schedule::Cosine.factor(done)),
        other => {
            let near = nearest(other, ["constant", "cosine"]);
            Err(error::value(format!("there is no schedule `{other}`{near}: constant or cosine")))
        }
    }
}
