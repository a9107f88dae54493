//! A network, the rule that teaches it and the optimiser that moves it.

use crate::{Generator, Lesson, Matrix, Network, Optimiser, Rule, Trace, engine};

/// Learns from errors, whatever task they come from.
///
/// ```
/// use dalenet::*;
/// // XOR under Dale's principle by Error Diffusion.
/// let spec = NetworkSpec { inputs: 2, hidden: vec![32], outputs: 1, ..NetworkSpec::default() };
/// let mut generator = Generator::new(1, 0);
/// let network = Network::new(&spec, &mut generator);
/// let optimiser = Optimiser::new(Method::Sgd, false, &network);
/// let rule = Box::new(ErrorDiffusion::new(Modulo));
/// let mut learner = Learner::new(network, rule, optimiser, &mut generator);
///
/// let input = Matrix::from_rows(&[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
/// let target = [0.0, 1.0, 1.0, 0.0];
/// for _ in 0..1000 {
///     learner.trace.input_mut().clone_from(&input);
///     let prediction = learner.forward();
///     let error = target.iter().zip(prediction.as_slice()).map(|(t, p)| t - p).collect();
///     learner.learn(&Matrix::from_vec(4, 1, error), 20.0);
/// }
/// let prediction = learner.forward().as_slice();
/// assert!(prediction.iter().zip(target).all(|(p, t)| (p - t).abs() < 0.2), "{prediction:?}");
/// ```
pub struct Learner {
    /// What learns.
    pub network: Network,
    /// What teaches.
    pub rule: Box<dyn Rule>,
    /// How far it moves.
    pub optimiser: Optimiser,
    /// The activity of the last forward pass; its input is filled by the caller.
    pub trace: Trace,
    /// The gated teaching signal of each layer, B×N, in a convolution B×(P·N).
    signals: Vec<Matrix>,
    /// What the rule says, before it is gated.
    told: Matrix,
    gradients: Vec<Gradient>,
}

/// A layer's gradient: a sum over the batch, or its mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gradient {
    /// K×N (folded: K/2×N); of a sparse input the rows in which something is, R×N.
    pub weights: Matrix,
    /// Which rows these are, in rising order; none where all are there.
    pub rows: Option<Vec<u32>>,
    /// N.
    pub bias: Vec<f32>,
}

impl Gradient {
    /// Moves the weights along it.
    pub fn update(&self, layer: engine::Weights<'_>, step: &engine::Step) {
        match &self.rows {
            Some(rows) => engine::update_rows_along(layer, &self.weights, rows, step),
            None => engine::update_along(layer, &self.weights, step),
        }
    }
}

impl Learner {
    /// Prepares the rule for the network.
    pub fn new(
        network: Network,
        mut rule: Box<dyn Rule>,
        optimiser: Optimiser,
        generator: &mut Generator,
    ) -> Self {
        rule.prepare(&network, generator);
        let signals = vec![Matrix::default(); network.layers().len()];
        let (told, gradients) = (Matrix::default(), vec![Gradient::default(); signals.len()]);
        Self { network, rule, optimiser, trace: Trace::default(), signals, told, gradients }
    }

    /// The prediction B×C for the input in the trace.
    pub fn forward(&mut self) -> &Matrix {
        self.network.forward(&mut self.trace);
        self.trace.output()
    }

    /// One step at `rate` along the error at the output, target − prediction, B×C, of the last
    /// [`Learner::forward`]. All layers are taught from the weights of that forward pass.
    pub fn learn(&mut self, error: &Matrix, rate: f32) {
        self.teach(error);
        self.optimiser.begin();
        for (l, layer) in self.network.layers_mut().iter_mut().enumerate() {
            self.optimiser.step(l, layer, self.trace.presynaptic(l), &self.signals[l], rate);
        }
    }

    /// Fills every layer's gradient along the error at the output, B×C, of the last
    /// [`Learner::forward`], its mean over the batch, and returns the square of its norm: for those
    /// who clip it, alone or together with other networks', before [`Learner::step`].
    pub fn gradient(&mut self, error: &Matrix) -> f64 {
        self.teach(error);
        let mut total = 0.0;
        for (l, layer) in self.network.layers().iter().enumerate() {
            let (x, u) = (self.trace.presynaptic(l), &self.signals[l]);
            total += layer.mean_gradient(x, u, &mut self.gradients[l], &mut self.optimiser.partial);
        }
        total
    }

    /// One step at `rate` along `factor` times the gradients that [`Learner::gradient`] has found.
    ///
    /// # Panics
    /// If the optimiser's step is normalised: it has no factor.
    pub fn step(&mut self, factor: f32, rate: f32) {
        self.optimiser.begin();
        for (l, layer) in self.network.layers_mut().iter_mut().enumerate() {
            self.optimiser.step_along(l, layer, &self.gradients[l], factor, rate);
        }
    }

    /// Fills the gated teaching signals for this error without learning from them.
    pub fn teach(&mut self, error: &Matrix) {
        let Self { network, rule, trace, signals, told, .. } = self;
        teach(network, rule.as_ref(), trace, error, signals, told);
    }

    /// The gated teaching signal φ'⊙signal of layer `layer` in the last lesson, B×N, in a
    /// convolution B×(P·N).
    pub fn signal(&self, layer: usize) -> &Matrix {
        &self.signals[layer]
    }
}

/// Fills the gated teaching signal of every layer, B×N, in a convolution B×(P·N), last to first.
/// `told` is a buffer for what the rule says.
pub(crate) fn teach(
    network: &Network,
    rule: &dyn Rule,
    trace: &Trace,
    error: &Matrix,
    signals: &mut [Matrix],
    told: &mut Matrix,
) {
    let last = signals.len() - 1;
    for (l, layer) in network.layers().iter().enumerate().rev() {
        let (below, above) = signals.split_at_mut(l + 1);
        if l == last {
            told.clone_from(error);
        } else {
            rule.teach(&Lesson { network, trace, error, above: &above[0] }, l, told);
        }
        if layer.is_normalised() {
            engine::normalise_transposed(told, trace.postsynaptic(l), trace.rms(l));
        }
        layer.gate(told, trace.postsynaptic(l), trace.pooled(l), &mut below[l]);
    }
}
