//! The configuration of an agent's training.

use crate::{
    DaleKind, Error, NetworkSettings, Registry, Response,
    settings::{self, Settings},
};
use dalenet::{Activation, Generator, LayerSpec, NetworkSpec, Shape};
use dalenet_envs::{Observe, Options, Restart, VectorEnv};
use dalenet_ppo::{Agent, Networks};
use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

/// The stream of the seed's generator that actions of an evaluation are drawn from; networks and
/// training have the first few.
const EVALUATION: u64 = 1 << 16;

/// Everything that decides what an agent learns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, DocumentedFields)]
pub struct AgentConfig {
    /// Task: brax/ant, brax/half-cheetah, brax/humanoid, cart-pole, … (`dalenet list`).
    pub task: String,
    /// Learning rule: ed, dfa, fa, sign-symmetric or bp.
    pub rule: String,
    /// Learning rule of the critic: same (as the actor's), ed, dfa, fa, sign-symmetric or bp.
    #[serde(default = "same")]
    pub critic_rule: String,
    /// Random seed.
    pub seed: u64,

    /// Actor and critic.
    #[serde(flatten)]
    pub network: NetworkSettings,
    /// Factor of the initial weights of the actor's output layer.
    pub actor_gain: f32,
    /// Factor of the initial weights of the critic's output layer.
    pub critic_gain: f32,

    /// Environments that are stepped together.
    pub envs: usize,
    /// Steps until an episode is cut; 0: the task's own.
    pub episode_length: u32,
    /// Where new episodes begin: fresh (anew each time), or same (where the environment's first began,
    /// as in Brax's training wrappers).
    #[serde(default)]
    pub restart: Restart,
    /// How it learns.
    #[serde(flatten)]
    pub ppo: dalenet_ppo::Settings,
    /// Episodes that the trained policy is evaluated on.
    pub evaluation: usize,
    /// Whether it is evaluated by its most probable actions; if not, they are sampled as in the
    /// training.
    #[serde(alias = "likeliest")]
    pub deterministic: bool,
}

/// The critic's rule where it is the actor's.
fn same() -> String {
    "same".into()
}

/// PureJaxRL's settings for Brax, on networks of 256 units a layer: half of them excitatory, half
/// inhibitory. Rectified units and RMS normalisation are the paper's. Weights that are all positive or
/// all negative sum to large values: the critic starts at a tenth of them (docs/results.md).
impl Default for AgentConfig {
    fn default() -> Self {
        Self {
            task: String::new(),
            rule: "ed".into(),
            critic_rule: same(),
            seed: 0,
            network: NetworkSettings {
                layers: vec![128.into(), 128.into()],
                response: Response::Relu,
                rms: true,
                excitatory_gain: 1.0,
                inhibitory_gain: 1.0,
                ..NetworkSettings::default()
            },
            actor_gain: 0.01,
            critic_gain: 0.1,
            envs: 2048,
            episode_length: 0,
            restart: Restart::default(),
            ppo: dalenet_ppo::Settings::default(),
            evaluation: 64,
            deterministic: true,
        }
    }
}

impl Settings for AgentConfig {
    fn meaning(key: &str) -> &'static str {
        let own = Self::get_field_docs(key);
        let network = || NetworkSettings::get_field_docs(key);
        let ppo = || dalenet_ppo::Settings::get_field_docs(key);
        own.or_else(|_| network()).or_else(|_| ppo()).unwrap_or_default()
    }
}

impl AgentConfig {
    /// The settings of `preset` for an environment of the built-in registry under a rule.
    ///
    /// # Errors
    /// If there is no such environment, preset or rule; the nearest one is named.
    pub fn new(task: &str, preset: &str, rule: &str) -> Result<Self, Error> {
        Registry::built_in().agent(task, preset, rule)
    }

