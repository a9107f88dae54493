//! The size of a step: the methods, the step normalised by presynaptic power, the schedules.

mod schedule;

pub use crate::engine::Method;
pub use schedule::Schedule;

use crate::{
    engine::{self, Moments, Step, Workspace},
    layer::{Gradient, Layer},
    network::Network,
    tensor::{GatedSignal, Presynaptic},
};

/// How much of the running mean of the presynaptic power is kept at each step.
const POWER_DECAY: f32 = 0.98;

/// A method with its state for every layer of a network.
#[derive(Clone, Debug)]
pub struct Optimiser {
    method: Method,
    normalised: bool,
    bias_rate: f32,
    convolution_rate: f32,
    steps: u64,
    layers: Vec<State>,
    // A buffer of gradients that are not added to the weights right away.
    gradient: Gradient,
}

/// What is remembered for a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// For its weights.
    pub weights: Moments,
    /// For its biases.
    pub bias: Moments,
    /// Running mean of ⟨|x|²⟩ over the batches; 0 before the first.
    pub power: f32,
}

impl Optimiser {
    /// The method for this network, with nothing remembered.
    ///
    /// A `normalised` step is `W += κ/⟨|x|²⟩·Σ_batch xᵀu` instead of `η/B·Σ_batch xᵀu`: divided by
    /// the mean squared norm of the layer's whole input, one rate κ serves layers of any fan-in. In
    /// a convolution the sum is averaged over the places that it hands on.
    pub fn new(method: Method, normalised: bool, network: &Network) -> Self {
        let state = |layer: &Layer| State {
            weights: Moments::new(method, layer.distinct_inputs() * layer.units()),
            bias: Moments::new(method, layer.units()),
            power: 0.0,
        };
        let layers = network.layers().iter().map(state).collect();
        Self {
            method,
            normalised,
            bias_rate: 1.0,
            convolution_rate: 1.0,
            steps: 0,
            layers,
            gradient: Gradient::default(),
        }
    }

    /// Lets biases learn at `factor` times the rate of the weights (Kaneko's threshold units of
    /// activity β: β²).
    pub fn with_bias_rate(self, factor: f32) -> Self {
        Self { bias_rate: factor, ..self }
    }

    /// Lets convolutions learn at `factor` times the rate.
    pub fn with_convolution_rate(self, factor: f32) -> Self {
        Self { convolution_rate: factor, ..self }
    }

    /// Counts a step; before the layers' [`Optimiser::step`].
    pub(crate) fn begin(&mut self) {
        self.steps += 1;
    }

    /// Moves layer `l` along its presynaptic activity `h` (B×K; folded: B×K/2) and its gated
    /// teaching signal `u` (B×N), and back under Dale's principle.
    pub(crate) fn step(
        &mut self,
        l: usize,
        layer: &mut Layer,
        (h, u): (Presynaptic<'_>, GatedSignal<'_>),
        rate: f32,
        workspace: &Workspace,
    ) {
        let state = &mut self.layers[l];
        let mut step =
            Step { method: self.method, rate, scale: 1.0 / u.rows() as f32, count: self.steps };
        if self.normalised {
            let power = layer.presynaptic_power(h);
            let kept = if state.power == 0.0 { 0.0 } else { POWER_DECAY };
            state.power = kept * state.power + (1.0 - kept) * power;
            // Silence teaches nothing and leaves no power to divide by. NaN stays visible.
            let silent = state.power < f32::MIN_POSITIVE;
            step.rate = if silent { 0.0 } else { step.rate / state.power };
            step.scale = 1.0 / layer.output().positions() as f32;
        }
        step.rate *= if layer.geometry().is_some() { self.convolution_rate } else { 1.0 };
        layer.update(&mut state.weights, (h, u), &step, &mut self.gradient, workspace);
        let (_, bias) = layer.learnable(&mut state.weights);
        step.rate *= self.bias_rate;
        engine::update_bias(bias, &u, &step, &mut state.bias, workspace);
    }

    /// Moves layer `l` along `factor` times its gradient, and back under Dale's principle.
    pub(crate) fn step_along(
        &mut self,
        l: usize,
        layer: &mut Layer,
        gradient: &Gradient,
        [factor, rate]: [f32; 2],
        workspace: &Workspace,
    ) {
        assert!(!self.normalised, "a normalised step is not along a gradient");
        let state = &mut self.layers[l];
        let convolution = if layer.geometry().is_some() { self.convolution_rate } else { 1.0 };
        let rate = rate * convolution;
        let mut step = Step { method: self.method, rate, scale: factor, count: self.steps };
        let (weights, bias) = layer.learnable(&mut state.weights);
        gradient.update(weights, &step, workspace);
        step.rate *= self.bias_rate;
        engine::update_bias_along(bias, &gradient.bias, &step, &mut state.bias, workspace);
    }

    /// How many steps were made.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// What is remembered, layer by layer.
    pub fn layers(&self) -> &[State] {
        &self.layers
    }

    /// Resumes from what [`Optimiser::steps`] and [`Optimiser::layers`] returned.
    ///
    /// # Panics
    /// Unless the states are those of the same network and method.
    pub fn restore(&mut self, steps: u64, layers: Vec<State>) {
        let len = |state: &State| (state.weights.first.len(), state.weights.second.len());
        let agree = layers.iter().map(len).eq(self.layers.iter().map(len));
        assert!(agree, "the state of another network");
        (self.steps, self.layers) = (steps, layers);
    }
}
