//! A layer with weights, together with the layers without that follow it.

use super::{
    gradient::Gradient,
    kind::{Activity, Site, Weighted, Weightless},
    parts::SubMatrix,
    synapses::Synapses,
};
use crate::{
    engine::{self, Activation, Geometry, Moments, Step, Weights, Workspace},
    tensor::{GatedSignal, Matrix, Presynaptic, Shape},
};
use std::{ops::Deref, sync::Arc};

/// A layer with weights, `a = φ(h·W + b)`, fully connected or a convolution, and the layers without
/// weights that follow it in the list, such as a pooling. It has all methods of its [`Synapses`].
///
/// A fully connected layer above a convolution receives its pixels in the order of the image, each
/// with its own `[p n]`.
#[derive(Clone, Debug)]
pub struct Layer {
    synapses: Synapses,
    kind: Arc<dyn Weighted>,
    site: Site,
    activation: Activation,
    stages: Vec<Stage>,
}

/// A layer without weights.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub kind: Arc<dyn Weightless>,
    pub site: Site,
    /// The earlier output that it receives beside its input.
    pub from: Option<Place>,
    /// Whether it replaces the activity of the units.
    pub in_place: bool,
}

/// An output within a network: of the units of layer `layer` (`stage` 0) or of one of the layers
/// without weights after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub layer: usize,
    pub stage: usize,
}

impl Layer {
    pub(crate) fn new(
        synapses: Synapses,
        kind: Arc<dyn Weighted>,
        site: Site,
        activation: Activation,
        stages: Vec<Stage>,
    ) -> Self {
        Self { synapses, kind, site, activation, stages }
    }