    /// Sets one key, as `--set key=value` and configuration files do.
    ///
    /// # Errors
    /// If there is no such key (the nearest one is named) or the value has the wrong type.
    ///
    /// ```
    /// let mut config = dalenet_train::AgentConfig::new("brax/Ant", "default", "ed")?;
    /// config.set("steps", "5e7")?;
    /// assert_eq!((config.task.as_str(), config.ppo.steps), ("brax/ant", 50_000_000));
    /// # Ok::<(), dalenet_train::Error>(())
    /// ```
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Error> {
        settings::set(self, key, value)
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first value that is not possible.
    pub fn validate(&self) -> Result<(), Error> {
        let positive = |value: f32| value > 0.0 && value.is_finite();
        let few = self.network.units().all(|n| n <= 100_000);
        let checks = [
            ("layers", few, "must not be above 100,000"),
            (
                "convolutions",
                !self.network.needs_image(),
                "and pooling are for images, which observations are not",
            ),
            ("actor_gain", positive(self.actor_gain), "must be above 0 and finite"),
            ("critic_gain", positive(self.critic_gain), "must be above 0 and finite"),
            ("envs", self.envs <= 1_000_000, "must not be above a million"),
            ("rollout", self.ppo.rollout <= 1_000_000, "must not be above a million"),
            ("steps", self.ppo.steps <= 1_000_000_000_000, "must not be above 1e12"),
            ("evaluation", (1..=100_000).contains(&self.evaluation), "must be 1 to 100,000"),
        ];
        settings::check(self, checks.into_iter().chain(self.network.checks()))?;
        Ok(self.ppo.validate(self.envs)?)
    }

    /// The whole configuration as TOML, each key under its meaning.
    pub fn commented(&self) -> String {
        settings::commented(self)
    }

    /// The keys in which it differs from `other`, with its own and the other's value.
    pub fn differences(&self, other: &Self) -> Vec<(String, String, String)> {
        settings::differences(self, other)
    }

    /// `count` of its environments, as it is evaluated in them.
    ///
    /// # Errors
    /// If the registry has no such environment, or it cannot be made.
    pub fn environments(
        &self,
        registry: &Registry,
        count: usize,
    ) -> Result<Box<dyn VectorEnv>, Error> {
        Ok(registry.env(&self.task)?.make(count, &self.options())?)
    }

    /// How episodes of an evaluation are run.
    fn options(&self) -> Options {
        let episode_length = (self.episode_length > 0).then_some(self.episode_length);
        let observe =
            if self.ppo.normalise_observations { Observe::Dense } else { Observe::Sparse };
        Options { episode_length, observe, ..Options::default() }
    }

    /// The environments that it is trained in.
    ///
    /// # Errors
    /// If the registry has no such environment, or it cannot be made.
    pub fn training_environments(&self, registry: &Registry) -> Result<Box<dyn VectorEnv>, Error> {
        let (stagger, restart) = (self.ppo.stagger, self.restart);
        let options = Options { stagger, restart, ..self.options() };
        Ok(registry.env(&self.task)?.make(self.envs, &options)?)
    }

    /// Actor and critic, each with a rule of its own, for `inputs` observed values.
    ///
    /// # Errors
    /// If the registry has no such rule.
    pub fn networks(&self, registry: &Registry, inputs: usize) -> Result<Networks, Error> {
        let rule = |name: &str| registry.make_rule(name, &self.network);
        Ok(Networks {
            actor: (self.network_spec(inputs, self.actor_gain)?, rule(&self.rule)?),
            critic: (self.network_spec(inputs, self.critic_gain)?, rule(self.critic_rule())?),
        })
    }

    /// The critic's learning rule.
    pub fn critic_rule(&self) -> &str {
        if self.critic_rule == same() { &self.rule } else { &self.critic_rule }
    }

    /// The name of the actor's rule, and of the critic's if that is another: `ed-critic-bp`.
    pub fn rule_name(&self) -> String {
        let [actor, critic] =
            [&self.rule, self.critic_rule()].map(|rule| self.network.rule_name(rule));
        if critic == actor { actor } else { format!("{actor}-critic-{critic}") }
    }

    /// A network for `inputs` observed values, whose output weights start at `output_gain`.
    pub(crate) fn network_spec(
        &self,
        inputs: usize,
        output_gain: f32,
    ) -> Result<NetworkSpec, Error> {
        let input = Shape::flat(inputs);
        let spec = self.network.spec(input, 1, Activation::Identity)?;
        Ok(NetworkSpec { output_gain, orthogonal: !self.network.dual, ..spec })
    }

    /// The agent with the actions that it is evaluated by.
    pub(crate) fn evaluated(&self, agent: Agent) -> Agent {
        match self.deterministic {
            true => agent.deterministic(),
            false => agent.sampled(Generator::new(self.seed, EVALUATION)),
        }
    }
}

/// As many units in a single stream as both had, orthogonal at the start.
pub(crate) fn single_stream(config: &mut AgentConfig) {
    (config.network.dual, config.network.dale) = (false, DaleKind::Off);
    for layer in &mut config.network.layers {
        if let LayerSpec::Dense(dense) = layer {
            dense.units *= 2;
        }
    }
    config.critic_gain = 1.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_environment_has_presets_for_every_rule() {
        let registry = Registry::built_in();
        for name in dalenet_envs::NAMES {
            let named = registry.environments().iter().any(|entry| entry.name == *name);
            assert!(named, "{name}");
        }
        assert_eq!(registry.environments().len(), dalenet_envs::NAMES.len());
        for entry in registry.environments() {
            for rule in ["ed", "dfa", "fa", "sign-symmetric", "bp", "bp-dale"] {
                let config = AgentConfig::new(&entry.name, "default", rule).unwrap();
                assert_eq!(config.task, entry.name);
                config.validate().unwrap();
            }
        }
    }

    #[test]
    fn the_critic_may_have_a_rule_of_its_own() {
        let registry = Registry::built_in();
        let mut config = AgentConfig::new("cart-pole", "default", "ed").unwrap();
        let rules = |config: &AgentConfig| {
            let networks = config.networks(registry, 4).unwrap();
            [networks.actor.1.name().to_owned(), networks.critic.1.name().to_owned()]
        };
        assert_eq!(
            (rules(&config), config.rule_name()),
            (["ed"; 2].map(str::to_owned), "ed".into())
        );
        config.set("critic_rule", "bp").unwrap();
        assert_eq!(rules(&config), ["ed", "bp"]);
        assert_eq!(config.rule_name(), "ed-critic-bp");
        config.set("critic_rule", "no-rule").unwrap();
        let refused = crate::Experiment::Agent(config).validate(registry).unwrap_err();
        assert!(refused.to_string().contains("no-rule"), "{refused}");
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        let canonical = |name: &str| {
            let environments = Registry::built_in().environments().iter();
            let mut names = environments.filter(|entry| entry.is_named(name));
            names.next().map(|entry| entry.name.as_str())
        };
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
