//! What a unit makes of its input.

use serde::{Deserialize, Serialize};

/// A unit's response φ.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// `φ(z) = 1/(1 + exp(−2z/α))`, φ' = (2/α)·φ·(1 − φ), with the width α (Kaneko 1999).
    Sigmoid {
        /// The width α.
        width: f32,
    },
    /// `φ(z) = max(z, 0)`.
    Relu,
    /// `φ(z) = tanh(z)`.
    Tanh,
    /// `φ(z)_i = exp(z_i)/Σ_j exp(z_j)`; only for the output, with the cross-entropy.
    Softmax,
    /// `φ(z) = z`.
    Identity,
}

impl Activation {
    /// Whether no activity is negative.
    pub fn is_non_negative(self) -> bool {
        match self {
            Self::Sigmoid { .. } | Self::Relu | Self::Softmax => true,
            Self::Tanh | Self::Identity => false,
        }
    }

    /// φ' at 0.
    pub fn slope(self) -> f32 {
        match self {
            Self::Sigmoid { width } => 0.5 / width,
            Self::Relu | Self::Tanh | Self::Softmax | Self::Identity => 1.0,
        }
    }
}
