//! What is measured in an update.

use crate::Episode;
use dalenet::engine::policy::{RatioSums, accumulate, value_loss};

/// Measurements of an update and of its rollout.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Update {
    /// Number of the update, from 1.
    pub update: u64,
    /// Steps of all environments so far.
    pub steps: u64,
    /// The episodes that ended in the rollout.
    pub episodes: Vec<Episode>,
    /// Mean return of the last 100 episodes so far, fewer at the start; `None` before the first.
    pub recent_return: Option<f64>,
    /// How many episodes that is.
    pub recent_episodes: usize,
    /// In how many of the rollout's episodes each achievement of the environment was unlocked, K.
    pub unlocked: Vec<u64>,
    /// Mean reward of a step of the rollout, as the environment gave it.
    pub reward: f64,
    /// Learning rate.
    pub rate: f32,
    /// Mean entropy of the policy, in nats.
    pub entropy: f64,
    /// Mean estimate of the divergence KL(old ‖ new), in nats.
    pub divergence: f64,
    /// Share of the samples whose ratio was outside 1 ± clip.
    pub clip_fraction: f64,
    /// Share of the variance of the returns explained by the critic before the update; `None` if they
    /// had none.
    pub explained_variance: Option<f64>,
    /// Mean ½(V − target)².
    pub value_loss: f64,
    /// Mean norm of the gradient before it was clipped.
    pub gradient_norm: f64,
    /// Steps so far at which the physics failed; they are not learnt from.
    pub failures: u64,
}

/// Sums over the minibatches of an update.
#[derive(Default)]
pub(crate) struct Sums {
    samples: u64,
    minibatches: u64,
    entropy: f64,
    value_loss: f64,
    pub ratios: RatioSums,
    pub gradient_norm: f64,
}

impl Sums {
    /// Counts a minibatch of B samples.
    pub fn add(&mut self, entropies: &[f32], values: &[f32], targets: &[f32]) {
        self.samples += values.len() as u64;
        self.minibatches += 1;
        accumulate(entropies, &mut self.entropy);
        value_loss(values, targets, &mut self.value_loss);
    }

    /// Their means go into `update`.
    pub fn report(&self, update: &mut Update) {
        let samples = self.samples.max(1) as f64;
        update.entropy = self.entropy / samples;
        update.divergence = self.ratios.divergence / samples;
        update.clip_fraction = self.ratios.clipped as f64 / samples;
        update.value_loss = self.value_loss / samples;
        update.gradient_norm = self.gradient_norm / self.minibatches.max(1) as f64;
    }
}
