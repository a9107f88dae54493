//! A run's classifier on analogue devices.

use super::bench::Bench;
use crate::{Error, Estimate, Resources};
use dalenet_data::Observer;
use dalenet_hardware::Device;
use serde::Serialize;
use std::path::Path;

/// A device, and how it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// The device.
    pub device: Device,
    /// Seconds between programming and evaluation.
    pub seconds: f64,
    /// Chips that are programmed.
    pub chips: u64,
    /// Random seed of the chips.
    pub seed: u64,
}

/// A classifier on chips.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceEvaluation {
    /// How it was tried.
    #[serde(flatten)]
    pub trial: Trial,
    /// Share of the test samples that are right in floating point.
    pub float_accuracy: f64,
    /// The same on each chip.
    pub accuracies: Vec<f64>,
    /// How many test samples.
    pub samples: usize,
}

impl DeviceEvaluation {
    /// Mean over the chips and how far it can be trusted, in percent.
    pub fn estimate(&self) -> Option<Estimate> {
        Estimate::of(&self.accuracies.iter().map(|share| 100.0 * share).collect::<Vec<_>>())
    }
}

/// Programs the classifier of the run at `path` into chips and evaluates each on the test set of `data`, a
/// task or a file; if none, on that of the data it was trained on.
///
/// # Errors
/// If the device is not possible, or the run or the data cannot be used or do not fit each other.
pub fn evaluate_on_devices<'a>(
    path: &Path,
    data: Option<&str>,
    trial: Trial,
    resources: impl Into<Resources<'a>>,
    observer: &mut dyn Observer,
) -> Result<DeviceEvaluation, Error> {
    let Trial { device, seconds, chips, seed } = trial;
    device.check().map_err(Error::Config)?;
    let (samples, converters) = ((data, None), device.has_converters());
    let bench = Bench::open(path, samples, converters, resources.into(), observer)?;
    let chips = (0..chips).flat_map(|chip| bench.accuracies(&device, &[seconds], seed, chip));
    Ok(DeviceEvaluation {
        trial,
        float_accuracy: bench.float_accuracy,
        accuracies: chips.collect(),
        samples: bench.samples(),
    })
}
