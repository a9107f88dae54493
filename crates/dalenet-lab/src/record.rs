//! How the runs of a study ended.

use crate::{
    Cell, Ending,
    failure::{Failure, FailureKind},
};
use serde::Serialize;

/// How a run of a study ended: a line of `results.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// The name of its cell.
    pub cell: String,
    /// How its training ended.
    #[serde(flatten)]
    pub outcome: Ending,
}

impl Record {
    /// Whether it is of this cell.
    pub(crate) fn is_of(&self, cell: &Cell) -> bool {
        self.cell == cell.name && self.outcome.task() == cell.config.task()
    }

    /// What runs are compared by: the test accuracy in percent, or the mean return.
    pub fn score(&self) -> f64 {
        self.outcome.score()
    }
}

/// The runs that have no result.
#[derive(Default)]
pub(crate) struct Failures {
    /// Runs whose networks diverged.
    pub diverged: Vec<String>,
    /// Runs that could not be trained, and why.
    pub failed: Vec<String>,
}

impl Failures {
    /// Adds a run, with what happened to it if anything did.
    pub fn add(&mut self, run: String, failure: Option<Failure>) {
        match failure {
            Some(Failure { kind: FailureKind::Diverged, .. }) => self.diverged.push(run),
            Some(Failure { reason, .. }) => self.failed.push(format!("{run} ({reason})")),
            None => {}
        }
    }
}
