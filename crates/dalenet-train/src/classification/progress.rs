//! How far the training of a classification is.

use super::early_stopping::Best;
use dalenet::GeneratorState;
use serde::{Deserialize, Serialize};

/// All of a training that is not in its networks and the optimiser.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Epochs that are done.
    pub epoch: usize,
    /// Batches of the running epoch that are done.
    pub batch: usize,
    /// Samples of the running epoch that are done.
    pub seen: usize,
    /// How many of them were right.
    pub right: usize,
    /// Σ|error| over the running epoch.
    pub error: f64,
    /// Mean error of the last epoch that is done.
    pub last_error: Option<f64>,
    /// Share of the held-out samples that were right after it.
    pub last_validation: Option<f64>,
    /// The best epoch, under early stopping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<Best>,
    pub generator: GeneratorState,
}
