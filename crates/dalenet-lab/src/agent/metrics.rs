//! What is measured while an agent learns, and at its end.

use super::evaluate::shares;
use crate::{metrics::balances, statistics::Spread};
use dalenet_ppo::{Ppo, Update};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// One line of `metrics.jsonl`: an update.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpdateMetrics {
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
    /// Mean entropy of the policy, in nats.
    pub entropy: f64,
    /// Mean estimate of KL(old ‖ new), in nats.
    pub kl: f64,
    /// Share of the samples whose ratio of probabilities was clipped.
    pub clip_fraction: f64,
    /// Share of the variance of the returns that the critic told; none if they had none.
    pub explained_variance: Option<f64>,
    /// Mean ½(V − target)².
    pub value_loss: f64,
    /// Mean norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// Rate of the update's steps.
    pub rate: f32,
    /// Steps so far at which the physics failed; nothing was learnt from them.
    pub failures: u64,
    /// Steps of all environments a second, learning included.
    pub steps_per_second: f64,
    /// Seconds of training since the start.
    pub seconds: f64,
    /// Layer by layer, the actor's mean of `W_pp` and `W_nn` over mean of `W_np` and `W_pn`; empty
    /// in single-stream networks.
    pub ei_ratio: Vec<f64>,
    /// Layer by layer, the share of the actor's weights at the floor.
    pub floor_share: Vec<f64>,
    /// The share of the ended episodes in which each achievement was unlocked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub achievements: BTreeMap<String, f64>,
}

impl UpdateMetrics {
    pub(crate) fn new(update: &Update, ppo: &Ppo, seconds: [f64; 2]) -> Self {
        let [of_update, since_start] = seconds;
        let returns: Vec<_> = update.episodes.iter().map(|episode| episode.ret).collect();
        let lengths: Vec<_> = update.episodes.iter().map(|episode| episode.steps as f64).collect();
        let returns = Spread::of(&returns);
        let (ei_ratio, floor_share) = balances(&ppo.actor().network);
        let samples = (ppo.env().count() * ppo.settings().rollout) as f64;
        Self {
            update: update.update,
            steps: update.steps,
            reward: Some(update.reward),
            return_mean: returns.map(|returns| returns.mean),
            return_std: returns.map(|returns| returns.deviation),
            episode_steps: Spread::of(&lengths).map(|lengths| lengths.mean),
            episodes: update.episodes.len(),
            entropy: update.entropy,
            kl: update.divergence,
            clip_fraction: update.clip_fraction,
            explained_variance: update.explained_variance,
            value_loss: update.value_loss,
            gradient_norm: update.gradient_norm,
            rate: update.rate,
            failures: update.failures,
            steps_per_second: samples / of_update.max(1e-9),
            seconds: since_start,
            ei_ratio,
            floor_share,
            achievements: shares(ppo.env().achievements(), &update.unlocked, update.episodes.len()),
        }
    }
}

/// How an agent's training ended: `result.json`, and the last line of `dalenet train --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentOutcome {
    /// What was learnt.
    pub task: String,
    /// What computes the environment; scores of one and another are not comparable.
    pub backend: String,
    /// What taught.
    pub rule: String,
    /// Where chance started from.
    pub seed: u64,
    /// Steps of all environments.
    pub steps: u64,
    /// Mean return of the episodes after the training.
    pub return_mean: f64,
    /// Their standard deviation.
    pub return_std: f64,
    /// Their mean length in steps.
    pub episode_steps: f64,
    /// How many they were.
    pub episodes: usize,
    /// The mean return as a share of what all achievements are worth; none if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The share of the episodes in which each achievement was unlocked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub achievements: BTreeMap<String, f64>,
    /// Steps of the training at which the physics failed.
    pub failures: u64,
    /// Seconds of training.
    pub train_seconds: f64,
    /// Steps of all environments a second, learning included.
    pub steps_per_second: f64,
    /// Weights and biases of actor and critic.
    pub parameters: usize,
    /// Layer by layer, the actor's mean of `W_pp` and `W_nn` over mean of `W_np` and `W_pn`.
    pub ei_ratio: Vec<f64>,
    /// Layer by layer, the share of the actor's weights at the floor.
    pub floor_share: Vec<f64>,
    /// Where it was saved.
    #[serde(serialize_with = "crate::files::lossy")]
    pub run: PathBuf,
}
