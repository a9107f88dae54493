//! What every kind of layer says about itself: its shape, its forward pass, and the way back.

use super::{gradient::Gradient, synapses::Synapses};
use crate::{
    engine::{Activation, Geometry, Moments, Step, Workspace},
    tensor::{GatedSignal, Matrix, Presynaptic, Shape},
};
use std::fmt;

/// The activity of one layer for a batch.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    /// What it hands on, B×(P·N).
    pub output: Matrix,
    /// What its way back needs beside that, such as divisors; the kind says what.
    pub(crate) memory: Vec<f32>,
    /// Of the largest in each window, which place has it: one for each value of the output.
    pub(crate) chosen: Vec<u32>,
    /// Whether the next layer has replaced the output by its own.
    pub(crate) replaced: bool,
}

/// What a layer is given to work on: the shapes on its two sides, channels of both streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// What it receives. The first layer of a dual-stream network receives the input once, for both
    /// streams.
    pub input: Shape,
    /// What it hands on.
    pub output: Shape,
}

/// A kind of layer with weights: its units' inputs are `z = h·W + b`, their activity φ(z).
pub(crate) trait Weighted: fmt::Debug + Send + Sync {
    /// Units of each stream, at every place.
    fn units(&self) -> usize;

    /// The shape it hands on, with `channels` units of both streams at each place; or what is wrong.
    fn output(&self, input: Shape, channels: usize) -> Result<Shape, String>;

    /// How many pixels of the input a unit sees.
    fn pixels(&self, input: Shape) -> usize;

    /// Where its window stands, if the same weights serve many places.
    fn geometry(&self, site: &Site) -> Option<Geometry>;

    /// `out = φ(h·W + b)`.
    fn forward(
        &self,
        site: &Site,
        synapses: &Synapses,
        h: Presynaptic<'_>,
        activation: Activation,
        out: &mut Matrix,
        workspace: &Workspace,
    );

    /// The same with the largest of each window of `pooling` alone, in one pass: for kinds with a
    /// [`Weighted::geometry`].
    fn forward_largest(
        &self,
        _site: &Site,
        _synapses: &Synapses,
        _h: Presynaptic<'_>,
        (_activation, _pooling): (Activation, &Geometry),
        _activity: &mut Activity,
        _workspace: &Workspace,
    ) {
        unreachable!("this kind has one place")
    }

    /// `out = u·weightsᵀ` at the layer's input: `u` is its gated signal, `weights` its own or others
    /// of their shape.
    fn transport(
        &self,
        site: &Site,
        u: GatedSignal<'_>,
        weights: &Matrix,
        out: &mut Matrix,
        workspace: &Workspace,
    );

    /// The weights' gradient `hᵀ·u`, summed over the batch.
    fn gradient(
        &self,
        site: &Site,
        h: Presynaptic<'_>,
        u: GatedSignal<'_>,
        out: &mut Gradient,
        workspace: &Workspace,
    );

    /// Moves the weights a step along their gradient; `scratch` is a buffer for it.
    #[expect(clippy::too_many_arguments, reason = "one call of the hot loop")]
    fn update(
        &self,
        site: &Site,
        synapses: &mut Synapses,
        moments: &mut Moments,
        (h, u): (Presynaptic<'_>, GatedSignal<'_>),
        step: &Step,
        scratch: &mut Gradient,
        workspace: &Workspace,
    ) {
        self.gradient(site, h, u, scratch, workspace);
        scratch.update(synapses.learnable(moments).0, step, workspace);
    }

    /// `⟨|h|²⟩`, the mean squared length of what a unit receives, over samples and places.
    fn power(&self, site: &Site, h: Presynaptic<'_>) -> f32;
}

/// A kind of layer without weights. It learns nothing and passes signals back by its exact
/// derivative, under every rule.
pub(crate) trait Weightless: fmt::Debug + Send + Sync {
    /// The shape it hands on; or what is wrong. `before` are the layers so far, first to last.
    fn output(&self, before: &[Before]) -> Result<Shape, String>;

    /// Which earlier layer's output it receives beside that of the last: 2 is the layer before the
    /// last.
    fn from(&self) -> Option<usize> {
        None
    }

    /// Fills its activity from its input, B×(P·N), and that of the earlier layer it asks for.
    fn forward(
        &self,
        site: &Site,
        input: &Matrix,
        earlier: Option<&Matrix>,
        activity: &mut Activity,
    );

    /// Whether it can work in place, right after rectified units: its output is 0 where its input is,
    /// so that φ' can be taken from it, and its way back needs no input.
    fn works_in_place(&self) -> bool {
        false
    }

    /// The windows of which it hands on the largest, if that is all it does: right after a convolution
    /// it works in place, as φ' of what was largest is all that its units learn from.
    fn largest(&self, _site: &Site) -> Option<Geometry> {
        None
    }

    /// [`Weightless::forward`] in place, if it can work so: the activity's output is still the input.
    fn forward_in_place(&self, _site: &Site, _activity: &mut Activity) {
        unreachable!("this kind does not work in place")
    }

    /// Turns a signal at its output into the signal at its input, in place; `spare` is a buffer. The
    /// signal has one value for each that the layer hands on, or one a channel, for all places.
    fn transport(
        &self,
        site: &Site,
        input: &Matrix,
        activity: &Activity,
        signal: &mut Matrix,
        spare: &mut Matrix,
    );

    /// [`Weightless::transport`] right above units of this response, together with their gate:
    /// `u = φ'(z) ⊙ signal`, where that is faster; `false` if it does nothing.
    fn transport_gated(
        &self,
        _site: &Site,
        _units: &Matrix,
        _activation: Activation,
        _signal: &Matrix,
        _u: &mut Matrix,
    ) -> bool {
        false
    }
}

/// What is known of an earlier layer before there are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Before {
    /// The shape it hands on, channels of both streams.
    pub shape: Shape,
    /// Whether nothing that it hands on is ever negative.
    pub non_negative: bool,
}

/// Checks the numbers of a window that moves over an image.
pub(crate) fn check_window(size: usize, stride: usize) -> Result<(), String> {
    /// Larger than any image.
    const MOST: usize = 1 << 16;
    match [size, stride].iter().all(|n| (1..=MOST).contains(n)) {
        true => Ok(()),
        false => Err(format!("its `size` and `stride` must be 1 to {MOST}")),
    }
}
