//! What is measured while training and at its end.

use crate::AgentOutcome;
use dalenet::{Network, diagnosis::Diagnosis};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One line of `metrics.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// Which epoch, from 1.
    pub epoch: usize,
    /// Steps since the start.
    pub step: u64,
    /// Rate of the epoch's last step.
    pub rate: f32,
    /// Mean over the samples of Σ_c |target − prediction|, before each step.
    pub error: f64,
    /// Share of the training samples that were right, before each step.
    pub train_accuracy: f64,
    /// Share of the held-out samples that are right after the epoch, if any were held out.
    pub validation_accuracy: Option<f64>,
    /// Samples learnt a second.
    pub samples_per_second: f64,
    /// Seconds of training since the start, evaluation included.
    pub seconds: f64,
    /// Layer by layer: mean of `W_pp` and `W_nn` over mean of `W_np` and `W_pn`; empty in
    /// single-stream networks.
    pub ei_ratio: Vec<f64>,
    /// Layer by layer: share of the weights at the floor; empty in single-stream networks.
    pub floor_share: Vec<f64>,
    /// Layer by layer, what was found on a fixed probe of samples; empty after epochs at whose
    /// end nobody looked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Diagnosis>,
}

/// How a training ended: `result.json`, and the last line of `dalenet train --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What was learnt.
    pub task: String,
    /// What taught.
    pub rule: String,
    /// Where chance started from.
    pub seed: u64,
    /// Epochs made.
    pub epochs: usize,
    /// Whether `stop_error` ended the training: the task is learnt after `epochs` passes.
    pub learnt: bool,
    /// Share of the test samples that are right.
    pub test_accuracy: f64,
    /// Share of the held-out samples that are right, if any were held out.
    pub validation_accuracy: Option<f64>,
    /// Seconds of training, evaluation on held-out samples included.
    pub train_seconds: f64,
    /// Samples learnt a second, over all epochs.
    pub samples_per_second: f64,
    /// Weights and biases.
    pub parameters: usize,
    /// Layer by layer: mean of `W_pp` and `W_nn` over mean of `W_np` and `W_pn`.
    pub ei_ratio: Vec<f64>,
    /// Layer by layer: share of the weights at the floor.
    pub floor_share: Vec<f64>,
    /// What the user should know, if anything.
    pub warning: Option<String>,
    /// How many test samples of each class (rows) were given each class (columns).
    #[serde(default)]
    pub test_confusion: Vec<Vec<usize>>,
    /// The same for the held-out samples, if any were held out.
    #[serde(default)]
    pub validation_confusion: Option<Vec<Vec<usize>>>,
    /// Where it was saved.
    #[serde(serialize_with = "crate::files::lossy")]
    pub run: PathBuf,
}

/// How a training of either kind ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ending {
    /// Learning to act. It knows no other fields.
    Agent(AgentOutcome),
    /// Learning to classify.
    Classification(Outcome),
}

impl Ending {
    /// What was learnt.
    pub fn task(&self) -> &str {
        match self {
            Self::Classification(outcome) => &outcome.task,
            Self::Agent(outcome) => &outcome.task,
        }
    }

    /// Where chance started from.
    pub fn seed(&self) -> u64 {
        match self {
            Self::Classification(outcome) => outcome.seed,
            Self::Agent(outcome) => outcome.seed,
        }
    }

    /// What runs are judged by: the test accuracy in percent, or the mean return.
    pub fn score(&self) -> f64 {
        match self {
            Self::Classification(outcome) => 100.0 * outcome.test_accuracy,
            Self::Agent(outcome) => outcome.return_mean,
        }
    }

    /// The mean return as a share of what the task's achievements are worth, if it has any.
    pub fn share(&self) -> Option<f64> {
        match self {
            Self::Classification(_) => None,
            Self::Agent(outcome) => outcome.score,
        }
    }

    /// Epochs, or steps of all environments.
    pub fn length(&self) -> f64 {
        match self {
            Self::Classification(outcome) => outcome.epochs as f64,
            Self::Agent(outcome) => outcome.steps as f64,
        }
    }

    /// Seconds of training.
    pub fn seconds(&self) -> f64 {
        match self {
            Self::Classification(outcome) => outcome.train_seconds,
            Self::Agent(outcome) => outcome.train_seconds,
        }
    }
}

/// E/I ratio and share at the floor of every layer.
pub(crate) fn balances(network: &Network) -> (Vec<f64>, Vec<f64>) {
    let balances = network.layers().iter().filter_map(|layer| layer.balance());
    balances.map(|balance| (balance.ei_ratio, balance.floor_share)).unzip()
}
