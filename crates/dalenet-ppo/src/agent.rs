//! A trained policy, and its evaluation.

use crate::{
    Episode, Error, Policy, Settings,
    episodes::{Episodes, count_unlocked},
    observations::ObservationNormaliser,
    policy::ActionBuffer,
};
use dalenet::{Generator, Network, Trace, checkpoint::Checkpoint};
use dalenet_envs::{Actions, Batch, VectorEnv};

/// A policy that acts and does not learn, by deterministic or by sampled actions.
///
/// It can be sent to another thread and shared between threads (`Send + Sync`).
#[derive(Clone, Debug)]
pub struct Agent {
    /// From normalised observations to the policy's outputs.
    pub network: Network,
    /// The distribution over actions given the outputs.
    pub policy: Policy,
    observations: ObservationNormaliser,
    /// What actions are sampled with; none if they are deterministic.
    generator: Option<Generator>,
    // Buffers.
    trace: Trace,
    actions: Vec<f32>,
    /// Actions as the environments take them; none before the first.
    taken: Option<ActionBuffer>,
}

/// Evaluation of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The episodes, one an environment.
    pub episodes: Vec<Episode>,
    /// In how many of them each achievement of the environment was unlocked, K.
    pub unlocked: Vec<u64>,
    /// Steps at which the physics failed.
    pub failures: u64,
}

impl Agent {
    pub(crate) fn new(
        network: Network,
        policy: Policy,
        observations: ObservationNormaliser,
    ) -> Self {
        Self {
            network,
            policy,
            observations,
            generator: None,
            trace: Trace::default(),
            actions: Vec::new(),
            taken: None,
        }
    }

    /// The same agent with its most probable actions.
    pub fn deterministic(self) -> Self {
        Self { generator: None, ..self }
    }

    /// The same agent with actions sampled as in training: for tasks in which a deterministic one may
    /// run against a wall for ever.
    pub fn sampled(self, generator: Generator) -> Self {
        Self { generator: Some(generator), ..self }
    }

    /// The agent of a checkpoint or of an exported policy; `network` has the shapes of its actor, `env` is its environment.
    ///
    /// # Errors
    /// If the checkpoint is of another task or network.
    pub fn restore(
        mut network: Network,
        env: &dyn VectorEnv,
        settings: &Settings,
        file: &Checkpoint<'_>,
    ) -> Result<Self, Error> {
        file.load_network("actor.", &mut network)?;
        let mut policy = Policy::new(env.action_space(), settings.log_deviation);
        let len = env.observation_space().len();
        let mut observations = ObservationNormaliser::new(settings, len);
        policy.restore_distribution(file)?;
        observations.restore(file)?;
        Ok(Self::new(network, policy, observations))
    }

    /// Mean and standard deviation of observations, O each, and the largest magnitude of a normalised
    /// number; `None` if observations are not normalised.
    pub fn observation_moments(&self) -> Option<(&[f32], &[f32], f32)> {
        self.observations.moments()
    }

    /// Actions for the current observations of N environments.
    pub fn act(&mut self, batch: &Batch) -> Actions<'_> {
        self.observations.observe(batch, &mut self.trace);
        self.network.forward(&mut self.trace);
        self.choose(batch.rewards.len())
    }

    /// The same by a forward pass of one's own, which fills the trace from its input on.
    pub fn act_by(
        &mut self,
        batch: &Batch,
        forward: &mut dyn FnMut(&Network, &mut Trace),
    ) -> Actions<'_> {
        self.observations.observe(batch, &mut self.trace);
        forward(&self.network, &mut self.trace);
        self.choose(batch.rewards.len())
    }

    /// Actions of N environments by the outputs in the trace.
    fn choose(&mut self, envs: usize) -> Actions<'_> {
        self.actions.resize(envs * self.policy.action_len(), 0.0);
        self.policy.act(self.trace.output(), self.generator.as_mut(), &mut self.actions);
        let fits = |taken: &ActionBuffer| taken.len() == self.actions.len();
        let kept = self.taken.take().filter(fits);
        let taken = kept.unwrap_or_else(|| ActionBuffer::new(&self.policy, envs));
        let taken = self.taken.insert(taken);
        taken.fill(&self.policy, &self.actions);
        taken.actions()
    }
}

/// The first episode of every environment, from fresh starts.
///
/// # Errors
/// If the agent's actions are not the environment's.
pub fn evaluate(agent: &mut Agent, env: &mut dyn VectorEnv, seed: u64) -> Result<Score, Error> {
    evaluate_by(agent, env, seed, &mut |network, trace| network.forward(trace))
}

/// The same by a forward pass of one's own, as in [`Agent::act_by`].
///
/// # Errors
/// If the agent's actions are not the environment's.
pub fn evaluate_by(
    agent: &mut Agent,
    env: &mut dyn VectorEnv,
    seed: u64,
    forward: &mut dyn FnMut(&Network, &mut Trace),
) -> Result<Score, Error> {
    env.reset(seed);
    let mut running = Episodes::new(env.count(), false);
    let mut first = vec![None; env.count()];
    let mut unlocked = vec![0; env.achievements().len()];
    while first.iter().any(Option::is_none) {
        let actions = agent.act_by(env.batch(), forward);
        let batch = env.step(actions)?;
        running.add(batch, |i, episode| {
            if first[i].is_none() {
                first[i] = Some(episode);
                count_unlocked(&mut unlocked, batch, i);
            }
        });
    }
    let episodes = first.into_iter().flatten().collect();
    Ok(Score { episodes, unlocked, failures: env.failures() })
}
