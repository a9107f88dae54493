//! Backpropagation: the baseline that carries the weights backwards.

use super::{Feedback, Lesson, Rule};
use crate::tensor::Matrix;

/// `signal_l = U_{l+1}·W_{l+1}ᵀ`: the true gradient.
pub struct Backprop;

impl Rule for Backprop {
    fn name(&self) -> &str {
        "bp"
    }

    fn feedback(&self, _: &Lesson<'_>, _: usize, _: &mut Matrix) -> Feedback<'_> {
        Feedback::Weights
    }
}
