//! What is measured while an agent learns, and at its end. Times are measured by the caller.

use super::evaluation::{mean_and_deviation, shares};
use crate::trainer::balances;
use dalenet_ppo::Ppo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was measured in an update.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// Which update, from 1.
    pub update: u64,
    /// Steps of all environments so far.
    pub steps: u64,
    /// Mean reward of a step of the update's rollout.
    pub reward: Option<f64>,
    /// Mean return of the episodes that ended in the update's rollout; none if none did.
    pub return_mean: Option<f64>,
    /// Their standard deviation; 0 of a single one.
    pub return_std: Option<f64>,
    /// Their mean length in steps.
    pub episode_steps: Option<f64>,
    /// How many they are.
    pub episodes: usize,
    /// Mean return of the last 100 episodes so far, fewer at the start; none before the first.
    #[serde(default)]
    pub recent_return: Option<f64>,
    /// How many episodes that is.
    #[serde(default)]
    pub recent_episodes: usize,
    /// Mean entropy of the policy, in nats.
    pub entropy: f64,
    /// Mean estimate of KL(old ‖ new), in nats.
    pub kl: f64,
    /// Share of the samples whose ratio of probabilities was clipped.
    pub clip_fraction: f64,
    /// Share of the variance of the returns that is explained by the critic; none if they had
    /// none.
    pub explained_variance: Option<f64>,
    /// Mean ½(V − target)².
    pub value_loss: f64,
    /// Mean norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// Rate of the update's steps.
    pub rate: f32,
    /// Steps so far at which the physics failed; nothing was learnt from them.
    pub failures: u64,
    /// Layer by layer, the actor's mean of `W_pp` and `W_nn` over mean of `W_np` and `W_pn`; empty
    /// in single-stream networks.
    pub ei_ratio: Vec<f64>,
    /// Layer by layer, the share of the actor's weights at the floor.
    pub floor_share: Vec<f64>,
    /// The share of the ended episodes in which each achievement was unlocked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub achievements: BTreeMap<String, f64>,
    /// Steps of all environments in the update's rollout.
    #[serde(skip)]
    pub samples: usize,
}

impl Update {
    pub(crate) fn new(update: &dalenet_ppo::Update, ppo: &Ppo) -> Self {
        let returns = mean_and_deviation(update.episodes.iter().map(|episode| episode.ret));
        let steps = mean_and_deviation(update.episodes.iter().map(|episode| episode.steps as f64));
        let (ei_ratio, floor_share) = balances(&ppo.actor().network);
        let names = ppo.env().achievements().names;
        Self {
            update: update.update,
            steps: update.steps,
            reward: Some(update.reward),
            return_mean: returns.map(|[mean, _]| mean),
            return_std: returns.map(|[_, deviation]| deviation),
            episode_steps: steps.map(|[mean, _]| mean),
            episodes: update.episodes.len(),
            recent_return: update.recent_return,
            recent_episodes: update.recent_episodes,
            entropy: update.entropy,
            kl: update.divergence,
            clip_fraction: update.clip_fraction,
            explained_variance: update.explained_variance,
            value_loss: update.value_loss,
            gradient_norm: update.gradient_norm,
            rate: update.rate,
            failures: update.failures,
            ei_ratio,
            floor_share,
            achievements: shares(names, &update.unlocked, update.episodes.len()),
            samples: ppo.env().count() * ppo.settings().rollout,
        }
    }
}

/// How an agent's training ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentOutcome {
    /// The task.
    pub task: String,
    /// What computes the environment; scores of one and another are not comparable.
    pub backend: String,
    /// Learning rule.
    pub rule: String,
    /// Random seed.
    pub seed: u64,
    /// Steps of all environments.
    pub steps: u64,
    /// Mean return of the episodes after the training.
    pub return_mean: f64,
    /// Their standard deviation.
    pub return_std: f64,
    /// Mean return of the last 100 episodes of the training, by sampled actions: what published figures of PPO
    /// mostly are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recent_return: Option<f64>,
    /// Mean length of the episodes after the training, in steps.
    pub episode_steps: f64,
    /// How many they were.
    pub episodes: usize,
    /// The mean return as a share of what all achievements give; none if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The share of the episodes in which each achievement was unlocked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub achievements: BTreeMap<String, f64>,
    /// Steps of the training at which the physics failed.
    pub failures: u64,
    /// Weights and biases of actor and critic.
    pub parameters: usize,
    /// Layer by layer, the actor's mean of `W_pp` and `W_nn` over mean of `W_np` and `W_pn`.
    pub ei_ratio: Vec<f64>,
    /// Layer by layer, the share of the actor's weights at the floor.
    pub floor_share: Vec<f64>,
}
