//! Early stopping: the best epoch on the held-out samples, and its weights.

use dalenet::Network;
use serde::{Deserialize, Serialize};

/// The epoch with the highest validation accuracy so far; of several, the first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Best {
    /// Which epoch, from 1.
    pub epoch: usize,
    /// Share of the held-out samples that were right after it.
    pub accuracy: f64,
}

/// Keeps the best epoch's weights, and says when so many epochs were no better.
pub(super) struct EarlyStopping {
    /// Epochs that are waited for a better one; 0: the best epoch is of no interest.
    patience: usize,
    kept: Option<(Best, Network)>,
}

impl EarlyStopping {
    pub fn new(patience: usize) -> Self {
        Self { patience, kept: None }
    }

    /// Keeps the weights after an epoch if they are the best so far.
    pub fn add(&mut self, epoch: usize, accuracy: f64, network: &Network) {
        let better = self.kept.as_ref().is_none_or(|(best, _)| accuracy > best.accuracy);
        if self.patience > 0 && better {
            self.kept = Some((Best { epoch, accuracy }, network.clone()));
        }
    }

    /// Whether the last `patience` of so many epochs were no better than the one before them.
    pub fn is_over(&self, epochs: usize) -> bool {
        self.best().is_some_and(|best| epochs.saturating_sub(best.epoch) >= self.patience)
    }

    pub fn best(&self) -> Option<Best> {
        self.kept.as_ref().map(|(best, _)| *best)
    }

    /// The best epoch's network, once there is one.
    pub fn network(&self) -> Option<&Network> {
        self.kept.as_ref().map(|(_, network)| network)
    }

    /// Resumes with what a checkpoint kept.
    pub fn restore(&mut self, kept: Option<(Best, Network)>) {
        self.kept = kept;
    }
}
