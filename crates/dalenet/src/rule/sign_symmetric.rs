//! Sign-symmetric feedback (Liao, Leibo & Poggio 2016): only the signs of the weights above.

use super::{Lesson, Rule};
use crate::Matrix;

/// `signal_l = U_{l+1}·sign(W_{l+1})ᵀ/√N`.
///
/// Under Dale's principle the signs never change, so the feedback is fixed and not random.
pub struct SignSymmetric;

impl Rule for SignSymmetric {
    fn name(&self) -> &str {
        "sign-symmetric"
    }

    fn teach(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) {
        let above = &lesson.network.layers()[layer + 1];
        let weights = above.weights();
        let scale = (weights.cols() as f32).sqrt().recip();
        let sign = |w: &f32| if *w == 0.0 { 0.0 } else { scale * w.signum() };
        let signs = weights.as_slice().iter().map(sign).collect();
        let signs = Matrix::from_vec(weights.rows(), weights.cols(), signs);
        above.backward(lesson.above, &signs, signal);
    }
}
