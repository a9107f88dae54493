//! `attempt.json`: the heartbeat of the attempt in whose folder it is, and how far it is.

use crate::{Error, files, run::json};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What an attempt writes of itself every now and then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AttemptFile {
    /// Of the worker.
    pub nonce: String,
    /// Which attempt at the run.
    pub token: u64,
    /// The worker's machine.
    pub host: String,
    /// The worker's process.
    pub pid: u32,
    /// When it began, UTC; for people.
    pub began: String,
    /// Grows with every writing.
    pub beat: u64,
    /// Steps that are made: of optimisation, or of all environments.
    pub step: u64,
    /// Steps of the whole training; 0 before the first.
    pub steps: u64,
    /// Whether the worker is at it.
    pub state: State,
}

/// Whether an attempt goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// Yes, if its heartbeat goes on.
    Working,
    /// It was saved and left: anyone may go on from it.
    Left,
    /// It could not be trained there, and why: others may try.
    Failed(String),
}

impl AttemptFile {
    /// That of the attempt in a folder, as far as it can be read.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_str(&files::read_text(&path(folder)).ok()?).ok()
    }

    /// Writes it into the attempt's folder.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        files::write(&path(folder), (json(self) + "\n").as_bytes())
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("attempt.json")
}
