//! How the rate changes in the course of a training.

use serde::{Deserialize, Serialize};

/// The factor of the rate as a function of the share of the training that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// 1 throughout.
    Constant,
    /// ½·(1 + cos(π·done)): from 1 to 0.
    Cosine,
}

impl Schedule {
    /// The factor when the share `done` ∈ [0, 1] of the training is behind.
    ///
    /// ```
    /// use dalenet::Schedule;
    /// assert_eq!(Schedule::Constant.factor(0.7), 1.0);
    /// assert!((Schedule::Cosine.factor(0.5) - 0.5).abs() < 1e-6);
    /// ```
    pub fn factor(self, done: f64) -> f32 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine => (0.5 * (1.0 + (std::f64::consts::PI * done).cos())) as f32,
        }
    }
}
