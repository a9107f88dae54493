//! Craftax.

use super::Environment;
use crate::AgentConfig;

pub(super) fn entries() -> Vec<Environment> {
    let task = |name, summary| Environment { adjust, ..Environment::built_in(name, summary) };
    vec![
        task(
            "craftax",
            "explore, mine, build and fight on nine floors: 8268 observed, 43 choices",
        ),
        task("craftax-classic", "the same on one floor: 1345 observed, 17 choices"),
    ]
}

/// Craftax_Baselines' settings (`ppo.py`), on networks of 128 units a layer instead of 512: they are
/// what takes the time.
fn adjust(config: &mut AgentConfig) {
    config.network.layers = vec![64; 3];
    (config.envs, config.rollout, config.minibatches) = (1024, 64, 8);
    (config.steps, config.rate, config.anneal) = (10_000_000, 2e-4, true);
    (config.lambda, config.entropy_weight, config.max_gradient_norm) = (0.8, 0.01, 1.0);
    (config.normalise_observations, config.normalise_rewards) = (false, false);
    (config.evaluation, config.deterministic) = (256, false);
}
