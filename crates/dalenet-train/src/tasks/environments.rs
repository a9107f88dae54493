//! The built-in environments: those of `dalenet_envs`, with the settings of each family. An
//! environment more is its line there; it starts from the default settings.

use super::Environment;
use crate::AgentConfig;

/// The built-in environments.
pub(crate) fn environments() -> Vec<Environment> {
    let entry = |built_in: &'static dalenet_envs::Environment| {
        let make = |count, options: &_| dalenet_envs::make(built_in.name, count, options);
        let adjust = adjustment(built_in.name);
        Environment { adjust, ..Environment::new(built_in.name, built_in.summary, make) }
    };
    dalenet_envs::ENVIRONMENTS.iter().map(entry).collect()
}

/// What an environment changes in the default settings.
fn adjustment(name: &str) -> fn(&mut AgentConfig) {
    match name {
        "craftax" | "craftax-classic" => craftax,
        "cart-pole" | "bandit" => small,
        name if name.starts_with("brax/") || name.starts_with("mujoco/") => brax,
        _ => |_| {},
    }
}

/// PureJaxRL's settings, but for three that docs/results.md weighs: twice its learning rate, which falls to
/// zero, and staggered starts.
fn brax(config: &mut AgentConfig) {
    let ppo = &mut config.ppo;
    (ppo.rate, ppo.anneal, ppo.stagger) = (6e-4, true, true);
}

/// Craftax_Baselines' settings (`ppo.py`), on networks of 128 units a layer instead of 512, which are
/// what takes the time, at ten times its rate, which centred observations allow (docs/results.md).
fn craftax(config: &mut AgentConfig) {
    config.network.layers = vec![64.into(); 3];
    let AgentConfig { envs, ppo, .. } = &mut *config;
    (*envs, ppo.rollout, ppo.minibatches) = (1024, 64, 8);
    (ppo.steps, ppo.rate, ppo.anneal) = (10_000_000, 2e-3, true);
    (ppo.lambda, ppo.entropy_weight, ppo.max_gradient_norm) = (0.8, 0.01, 1.0);
    (ppo.normalise_observations, ppo.normalise_rewards) = (false, false);
    ppo.centred_observations = true;
    (config.evaluation, config.deterministic) = (256, false);
}

/// For small tasks with choices.
fn small(config: &mut AgentConfig) {
    config.network.layers = vec![64.into(); 2];
    let AgentConfig { envs, ppo, .. } = config;
    (*envs, ppo.rollout, ppo.minibatches) = (16, 128, 8);
    (ppo.steps, ppo.rate, ppo.entropy_weight) = (300_000, 1e-3, 0.01);
}
