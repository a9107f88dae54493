//! Returns of a trained agent.

use super::AgentConfig;
use crate::{Error, Registry};
use dalenet::{Network, Trace};
use dalenet_ppo::{Agent, Score, evaluate_by};
use serde::Serialize;
use std::collections::BTreeMap;

/// Environments of an evaluation start where no training's do.
const EVALUATION: u64 = 1 << 40;

/// What was measured in some episodes of a trained agent.
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
    /// The mean return as a share of what all achievements give; none if there are none.
    pub score: Option<f64>,
    /// The share of the episodes in which each achievement was unlocked.
    pub achievements: BTreeMap<String, f64>,
}

impl AgentEvaluation {
    /// Plays `episodes` episodes of the task, at least one.
    ///
    /// # Errors
    /// If the environments cannot be made or stepped.
    pub(crate) fn of(
        registry: &Registry,
        agent: &mut Agent,
        config: &AgentConfig,
        episodes: usize,
    ) -> Result<Self, Error> {
        let forward = &mut |network: &Network, trace: &mut Trace| network.forward(trace);
        Self::by(registry, agent, config, episodes, 0, forward)
    }

    /// The same by a forward pass of one's own, in the episodes of a `seed`.
    pub(crate) fn by(
        registry: &Registry,
        agent: &mut Agent,
        config: &AgentConfig,
        episodes: usize,
        seed: u64,
        forward: &mut dyn FnMut(&Network, &mut Trace),
    ) -> Result<Self, Error> {
        let mut env = config.environments(registry, episodes)?;
        let seed = config.seed ^ EVALUATION ^ seed << 41;
        let Score { episodes, unlocked, .. } = evaluate_by(agent, env.as_mut(), seed, forward)?;
        let returns = mean_and_deviation(episodes.iter().map(|episode| episode.ret));
        let steps = mean_and_deviation(episodes.iter().map(|episode| episode.steps as f64));
        let ([mean, deviation], [steps, _]) =
            (returns.unwrap_or_default(), steps.unwrap_or_default());
        Ok(Self {
            backend: env.backend(),
            return_mean: mean,
            return_std: deviation,
            episode_steps: steps,
            score: env.achievements().score(mean),
            achievements: shares(env.achievements().names, &unlocked, episodes.len()),
            episodes: episodes.len(),
        })
    }
}

/// Mean and sample standard deviation (0 of a single value); `None` of no value.
pub(super) fn mean_and_deviation(
    values: impl ExactSizeIterator<Item = f64> + Clone,
) -> Option<[f64; 2]> {
    let count = values.len();
    let mean = values.clone().sum::<f64>() / count as f64;
    let squares: f64 = values.map(|value| (value - mean).powi(2)).sum();
    let deviation = (squares / count.saturating_sub(1).max(1) as f64).sqrt();
    (count > 0).then_some([mean, deviation])
}

/// In which share of the episodes each achievement was unlocked; empty of no episode.
pub(super) fn shares(names: &[&str], unlocked: &[u64], episodes: usize) -> BTreeMap<String, f64> {
    let share = |count: &u64| *count as f64 / episodes as f64;
    let named = names.iter().zip(unlocked).filter(|_| episodes > 0);
    named.map(|(name, count)| ((*name).to_owned(), share(count))).collect()
}
