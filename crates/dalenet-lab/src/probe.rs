//! A fixed handful of samples on which every layer is looked at in the course of a training.

use crate::{Config, Task};
use dalenet::{
    Matrix, Network, Rule, Trace, centre,
    diagnosis::{Diagnosis, diagnose},
    one_vs_all,
};

/// Samples of a probe at most.
const SAMPLES: usize = 256;
/// Looking costs about as much as learning from twice the samples. An epoch of fewer probes than
/// this is too short to look after each.
const PROBES_AN_EPOCH: usize = 100;

/// Samples that are held out, or samples to train on where none are.
pub struct Probe {
    trace: Trace,
    labels: Vec<u16>,
    centred: bool,
    every_epoch: bool,
}

impl Probe {
    /// The probe of a task: evenly spaced samples, the same for every seed.
    pub fn new(task: &Task, config: &Config) -> Self {
        let split = task.validation.as_ref().unwrap_or(&task.train);
        let count = split.len().min(SAMPLES);
        let rows: Vec<u32> = (0..count).map(|i| (i * split.len() / count) as u32).collect();
        let mut trace = Trace::default();
        task.gather(split, &rows, trace.input_mut(), |_, _| {});
        Self {
            trace,
            labels: rows.iter().map(|row| split.labels()[*row as usize]).collect(),
            centred: config.centred,
            every_epoch: task.train.len() >= PROBES_AN_EPOCH * count,
        }
    }

    /// Whether to look after this epoch, from 1: after each, or where epochs are short after
    /// 1, 2, 4, 8, … and the `last`.
    pub fn is_due(&self, epoch: usize, last: usize) -> bool {
        self.every_epoch || epoch.is_power_of_two() || epoch == last
    }

    /// Looks at every layer. Nothing is learnt and no chance is drawn.
    pub fn look(&mut self, network: &Network, rule: &dyn Rule) -> Vec<Diagnosis> {
        network.forward(&mut self.trace);
        let mut error = Matrix::default();
        one_vs_all(self.trace.output(), &self.labels, &mut error);
        if self.centred {
            centre(&mut error);
        }
        diagnose(network, rule, &self.trace, &error)
    }
}
