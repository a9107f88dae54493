//! Lines of `metrics.jsonl` and `result.json`: what a training reports, with its times and place.

use crate::Provenance;
use dalenet_train::{AgentOutcome as AgentLearning, ClassificationOutcome, Epoch, Update};
use serde::{Deserialize, Serialize};
use std::{ops::Deref, path::PathBuf};

/// What `$outer` adds to `$inner`, whose fields it has as well.
macro_rules! extends {
    ($outer:ty, $field:ident: $inner:ty) => {
        impl Deref for $outer {
            type Target = $inner;

            fn deref(&self) -> &$inner {
                &self.$field
            }
        }
    };
}

/// Where a classification stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Steps, epochs, error and accuracy.
    pub learning: dalenet_train::Position,
    /// Samples learnt a second in this epoch.
    pub samples_per_second: f64,
}

extends!(Position, learning: dalenet_train::Position);

/// One line of `metrics.jsonl`: an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// What was measured.
    #[serde(flatten)]
    pub learning: Epoch,
    /// Samples learnt a second.
    pub samples_per_second: f64,
    /// Seconds of training since the start, evaluation included.
    pub seconds: f64,
}

extends!(EpochMetrics, learning: Epoch);

/// One line of `metrics.jsonl`: an update of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpdateMetrics {
    /// What was measured.
    #[serde(flatten)]
    pub learning: Update,
    /// Steps of all environments a second, learning included.
    pub steps_per_second: f64,
    /// Seconds of training since the start.
    pub seconds: f64,
}

extends!(UpdateMetrics, learning: Update);

/// How a classification ended: `result.json`, and the last line of `dalenet train --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What was learnt.
    #[serde(flatten)]
    pub learning: ClassificationOutcome,
    /// Seconds of training, evaluation on held-out samples included.
    pub train_seconds: f64,
    /// Samples learnt a second, over all epochs.
    pub samples_per_second: f64,
    /// Folder of the run.
    #[serde(serialize_with = "crate::files::lossy")]
    pub run: PathBuf,
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
}

extends!(Outcome, learning: ClassificationOutcome);

/// How an agent's training ended: `result.json`, and the last line of `dalenet train --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentOutcome {
    /// What was learnt.
    #[serde(flatten)]
    pub learning: AgentLearning,
    /// Seconds of training.
    pub train_seconds: f64,
    /// Steps of all environments a second, learning included.
    pub steps_per_second: f64,
    /// Folder of the run.
    #[serde(serialize_with = "crate::files::lossy")]
    pub run: PathBuf,
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
}

extends!(AgentOutcome, learning: AgentLearning);

/// How a training of either kind ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ending {
    /// Learning to classify.
    Classification(Outcome),
    /// Learning to act.
    Agent(AgentOutcome),
}

impl Ending {
    /// The task.
    pub fn task(&self) -> &str {
        match self {
            Self::Classification(outcome) => &outcome.task,
            Self::Agent(outcome) => &outcome.task,
        }
    }

    /// Random seed.
    pub fn seed(&self) -> u64 {
        match self {
            Self::Classification(outcome) => outcome.seed,
            Self::Agent(outcome) => outcome.seed,
        }
    }

    /// What runs are compared by: the test accuracy in percent, or the mean return.
    pub fn score(&self) -> f64 {
        match self {
            Self::Classification(outcome) => 100.0 * outcome.test_accuracy,
            Self::Agent(outcome) => outcome.return_mean,
        }
    }

    /// Mean return of the last episodes of the training, if it is an agent's and completed any.
    pub fn recent_return(&self) -> Option<f64> {
        match self {
            Self::Classification(_) => None,
            Self::Agent(outcome) => outcome.recent_return,
        }
    }

    /// The mean return as a share of what the task's achievements give, if it has any.
    pub fn share(&self) -> Option<f64> {
        match self {
            Self::Classification(_) => None,
            Self::Agent(outcome) => outcome.score,
        }
    }

    /// Epochs, or steps of all environments.
    pub fn length(&self) -> f64 {
        match self {
            Self::Classification(outcome) => outcome.epochs as f64,
            Self::Agent(outcome) => outcome.steps as f64,
        }
    }

    /// Where it comes from.
    pub fn provenance(&self) -> &Provenance {
        match self {
            Self::Classification(outcome) => &outcome.provenance,
            Self::Agent(outcome) => &outcome.provenance,
        }
    }

    /// Seconds of training.
    pub fn seconds(&self) -> f64 {
        match self {
            Self::Classification(outcome) => outcome.train_seconds,
            Self::Agent(outcome) => outcome.train_seconds,
        }
    }
}
