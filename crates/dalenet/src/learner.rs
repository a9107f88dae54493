//! A network, the rule that teaches it and the optimiser that moves it.

use crate::{
    engine::Workspace,
    layer::Gradient,
    network::{Network, Trace},
    optim::Optimiser,
    random::Generator,
    rule::{Rule, Teaching},
    tensor::{GatedSignal, Matrix},
};

/// Learns from errors, whatever task they come from.
///
/// ```
/// use dalenet::*;
/// // XOR under Dale's principle by Error Diffusion.
/// let spec =
///     NetworkSpec { inputs: 2, layers: vec![32.into()], outputs: 1, ..NetworkSpec::default() };
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
    /// The network that learns.
    pub network: Network,
    /// Learning rule.
    pub rule: Box<dyn Rule>,
    /// Optimiser.
    pub optimiser: Optimiser,
    /// The activity of the last forward pass; its input is filled by the caller.
    pub trace: Trace,
    teaching: Teaching,
    gradients: Vec<Gradient>,
    workspace: Workspace,
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
        let teaching = Teaching::new(&network);
        let gradients = vec![Gradient::default(); network.layers().len()];
        let workspace = Workspace::new(network.precision());
        let trace = Trace::default();
        Self { network, rule, optimiser, trace, teaching, gradients, workspace }
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
        self.follow(rate);
    }

    /// One step at `rate` along the signals of the last [`Learner::teach`].
    pub fn follow(&mut self, rate: f32) {
        let Self { network, optimiser, trace, teaching, workspace, .. } = self;
        optimiser.begin();
        for (l, layer) in network.layers_mut().iter_mut().enumerate() {
            let (h, u) = (trace.presynaptic(l), teaching.gated(l, trace));
            layer.hold_centre(h.centre(), |layer| {
                optimiser.step(l, layer, (h, u), rate, workspace);
            });
        }
    }

    /// Fills every layer's gradient along the error at the output, B×C, of the last
    /// [`Learner::forward`], its mean over the batch, and returns the square of its norm: for those
    /// who clip it, alone or together with other networks', before [`Learner::step`].
    pub fn gradient(&mut self, error: &Matrix) -> f64 {
        self.teach(error);
        let mut total = 0.0;
        for (l, layer) in self.network.layers().iter().enumerate() {
            let (h, u) = (self.trace.presynaptic(l), self.teaching.gated(l, &self.trace));
            total += layer.mean_gradient(h, u, &mut self.gradients[l], &self.workspace);
        }
        total
    }

    /// Wakes silent units: the biases of hidden units that no sample of the batch moves, whose gradient
    /// [`Learner::gradient`] has found to be 0, have this gradient instead. No error reaches such a
    /// unit, so that without it stays silent as long as its inputs stay what they are.
    pub fn wake(&mut self, gradient: f32) {
        let hidden = self.gradients.len() - 1;
        let biases = self.gradients[..hidden].iter_mut().flat_map(|layer| &mut layer.bias);
        biases.filter(|bias| **bias == 0.0).for_each(|bias| *bias = gradient);
    }

    /// One step at `rate` along `factor` times the gradients that [`Learner::gradient`] has found.
    ///
    /// # Panics
    /// If the optimiser's step is normalised: it has no factor.
    pub fn step(&mut self, factor: f32, rate: f32) {
        let Self { network, optimiser, trace, gradients, workspace, .. } = self;
        optimiser.begin();
        for (l, layer) in network.layers_mut().iter_mut().enumerate() {
            layer.hold_centre(trace.presynaptic(l).centre(), |layer| {
                optimiser.step_along(l, layer, &gradients[l], [factor, rate], workspace);
            });
        }
    }

    /// Fills the gated teaching signals for this error without learning from them:
    /// [`Learner::follow`] does.
    pub fn teach(&mut self, error: &Matrix) {
        let Self { network, rule, trace, teaching, workspace, .. } = self;
        teaching.teach(network, rule.as_ref(), trace, error, workspace);
    }

    /// The gated teaching signal φ'⊙signal of layer `layer` in the last lesson, B×N, in a
    /// convolution B×(P·N).
    pub fn signal(&self, layer: usize) -> GatedSignal<'_> {
        self.teaching.gated(layer, &self.trace)
    }
}
