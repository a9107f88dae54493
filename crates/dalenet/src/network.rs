//! A chain of layers, and the activity of each that learning needs.

use crate::{
    Generator, Matrix, SparseInput, engine,
    layer::{Activation, Dale, Ends, Geometry, Image, Layer, Pooling, Start, Streams, Window},
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
    /// The input as an image of D values; only convolutions look at it.
    pub image: Option<Image>,
    /// The first layers, if they are convolutions.
    pub convolutions: Vec<Convolution>,
    /// Units per stream H of each fully connected hidden layer.
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
    /// Factor of the initial weights of the output layer.
    pub output_gain: f32,
    /// Whether single-stream weights start orthogonal, times √2 in hidden layers, instead of
    /// uniform (Saxe et al. 2014; what PPO is used with).
    pub orthogonal: bool,
    /// Whether the activity of every hidden layer is divided by its root mean square over the
    /// units; for fully connected layers of [`Activation::Relu`].
    pub rms: bool,
    /// Whether initial weights are divided by √K, K the layer's presynaptic units.
    pub fan_in: bool,
    /// β: biases start as the difference of two of Kaneko's threshold weights, β·(U − U′).
    pub threshold: f32,
}

/// A convolution before it has weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Units per stream at each place: channels.
    pub units: usize,
    /// What each sees.
    pub window: Window,
    /// What follows it.
    pub pooling: Option<Pooling>,
}

impl Convolution {
    /// What it hands on of `input` in a single-stream network; empty if a window does not fit.
    pub fn geometry(&self, input: Image) -> Geometry {
        Geometry::new(input, self.units, self.window, self.pooling)
    }
}

impl Default for NetworkSpec {
    /// The paper's innovations on a network without hidden layers.
    fn default() -> Self {
        Self {
            inputs: 1,
            image: None,
            convolutions: Vec::new(),
            hidden: Vec::new(),
            outputs: 1,
            dual: true,
            dale: Some(Dale::default()),
            activations: vec![Activation::Sigmoid { width: 6.0 }],
            output: Activation::Sigmoid { width: 6.0 },
            excitatory_gain: 1.5,
            inhibitory_gain: 0.5,
            output_gain: 1.0,
            orthogonal: false,
            rms: false,
            fan_in: true,
            threshold: 0.0,
        }
    }
}

impl NetworkSpec {
    /// Response of layer `l` of `layers`.
    fn activation(&self, l: usize, layers: usize) -> Activation {
        if l + 1 == layers {
            return self.output;
        }
        *self.activations.get(l).or(self.activations.last()).expect("an activation")
    }

    /// What each layer receives and hands on, first to last.
    fn ends(&self) -> Vec<Ends> {
        let mut ends = Vec::new();
        let streams = |p: usize| Streams { p, n: if self.dual { p } else { 0 } };
        let mut input = self.image.unwrap_or(Image { height: 1, width: 1, channels: self.inputs });
        assert_eq!(input.len(), self.inputs, "an image of the input's length");
        // The input feeds both streams; what comes later has them side by side.
        let mut sources = streams(input.channels);
        for Convolution { units, window, pooling } in self.convolutions.iter().copied() {
            let targets = streams(units);
            let geometry = Geometry::new(input, targets.total(), window, pooling);
            assert!(!geometry.output.is_empty(), "the window fits into the image");
            let pixels = window.size * window.size;
            ends.push(Ends { sources, pixels, targets, geometry: Some(geometry) });
            (input, sources) = (geometry.output, targets);
        }
        let last = Streams { p: self.outputs, n: 0 };
        for targets in self.hidden.iter().map(|units| streams(*units)).chain([last]) {
            ends.push(Ends { sources, pixels: input.positions(), targets, geometry: None });
            (input, sources) = (Image { height: 1, width: 1, channels: 0 }, targets);
        }
        // A folded layer's input is one pixel: all of x, twice.
        if let Some(Ends { sources, pixels, .. }) = ends.first_mut().filter(|_| self.dual) {
            *sources = streams(*pixels * sources.p);
            *pixels = 1;
        }
        ends
    }
}

