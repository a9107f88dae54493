//! The precision of products.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What the operands of products are rounded to: activity, weights and signals in forward passes,
/// transported signals and gradients. Sums are `f32` either way, and so is all else: weights between
/// steps, moments, biases, Dale's projection, and products with a sparse input.
///
/// ```
/// use dalenet::{Matrix, engine::{self, Precision, Workspace, round_to_bf16}};
/// let (a, b) = (Matrix::from_rows(&[[1.001]]), Matrix::from_rows(&[[3.0]]));
/// let mut out = Matrix::default();
/// engine::product(&mut out, &a, &b, &Workspace::new(Precision::Bf16));
/// assert_eq!(round_to_bf16(1.001), 1.0);
/// assert_eq!(out.as_slice(), [3.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Not at all.
    #[default]
    F32,
    /// To bfloat16: the 8 bits of an `f32`'s exponent, and 8 significant bits instead of 24.
    Bf16,
}

impl Precision {
    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
        }
    }
}

impl FromStr for Precision {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = [Self::F32, Self::Bf16];
        let found = known.into_iter().find(|precision| precision.name() == name);
        found.ok_or_else(|| {
            let known = known.map(Self::name).join(" or ");
            format!("there is no precision \"{name}\"; it is {known}")
        })
    }
}

/// The nearest bfloat16, of two equally near the even one. Numbers beyond the largest become
/// infinite; a NaN stays one.
///
/// ```
/// use dalenet::engine::round_to_bf16;
/// assert_eq!(round_to_bf16(1.0 + 0.5 / 128.0), 1.0);
/// assert_eq!(round_to_bf16(1.0 + 1.5 / 128.0), 1.0 + 2.0 / 128.0);
/// assert!(round_to_bf16(f32::NAN).is_nan());
/// ```
pub fn round_to_bf16(x: f32) -> f32 {
    f32::from_bits(bf16_bits(x) << 16)
}

/// The upper half of the bits of an `f32`, rounded.
#[inline(always)]
pub(super) fn bf16_bits(x: f32) -> u32 {
    let bits = x.to_bits();
    let rounded = bits.wrapping_add(0x7FFF + (bits >> 16 & 1)) >> 16;
    // The payload of a NaN may be all in the lower half; this keeps it quiet and a NaN.
    if x.is_nan() { bits >> 16 | 0x40 } else { rounded }
}