    /// `units = φ(h·W + b)`: `h` is B×K (folded: B×K/2, the input that both streams receive),
    /// `units` becomes B×N. In a convolution `h` is B×(H·W·C), `units` becomes B×(P·N).
    ///
    /// # Panics
    /// Unless the shapes agree; if a convolution's input is sparse.
    pub fn forward<'a>(
        &self,
        h: impl Into<Presynaptic<'a>>,
        units: &mut Matrix,
        workspace: &Workspace,
    ) {
        let activation = self.activation;
        self.kind.forward(&self.site, &self.synapses, h.into(), activation, units, workspace);
    }

    /// Fills the activity of its units and of the layers without weights after it. `before` is that
    /// of the layers before it.
    pub(crate) fn run(
        &self,
        h: Presynaptic<'_>,
        before: &[Vec<Activity>],
        activities: &mut Vec<Activity>,
        workspace: &Workspace,
    ) {
        let Self { kind, site, synapses, activation, .. } = self;
        self.run_with(before, activities, |activity| match &self.largest() {
            Some(pooling) => {
                let response = (*activation, pooling);
                kind.forward_largest(site, synapses, h, response, activity, workspace);
            }
            None => {
                self.forward(h, &mut activity.output, workspace);
                self.finish(activity);
            }
        });
    }

    /// The layer without weights that replaces the activity of the units.
    fn in_place(&self) -> Option<&Stage> {
        self.stages.first().filter(|stage| stage.in_place)
    }

    /// The pooling by the largest that does, if it is one.
    fn largest(&self) -> Option<Geometry> {
        self.in_place().and_then(|stage| stage.kind.largest(&stage.site))
    }

    /// Replaces the activity of the units, if it is replaced.
    fn finish(&self, activity: &mut Activity) {
        if let Some(Stage { kind, site, .. }) = self.in_place() {
            kind.forward_in_place(site, activity);
        }
    }

    /// The same with the activity of its units by `forward`.
    fn run_with(
        &self,
        before: &[Vec<Activity>],
        activities: &mut Vec<Activity>,
        forward: impl FnOnce(&mut Activity),
    ) {
        activities.resize_with(1 + self.stages.len(), Activity::default);
        let replaced = self.in_place().is_some();
        activities[0].replaced = replaced;
        let first = &mut activities[usize::from(replaced)];
        first.chosen.clear();
        forward(first);
        for (k, stage) in self.stages.iter().enumerate().skip(usize::from(replaced)) {
            let (done, next) = activities.split_at_mut(k + 1);
            let earlier = stage.from.map(|place| {
                let layer = before.get(place.layer).map_or(&*done, Vec::as_slice);
                &layer[place.stage].output
            });
            stage.kind.forward(&stage.site, &done[k].output, earlier, &mut next[0]);
        }
    }

    /// [`Layer::run`] whose sums `h·W` are altered before the units respond to them.
    pub(crate) fn run_altered(
        &self,
        h: Presynaptic<'_>,
        before: &[Vec<Activity>],
        activities: &mut Vec<Activity>,
        workspace: &Workspace,
        alter: impl FnOnce(&mut Matrix),
    ) {
        self.run_with(before, activities, |activity| {
            let units = &mut activity.output;
            self.sums(h, units, workspace);
            alter(units);
            self.add_bias(units, self.bias(), self.activation);
            self.finish(activity);
        });
    }

    /// `z = h·W`, B×N, in a convolution B×(P·N): what reaches the units, without their biases.
    ///
    /// # Panics
    /// As [`Layer::forward`].
    pub fn sums<'a>(&self, h: impl Into<Presynaptic<'a>>, z: &mut Matrix, workspace: &Workspace) {
        self.kind.forward(&self.site, &self.synapses, h.into(), Activation::Identity, z, workspace);
        let negative: Vec<_> = self.bias().iter().map(|b| -b).collect();
        self.add_bias(z, &negative, Activation::Identity);
    }

    /// `z ← φ(z + bias)` at every place.
    fn add_bias(&self, z: &mut Matrix, bias: &[f32], activation: Activation) {
        let (rows, cols) = (z.rows(), z.cols());
        z.reshape(rows * cols / bias.len(), bias.len());
        engine::activate(z, bias, activation);
        z.reshape(rows, cols);
    }

    /// `out = u·weightsᵀ`, brought to the shape of the layer's input: the signal for the layer below
    /// under a rule that goes layer by layer. `u` is this layer's gated signal, `weights` its own or
    /// others of their shape.
    pub fn transport<'a>(
        &self,
        u: impl Into<GatedSignal<'a>>,
        weights: &Matrix,
        out: &mut Matrix,
        workspace: &Workspace,
    ) {
        self.kind.transport(&self.site, u.into(), weights, out, workspace);
    }

    /// `u = φ'(z) ⊙ signal`, B×N, in a convolution B×(P·N); a signal of one value a channel goes to
    /// every place. `units` is the activity, or what was largest of it. `signal` is used up.
    pub(crate) fn gate(&self, signal: &mut Matrix, units: &Matrix, u: &mut Matrix) {
        if signal.cols() == units.cols() {
            std::mem::swap(u, signal);
            engine::gate(u, units, self.activation);
        } else {
            engine::gate_places(u, signal, units, self.activation);
        }
    }

    /// The gated signal at every place of the layer's units, B×(P·N): 0 where another of the window was
    /// larger, if the layer hands on the largest alone.
    ///
    /// # Panics
    /// If it is the signal of another layer.
    pub fn everywhere(&self, u: GatedSignal<'_>) -> Matrix {
        match (u.chosen(), self.largest()) {
            (Some(chosen), Some(pooling)) => {
                let mut out = Matrix::default();
                engine::pool_largest_transposed(&mut out, &u, chosen, &pooling);
                out
            }
            (None, _) => u.values().clone(),
            (Some(_), None) => panic!("the signal of another layer"),
        }
    }

    /// Fills the weights' part of the layer's gradient, `hᵀ·u` summed over the batch: K×N, folded
    /// K/2×N; in a convolution summed over its places. `h` is what the layer received, `u` its gated
    /// signal.
    pub fn gradient<'a>(
        &self,
        h: impl Into<Presynaptic<'a>>,
        u: impl Into<GatedSignal<'a>>,
        out: &mut Gradient,
        workspace: &Workspace,
    ) {
        self.kind.gradient(&self.site, h.into(), u.into(), out, workspace);
    }

    /// The mean over the batch of the gradient of all its weights and biases, and the square of its
    /// norm; a folded layer's gradient counts twice in it, as it moves both halves.
    pub(crate) fn mean_gradient(
        &self,
        h: Presynaptic<'_>,
        u: GatedSignal<'_>,
        gradient: &mut Gradient,
        workspace: &Workspace,
    ) -> f64 {
        let scale = 1.0 / u.rows() as f32;
        self.gradient(h, u, gradient, workspace);
        let Gradient { weights, bias, .. } = gradient;
        engine::scale(weights, scale);
        bias.clear();
        bias.resize(self.units(), 0.0);
        engine::add_column_sums(bias, &u, scale);
        let of_bias: f64 = bias.iter().map(|g| f64::from(*g).powi(2)).sum();
        self.copies() as f64 * engine::squared_norm(weights) + of_bias
    }

    /// Moves the weights a step along their gradient; `scratch` is a buffer for it.
    pub(crate) fn update(
        &mut self,
        moments: &mut Moments,
        learnt_from: (Presynaptic<'_>, GatedSignal<'_>),
        step: &Step,
        scratch: &mut Gradient,
        workspace: &Workspace,
    ) {
        let Self { kind, site, synapses, .. } = self;
        kind.update(site, synapses, moments, learnt_from, step, scratch, workspace);
    }

    /// Makes a step whose change of the weights moves no unit's response to `centre`, what a centred
    /// input has in common: meanwhile the biases are those of the input without it.
    pub(crate) fn hold_centre(
        &mut self,
        centre: Option<&[(u32, f32)]>,
        step: impl FnOnce(&mut Self),
    ) {
        let Some(centre) = centre else { return step(self) };
        self.synapses.add_response(centre, 1.0);
        step(self);
        self.synapses.add_response(centre, -1.0);
    }

    /// The mean squared length of what a unit receives: `⟨|h|²⟩` over samples and, in a
    /// convolution, places; of both streams where the layer is folded.
    pub fn presynaptic_power<'a>(&self, h: impl Into<Presynaptic<'a>>) -> f32 {
        self.copies() as f32 * self.kind.power(&self.site, h.into())
    }

    /// Moves the biases so that each unit's mean input over the batch `h` is zero; `z` is a buffer.
    pub(crate) fn balance_bias(
        &mut self,
        h: Presynaptic<'_>,
        z: &mut Matrix,
        workspace: &Workspace,
    ) {
        let Self { kind, site, synapses, .. } = self;
        kind.forward(site, synapses, h, Activation::Identity, z, workspace);
        synapses.balance_bias(z);
    }

    /// Where a convolution's window stands; `None` in a fully connected layer.
    pub fn geometry(&self) -> Option<Geometry> {
        self.kind.geometry(&self.site)
    }

    /// What it receives, channels of both streams. The first layer of a dual-stream network receives the
    /// input once, for both streams.
    pub fn input(&self) -> Shape {
        self.site.input
    }

    /// What it hands on, after the layers without weights: H×W×N, 1×1×N if it is fully connected.
    pub fn output(&self) -> Shape {
        self.stages.last().map_or(self.site.output, |stage| stage.site.output)
    }

    /// The unit's response.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// Sets one part of the weights from its magnitudes, as [`Synapses::magnitudes`] gives them.
    ///
    /// # Panics
    /// Unless the shape is the part's.
    pub fn set_magnitudes(&mut self, part: &SubMatrix, magnitudes: &Matrix) {
        self.synapses.set_magnitudes(part, magnitudes);
    }

    /// Changes the signed weights, K×N; that they keep their signs is up to the caller.
    pub fn change_weights(&mut self, change: impl FnOnce(&mut Matrix)) {
        self.synapses.change_weights(change);
    }

    /// Sets the biases.
    ///
    /// # Panics
    /// Unless there is one a unit.
    pub fn set_bias(&mut self, bias: &[f32]) {
        self.synapses.set_bias(bias);
    }

    /// What the weight update works on, with the biases beside it.
    pub(crate) fn learnable<'a>(
        &'a mut self,
        moments: &'a mut Moments,
    ) -> (Weights<'a>, &'a mut [f32]) {
        self.synapses.learnable(moments)
    }

    /// The layers without weights that follow it.
    pub(crate) fn stages(&self) -> &[Stage] {
        &self.stages
    }
}

impl Deref for Layer {
    type Target = Synapses;
    fn deref(&self) -> &Synapses {
        &self.synapses
    }
}
