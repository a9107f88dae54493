//! Feedback Alignment (Lillicrap et al. 2016): backpropagation through fixed random weights.

use super::{Feedback, Lesson, Rule};
use crate::{network::Network, random::Generator, tensor::Matrix};

/// `signal_l = U_{l+1}·F_{l+1}ᵀ` with F of the shape of W, from N(0, 1)/√N.
#[derive(Default)]
pub struct FeedbackAlignment {
    /// Element l leads from layer l + 1 to layer l.
    feedback: Vec<Matrix>,
}

impl FeedbackAlignment {
    /// With feedback of one's own: for each hidden layer a matrix of the shape of the weights
    /// above it.
    pub fn with_feedback(feedback: Vec<Matrix>) -> Self {
        Self { feedback }
    }
}

impl Rule for FeedbackAlignment {
    fn name(&self) -> &str {
        "fa"
    }

    fn prepare(&mut self, network: &Network, generator: &mut Generator) {
        if !self.feedback.is_empty() {
            return; // the user's own
        }
        let above = network.layers().iter().skip(1);
        self.feedback = above
            .map(|layer| {
                let scale = (layer.units() as f32).sqrt().recip();
                generator.normals(layer.inputs(), layer.units(), scale)
            })
            .collect();
    }

    fn feedback(&self, _: &Lesson<'_>, layer: usize, _: &mut Matrix) -> Feedback<'_> {
        Feedback::Through(&self.feedback[layer])
    }
}
