//! The parts of Error Diffusion whose effect an ablation measures by removing them.

use crate::Config;
use serde::{Deserialize, Serialize};

/// One of the paper's three innovations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Each class's error is centred over the batch.
    Centring,
    /// Sigmoids are wider than 1, layer by layer.
    Widths,
    /// Initial weights are larger within a stream than between the streams.
    Asymmetry,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Centring, Self::Widths, Self::Asymmetry];

    /// What the literature calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Centring => "batch-centring",
            Self::Widths => "widths",
            Self::Asymmetry => "asymmetric initialisation",
        }
    }

    /// The cell of the network without it.
    pub fn cell(self) -> &'static str {
        match self {
            Self::Centring => "no-centring",
            Self::Widths => "no-widths",
            Self::Asymmetry => "no-asymmetry",
        }
    }

    /// `config` without it.
    pub fn removed_from(self, config: &Config) -> Config {
        let mut config = config.clone();
        match self {
            Self::Centring => config.centred = false,
            Self::Widths => config.network.widths.fill(1.0),
            Self::Asymmetry => {
                (config.network.excitatory_gain, config.network.inhibitory_gain) = (1.0, 1.0);
            }
        }
        config
    }
}
