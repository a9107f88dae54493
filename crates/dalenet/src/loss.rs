//! The loss, whose error at the output every rule starts from.

use serde::{Deserialize, Serialize};

/// What the output is asked to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// ½·Σ(target − prediction)² of sigmoid outputs; the error is gated by φ' as in the paper.
    Squared,
    /// −Σ target·ln(prediction) of a softmax; the error reaches the output ungated.
    CrossEntropy,
}
