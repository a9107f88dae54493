//! How a classifier stands what devices do to it.

use super::robust_series::Effect;
use crate::{Estimate, files};
use serde::Serialize;
use std::path::PathBuf;

/// How the classifiers of some runs of one configuration stand what devices do to them.
#[derive(Clone, Debug, Serialize)]
pub struct Robustness {
    /// The runs.
    #[serde(serialize_with = "files::all_lossy")]
    pub runs: Vec<PathBuf>,
    /// The task.
    pub task: String,
    /// The rule's name.
    pub rule: String,
    /// Test samples.
    pub samples: usize,
    /// Share of the test samples that are right in floating point, run by run.
    pub float_accuracies: Vec<f64>,
    /// The same of all runs, in percent.
    pub float: Estimate,
    /// Devices of each run, with its own mapping.
    pub devices: u64,
    /// One effect of one strength at one time each.
    pub rows: Vec<RobustnessRow>,
    /// The figure.
    #[serde(serialize_with = "files::lossy")]
    pub figure: PathBuf,
    /// The same in PNG.
    #[serde(serialize_with = "files::lossy")]
    pub picture: PathBuf,
}

/// What a device does to the accuracy.
#[derive(Clone, Debug, Serialize)]
pub struct RobustnessRow {
    /// What the row is about.
    pub effect: Effect,
    /// The device.
    pub device: String,
    /// The strength of the effect: bits, percent, or seconds since programming.
    pub x: f64,
    /// How the strength is written.
    pub strength: String,
    /// Share of the test samples that are right, run by run and chip by chip.
    pub accuracies: Vec<Vec<f64>>,
    /// Of several runs the mean over them of their chips' means, of one run that of its chips, in percent.
    pub estimate: Estimate,
    /// Standard deviation of the chips of a run, mean over the runs, in percentage points.
    pub chip_std: f64,
}
