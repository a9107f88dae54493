//! The gradient of a layer's weights and biases.

use crate::{
    engine::{self, Step, Weights, Workspace},
    tensor::Matrix,
};

/// A layer's gradient: a sum over the batch, or its mean.
#[derive(Clone, Debug, Default)]
pub struct Gradient {
    /// K×N (folded: K/2×N); of a sparse input the rows that are not all 0, R×N.
    pub weights: Matrix,
    /// Which rows these are, in rising order; none where all are there.
    pub rows: Option<Vec<u32>>,
    /// N.
    pub bias: Vec<f32>,
}

impl Gradient {
    /// Moves the weights along it.
    pub(crate) fn update(&self, weights: Weights<'_>, step: &Step, workspace: &Workspace) {
        match &self.rows {
            Some(rows) => {
                engine::update_rows_along(weights, &self.weights, rows, step, workspace);
            }
            None => engine::update_along(weights, &self.weights, step, workspace),
        }
    }
}
