//! The classifier of a run with all that trying it on devices needs.

use crate::{Error, Resources, Run, evaluate::test_set, held_out, trained};
use dalenet::Trace;
use dalenet_data::{Observer, Split};
use dalenet_hardware::{Calibration, Chip, Device};
use dalenet_train::{Evaluation, Preparation, TestSet};
use std::path::Path;

/// Training samples, held out if there are any, that the ranges of converters are chosen by.
const CALIBRATION: usize = 500;

/// The classifier of a run with all that trying it on devices needs.
pub struct Bench {
    pub trained: trained::Trained,
    /// Share of the test samples that are right in floating point.
    pub float_accuracy: f64,
    test: Split,
    calibration: Calibration,
}

impl Bench {
    /// The classifier of the run at `path` and the test set of `data`, or else of its own data: at most
    /// `samples` of it, if a number is given. Converters are calibrated where they are asked for.
    ///
    /// # Errors
    /// If the run or the data cannot be used or do not fit each other.
    pub fn open(
        path: &Path,
        (data, samples): (Option<&str>, Option<usize>),
        converters: bool,
        resources: Resources<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Self, Error> {
        let run = Run::open(path)?;
        let (trained, known) = trained::classifier(resources, &run)?;
        let mut test = test_set(resources, &run, &trained, known.as_ref(), data, observer)?;
        if let Some(samples) = samples.filter(|samples| *samples < test.test.len()) {
            test.test = evenly(&test.test, samples);
        }
        let float = trained.evaluate(&test).map_err(run.failure())?;
        let mut calibration = Calibration::default();
        if converters {
            let samples = held_out::samples(&run, &trained, known.as_ref(), resources, observer)?;
            let split = samples.validation.as_ref().unwrap_or(&samples.train);
            calibrate(&trained.preparation, split, &trained.network, &mut calibration);
        }
        let TestSet { test, .. } = test;
        Ok(Self { trained, float_accuracy: float.accuracy, test, calibration })
    }

    /// How many test samples.
    pub fn samples(&self) -> usize {
        self.test.len()
    }

    /// Shares of the test samples that chip `chip` of a seed has right at each of these times, in seconds
    /// since it was programmed.
    pub fn accuracies(&self, device: &Device, times: &[f64], seed: u64, chip: u64) -> Vec<f64> {
        let (network, preparation) = (&self.trained.network, &self.trained.preparation);
        let mut chip = Chip::program(network, device, &self.calibration, seed, chip);
        let at = |seconds: &f64| {
            chip.wait_until(*seconds);
            let mut forward = |trace: &mut Trace| chip.forward(trace);
            Evaluation::by(&mut forward, network.outputs(), preparation, &self.test).accuracy
        };
        times.iter().map(at).collect()
    }
}

fn calibrate(
    preparation: &Preparation,
    split: &Split,
    network: &dalenet::Network,
    calibration: &mut Calibration,
) {
    let mut trace = Trace::default();
    let indices: Vec<u32> = (0..split.len().min(CALIBRATION) as u32).collect();
    preparation.gather(split, &indices, trace.input_mut(), |_, _| {});
    calibration.add(network, &mut trace);
}

/// So many of the samples, evenly spaced.
fn evenly(split: &Split, count: usize) -> Split {
    let indices: Vec<u32> = (0..count).map(|i| (i * split.len() / count) as u32).collect();
    split.subset(&indices)
}
