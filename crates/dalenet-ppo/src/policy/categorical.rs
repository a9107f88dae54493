//! One of A choices.

use dalenet::{
    Generator, Matrix,
    engine::policy::{
        categorical_entropies, categorical_gradient, categorical_log_probabilities,
        most_probable_choices, sample_categorical,
    },
};

/// A categorical distribution: the actor's outputs are the logits.
#[derive(Clone, Debug)]
pub struct Categorical {
    /// A.
    pub choices: usize,
}

impl Categorical {
    pub(super) fn act(
        &self,
        logits: &Matrix,
        generator: Option<&mut Generator>,
        actions: &mut [f32],
    ) {
        match generator {
            Some(generator) => sample_categorical(logits, || generator.uniform(), actions),
            None => most_probable_choices(logits, actions),
        }
    }

    pub(super) fn log_probabilities(&self, logits: &Matrix, actions: &[f32], out: &mut [f32]) {
        categorical_log_probabilities(logits, actions, out);
    }

    pub(super) fn entropies(&self, logits: &Matrix, out: &mut [f32]) {
        categorical_entropies(logits, out);
    }

    pub(super) fn gradient(
        &self,
        logits: &Matrix,
        actions: &[f32],
        gains: &[f32],
        entropy_weight: f32,
        errors: &mut Matrix,
    ) {
        categorical_gradient(logits, actions, gains, entropy_weight, errors);
    }
}
