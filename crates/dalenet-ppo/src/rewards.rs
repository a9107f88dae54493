//! Reward normalisation.

use crate::{
    Running, Settings,
    words::{Reader, Writer},
};
use dalenet::engine::policy::{discount_and_add, divide_and_clamp, reset_where};

/// Divides rewards by the standard deviation of the discounted return so far.
#[derive(Clone, Debug)]
pub(crate) struct RewardNormaliser {
    enabled: bool,
    discount: f32,
    /// Largest magnitude of a normalised reward.
    bound: f32,
    /// Moments of the discounted returns.
    moments: Running,
    /// Discounted return of each environment's current episode so far, N.
    returns: Vec<f32>,
}

impl RewardNormaliser {
    pub fn new(settings: &Settings, envs: usize) -> Self {
        Self {
            enabled: settings.normalise_rewards,
            discount: settings.discount,
            bound: settings.bound,
            moments: Running::new(1),
            returns: vec![0.0; envs],
        }
    }

    /// Normalises the rewards of a step, N, in place; returns start anew where an episode ended.
    pub fn normalise(&mut self, rewards: &mut [f32], terminated: &[bool], truncated: &[bool]) {
        if !self.enabled {
            return;
        }
        discount_and_add(&mut self.returns, rewards, self.discount);
        self.moments.add(&self.returns);
        divide_and_clamp(rewards, self.moments.deviation()[0], self.bound);
        reset_where(&mut self.returns, terminated, truncated);
    }

    pub fn save(&self, to: &mut Writer) {
        self.moments.save(to);
        to.floats(&self.returns);
    }

    pub fn restore(&mut self, from: &mut Reader<'_>) -> Option<()> {
        self.moments.restore(from)?;
        from.floats(&mut self.returns)
    }
}
