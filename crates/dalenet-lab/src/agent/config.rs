//! The configuration of an agent's training.

use crate::{Error, RuleKind, settings};
use dalenet::{Activation, Dale, Generator, LayerSpec, NetworkSpec};
use dalenet_envs::{Observe, Options, VectorEnv, make};
use dalenet_ppo::{Agent, Networks, Settings};
use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

/// The stream of the seed's generator that actions of an evaluation are drawn from; networks and
/// training have the first few.
const EVALUATION: u64 = 1 << 16;

/// Everything that decides what an agent learns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// What is learnt: brax/ant, brax/half-cheetah, brax/humanoid, cart-pole, … (`dalenet list`).
    pub task: String,
    /// What teaches the hidden layers: ed, dfa, fa, sign-symmetric or bp.
    pub rule: RuleKind,
    /// Where all chance starts from.
    pub seed: u64,

    /// Units of each hidden layer of actor and critic, per stream.
    pub layers: Vec<usize>,
    /// Whether every layer has an excitatory and an inhibitory stream.
    pub dual: bool,
    /// Whether weights keep their sign (Dale's principle); needs dual = true.
    pub dale: bool,
    /// The smallest magnitude a weight may have under Dale's principle.
    pub floor: f32,
    /// Response of the hidden units: relu or tanh.
    pub response: AgentResponse,
    /// Whether each hidden layer's activity is divided by its root mean square; needs relu.
    pub rms: bool,
    /// Factor of the initial weights within a stream (W_pp, W_nn) in hidden layers.
    pub excitatory_gain: f32,
    /// Factor of the initial weights between the streams (W_np, W_pn) in hidden layers.
    pub inhibitory_gain: f32,
    /// Factor of the initial weights of the actor's output layer.
    pub actor_gain: f32,
    /// Factor of the initial weights of the critic's output layer.
    pub critic_gain: f32,

    /// Steps of all environments together.
    pub steps: u64,
    /// Environments that are stepped together.
    pub envs: usize,
    /// Steps until an episode is cut; 0: the task's own.
    pub episode_length: u32,
    /// Steps of each environment between updates.
    pub rollout: usize,
    /// Passes over the samples of a rollout.
    pub epochs: usize,
    /// Parts that a rollout is divided into in each pass.
    pub minibatches: usize,
    /// Adam's rate.
    pub rate: f32,
    /// Whether the rate falls to zero, linearly over the training.
    pub anneal: bool,
    /// Added to the root in Adam.
    pub epsilon: f32,
    /// Discount γ.
    pub discount: f32,
    /// λ of generalised advantage estimation.
    pub lambda: f32,
    /// How far from 1 the ratio of probabilities may go.
    pub clip: f32,
    /// Whether the value moves by at most `clip` as well.
    pub clip_value: bool,
    /// Weight of the value's loss.
    pub value_weight: f32,
    /// Weight of the policy's entropy.
    pub entropy_weight: f32,
    /// Largest norm of the gradient of actor and critic together.
    pub max_gradient_norm: f32,
    /// Whether advantages are brought to mean 0 and deviation 1 in every minibatch.
    pub normalise_advantages: bool,
    /// Whether observations are brought to mean 0 and deviation 1, as seen so far.
    pub normalise_observations: bool,
    /// Whether rewards are divided by the deviation of the discounted return, as seen so far.
    pub normalise_rewards: bool,
    /// Largest magnitude of a normalised observation and reward.
    pub bound: f32,
    /// Logarithm of the Gaussian policy's deviation at the start.
    pub log_deviation: f32,
    /// Episodes that the trained policy is judged on.
    pub evaluation: usize,
    /// Whether it is judged by its likeliest actions; if not, they are drawn as in the training.
    pub likeliest: bool,
}

/// Response of the hidden units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgentResponse {
    /// max(z, 0).
    Relu,
    /// tanh(z).
    Tanh,
}

