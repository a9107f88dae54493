//! The times of a training, across its interruptions.

use serde::{Deserialize, Serialize};

/// Seconds spent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Clock {
    /// In all.
    pub seconds: f64,
    /// Of learning, in the epochs that are done.
    learning: f64,
    /// Of learning, in the running epoch.
    epoch: f64,
    /// Samples learnt in the epochs that are done.
    samples: u64,
    /// That the program worked on the run, whatever it did.
    #[serde(default)]
    pub duration: f64,
}

impl Clock {
    /// Adds a step's time.
    pub fn step(&mut self, seconds: f64) {
        self.seconds += seconds;
        self.epoch += seconds;
    }

    /// Adds the time of the evaluation that follows an epoch of `samples`, and returns the samples
    /// learnt a second in it.
    pub fn end_epoch(&mut self, samples: usize, seconds: f64) -> f64 {
        let rate = self.epoch_rate(samples);
        self.seconds += seconds;
        self.learning += std::mem::take(&mut self.epoch);
        self.samples += samples as u64;
        rate
    }

    /// Samples learnt a second in the running epoch, of which there were `samples`.
    pub fn epoch_rate(&self, samples: usize) -> f64 {
        samples as f64 / self.epoch.max(1e-9)
    }

    /// Samples learnt a second in all epochs.
    pub fn rate(&self) -> f64 {
        self.samples as f64 / self.learning.max(1e-9)
    }
}
