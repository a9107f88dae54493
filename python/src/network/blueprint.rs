//! What a network is built from: settings by the program's names.

use crate::{error, settings};
use dalenet::{Activation, Loss, NetworkSpec, Shape};
use dalenet_train::{Config, NetworkSettings, nearest};
use pyo3::{exceptions::PyTypeError, prelude::*, types::PyDict};
use serde::{Deserialize, Serialize};
use toml::Table;

/// What a network is built from.
#[derive(Clone, Serialize, Deserialize)]
pub struct Blueprint {
    inputs: Shape,
    outputs: usize,
    config: Config,
    output: Activation,
    output_gain: f32,
    orthogonal: bool,
}

impl Blueprint {
    /// That of these layers; `output` is the name of a response.
    ///
    /// # Errors
    /// `ValueError` for what is not possible, `TypeError` for a setting that does not exist.
    pub fn new(
        [inputs, outputs]: [Shape; 2],
        output: &str,
        output_gain: f32,
        orthogonal: bool,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let (mut config, outputs) = (configure(settings)?, outputs.len());
        config.loss = if output == "softmax" { Loss::CrossEntropy } else { Loss::Squared };
        let usual = config.network_spec(inputs, outputs).map_err(error::value)?.output;
        let output = match output {
            "sigmoid" | "softmax" => usual,
            "tanh" => Activation::Tanh,
            "identity" => Activation::Identity,
            other => {
                let near = nearest(other, ["sigmoid", "softmax", "tanh", "identity"]);
                return Err(error::value(format!("there is no output `{other}`{near}")));
            }
        };
        Ok(Self { inputs, outputs, config, output, output_gain, orthogonal })
    }

    /// The specification of the network.
    ///
    /// # Errors
    /// `ValueError` if the layers do not fit together.
    pub fn spec(&self) -> PyResult<NetworkSpec> {
        let spec = self.config.network_spec(self.inputs, self.outputs).map_err(error::value)?;
        let Self { output, output_gain, orthogonal, .. } = *self;
        let spec = NetworkSpec { output, output_gain, orthogonal, ..spec };
        spec.check().map_err(error::value)?;
        Ok(spec)
    }
}

/// The settings of a network by the program's names.
fn configure(given: &Bound<'_, PyDict>) -> PyResult<Config> {
    let mut config = Config::new("mnist", "paper", "ed").map_err(error::value)?;
    let known = Table::try_from(NetworkSettings::default()).map_err(error::value)?;
    for (key, value) in settings::table(given)? {
        if !known.contains_key(&key) {
            let near = nearest(&key, known.keys().map(String::as_str));
            return Err(PyTypeError::new_err(format!("a network has no setting `{key}`{near}")));
        }
        config.set(&key, &value.to_string()).map_err(error::value)?;
    }
    config.validate().map_err(error::value)?;
    Ok(config)
}

/// The shape of an input: a length, or height, width and channels.
#[derive(FromPyObject)]
pub enum InputShape {
    Length(usize),
    Image((usize, usize, usize)),
}

impl InputShape {
    pub fn shape(self) -> Shape {
        match self {
            Self::Length(length) => Shape::flat(length),
            Self::Image((height, width, channels)) => Shape { height, width, channels },
        }
    }
}
