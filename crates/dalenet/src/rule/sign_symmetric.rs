//! Sign-symmetric feedback (Liao, Leibo & Poggio 2016): only the signs of the weights above.

use super::{Feedback, Lesson, Rule};
use crate::tensor::Matrix;

/// `signal_l = U_{l+1}·sign(W_{l+1})ᵀ/√N`.
///
/// Under Dale's principle the signs never change, so the feedback is fixed and not random.
pub struct SignSymmetric;

impl Rule for SignSymmetric {
    fn name(&self) -> &str {
        "sign-symmetric"
    }

    fn feedback(&self, _: &Lesson<'_>, _: usize, _: &mut Matrix) -> Feedback<'_> {
        Feedback::Signs
    }
}