impl AgentConfig {
    /// Sets one key, as `--set key=value` and configuration files do.
    ///
    /// # Errors
    /// If there is no such key (the nearest one is named) or the value has the wrong type.
    ///
    /// ```
    /// let mut config = dalenet_lab::AgentConfig::new("brax/Ant", "default", "ed")?;
    /// config.set("steps", "5e7")?;
    /// assert_eq!((config.task.as_str(), config.steps), ("brax/ant", 50_000_000));
    /// # Ok::<(), dalenet_lab::Error>(())
    /// ```
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Error> {
        settings::set(self, key, value)
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first value that makes no sense.
    pub fn validate(&self) -> Result<(), Error> {
        let positive = |value: f32| value > 0.0 && value.is_finite();
        let checks = [
            ("layers", !self.layers.contains(&0), "must not have a layer without units"),
            ("layers", self.layers.iter().all(|n| *n <= 100_000), "must not be above 100,000"),
            ("floor", self.floor >= 0.0 && self.floor.is_finite(), "must not be negative"),
            ("excitatory_gain", positive(self.excitatory_gain), "must be above 0"),
            ("inhibitory_gain", positive(self.inhibitory_gain), "must be above 0"),
            ("actor_gain", positive(self.actor_gain), "must be above 0"),
            ("critic_gain", positive(self.critic_gain), "must be above 0"),
            ("envs", self.envs <= 1_000_000, "must not be above a million"),
            ("rollout", self.rollout <= 1_000_000, "must not be above a million"),
            ("steps", self.steps <= 1_000_000_000_000, "must not be above 1e12"),
            ("evaluation", (1..=100_000).contains(&self.evaluation), "must be 1 to 100,000"),
            ("dale", !self.dale || self.dual, "needs two streams: set dual=true, or dale=false"),
            (
                "rms",
                !self.rms || self.response == AgentResponse::Relu,
                "needs response=relu: set that, or rms=false",
            ),
        ];
        settings::check(self, checks)?;
        Ok(self.ppo().validate(self.envs)?)
    }

    /// The whole configuration as TOML, each key under its meaning.
    pub fn commented(&self) -> String {
        settings::commented(self)
    }

    /// The keys in which it differs from `other`, with its own and the other's value.
    pub fn differences(&self, other: &Self) -> Vec<(String, String, String)> {
        settings::differences(self, other)
    }

    /// `count` of its environments.
    ///
    /// # Errors
    /// If there is no such environment.
    pub fn environments(&self, count: usize) -> Result<Box<dyn VectorEnv>, Error> {
        let episode_length = (self.episode_length > 0).then_some(self.episode_length);
        let observe = if self.normalise_observations { Observe::Dense } else { Observe::Sparse };
        Ok(make(&self.task, count, &Options { episode_length, observe, ..Options::default() })?)
    }

    /// The settings of PPO.
    pub fn ppo(&self) -> Settings {
        Settings {
            steps: self.steps,
            rollout: self.rollout,
            epochs: self.epochs,
            minibatches: self.minibatches,
            rate: self.rate,
            anneal: self.anneal,
            epsilon: self.epsilon,
            discount: self.discount,
            lambda: self.lambda,
            clip: self.clip,
            clip_value: self.clip_value,
            value_weight: self.value_weight,
            entropy_weight: self.entropy_weight,
            max_gradient_norm: self.max_gradient_norm,
            normalise_advantages: self.normalise_advantages,
            normalise_observations: self.normalise_observations,
            normalise_rewards: self.normalise_rewards,
            bound: self.bound,
            log_deviation: self.log_deviation,
        }
    }

    /// Actor and critic, each with a rule of its own.
    pub fn networks(&self) -> Networks {
        let spec = |output_gain| NetworkSpec { output_gain, ..self.network() };
        Networks {
            actor: (spec(self.actor_gain), self.rule.rule()),
            critic: (spec(self.critic_gain), self.rule.rule()),
        }
    }

    /// The agent with the actions that it is judged by.
    pub(crate) fn judged(&self, agent: Agent) -> Agent {
        match self.likeliest {
            true => agent,
            false => agent.sampled(Generator::new(self.seed, EVALUATION)),
        }
    }

    /// What actor and critic have in common.
    fn network(&self) -> NetworkSpec {
        NetworkSpec {
            layers: LayerSpec::dense_list(&self.layers, self.rms),
            dual: self.dual,
            dale: self.dale.then(|| Dale { floor: self.floor, ..Dale::default() }),
            activations: vec![match self.response {
                AgentResponse::Relu => Activation::Relu,
                AgentResponse::Tanh => Activation::Tanh,
            }],
            output: Activation::Identity,
            excitatory_gain: self.excitatory_gain,
            inhibitory_gain: self.inhibitory_gain,
            orthogonal: !self.dual,
            ..NetworkSpec::default()
        }
    }
}
