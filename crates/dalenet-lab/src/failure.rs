//! `failure.json`: why a run of a study has no result.

use crate::{Error, files, run::json};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Why a published run has no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// The same in one sentence.
    pub reason: String,
}

/// What happened to a run that has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FailureKind {
    /// Its network is no longer one of numbers; it would diverge again.
    Diverged,
    /// Every worker that tried died, none further than the one before.
    Killed,
    /// It could not be trained by this worker; another may.
    Untrained,
}

impl Failure {
    /// That of the published run in a folder, if it has none but this.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_str(&files::read_text(&folder.join("failure.json")).ok()?).ok()
    }

    /// Writes it into the folder of an attempt.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        files::write(&folder.join("failure.json"), (json(self) + "\n").as_bytes())
    }
}
