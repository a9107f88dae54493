//! A chain of layers.

use super::trace::{Input, Trace, output};
use crate::{
    engine::Precision,
    layer::{Layer, Place},
    tensor::{Matrix, Presynaptic},
};

/// A chain of layers.
#[derive(Clone, Debug)]
pub struct Network {
    layers: Vec<Layer>,
    skips: Vec<SkipConnection>,
    precision: Precision,
}

/// What is done to the values of a forward pass on their way, as by the converters and the noise of
/// analogue hardware: see [`Network::forward_altered`].
pub trait Alter {
    /// Alters what layer `layer` receives, B×K, if that is dense.
    fn received(&mut self, layer: usize, h: &mut Matrix) {
        let _ = (layer, h);
    }

    /// Alters the sums `z = h·W` of layer `layer`, B×N, in a convolution B×(P·N), before biases are added
    /// and the units respond.
    fn sums(&mut self, layer: usize, h: Presynaptic<'_>, z: &mut Matrix) {
        let _ = (layer, h, z);
    }
}

/// A connection past some layers: the output `from` is added at `to`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SkipConnection {
    pub from: Place,
    pub to: Place,
}

impl Network {
    pub(super) fn of(layers: Vec<Layer>, precision: Precision) -> Self {
        let mut skips = Vec::new();
        for (l, layer) in layers.iter().enumerate() {
            for (stage, kind) in (1..).zip(layer.stages()) {
                let to = Place { layer: l, stage };
                skips.extend(kind.from.map(|from| SkipConnection { from, to }));
            }
        }
        Self { layers, skips, precision }
    }

    /// The layers with weights, first to last, each with those without weights that follow it.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The layers with weights, first to last.
    pub fn layers_mut(&mut self) -> &mut [Layer] {
        &mut self.layers
    }

    /// Its skip connections.
    pub(crate) fn skips(&self) -> &[SkipConnection] {
        &self.skips
    }

    /// Precision of its products.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// From here on its products are of this precision.
    pub fn set_precision(&mut self, precision: Precision) {
        self.precision = precision;
    }

    /// Output units C.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.units())
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
        let Trace { input, layers, workspace } = trace;
        workspace.set_precision(self.precision);
        layers.resize_with(self.layers.len(), Vec::new);
        for (l, layer) in self.layers.iter().enumerate() {
            let (before, after) = layers.split_at_mut(l);
            let below = before.last().map(|below| output(below).into());
            let h = below.unwrap_or_else(|| input.as_presynaptic());
            layer.run(h, before, &mut after[0], workspace);
        }
    }

    /// The activity of all units of a layer, as [`Trace::postsynaptic`]; of a convolution that keeps
    /// the largest alone it is found again, B×(P·N).
    pub fn activity(&self, trace: &Trace, layer: usize) -> Matrix {
        if trace.chosen(layer).is_none() {
            return trace.postsynaptic(layer).clone();
        }
        let mut units = Matrix::default();
        self.layers[layer].forward(trace.presynaptic(layer), &mut units, &trace.workspace);
        units
    }

    /// [`Network::forward`] with values altered on their way. A skip connection adds what the layers
    /// above received, altered.
    pub fn forward_altered(&self, trace: &mut Trace, alter: &mut dyn Alter) {
        let Trace { input, layers, workspace } = trace;
        workspace.set_precision(self.precision);
        layers.resize_with(self.layers.len(), Vec::new);
        for (l, layer) in self.layers.iter().enumerate() {
            let (before, after) = layers.split_at_mut(l);
            match before.last_mut().and_then(|below| below.last_mut()) {
                Some(below) => alter.received(l, &mut below.output),
                None => {
                    if let Input::Dense(input) = input {
                        alter.received(l, input);
                    }
                }
            }
            let below = before.last().map(|below| output(below).into());
            let h = below.unwrap_or_else(|| input.as_presynaptic());
            layer.run_altered(h, before, &mut after[0], workspace, |z| alter.sums(l, h, z));
        }
    }

    /// Moves all biases so that each unit's mean input over the batch in the trace is zero: units
    /// start in the middle of their response, whatever the sum of their weights. Layers are taken
    /// first to last.
    pub fn balance_biases(&mut self, trace: &mut Trace) {
        let mut z = Matrix::default();
        for l in 0..self.layers.len() {
            self.forward(trace);
            self.layers[l].balance_bias(trace.presynaptic(l), &mut z, &trace.workspace);
        }
    }
}
