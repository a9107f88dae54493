//! The parts of a network's weights by name.

use crate::{
    arrays::{self, Arrays, array, check_shape},
    error,
};
use dalenet::{
    Matrix, Network,
    layer::{Layer, SubMatrix},
};
use numpy::PyArray1;
use pyo3::{exceptions::PyKeyError, prelude::*, types::PyDict};

/// The parts of a network by name, as checkpoints have them.
pub fn all<'py>(py: Python<'py>, network: &Network) -> PyResult<Arrays<'py>> {
    let weights = PyDict::new(py);
    for (l, layer) in (1..).zip(network.layers()) {
        for part in layer.sub_matrices() {
            let name = format!("layer{l}.{}", part.name);
            weights.set_item(name, array(py, &layer.magnitudes(&part))?)?;
        }
        weights.set_item(format!("layer{l}.bias"), PyArray1::from_slice(py, layer.bias()))?;
    }
    Ok(Arrays(weights))
}

/// Sets one part by its name.
///
/// # Errors
/// `KeyError` if there is none of that name, `ValueError` if the values are not possible.
pub fn set(network: &mut Network, name: &str, values: &Bound<'_, PyAny>) -> PyResult<()> {
    let unknown = || PyKeyError::new_err(format!("the network has no weights {name}"));
    let (layer, part) =
        name.strip_prefix("layer").and_then(|n| n.split_once('.')).ok_or_else(unknown)?;
    let layer = layer.parse::<usize>().ok().and_then(|l| l.checked_sub(1)).ok_or_else(unknown)?;
    let layer = network.layers_mut().get_mut(layer).ok_or_else(unknown)?;
    if part == "bias" {
        let row = values.py().import("numpy")?.call_method1("atleast_2d", (values,))?;
        let bias = arrays::matrix(&row, name)?;
        check_shape(&bias, name, [1, layer.units()])?;
        layer.set_bias(bias.as_slice());
        return Ok(());
    }
    let parts = layer.sub_matrices();
    let part = parts.iter().find(|known| known.name == part).ok_or_else(unknown)?;
    let magnitudes = arrays::matrix(values, name)?;
    check_shape(&magnitudes, name, [part.rows.len(), part.cols.len()])?;
    check_floor(layer, part, &magnitudes, name)?;
    layer.set_magnitudes(part, &magnitudes);
    Ok(())
}

fn check_floor(layer: &Layer, part: &SubMatrix, values: &Matrix, name: &str) -> PyResult<()> {
    let Some(dale) = layer.dale() else { return Ok(()) };
    match values.as_slice().iter().find(|value| **value < dale.floor) {
        None => Ok(()),
        Some(value) => Err(error::value(format!(
            "{name} has the magnitude {value} below the floor {} of Dale's principle: {} weights are \
             given as magnitudes",
            dale.floor,
            if part.excitatory { "excitatory" } else { "inhibitory" },
        ))),
    }
}
