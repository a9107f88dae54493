//! Independent normal distributions, one a number of an action.

use dalenet::{
    Generator, Matrix,
    checkpoint::{Checkpoint, Error, Values},
    engine::{
        Moments, Step,
        policy::{
            clamp_to_bounds, gaussian_entropy, gaussian_gradient, gaussian_log_probabilities,
            sample_gaussian,
        },
    },
};

/// Names in a checkpoint: ln σ and Adam's averages of its gradient, A each.
const TENSORS: [&str; 3] =
    ["policy.log_deviation", "policy.optimiser.first", "policy.optimiser.second"];

/// Independent normal distributions: the actor's outputs are the means; the standard deviations are
/// parameters of their own, A, that do not depend on the observation.
#[derive(Clone, Debug)]
pub struct Gaussian {
    /// ln σ, σ and 1/σ.
    log_deviations: Vec<f32>,
    deviations: Vec<f32>,
    precisions: Vec<f32>,
    /// Bounds of the actions that reach the environment.
    low: Vec<f32>,
    high: Vec<f32>,
    /// The gradient by ln σ, a sum over samples.
    gradient: Vec<f32>,
    moments: Moments,
}

impl Gaussian {
    pub(super) fn new(low: Vec<f32>, high: Vec<f32>, log_deviation: f32) -> Self {
        let len = low.len();
        let zeros = || vec![0.0; len];
        let mut gaussian = Self {
            log_deviations: vec![log_deviation; len],
            deviations: zeros(),
            precisions: zeros(),
            low,
            high,
            gradient: zeros(),
            moments: Moments { first: zeros(), second: zeros() },
        };
        gaussian.update_deviations();
        gaussian
    }

    /// ln σ of each number of an action, A.
    pub fn log_deviations(&self) -> &[f32] {
        &self.log_deviations
    }

    /// The lowest and the highest actions that reach the environment, A each.
    pub fn bounds(&self) -> (&[f32], &[f32]) {
        (&self.low, &self.high)
    }

    /// The gradient by ln σ, A: a sum over the samples since the last step.
    pub fn log_deviation_gradient(&self) -> &[f32] {
        &self.gradient
    }

    fn update_deviations(&mut self) {
        for (i, log) in self.log_deviations.iter().enumerate() {
            (self.deviations[i], self.precisions[i]) = (log.exp(), (-log).exp());
        }
    }

    pub(super) fn act(
        &self,
        means: &Matrix,
        generator: Option<&mut Generator>,
        actions: &mut [f32],
    ) {
        match generator {
            Some(generator) => {
                sample_gaussian(means, &self.deviations, || generator.normal(), actions);
            }
            None => sample_gaussian(means, &self.deviations, || 0.0, actions),
        }
    }

    /// Actions within the environment's bounds.
    pub(super) fn clamp(&self, actions: &[f32], out: &mut [f32]) {
        clamp_to_bounds(actions, &self.low, &self.high, out);
    }

    pub(super) fn log_probabilities(&self, means: &Matrix, actions: &[f32], out: &mut [f32]) {
        let Self { log_deviations, precisions, .. } = self;
        gaussian_log_probabilities(means, actions, log_deviations, precisions, out);
    }

    pub(super) fn entropy(&self) -> f32 {
        gaussian_entropy(&self.log_deviations)
    }

    pub(super) fn gradient(
        &mut self,
        means: &Matrix,
        actions: &[f32],
        gains: &[f32],
        entropy_weight: f32,
        errors: &mut Matrix,
    ) {
        let Self { precisions, gradient, .. } = self;
        gaussian_gradient(means, actions, gains, precisions, entropy_weight, errors, gradient);
    }

    pub(super) fn mean_gradient(&mut self, samples: usize) -> f64 {
        self.gradient.iter_mut().for_each(|g| *g /= samples as f32);
        self.gradient.iter().map(|g| f64::from(*g).powi(2)).sum()
    }

    pub(super) fn step(&mut self, step: &Step) {
        let Self { log_deviations, gradient, moments, .. } = self;
        step.apply(gradient, &mut moments.first, &mut moments.second);
        log_deviations.iter_mut().zip(gradient.iter()).for_each(|(log, step)| *log += step);
        gradient.fill(0.0);
        self.update_deviations();
    }

    pub(super) fn save(&self, to: &mut Vec<(String, Values)>) {
        let values = [&self.log_deviations, &self.moments.first, &self.moments.second];
        let named = TENSORS.into_iter().zip(values);
        to.extend(named.map(|(name, values)| (name.into(), Values::F32(values.clone()))));
    }

    pub(super) fn restore(&mut self, from: &Checkpoint<'_>) -> Result<(), Error> {
        self.restore_deviations(from)?;
        let [_, first, second] = TENSORS;
        for (name, values) in [(first, &mut self.moments.first), (second, &mut self.moments.second)]
        {
            *values = from.f32s(name, values.len())?;
        }
        Ok(())
    }

    /// What actions are drawn with, without what the optimiser remembers.
    pub(super) fn restore_deviations(&mut self, from: &Checkpoint<'_>) -> Result<(), Error> {
        let [deviations, ..] = TENSORS;
        self.log_deviations = from.f32s(deviations, self.log_deviations.len())?;
        self.update_deviations();
        Ok(())
    }
}
