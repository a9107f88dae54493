//! Cart-pole.

use super::Environment;
use crate::AgentConfig;

pub(super) fn entries() -> Vec<Environment> {
    let summary = "balance a pole by pushing left or right";
    vec![Environment { adjust, ..Environment::built_in("cart-pole", summary) }]
}

/// For small tasks with choices.
pub(super) fn adjust(config: &mut AgentConfig) {
    config.network.layers = vec![64, 64];
    (config.envs, config.rollout, config.minibatches) = (16, 128, 8);
    (config.steps, config.rate, config.entropy_weight) = (300_000, 1e-3, 0.01);
}
