//! What the runs of a sweep are judged by: held-out samples, or episodes of the search's own seeds.

use super::schedule::Found;
use crate::{Ending, EpochMetrics, Error, Experiment, Run, UpdateMetrics, files, run::json};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The file of a run that was paused on a rung, in which its score is.
pub(crate) const RUNG: &str = "rung.json";

/// What a run achieved after so much training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Judged {
    /// Epochs, or steps of all environments, that it was trained for.
    pub length: u64,
    /// Accuracy on held-out samples in percent, or return; none if it has none.
    pub score: Option<f64>,
    /// Whether the training has ended.
    pub ended: bool,
}

impl Judged {
    /// What a training has achieved so far.
    ///
    /// # Errors
    /// If a file of it cannot be read.
    pub fn of(run: &Run) -> Result<Self, Error> {
        let nothing = Self { length: 0, score: None, ended: false };
        Ok(match run.experiment()? {
            Experiment::Classification(_) => run.metrics()?.last().map_or(nothing, Self::of_epoch),
            Experiment::Agent(_) => run.updates()?.last().map_or(nothing, Self::of_update),
        })
    }

    /// What the run in a folder of the study achieved, once it is published there.
    pub fn read(folder: &Path) -> Option<Self> {
        if let Ok(text) = files::read_text(&folder.join("result.json")) {
            return Some(Self::of_ending(&serde_json::from_str(&text).ok()?));
        }
        serde_json::from_str(&files::read_text(&folder.join(RUNG)).ok()?).ok()
    }

    /// Writes it into the folder of a run that is paused.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        files::write(&folder.join(RUNG), (json(self) + "\n").as_bytes())
    }

    fn of_ending(ending: &Ending) -> Self {
        let score = match ending {
            Ending::Classification(outcome) => outcome.validation_accuracy.map(percent),
            Ending::Agent(outcome) => Some(outcome.return_mean),
        };
        Self { length: ending.length() as u64, score, ended: true }
    }

    fn of_epoch(epoch: &EpochMetrics) -> Self {
        let score = epoch.validation_accuracy.map(percent);
        Self { length: epoch.epoch as u64, score, ended: false }
    }

    fn of_update(update: &UpdateMetrics) -> Self {
        Self { length: update.steps, score: update.recent_return, ended: false }
    }
}

/// What was found of the run in a folder of the study.
pub(crate) fn found(folder: &Path) -> Found {
    match Judged::read(folder) {
        Some(judged) => Found::Scored(judged.score),
        None if folder.join("failure.json").exists() => Found::Scored(None),
        None => Found::Open,
    }
}

fn percent(share: f64) -> f64 {
    100.0 * share
}
