//! Backpropagation: the baseline that carries the weights backwards.

use super::{Lesson, Rule};
use crate::{Matrix, engine};

/// `signal_l = U_{l+1}·W_{l+1}ᵀ`: the true gradient.
pub struct Backprop;

impl Rule for Backprop {
    fn name(&self) -> &str {
        "bp"
    }

    fn teach(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) {
        let weights = lesson.network.layers()[layer + 1].weights();
        engine::product_transposed(signal, lesson.above, weights);
    }
}
