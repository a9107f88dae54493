//! What a trained agent is worth.

use super::AgentConfig;
use crate::{Error, Run, experiment::Experiment, statistics::Spread};
use dalenet::{Generator, Network, NetworkSpec, checkpoint::Checkpoint};
use dalenet_envs::VectorEnv;
use dalenet_ppo::{Agent, Score, evaluate};
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};

/// Environments of an evaluation start where no training's do.
const EVALUATION: u64 = 1 << 40;

/// What some episodes of a trained agent were like.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgentEvaluation {
    /// What computed the environment; scores of one and another are not comparable.
    pub backend: &'static str,
    /// Mean return.
    pub return_mean: f64,
    /// Standard deviation of the returns; 0 of a single one.
    pub return_std: f64,
    /// Mean length in steps.
    pub episode_steps: f64,
    /// How many episodes.
    pub episodes: usize,
    /// The mean return as a share of what all achievements are worth; none if there are none.
    pub score: Option<f64>,
    /// The share of the episodes in which each achievement was unlocked.
    pub achievements: BTreeMap<String, f64>,
}

impl AgentEvaluation {
    /// Plays `episodes` episodes of the task.
    pub(crate) fn of(
        agent: &mut Agent,
        config: &AgentConfig,
        episodes: usize,
    ) -> Result<Self, Error> {
        let mut env = config.environments(episodes)?;
        let Score { episodes, unlocked, .. } =
            evaluate(agent, env.as_mut(), config.seed ^ EVALUATION)?;
        let spread = |values: Vec<f64>| Spread::of(&values).expect("at least one episode");
        let returns = spread(episodes.iter().map(|episode| episode.ret).collect());
        let steps = spread(episodes.iter().map(|episode| episode.steps as f64).collect());
        Ok(Self {
            backend: env.backend(),
            return_mean: returns.mean,
            return_std: returns.deviation,
            episode_steps: steps.mean,
            score: env.achievements().score(returns.mean),
            achievements: shares(env.achievements().names, &unlocked, episodes.len()),
            episodes: episodes.len(),
        })
    }
}

/// In which share of the episodes each achievement was unlocked; empty of no episode.
pub(crate) fn shares(names: &[&str], unlocked: &[u64], episodes: usize) -> BTreeMap<String, f64> {
    let share = |count: &u64| *count as f64 / episodes as f64;
    let named = names.iter().zip(unlocked).filter(|_| episodes > 0);
    named.map(|(name, count)| ((*name).to_owned(), share(count))).collect()
}

/// The agent of a run's last checkpoint, its configuration and one of its environments.
///
/// # Errors
/// If the run is of no agent, has no checkpoint, or it cannot be used.
pub(crate) fn load(run: &Run) -> Result<(AgentConfig, Agent, Box<dyn VectorEnv>), Error> {
    let Experiment::Agent(config) = run.experiment()? else {
        return Err(Error::NoAgent(run.folder().into()));
    };
    let bytes = run.checkpoint()?.ok_or_else(|| Error::Untrained(run.folder().into()))?;
    let broken = |cause| Error::Checkpoint { path: run.checkpoint_path(), cause };
    let file = Checkpoint::parse(&bytes).map_err(broken)?;
    let env = config.environments(1)?;
    let settings = config.ppo();
    let (spec, _) = config.networks().actor;
    let outputs = dalenet_ppo::Policy::new(env.action_space(), 0.0).outputs();
    let spec = NetworkSpec { inputs: env.observation_space().len(), outputs, ..spec };
    let network = Network::new(&spec, &mut Generator::new(config.seed, 0));
    let agent = Agent::restore(network, env.as_ref(), &settings, &file)
        .map_err(|cause| Error::from_ppo(cause, run))?;
    let agent = config.judged(agent);
    Ok((config, agent, env))
}

/// Plays episodes by the agent of the run at `path`.
///
/// # Errors
/// If the run cannot be used.
pub fn evaluate_agent(
    path: &Path,
    episodes: usize,
) -> Result<(AgentConfig, AgentEvaluation), Error> {
    let (config, mut agent, _) = load(&Run::open(path)?)?;
    let evaluation = AgentEvaluation::of(&mut agent, &config, episodes)?;
    Ok((config, evaluation))
}
