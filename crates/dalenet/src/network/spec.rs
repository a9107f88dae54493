//! What a network is made of, before it has weights.

use crate::{
    engine::{Activation, Dale, Precision},
    layer::LayerSpec,
    tensor::Shape,
};

/// What a network is made of, before it has weights.
///
/// ```
/// use dalenet::{Generator, Network, NetworkSpec};
/// let spec =
///     NetworkSpec { inputs: 4, layers: vec![6.into()], outputs: 3, ..NetworkSpec::default() };
/// let network = Network::new(&spec, &mut Generator::new(0, 0));
/// // The input feeds both streams: 2·4 presynaptic units, 2·6 postsynaptic ones.
/// assert_eq!((network.layers()[0].inputs(), network.layers()[0].units()), (8, 12));
/// // Only the excitatory stream of the output is read, so only that exists.
/// assert_eq!((network.layers()[1].inputs(), network.layers()[1].units()), (12, 3));
/// ```
#[derive(Clone, Debug)]
pub struct NetworkSpec {
    /// Length of the input D.
    pub inputs: usize,
    /// The input as an image of D values, for layers that see images; a vector if it is `None`.
    pub image: Option<Shape>,
    /// The layers up to the output layer, first to last. The first has weights.
    pub layers: Vec<LayerSpec>,
    /// Output units C.
    pub outputs: usize,
    /// An excitatory and an inhibitory stream, or the usual single stream.
    pub dual: bool,
    /// Dale's principle; needs `dual`.
    pub dale: Option<Dale>,
    /// Response of each hidden layer with weights; the last one serves those that follow.
    pub activations: Vec<Activation>,
    /// Response of the output layer.
    pub output: Activation,
    /// Factor of the initial weights of the hidden layers that excite (paper: 1.5).
    pub excitatory_gain: f32,
    /// Factor of the initial weights of the hidden layers that inhibit (paper: 0.5).
    pub inhibitory_gain: f32,
    /// Factor of the initial weights of the output layer.
    pub output_gain: f32,
    /// Whether single-stream weights start orthogonal, times √2 in hidden layers, instead of
    /// uniform (Saxe et al. 2014; what PPO is used with).
    pub orthogonal: bool,
    /// Whether initial weights are divided by √K, K the layer's presynaptic units.
    pub fan_in: bool,
    /// β: biases start as the difference of two of Kaneko's threshold weights, β·(U − U′).
    pub threshold: f32,
    /// Precision of its products.
    pub precision: Precision,
}

impl Default for NetworkSpec {
    /// The paper's innovations on a network without hidden layers.
    fn default() -> Self {
        Self {
            inputs: 1,
            image: None,
            layers: Vec::new(),
            outputs: 1,
            dual: true,
            dale: Some(Dale::default()),
            activations: vec![Activation::Sigmoid { width: 6.0 }],
            output: Activation::Sigmoid { width: 6.0 },
            excitatory_gain: 1.5,
            inhibitory_gain: 0.5,
            output_gain: 1.0,
            orthogonal: false,
            fan_in: true,
            threshold: 0.0,
            precision: Precision::F32,
        }
    }
}

/// Why a network cannot be built, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SpecError(pub(super) String);

impl SpecError {
    pub(super) fn at(layer: usize, spec: LayerSpec, cause: impl std::fmt::Display) -> Self {
        Self(format!("layer {layer} ({}) cannot be built: {cause}", spec.name()))
    }
}

impl NetworkSpec {
    /// Checks what does not depend on the layers.
    pub(super) fn check_numbers(&self) -> Result<(), SpecError> {
        let refuse = |cause: &str| Err(SpecError(cause.into()));
        if self.dale.is_some() && !self.dual {
            return refuse("Dale's principle needs two streams: set dual = true, or do without it");
        }
        if self.dale.is_some_and(|dale| !(dale.floor >= 0.0 && dale.floor.is_finite())) {
            return refuse("the floor of Dale's principle must be a number that is not negative");
        }
        if self.inputs == 0 || self.outputs == 0 {
            return refuse("a network needs at least one input and one output");
        }
        if let Some(image) = self.image.filter(|image| image.len() != self.inputs) {
            let inputs = self.inputs;
            return refuse(&format!(
                "an image of {image} has not the {inputs} values of the input"
            ));
        }
        if self.activations.is_empty() {
            return refuse("a network needs the response of its hidden layers");
        }
        if self.activations.contains(&Activation::Softmax) {
            return refuse("softmax is a response for the output layer only");
        }
        let width = |activation: &Activation| match activation {
            Activation::Sigmoid { width } => *width,
            _ => 1.0,
        };
        let widths = self.activations.iter().chain([&self.output]).map(width);
        match widths.into_iter().all(|width| width > 0.0 && width.is_finite()) {
            true => Ok(()),
            false => refuse("the width of a sigmoid must be above 0"),
        }
    }
}
