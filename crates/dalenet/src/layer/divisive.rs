//! Divisive normalisation over channels (Carandini & Heeger 2012).

use super::kind::{Activity, Before, Site, Weightless};
use crate::{
    engine::{self, Divisor},
    tensor::{Matrix, Shape},
};
use serde::{Deserialize, Serialize};

/// `y_c = γ·a_c^n / (σ^n + ⟨a^n⟩)`, with ⟨a^n⟩ the mean over all channels of a place of an image, or
/// over all units of a fully connected layer.
///
/// That is equation 10 of Carandini & Heeger, "Normalization as a canonical neural computation"
/// (Nature Reviews Neuroscience 13, 2012), with a mean in place of the sum, so that σ does not depend
/// on the number of units. Both streams are in one pool: in cortex the pool is broad and does not ask
/// for the kind of a cell, and one divisor for a place keeps the ratio between excitation and
/// inhibition. A divisor is positive, so the signs of the weights above and below keep their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divisive {
    /// γ, the factor of the response.
    #[serde(default = "one")]
    pub gamma: f32,
    /// σ: where the channels' activity (n = 2: its root mean square) is σ, its power and σ's share
    /// the divisor equally.
    #[serde(default = "one")]
    pub sigma: f32,
    /// n, 1 or 2.
    #[serde(default = "two")]
    pub exponent: u8,
}

fn one() -> f32 {
    1.0
}

fn two() -> u8 {
    2
}

impl Default for Divisive {
    fn default() -> Self {
        Self { gamma: 1.0, sigma: 1.0, exponent: 2 }
    }
}

impl Divisive {
    fn divisor(&self) -> Divisor {
        Divisor { gamma: self.gamma, sigma: self.sigma, squared: self.exponent == 2 }
    }
}

impl Weightless for Divisive {
    fn output(&self, before: &[Before]) -> Result<Shape, String> {
        let Before { shape, non_negative } = before[before.len() - 1];
        let positive = |value: f32| value > 0.0 && value.is_finite();
        if !positive(self.gamma) || !positive(self.sigma) {
            return Err("its `gamma` and `sigma` must be above 0".into());
        }
        if !(1..=2).contains(&self.exponent) {
            return Err(format!("its `exponent` of {} must be 1 or 2", self.exponent));
        }
        match non_negative {
            true => Ok(shape),
            false => Err("divisive normalisation needs units whose activity is never negative: \
                          relu or sigmoid"
                .into()),
        }
    }

    fn forward(
        &self,
        site: &Site,
        input: &Matrix,
        _earlier: Option<&Matrix>,
        Activity { output, memory, .. }: &mut Activity,
    ) {
        engine::divide(output, memory, input, site.output.channels, self.divisor());
    }

    fn transport(
        &self,
        site: &Site,
        input: &Matrix,
        Activity { output, memory, .. }: &Activity,
        signal: &mut Matrix,
        spare: &mut Matrix,
    ) {
        let Shape { channels, .. } = site.output;
        if signal.cols() != site.output.len() {
            engine::spread(spare, signal, site.output.positions());
            std::mem::swap(signal, spare);
        }
        engine::divide_transposed(signal, input, output, memory, channels, self.divisor());
    }
}
