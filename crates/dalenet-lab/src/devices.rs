//! What a run's classifier is worth on analogue devices.

use crate::{Error, Estimate, Resources, Run, evaluate::test_set, held_out, trained};
use dalenet::Trace;
use dalenet_data::Observer;
use dalenet_hardware::{Chip, Device};
use dalenet_train::{Evaluation, TestSet};
use serde::Serialize;
use std::path::Path;

/// Training samples, held out if there are any, that the ranges of converters are chosen by.
const CALIBRATION: usize = 500;

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
    let resources = resources.into();
    trial.device.check().map_err(Error::Config)?;
    let run = Run::open(path)?;
    let (trained, known) = trained::classifier(resources, &run)?;
    let test = test_set(resources, &run, &trained, known.as_ref(), data, observer)?;
    let TestSet { test: split, .. } = &test;
    let float = trained.evaluate(&test).map_err(run.failure())?;
    let mut trace = Trace::default();
    if trial.device.output_bits.is_some() {
        let samples = held_out::samples(&run, &trained, known.as_ref(), resources, observer)?;
        let split = samples.validation.as_ref().unwrap_or(&samples.train);
        let indices: Vec<u32> = (0..split.len().min(CALIBRATION) as u32).collect();
        trained.preparation.gather(split, &indices, trace.input_mut(), |_, _| {});
    }
    let calibration = trace.input_mut().clone();
    let accuracy = |chip| {
        let mut chip = Chip::program(&trained.network, &trial.device, trial.seed, chip);
        if !calibration.as_slice().is_empty() {
            trace.input_mut().clone_from(&calibration);
            chip.calibrate(&mut trace);
        }
        chip.wait_until(trial.seconds);
        let outputs = trained.network.outputs();
        let mut forward = |trace: &mut Trace| chip.forward(trace);
        Evaluation::by(&mut forward, outputs, &trained.preparation, split).accuracy
    };
    let accuracies = (0..trial.chips).map(accuracy).collect();
    let samples = float.samples;
    Ok(DeviceEvaluation { trial, float_accuracy: float.accuracy, accuracies, samples })
}
