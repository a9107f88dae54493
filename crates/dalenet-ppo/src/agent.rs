//! A trained policy, and what it is worth.

use crate::{
    Episode, Error, Policy, Settings,
    episodes::{Episodes, count_unlocked},
    observations::Lens,
    policy::ActionBuffer,
    state::{Reader, Writer},
};
use dalenet::{Generator, Network, NetworkSpec, Rule, Trace, checkpoint::Checkpoint};
use dalenet_envs::{Actions, Batch, VectorEnv};

/// What actor and critic are made of and what teaches them. Inputs, outputs and the output's
/// response are those of the task.
pub struct Networks {
    /// From observations to the policy's outputs.
    pub actor: (NetworkSpec, Box<dyn Rule>),
    /// From observations to their value.
    pub critic: (NetworkSpec, Box<dyn Rule>),
}

/// A policy that acts and does not learn: by the likeliest action, or drawn as in the training.
#[derive(Clone, Debug)]
pub struct Agent {
    /// From normalised observations to the policy's outputs.
    pub network: Network,
    /// What the outputs say about actions.
    pub policy: Policy,
    lens: Lens,
    /// What actions are drawn from; none if the likeliest is taken.
    generator: Option<Generator>,
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
    /// In how many of them each achievement of the environment was unlocked, K.
    pub unlocked: Vec<u64>,
    /// Steps at which the physics failed.
    pub failures: u64,
}

impl Agent {
    pub(crate) fn new(network: Network, policy: Policy, lens: Lens) -> Self {
        let (trace, chosen, generator) = (Trace::default(), None, None);
        Self { network, policy, lens, generator, trace, chosen }
    }

    /// The same, with actions that are drawn as likely as the policy has it: for tasks in which the
    /// likeliest action may be to run against a wall for ever.
    pub fn drawing(self, generator: Generator) -> Self {
        Self { generator: Some(generator), ..self }
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
        let mut lens = Lens::new(settings, env.observation_space().len());
        let words = file.whole_numbers(AGENT)?;
        load(&mut policy, &mut lens, &words).ok_or(Error::OtherState(AGENT))?;
        Ok(Self::new(network, policy, lens))
    }

    /// The action of every environment for what a batch shows.
    pub fn act(&mut self, batch: &Batch) -> Actions<'_> {
        let envs = batch.rewards.len();
        self.lens.look(batch, &mut self.trace);
        self.network.forward(&mut self.trace);
        let len = envs * self.policy.action_len();
        if self.chosen.as_ref().is_none_or(|chosen| chosen.actions.len() != len) {
            let (actions, buffer) = (vec![0.0; len], self.policy.buffer(envs));
            self.chosen = Some(Chosen { actions, buffer });
        }
        let Some(Chosen { actions, buffer }) = &mut self.chosen else { unreachable!() };
        self.policy.act(self.trace.output(), self.generator.as_mut(), actions, buffer);
        buffer.actions()
    }
}

/// The first episode of every environment, from fresh starts.
///
/// # Errors
/// If the agent's actions are not the environment's.
pub fn evaluate(agent: &mut Agent, env: &mut dyn VectorEnv, seed: u64) -> Result<Score, Error> {
    env.reset(seed);
    let mut running = Episodes::new(env.count());
    let mut first = vec![None; env.count()];
    let mut unlocked = vec![0; env.achievements().len()];
    while first.iter().any(Option::is_none) {
        let actions = agent.act(env.batch());
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

/// The tensor of a checkpoint that holds the policy's own parameters and the normalisation.
pub(crate) const AGENT: &str = "agent";

pub(crate) fn words(policy: &Policy, lens: &Lens) -> Vec<u32> {
    let mut words = Writer::default();
    policy.save(&mut words);
    if let Some(seen) = &lens.seen {
        seen.save(&mut words);
    }
    words.0
}

/// `None` unless the words are all of such a policy and normalisation.
pub(crate) fn load(policy: &mut Policy, lens: &mut Lens, words: &[u32]) -> Option<()> {
    let mut words = Reader(words);
    policy.restore(&mut words)?;
    if let Some(seen) = &mut lens.seen {
        seen.restore(&mut words)?;
    }
    words.0.is_empty().then_some(())
}
