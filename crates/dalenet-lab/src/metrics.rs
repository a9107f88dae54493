//! What is measured while training and at its end.

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

impl EpochMetrics {
    /// Name and value of all that can be drawn over epochs.
    pub(crate) fn scalars(&self) -> Vec<(String, f64)> {
        let mut scalars: Vec<_> = [
            ("rate", f64::from(self.rate)),
            ("error", self.error),
            ("accuracy/train", self.train_accuracy),
            ("samples_per_second", self.samples_per_second),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        scalars.extend(self.validation_accuracy.map(|share| ("accuracy/validation".into(), share)));
        for (kind, values) in [("ei_ratio", &self.ei_ratio), ("floor_share", &self.floor_share)] {
            let named = (1..).zip(values).map(|(l, value)| (format!("{kind}/layer{l}"), *value));
            scalars.extend(named);
        }
        for (l, layer) in (1..).zip(&self.layers) {
            scalars.extend(
                layer_scalars(layer).map(|(kind, value)| (format!("{kind}/layer{l}"), value)),
            );
            let parts = layer.floor_share.iter();
            scalars.extend(
                parts.map(|(name, share)| (format!("floor_share/layer{l}/{name}"), *share)),
            );
        }
        scalars
    }
}

/// Name and value of what was found in a layer, as far as it can be told.
fn layer_scalars(layer: &Diagnosis) -> impl Iterator<Item = (&'static str, f64)> {
    let scalars = [
        ("signal", Some(layer.signal)),
        ("attenuation", layer.attenuation),
        ("alignment", layer.alignment),
        ("sign_agreement", layer.sign_agreement),
        ("dead", Some(layer.dead)),
        ("saturated", Some(layer.saturated)),
    ];
    scalars.into_iter().filter_map(|(kind, value)| Some((kind, value?)))
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
    pub run: PathBuf,
}

/// E/I ratio and share at the floor of every layer.
pub(crate) fn balances(network: &Network) -> (Vec<f64>, Vec<f64>) {
    let balances = network.layers().iter().filter_map(|layer| layer.balance());
    balances.map(|balance| (balance.ei_ratio, balance.floor_share)).unzip()
}
