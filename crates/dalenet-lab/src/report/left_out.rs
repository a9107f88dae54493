//! What a report does not show, and why.

use crate::Error;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A run, or a part of it, that a report does not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The run's folder.
    #[serde(serialize_with = "crate::files::lossy")]
    pub run: PathBuf,
    /// Cause and remedy, in a sentence.
    pub reason: String,
}

impl LeftOut {
    pub(crate) fn new(run: &Path, error: &Error) -> Self {
        Self { run: run.into(), reason: error.to_string() }
    }
}
