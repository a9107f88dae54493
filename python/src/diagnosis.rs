//! What was found of a layer, as a dict.

use dalenet::diagnosis::Diagnosis;
use pyo3::{prelude::*, types::PyDict};

/// Its fields by name.
pub fn as_dict<'py>(py: Python<'py>, layer: &Diagnosis) -> PyResult<Bound<'py, PyDict>> {
    let Diagnosis { signal, attenuation, alignment, sign_agreement, dead, saturated, floor_share } =
        layer;
    let dict = PyDict::new(py);
    dict.set_item("signal", signal)?;
    dict.set_item("attenuation", attenuation)?;
    dict.set_item("alignment", alignment)?;
    dict.set_item("sign_agreement", sign_agreement)?;
    dict.set_item("dead", dead)?;
    dict.set_item("saturated", saturated)?;
    dict.set_item("floor_share", floor_share.clone())?;
    Ok(dict)
}
