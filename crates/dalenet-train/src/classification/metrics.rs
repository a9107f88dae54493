//! What is measured in a classification. Times are measured by the caller.

use dalenet::diagnosis::Diagnosis;
use serde::{Deserialize, Serialize};

/// Where a classification stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Steps made.
    pub step: usize,
    /// Steps of the whole training.
    pub steps: usize,
    /// The running epoch, from 1.
    pub epoch: usize,
    /// Epochs of the whole training.
    pub epochs: usize,
    /// Samples of the epoch so far.
    pub samples: usize,
    /// Mean Σ_c |error| of the epoch so far.
    pub error: f64,
    /// Share of the epoch's samples that were right so far.
    pub accuracy: f64,
}

/// What was measured in an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
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
    /// Mean over the held-out samples of Σ_c |target − prediction| after the epoch, if any were held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_error: Option<f64>,
    /// Layer by layer: mean of `W_pp` and `W_nn` over mean of `W_np` and `W_pn`; empty in
    /// single-stream networks.
    pub ei_ratio: Vec<f64>,
    /// Layer by layer: share of the weights at the floor; empty in single-stream networks.
    pub floor_share: Vec<f64>,
    /// Layer by layer, the diagnosis on a fixed probe of samples; empty after epochs without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Diagnosis>,
    /// Samples of the epoch.
    #[serde(skip)]
    pub samples: usize,
}

/// How a classification ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassificationOutcome {
    /// The task.
    pub task: String,
    /// Learning rule.
    pub rule: String,
    /// Random seed.
    pub seed: u64,
    /// Epochs made.
    pub epochs: usize,
    /// Whether the error fell below `stop_error`: the task is learnt after `epochs` passes. None where
    /// `stop_error` is 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learnt: Option<bool>,
    /// The epoch, from 1, whose weights are kept and evaluated; none if they are the last ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_epoch: Option<usize>,
    /// Share of the test samples that are right.
    pub test_accuracy: f64,
    /// Mean over the classes of the test set of the share of its samples that are right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_balanced_accuracy: Option<f64>,
    /// Share of the held-out samples that are right, if any were held out.
    pub validation_accuracy: Option<f64>,
    /// Weights and biases.
    pub parameters: usize,
    /// Layer by layer: mean of `W_pp` and `W_nn` over mean of `W_np` and `W_pn`.
    pub ei_ratio: Vec<f64>,
    /// Layer by layer: share of the weights at the floor.
    pub floor_share: Vec<f64>,
    /// What the user should know, if anything.
    pub warning: Option<String>,
    /// What was noticed in the data, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// How many test samples of each class (rows) were given each class (columns).
    #[serde(default)]
    pub test_confusion: Vec<Vec<usize>>,
    /// The same for the held-out samples, if any were held out.
    #[serde(default)]
    pub validation_confusion: Option<Vec<Vec<usize>>>,
}
