//! Backpropagation: the baseline that carries the weights backwards.

use super::{Lesson, Rule};
use crate::Matrix;

/// `signal_l = U_{l+1}·W_{l+1}ᵀ`: the true gradient.
pub struct Backprop;

impl Rule for Backprop {
    fn name(&self) -> &str {
        "bp"
    }

    fn teach(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) {
        let above = &lesson.network.layers()[layer + 1];
        above.backward(lesson.above, above.weights(), signal);
    }
}
