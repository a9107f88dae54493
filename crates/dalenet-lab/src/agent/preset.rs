//! The settings an agent's task, a preset and a rule start from.

use super::{AgentConfig, AgentResponse};
use crate::{Error, RuleKind, preset::known_rule_and_preset};

/// The environments known by name and what each is: those of [`dalenet_envs::ENVIRONMENTS`].
pub const ENVIRONMENTS: &[(&str, &str)] = &{
    let mut rows = [("", ""); dalenet_envs::ENVIRONMENTS.len()];
    let mut i = 0;
    while i < rows.len() {
        rows[i] = (dalenet_envs::ENVIRONMENTS[i].name, dalenet_envs::ENVIRONMENTS[i].summary);
        i += 1;
    }
    rows
};

impl AgentConfig {
    /// Whether `task` names an environment, or was meant to.
    pub fn is_task(task: &str) -> bool {
        let family = task.to_lowercase();
        let family = family.split_once('/').map(|(family, _)| family);
        matches!(family, Some("brax" | "mujoco")) || canonical(task).is_some()
    }

    /// What `preset` gives for a task under a rule, all of them by name.
    ///
    /// # Errors
    /// If there is no such task, preset or rule; the nearest one is named.
    pub fn new(task: &str, preset: &str, rule: &str) -> Result<Self, Error> {
        let Some(task) = canonical(task) else {
            return Err(match dalenet_envs::find(task) {
                Err(error) => error.into(),
                Ok(known) => Error::Config(format!("train {} for `{task}`", known.name)),
            });
        };
        let (rule, preset) = known_rule_and_preset(rule, preset)?;
        if rule == "kaneko" || preset == "kaneko" {
            return Err(Error::Config(format!(
                "Kaneko's rule learns one yes-or-no output; train {task} by --rule ed"
            )));
        }
        let mut config = base(task);
        if task.starts_with("craftax") {
            craftax(&mut config);
        } else if !task.contains('/') {
            discrete(&mut config);
        }
        match rule {
            "bp-dale" => config.rule = RuleKind::Bp,
            "ed" => {}
            "dfa" => single_stream(&mut config, RuleKind::Dfa),
            "fa" => single_stream(&mut config, RuleKind::Fa),
            "sign-symmetric" => single_stream(&mut config, RuleKind::SignSymmetric),
            _ => single_stream(&mut config, RuleKind::Bp),
        }
        Ok(config)
    }
}

/// The name a task is kept by: capitals, `-` and `_` do not matter.
fn canonical(task: &str) -> Option<&'static str> {
    let plain = |name: &str| name.to_lowercase().replace(['-', '_'], "");
    ENVIRONMENTS.iter().map(|(known, _)| *known).find(|known| plain(known) == plain(task))
}

/// PureJaxRL's settings for Brax, on networks of 256 units a layer: half of them excitatory, half
/// inhibitory. Rectified units and RMS normalisation are the paper's. Weights that are all positive or
/// all negative sum to large values: the critic starts at a tenth of them (docs/results.md).
fn base(task: &str) -> AgentConfig {
    AgentConfig {
        task: task.into(),
        rule: RuleKind::Ed,
        seed: 0,
        layers: vec![128, 128],
        dual: true,
        dale: true,
        floor: 1e-4,
        response: AgentResponse::Relu,
        rms: true,
        excitatory_gain: 1.0,
        inhibitory_gain: 1.0,
        actor_gain: 0.01,
        critic_gain: 0.1,
        steps: 50_000_000,
        envs: 2048,
        episode_length: 0,
        rollout: 10,
        epochs: 4,
        minibatches: 32,
        rate: 3e-4,
        anneal: false,
        epsilon: 1e-5,
        discount: 0.99,
        lambda: 0.95,
        clip: 0.2,
        clip_value: true,
        value_weight: 0.5,
        entropy_weight: 0.0,
        max_gradient_norm: 0.5,
        normalise_advantages: true,
        normalise_observations: true,
        normalise_rewards: true,
        bound: 10.0,
        log_deviation: 0.0,
        evaluation: 64,
        likeliest: true,
    }
}

/// Craftax_Baselines' settings (`ppo.py`), on networks of 128 units a layer instead of 512: they are
/// what takes the time.
fn craftax(config: &mut AgentConfig) {
    config.layers = vec![64; 3];
    (config.envs, config.rollout, config.minibatches) = (1024, 64, 8);
    (config.steps, config.rate, config.anneal) = (10_000_000, 2e-4, true);
    (config.lambda, config.entropy_weight, config.max_gradient_norm) = (0.8, 0.01, 1.0);
    (config.normalise_observations, config.normalise_rewards) = (false, false);
    (config.evaluation, config.likeliest) = (256, false);
}

/// For small tasks with choices.
fn discrete(config: &mut AgentConfig) {
    config.layers = vec![64, 64];
    (config.envs, config.rollout, config.minibatches) = (16, 128, 8);
    (config.steps, config.rate, config.entropy_weight) = (300_000, 1e-3, 0.01);
}

/// As many units in a single stream as both had, orthogonal at the start.
fn single_stream(config: &mut AgentConfig, rule: RuleKind) {
    config.rule = rule;
    (config.dual, config.dale) = (false, false);
    config.layers.iter_mut().for_each(|units| *units *= 2);
    config.critic_gain = 1.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use dalenet_envs::NAMES;

    #[test]
    fn every_environment_is_listed_and_has_presets_for_every_rule() {
        assert_eq!(NAMES.len(), ENVIRONMENTS.len());
        for (task, _) in ENVIRONMENTS {
            assert!(NAMES.contains(task), "{task}");
            for rule in ["ed", "dfa", "fa", "sign-symmetric", "bp", "bp-dale"] {
                let config = AgentConfig::new(task, "default", rule).unwrap();
                assert_eq!(config.task, *task);
                config.validate().unwrap();
            }
        }
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        for name in ["brax/HalfCheetah", "brax/half_cheetah", "Brax/halfcheetah"] {
            assert_eq!(canonical(name), Some("brax/half-cheetah"));
            let by_mujoco = name.to_lowercase().replace("brax", "mujoco");
            let known = cfg!(feature = "mujoco").then_some("mujoco/half-cheetah");
            assert_eq!(canonical(&by_mujoco), known);
        }
        assert_eq!(canonical("CartPole"), Some("cart-pole"));
        assert_eq!(canonical("ant"), None, "accuracies of data sets have such names too");
    }

    #[test]
    fn without_mujoco_its_tasks_say_how_to_get_it() {
        let made = AgentConfig::new("mujoco/ant", "default", "ed");
        match made {
            Ok(config) => assert!(cfg!(feature = "mujoco") && config.task == "mujoco/ant"),
            Err(error) => assert_eq!(
                error.to_string(),
                "this dalenet was built without MuJoCo; install libmujoco-dev and build with \
                 --features mujoco"
            ),
        }
    }
}