/// A chain of layers.
#[derive(Clone, Debug)]
pub struct Network {
    layers: Vec<Layer>,
}

/// The activity of every layer for one batch. Its buffers are kept from batch to batch.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    input: Input,
    layers: Vec<Activity>,
}

/// What a network receives, B×D.
#[derive(Clone, Debug)]
enum Input {
    Dense(Matrix),
    Sparse(SparseInput),
}

impl Default for Input {
    fn default() -> Self {
        Self::Dense(Matrix::default())
    }
}

/// What a layer receives, B×K (folded: B×K/2), for a convolution images B×(H·W·C).
#[derive(Clone, Copy, Debug)]
pub enum Presynaptic<'a> {
    /// All numbers.
    Dense(&'a Matrix),
    /// Those that are not 0: only to a fully connected first layer.
    Sparse(&'a SparseInput),
}

impl<'a> Presynaptic<'a> {
    /// All numbers; `None` if only those that are not 0 are there.
    pub fn dense(self) -> Option<&'a Matrix> {
        match self {
            Self::Dense(dense) => Some(dense),
            Self::Sparse(_) => None,
        }
    }
}

impl<'a> From<&'a Matrix> for Presynaptic<'a> {
    fn from(dense: &'a Matrix) -> Self {
        Self::Dense(dense)
    }
}

impl<'a> From<&'a SparseInput> for Presynaptic<'a> {
    fn from(sparse: &'a SparseInput) -> Self {
        Self::Sparse(sparse)
    }
}

/// The activity of a layer.
#[derive(Clone, Debug, Default)]
struct Activity {
    /// Of all its units, B×N; in a convolution B×(P·N).
    units: Matrix,
    /// What is left of it after pooling, B×(P'·N); unused without.
    pooled: Matrix,
    is_pooled: bool,
    /// What each sample's activity was divided by, B; unused without RMS normalisation.
    rms: Vec<f32>,
}

impl Activity {
    /// What the layer hands on.
    fn output(&self) -> &Matrix {
        if self.is_pooled { &self.pooled } else { &self.units }
    }
}

impl Trace {
    /// The input B×D, to be filled before [`Network::forward`].
    pub fn input_mut(&mut self) -> &mut Matrix {
        if let Input::Sparse(_) = self.input {
            self.input = Input::default();
        }
        match &mut self.input {
            Input::Dense(input) => input,
            Input::Sparse(_) => unreachable!("it is dense now"),
        }
    }

    /// The input B×D as one that is mostly 0, to be filled before [`Network::forward`].
    pub fn sparse_input_mut(&mut self) -> &mut SparseInput {
        if let Input::Dense(_) = self.input {
            self.input = Input::Sparse(SparseInput::default());
        }
        match &mut self.input {
            Input::Sparse(input) => input,
            Input::Dense(_) => unreachable!("it is sparse now"),
        }
    }

    /// What layer `layer` received.
    pub fn presynaptic(&self, layer: usize) -> Presynaptic<'_> {
        match (layer.checked_sub(1), &self.input) {
            (Some(below), _) => self.layers[below].output().into(),
            (None, Input::Dense(input)) => input.into(),
            (None, Input::Sparse(input)) => input.into(),
        }
    }

    /// The activity of layer `layer`'s units, B×N, in a convolution B×(P·N).
    pub fn postsynaptic(&self, layer: usize) -> &Matrix {
        &self.layers[layer].units
    }

    /// What the activity of layer `layer` was divided by, B; only in an RMS-normalised layer.
    pub fn rms(&self, layer: usize) -> &[f32] {
        &self.layers[layer].rms
    }

    /// What layer `layer` hands on: the activity of its units, pooled if it has a pooling.
    pub fn pooled(&self, layer: usize) -> &Matrix {
        self.layers[layer].output()
    }

    /// The prediction B×C.
    ///
    /// # Panics
    /// Before the first [`Network::forward`].
    pub fn output(&self) -> &Matrix {
        self.layers.last().expect("a trace that a network has filled").output()
    }
}

