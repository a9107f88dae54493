//! A chain of layers, and the activity of each that learning needs.

use crate::{
    Generator, Matrix,
    layer::{Activation, Dale, Dense, Start, Streams},
};

/// What a network is made of, before it has weights.
///
/// ```
/// use dalenet::{Activation, Dale, Generator, Network, NetworkSpec};
/// let spec = NetworkSpec { inputs: 4, hidden: vec![6], outputs: 3, ..NetworkSpec::default() };
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
    /// Units per stream H of each hidden layer.
    pub hidden: Vec<usize>,
    /// Output units C.
    pub outputs: usize,
    /// An excitatory and an inhibitory stream, or the usual single stream.
    pub dual: bool,
    /// Dale's principle; needs `dual`.
    pub dale: Option<Dale>,
    /// Response of each hidden layer; the last one serves those that follow.
    pub activations: Vec<Activation>,
    /// Response of the output layer.
    pub output: Activation,
    /// Factor of the initial excitatory weights of the hidden layers (paper: 1.5).
    pub excitatory_gain: f32,
    /// Factor of the initial inhibitory weights of the hidden layers (paper: 0.5).
    pub inhibitory_gain: f32,
    /// Whether initial weights are divided by √K, K the layer's presynaptic units.
    pub fan_in: bool,
    /// β: biases start as the difference of two of Kaneko's threshold weights, β·(U − U′).
    pub threshold: f32,
}

impl Default for NetworkSpec {
    /// The paper's innovations on a network without hidden layers.
    fn default() -> Self {
        Self {
            inputs: 1,
            hidden: Vec::new(),
            outputs: 1,
            dual: true,
            dale: Some(Dale::default()),
            activations: vec![Activation::Sigmoid { width: 6.0 }],
            output: Activation::Sigmoid { width: 6.0 },
            excitatory_gain: 1.5,
            inhibitory_gain: 0.5,
            fan_in: true,
            threshold: 0.0,
        }
    }
}

impl NetworkSpec {
    /// Response of layer `l`.
    fn activation(&self, l: usize) -> Activation {
        if l == self.hidden.len() {
            return self.output;
        }
        *self.activations.get(l).or(self.activations.last()).expect("an activation")
    }
}

/// A chain of layers.
#[derive(Clone, Debug)]
pub struct Network {
    layers: Vec<Dense>,
}

/// The activity of every layer for one batch. Its buffers are kept from batch to batch.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Element 0 is the input B×D, element l + 1 what layer l made of it, B×N.
    activity: Vec<Matrix>,
}

impl Trace {
    /// The input B×D, to be filled before [`Network::forward`].
    pub fn input_mut(&mut self) -> &mut Matrix {
        if self.activity.is_empty() {
            self.activity.push(Matrix::default());
        }
        &mut self.activity[0]
    }

    /// What layer `layer` received, B×K (B×K/2 for a folded first layer).
    pub fn presynaptic(&self, layer: usize) -> &Matrix {
        &self.activity[layer]
    }

    /// What layer `layer` made of it, B×N.
    pub fn postsynaptic(&self, layer: usize) -> &Matrix {
        &self.activity[layer + 1]
    }

    /// The prediction B×C.
    ///
    /// # Panics
    /// Before the first [`Network::forward`].
    pub fn output(&self) -> &Matrix {
        self.activity.last().expect("a trace that a network has filled")
    }
}

impl Network {
    /// A network with fresh weights.
    ///
    /// Dual-stream weights are gain·U[0, 1)/√K with the gains of the specification in hidden
    /// layers and 1 in the last. Single-stream weights are U(−1, 1)·√(6/K), for sigmoids of width
    /// α times 2α, the inverse of their slope at zero.
    ///
    /// # Panics
    /// If `dale` is asked of a single-stream network, or there are no activations.
    pub fn new(spec: &NetworkSpec, generator: &mut Generator) -> Self {
        assert!(spec.dual || spec.dale.is_none(), "Dale's principle needs two streams");
        let last = spec.hidden.len();
        let mut inputs = spec.inputs;
        let mut layers = Vec::with_capacity(last + 1);
        for (l, units) in spec.hidden.iter().copied().chain([spec.outputs]).enumerate() {
            layers.push(if spec.dual {
                Self::dual_layer(spec, l, inputs, units, generator)
            } else {
                Dense::single([inputs, units], spec.activation(l), generator)
            });
            inputs = units;
        }
        Self { layers }
    }

    fn dual_layer(
        spec: &NetworkSpec,
        l: usize,
        inputs: usize,
        units: usize,
        generator: &mut Generator,
    ) -> Dense {
        let hidden = l < spec.hidden.len();
        let [excitatory, inhibitory] =
            if hidden { [spec.excitatory_gain, spec.inhibitory_gain] } else { [1.0, 1.0] };
        let (sources, targets) = (
            Streams { p: inputs, n: inputs },
            Streams { p: units, n: if hidden { units } else { 0 } },
        );
        let scale = if spec.fan_in { (sources.total() as f32).sqrt().recip() } else { 1.0 };
        let start = Start {
            excitatory: scale * excitatory,
            inhibitory: scale * inhibitory,
            threshold: spec.threshold,
        };
        let folded = l == 0;
        Dense::dual([sources, targets], folded, start, spec.dale, spec.activation(l), generator)
    }

    /// The layers, first to last.
    pub fn layers(&self) -> &[Dense] {
        &self.layers
    }

    /// The layers, first to last.
    pub fn layers_mut(&mut self) -> &mut [Dense] {
        &mut self.layers
    }

    /// Output units C.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, Dense::units)
    }

    /// How many weights and biases.
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.weights().as_slice().len() + layer.bias().len()).sum()
    }

    /// Fills the trace from its input on. The prediction is [`Trace::output`], B×C.
    ///
    /// # Panics
    /// If the input is not B×D.
    pub fn forward(&self, trace: &mut Trace) {
        trace.activity.resize_with(self.layers.len() + 1, Matrix::default);
        for (l, layer) in self.layers.iter().enumerate() {
            let (before, after) = trace.activity.split_at_mut(l + 1);
            layer.forward(&before[l], &mut after[0]);
        }
    }
}
