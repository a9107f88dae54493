//! A fixed handful of samples on which every layer is diagnosed in the course of a training.

use super::{OutputError, Preparation};
use dalenet::{
    Matrix, Network, Rule, Trace,
    diagnosis::{Diagnosis, diagnose},
};
use dalenet_data::Split;

/// Samples of a probe at most.
const SAMPLES: usize = 256;
/// A diagnosis costs about as much as learning from twice the samples. An epoch of fewer probes
/// than this is too short for one after each.
const PROBES_AN_EPOCH: usize = 100;

/// Samples that are held out, or samples to train on where none are.
pub struct Probe {
    trace: Trace,
    labels: Vec<u16>,
    error: OutputError,
    every_epoch: bool,
}

impl Probe {
    /// The probe of a task: evenly spaced samples, the same for every seed, under the `error` of the
    /// training.
    pub fn new(
        error: OutputError,
        preparation: &Preparation,
        train: &Split,
        validation: Option<&Split>,
    ) -> Self {
        let split = validation.unwrap_or(train);
        let count = split.len().min(SAMPLES);
        let rows: Vec<u32> = (0..count).map(|i| (i * split.len() / count) as u32).collect();
        let mut trace = Trace::default();
        preparation.gather(split, &rows, trace.input_mut(), |_, _| {});
        Self {
            trace,
            labels: rows.iter().map(|row| split.labels()[*row as usize]).collect(),
            error,
            every_epoch: train.len() >= PROBES_AN_EPOCH * count,
        }
    }

    /// Whether a diagnosis follows this epoch, from 1: each, or where epochs are short 1, 2, 4,
    /// 8, … and the `last`.
    pub fn is_due(&self, epoch: usize, last: usize) -> bool {
        self.every_epoch || epoch.is_power_of_two() || epoch == last
    }

    /// Diagnoses every layer. Nothing is learnt and no random number is drawn.
    pub fn diagnose(&mut self, network: &Network, rule: &dyn Rule) -> Vec<Diagnosis> {
        network.forward(&mut self.trace);
        let mut error = Matrix::default();
        self.error.fill(self.trace.output(), &self.labels, &mut error);
        diagnose(network, rule, &self.trace, &error)
    }
}
