//! The fully connected layer.

use super::{
    gradient::Gradient,
    kind::{Site, Weighted},
    synapses::Synapses,
};
use crate::{
    engine::{self, Activation, Geometry, Moments, Step, Workspace},
    tensor::{GatedSignal, Matrix, Presynaptic, Shape},
};
use serde::{Deserialize, Serialize};

/// A fully connected layer: `a = φ(h·W + b)`, with `h` all that it receives. In a list of layers a
/// number stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dense {
    /// Units of each stream.
    pub units: usize,
}

impl Weighted for Dense {
    fn units(&self) -> usize {
        self.units
    }

    fn output(&self, _input: Shape, channels: usize) -> Result<Shape, String> {
        Ok(Shape::flat(channels))
    }

    fn pixels(&self, input: Shape) -> usize {
        input.positions()
    }

    fn geometry(&self, _site: &Site) -> Option<Geometry> {
        None
    }

    fn forward(
        &self,
        _site: &Site,
        synapses: &Synapses,
        h: Presynaptic<'_>,
        activation: Activation,
        out: &mut Matrix,
        workspace: &Workspace,
    ) {
        let bias = synapses.bias();
        match h {
            Presynaptic::Dense(h) => {
                engine::product(out, h, synapses.operand(), workspace);
                engine::activate(out, bias, activation);
            }
            Presynaptic::Sparse(h) => {
                let weights = synapses.distinct_weights();
                engine::forward_sparse(out, h, weights, bias, activation, workspace);
            }
        }
    }

    fn transport(
        &self,
        _site: &Site,
        u: GatedSignal<'_>,
        weights: &Matrix,
        out: &mut Matrix,
        workspace: &Workspace,
    ) {
        engine::product_transposed(out, u.values(), weights, workspace);
    }

    fn gradient(
        &self,
        _site: &Site,
        h: Presynaptic<'_>,
        u: GatedSignal<'_>,
        Gradient { weights, rows, .. }: &mut Gradient,
        workspace: &Workspace,
    ) {
        let u = u.values();
        match h {
            Presynaptic::Dense(h) => {
                *rows = None;
                engine::gradient(weights, h, u, workspace);
            }
            Presynaptic::Sparse(h) => {
                engine::gradient_sparse(weights, rows.get_or_insert_default(), h, u, workspace);
            }
        }
    }

    /// Of a dense input no gradient is needed: the step meets it tile by tile.
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
        if let Presynaptic::Dense(h) = h {
            return engine::update(synapses.learnable(moments).0, h, u.values(), step, workspace);
        }
        self.gradient(site, h, u, scratch, workspace);
        scratch.update(synapses.learnable(moments).0, step, workspace);
    }

    fn power(&self, _site: &Site, h: Presynaptic<'_>) -> f32 {
        match h {
            Presynaptic::Dense(h) => engine::mean_squared_norm(h),
            Presynaptic::Sparse(h) => h.mean_squared_norm(),
        }
    }
}
