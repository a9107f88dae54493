//! Direct Feedback Alignment (Nøkland 2016): the error through a fixed random matrix a layer.

use super::{Feedback, Lesson, Rule};
use crate::{network::Network, random::Generator, tensor::Matrix};

/// `signal_l = S·B_l` with B_l C×N from N(0, 1)/√C.
#[derive(Default)]
pub struct DirectFeedbackAlignment {
    feedback: Vec<Matrix>,
}

impl DirectFeedbackAlignment {
    /// With feedback of one's own, one C×N matrix for each hidden layer.
    pub fn with_feedback(feedback: Vec<Matrix>) -> Self {
        Self { feedback }
    }
}

impl Rule for DirectFeedbackAlignment {
    fn name(&self) -> &str {
        "dfa"
    }

    fn prepare(&mut self, network: &Network, generator: &mut Generator) {
        if !self.feedback.is_empty() {
            return; // the user's own
        }
        let outputs = network.outputs();
        let scale = (outputs as f32).sqrt().recip();
        let hidden = network.layers().split_last().map_or(&[][..], |(_, hidden)| hidden);
        self.feedback =
            hidden.iter().map(|layer| generator.normals(outputs, layer.units(), scale)).collect();
    }

    fn feedback(&self, _: &Lesson<'_>, layer: usize, _: &mut Matrix) -> Feedback<'_> {
        Feedback::Direct(&self.feedback[layer])
    }
}
