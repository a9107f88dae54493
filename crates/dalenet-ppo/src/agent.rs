//! A trained policy, and what it is worth.

use crate::{
    Episode, Error, Policy, Running, Settings,
    episodes::Episodes,
    policy::ActionBuffer,
    state::{Reader, Writer},
};
use dalenet::{Network, NetworkSpec, Rule, Trace, checkpoint::Checkpoint};
use dalenet_envs::{Actions, VectorEnv};

/// What actor and critic are made of and what teaches them. Inputs, outputs and the output's
/// response are those of the task.
pub struct Networks {
    /// From observations to the policy's outputs.
    pub actor: (NetworkSpec, Box<dyn Rule>),
    /// From observations to their value.
    pub critic: (NetworkSpec, Box<dyn Rule>),
}

/// A policy that acts without chance: the likeliest action.
#[derive(Clone, Debug)]
pub struct Agent {
    /// From normalised observations to the policy's outputs.
    pub network: Network,
    /// What the outputs say about actions.
    pub policy: Policy,
    /// How observations are normalised, if they are.
    pub observations: Option<Running>,
    /// Largest magnitude of a normalised observation.
    pub bound: f32,
    trace: Trace,
    chosen: Option<Chosen>,
}

/// Buffers for N environments.
#[derive(Clone, Debug)]
struct Chosen {
    actions: Vec<f32>,
    buffer: ActionBuffer,
}

/// What some episodes were worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The episodes, one an environment.
    pub episodes: Vec<Episode>,
    /// Steps at which the physics failed.
    pub failures: u64,
}

impl Agent {
    /// An agent of these parts.
    pub fn new(
        network: Network,
        policy: Policy,
        observations: Option<Running>,
        bound: f32,
    ) -> Self {
        Self { network, policy, observations, bound, trace: Trace::default(), chosen: None }
    }

    /// The agent of a checkpoint: `network` is one like its actor, `env` one like its environment.
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
        let mut observations = Running::new(env.observation_space().len());
        let words = file.whole_numbers(AGENT)?;
        load(&mut policy, &mut observations, &words).ok_or(Error::OtherState(AGENT))?;
        let observations = settings.normalise_observations.then_some(observations);
        Ok(Self::new(network, policy, observations, settings.bound))
    }

    /// The likeliest action for every row of observations, N×O.
    pub fn act(&mut self, observations: &[f32]) -> Actions<'_> {
        let inputs = self.network.layers()[0].distinct_inputs();
        let envs = observations.len() / inputs;
        let input = self.trace.input_mut();
        input.reshape(envs, inputs);
        match &self.observations {
            Some(seen) => seen.normalise(observations, self.bound, input.as_mut_slice()),
            None => input.as_mut_slice().copy_from_slice(observations),
        }
        self.network.forward(&mut self.trace);
        let len = envs * self.policy.action_len();
        if self.chosen.as_ref().is_none_or(|chosen| chosen.actions.len() != len) {
            let (actions, buffer) = (vec![0.0; len], self.policy.buffer(envs));
            self.chosen = Some(Chosen { actions, buffer });
        }
        let Some(Chosen { actions, buffer }) = &mut self.chosen else { unreachable!() };
        self.policy.act(self.trace.output(), None, actions, buffer);
        buffer.actions()
    }
}

/// The first episode of every environment, from fresh starts, by the likeliest actions.
///
/// # Errors
/// If the agent's actions are not the environment's.
pub fn evaluate(agent: &mut Agent, env: &mut dyn VectorEnv, seed: u64) -> Result<Score, Error> {
    env.reset(seed);
    let mut running = Episodes::new(env.count());
    let mut first = vec![None; env.count()];
    while first.iter().any(Option::is_none) {
        let observations = env.batch().observations.clone();
        let batch = env.step(agent.act(&observations))?;
        running.add(batch, |i, episode| {
            first[i].get_or_insert(episode);
        });
    }
    Ok(Score { episodes: first.into_iter().flatten().collect(), failures: env.failures() })
}

/// The tensor of a checkpoint that holds the policy's own parameters and the normalisation.
pub(crate) const AGENT: &str = "agent";

pub(crate) fn words(policy: &Policy, observations: &Running) -> Vec<u32> {
    let mut words = Writer::default();
    policy.save(&mut words);
    observations.save(&mut words);
    words.0
}

/// `None` unless the words are all of such a policy and normalisation.
pub(crate) fn load(policy: &mut Policy, observations: &mut Running, words: &[u32]) -> Option<()> {
    let mut words = Reader(words);
    policy.restore(&mut words)?;
    observations.restore(&mut words)?;
    words.0.is_empty().then_some(())
}