impl Network {
    /// A network with fresh weights.
    ///
    /// Dual-stream weights are gain·U[0, 1)/√K with the gains of the specification in hidden
    /// layers and 1 in the last. Single-stream weights are U(−1, 1)·√(6/K), for sigmoids of width
    /// α times 2α, the inverse of their slope at zero, or orthogonal.
    ///
    /// # Panics
    /// If `dale` is asked of a single-stream network, there are no activations, or `rms` is asked of
    /// other layers than it is for.
    pub fn new(spec: &NetworkSpec, generator: &mut Generator) -> Self {
        assert!(spec.dual || spec.dale.is_none(), "Dale's principle needs two streams");
        let ends = spec.ends();
        let layers = ends.len();
        let mut fresh = |l: usize, ends: Ends| {
            let activation = spec.activation(l, layers);
            if !spec.dual {
                let layer = Layer::single(ends, activation, generator);
                let gain = if l + 1 < layers { std::f32::consts::SQRT_2 } else { 1.0 };
                return if spec.orthogonal { layer.orthogonal(gain, generator) } else { layer };
            }
            let gains = [spec.excitatory_gain, spec.inhibitory_gain];
            let [excitatory, inhibitory] = if l + 1 < layers { gains } else { [1.0, 1.0] };
            let inputs = ends.pixels * ends.sources.total();
            let scale = if spec.fan_in { (inputs as f32).sqrt().recip() } else { 1.0 };
            let start = Start {
                excitatory: scale * excitatory,
                inhibitory: scale * inhibitory,
                threshold: spec.threshold,
            };
            Layer::dual(ends, l == 0, start, spec.dale, activation, generator)
        };
        let layer = |(l, ends): (usize, Ends)| match fresh(l, ends) {
            layer if l + 1 == layers => layer.scaled(spec.output_gain),
            layer if spec.rms => layer.normalised(),
            layer => layer,
        };
        Self { layers: ends.into_iter().enumerate().map(layer).collect() }
    }

    /// The layers, first to last.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The layers, first to last.
    pub fn layers_mut(&mut self) -> &mut [Layer] {
        &mut self.layers
    }

    /// Output units C.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, Layer::units)
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
        let Trace { input, layers } = trace;
        layers.resize_with(self.layers.len(), Activity::default);
        for (l, layer) in self.layers.iter().enumerate() {
            let (before, after) = layers.split_at_mut(l);
            let h = match (before.last(), &*input) {
                (Some(below), _) => Presynaptic::Dense(below.output()),
                (None, Input::Dense(input)) => Presynaptic::Dense(input),
                (None, Input::Sparse(input)) => Presynaptic::Sparse(input),
            };
            let Activity { units, pooled, is_pooled, rms } = &mut after[0];
            layer.forward(h, units);
            if layer.is_normalised() {
                engine::normalise(units, rms);
            }
            let pooling = layer.geometry().filter(|geometry| geometry.pooling.is_some());
            *is_pooled = pooling.is_some();
            if let Some(geometry) = pooling {
                engine::pool(pooled, units, geometry);
            }
        }
    }

    /// Moves all biases so that each unit's mean input over the batch in the trace is zero: units
    /// start in the middle of their response, whatever the sum of their weights. Layers are taken
    /// first to last.
    pub fn balance_biases(&mut self, trace: &mut Trace) {
        let mut scratch = Matrix::default();
        for l in 0..self.layers.len() {
            self.forward(trace);
            self.layers[l].balance_bias(trace.presynaptic(l), &mut scratch);
        }
    }
}
