//! A trained agent: the actor of a checkpoint.

use super::{AgentConfig, AgentEvaluation};
use crate::{Error, Experiment, Registry, trainer};
use dalenet::{Generator, Network, NetworkSpec, Trace, checkpoint::Checkpoint};
use dalenet_envs::VectorEnv;
use dalenet_ppo::{Agent, Policy};

/// A trained agent.
pub struct TrainedAgent {
    /// Its configuration.
    pub config: AgentConfig,
    /// The policy.
    pub agent: Agent,
    /// One of its environments.
    pub env: Box<dyn VectorEnv>,
}

impl TrainedAgent {
    /// The agent of a checkpoint.
    ///
    /// # Errors
    /// If the checkpoint is of something else or of a version that recorded less.
    pub fn restore(registry: &Registry, file: &Checkpoint<'_>) -> Result<Self, Error> {
        let Experiment::Agent(config) = trainer::experiment(file)? else {
            return Err(Error::Config("the checkpoint is of a classification".into()));
        };
        let env = config.environments(registry, 1)?;
        let outputs = Policy::new(env.action_space(), 0.0).outputs();
        let spec = config.network_spec(env.observation_space().len(), config.actor_gain)?;
        let spec = NetworkSpec { outputs, ..spec };
        let network = Network::new(&spec, &mut Generator::new(config.seed, 0));
        let agent = Agent::restore(network, env.as_ref(), &config.ppo, file)?;
        Ok(Self { agent: config.evaluated(agent), config, env })
    }

    /// The same agent with its most probable actions, or with sampled ones, whatever its training was
    /// evaluated by.
    pub fn deterministic(self, deterministic: bool) -> Self {
        let config = AgentConfig { deterministic, ..self.config };
        Self { agent: config.evaluated(self.agent), config, ..self }
    }

    /// Plays `episodes` episodes.
    ///
    /// # Errors
    /// If the environments cannot be made or stepped.
    pub fn evaluate(
        &mut self,
        registry: &Registry,
        episodes: usize,
    ) -> Result<AgentEvaluation, Error> {
        AgentEvaluation::of(registry, &mut self.agent, &self.config, episodes)
    }

    /// The same by a forward pass of one's own, which fills the trace from its input on. `seed` tells these
    /// episodes from others; those of [`TrainedAgent::evaluate`] have 0.
    ///
    /// # Errors
    /// If the environments cannot be made or stepped.
    pub fn evaluate_by(
        &mut self,
        registry: &Registry,
        episodes: usize,
        seed: u64,
        forward: &mut dyn FnMut(&Network, &mut Trace),
    ) -> Result<AgentEvaluation, Error> {
        AgentEvaluation::by(registry, &mut self.agent, &self.config, episodes, seed, forward)
    }
}
