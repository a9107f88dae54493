//! Reward normalisation.

use crate::{Running, Settings};
use dalenet::{
    checkpoint::{Checkpoint, Error, Values},
    engine::policy::{discount_and_add, divide_and_clamp, reset_where},
};

/// Names in a checkpoint: the prefix of the moments, and the discounted returns, N.
const MOMENTS: &str = "returns";
const RETURNS: &str = "returns.discounted";

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

    pub fn save(&self, to: &mut Vec<(String, Values)>) {
        if self.enabled {
            self.moments.save(MOMENTS, to);
            to.push((RETURNS.into(), Values::F32(self.returns.clone())));
        }
    }

    /// The moments alone: no episode is under way.
    pub fn restore_moments(&mut self, from: &Checkpoint<'_>) -> Result<(), Error> {
        if self.enabled { self.moments.restore(MOMENTS, from) } else { Ok(()) }
    }

    pub fn restore(&mut self, from: &Checkpoint<'_>) -> Result<(), Error> {
        self.restore_moments(from)?;
        if self.enabled {
            self.returns = from.f32s(RETURNS, self.returns.len())?;
        }
        Ok(())
    }
}
