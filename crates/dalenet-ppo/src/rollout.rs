//! The transitions between two updates.

use crate::observations::Observations;
use dalenet::{
    Matrix,
    engine::policy::{
        Transitions, explained_variance, generalised_advantages, next_values, or_where, rows_where,
        value_targets,
    },
};
use dalenet_envs::Batch;
use std::ops::Range;

/// T×N transitions, one row each, in the order of time.
#[derive(Clone, Debug)]
pub(crate) struct Rollout {
    /// N.
    envs: usize,
    pub observations: Observations,
    /// (T·N)×A numbers, or choices.
    pub actions: Matrix,
    /// Logarithms of the probabilities of the actions.
    pub log_probabilities: Vec<f32>,
    /// V(s_t).
    pub values: Vec<f32>,
    /// V(s_{t+1}), the bootstrap values.
    pub next_values: Vec<f32>,
    /// (Normalised) rewards.
    pub rewards: Vec<f32>,
    pub terminated: Vec<bool>,
    pub truncated: Vec<bool>,
    /// Steps that are not to be learnt from.
    pub failed: Vec<bool>,
    pub advantages: Vec<f32>,
    /// What the values should have been.
    pub targets: Vec<f32>,
}

impl Rollout {
    pub fn new(steps: usize, envs: usize, observations: Observations, action_len: usize) -> Self {
        let count = steps * envs;
        let (numbers, flags) = (|| vec![0.0; count], || vec![false; count]);
        Self {
            envs,
            observations,
            actions: Matrix::zeros(count, action_len),
            log_probabilities: numbers(),
            values: numbers(),
            next_values: numbers(),
            rewards: numbers(),
            terminated: flags(),
            truncated: flags(),
            failed: flags(),
            advantages: numbers(),
            targets: numbers(),
        }
    }

    /// T·N.
    pub fn len(&self) -> usize {
        self.rewards.len()
    }

    /// T.
    pub fn steps(&self) -> usize {
        self.len() / self.envs
    }

    /// The transitions of step `t`.
    pub fn rows(&self, t: usize) -> Range<usize> {
        t * self.envs..(t + 1) * self.envs
    }

    /// Stores what step `t` gave. Unless truncated episodes are to be bootstrapped, they count as
    /// terminated.
    pub fn store(&mut self, t: usize, batch: &Batch, bootstrap_truncation: bool) {
        let rows = self.rows(t);
        self.rewards[rows.clone()].copy_from_slice(&batch.rewards);
        self.terminated[rows.clone()].copy_from_slice(&batch.terminated);
        self.truncated[rows.clone()].copy_from_slice(&batch.truncated);
        self.failed[rows.clone()].copy_from_slice(&batch.failed);
        if !bootstrap_truncation {
            or_where(&batch.truncated, &mut self.terminated[rows]);
        }
    }

    /// Fills advantages and targets once all steps and the bootstrap values where episodes or the
    /// rollout ended are stored.
    pub fn estimate_advantages(&mut self, discount: f32, lambda: f32) {
        let Self { envs, values, next_values: next, terminated, truncated, .. } = self;
        next_values(values, terminated, truncated, *envs, next);
        let transitions = Transitions {
            rewards: &self.rewards,
            values,
            next_values: next,
            terminated,
            truncated,
            failed: &self.failed,
        };
        generalised_advantages(transitions, *envs, discount, lambda, &mut self.advantages);
        value_targets(&self.advantages, values, &mut self.targets);
    }

    /// `samples` becomes the transitions to be learnt from: all but the failed ones.
    pub fn samples(&self, samples: &mut Vec<u32>) {
        rows_where(self.len(), |i| !self.failed[i], samples);
    }

    /// The share of the targets' variance explained by the critic; `None` if they have none.
    pub fn explained_variance(&self, samples: &[u32]) -> Option<f64> {
        explained_variance(&self.targets, &self.advantages, samples)
    }
}
