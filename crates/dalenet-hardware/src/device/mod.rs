//! Networks on devices: weights as conductances that are programmed with errors, drift and are read with
//! noise. Sources of every formula are in `effects.rs`; the map between weights and conductances is in
//! `crossbar.rs`, a network made of them in `chip.rs`.

mod calibration;
mod chip;
mod converter;
mod crossbar;
mod effects;
mod setting;

pub use calibration::Calibration;
pub use chip::Chip;
pub use converter::Converter;
pub use effects::{Drift, Programming, Read};

use crate::Mapping;
use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

/// A kind of device, and how weights are kept on it.
///
/// ```
/// use dalenet_hardware::Device;
/// let device = Device { levels: Some(16), ratio: 20.0, ..Device::preset("ideal").unwrap() };
/// assert!(device.check().is_ok());
/// let error = Device { levels: Some(1), ..device }.check().unwrap_err();
/// assert!(error.contains("levels = 1"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Largest conductance G_max, in µS.
    pub g_max: f64,
    /// G_max over the smallest conductance; infinite: the smallest is 0.
    pub ratio: f64,
    /// How many conductances can be set, in equal steps from the smallest to the largest; none: any.
    pub levels: Option<u32>,
    /// Errors of programming.
    pub programming: Programming,
    /// Factor of their deviation.
    pub programming_scale: f64,
    /// Change with time.
    pub drift: Drift,
    /// Noise of a read.
    pub read: Read,
    /// Share of the devices that are stuck at the smallest conductance.
    pub stuck_low: f64,
    /// Share of the devices that are stuck at the largest conductance.
    pub stuck_high: f64,
    /// One device a weight or a pair.
    pub mapping: Mapping,
    /// Whether every row of single devices has a reference device at the smallest conductance, which is
    /// subtracted.
    pub reference: bool,
    /// Which weights share a scale.
    pub scale: Scale,
    /// Quantile of their magnitudes that is mapped to G_max; larger ones are clipped.
    pub quantile: f64,
    /// How drift is made up for when a chip is read.
    pub compensation: Compensation,
    /// Bits of the converters at the inputs of a layer, over the range that held-out samples need; none:
    /// exact.
    pub input_bits: Option<u32>,
    /// Bits of the converters at the sums of a layer, over the range that held-out samples need; none:
    /// exact.
    pub output_bits: Option<u32>,
}

/// Which weights share a scale between magnitudes and conductances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// All of a layer.
    Matrix,
    /// Those of a unit.
    Column,
}

/// How drift is made up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compensation {
    /// Not at all.
    None,
    /// By the mean conductance of a layer, then and now (Joshi et al., Nature Communications 2020).
    Layer,
    /// By that of every column.
    Column,
}

impl Device {
    /// The presets and what they are.
    pub const PRESETS: [(&'static str, &'static str); 4] = [
        ("ideal", "any conductance, set and read exactly"),
        (
            "pcm",
            "phase-change memory: noise, drift, 8-bit converters (aihwkit; Nandakumar et al. 2019)",
        ),
        ("rram", "resistive memory: noise that grows over a day, 1 % a read (Wan et al. 2022)"),
        (
            "cmo",
            "conductive-metal-oxide memory: accepted within 2 %, ratio 9.8 (Falcone et al. 2025)",
        ),
    ];

    /// The device of a preset.
    pub fn preset(name: &str) -> Option<Self> {
        let ideal = Self {
            g_max: 25.0,
            ratio: f64::INFINITY,
            levels: None,
            programming: Programming::Exact,
            programming_scale: 1.0,
            drift: Drift::None,
            read: Read::Exact,
            stuck_low: 0.0,
            stuck_high: 0.0,
            mapping: Mapping::Single,
            reference: true,
            scale: Scale::Column,
            quantile: 1.0,
            compensation: Compensation::Column,
            input_bits: None,
            output_bits: None,
        };
        let eight = Some(8);
        match name {
            "ideal" => Some(ideal),
            "pcm" => Some(Self {
                ratio: 100.0,
                programming: Programming::Pcm,
                drift: Drift::Pcm,
                read: Read::Pcm,
                input_bits: eight,
                output_bits: eight,
                ..ideal
            }),
            "rram" => Some(Self {
                g_max: 40.0,
                ratio: 100.0,
                programming: Programming::Rram,
                read: Read::Absolute(0.01),
                input_bits: eight,
                output_bits: eight,
                ..ideal
            }),
            "cmo" => Some(Self {
                g_max: 88.2,
                ratio: 9.8,
                programming: Programming::Cmo,
                drift: Drift::Cmo,
                input_bits: eight,
                output_bits: eight,
                ..ideal
            }),
            _ => None,
        }
    }

    /// The same with weights of so many bits: 2^bits magnitudes of single devices, 2^bits − 1 values of pairs.
    ///
    /// ```
    /// use dalenet_hardware::{Device, Mapping};
    /// let device = Device::preset("ideal").unwrap();
    /// assert_eq!(device.with_bits(4).levels, Some(16));
    /// let pairs = Device { mapping: Mapping::Pair, ..device };
    /// assert_eq!(pairs.with_bits(4).levels, Some(8));
    /// ```
    pub fn with_bits(self, bits: u32) -> Self {
        let levels = match self.mapping {
            Mapping::Single => 1 << bits,
            // Each of a pair is 0 where the other is not.
            Mapping::Pair => (1 << (bits - 1)).max(2),
        };
        Self { levels: Some(levels), ..self }
    }

    /// Whether two chips of such devices differ.
    pub fn is_random(&self) -> bool {
        self.programming != Programming::Exact
            || self.drift != Drift::None
            || self.read != Read::Exact
            || self.stuck_low + self.stuck_high > 0.0
    }

    /// Whether its converters need a [`Calibration`].
    pub fn has_converters(&self) -> bool {
        self.input_bits.or(self.output_bits).is_some()
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// The first that is not possible, in one sentence.
    pub fn check(&self) -> Result<(), String> {
        let positive = |value: f64| value > 0.0 && value.is_finite();
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let noise = |value: f64| value >= 0.0 && value.is_finite();
        let programming = match self.programming {
            Programming::Relative(share) | Programming::Absolute(share) => share,
            _ => 0.0,
        };
        let read = if let Read::Absolute(share) = self.read { share } else { 0.0 };
        let levels = self.levels.unwrap_or(2);
        let bits = |bits: Option<u32>| (1..=24).contains(&bits.unwrap_or(8));
        let (input, output) = (self.input_bits.unwrap_or(8), self.output_bits.unwrap_or(8));
        let checks = [
            ("g_max", self.g_max, positive(self.g_max), "must be above 0 and finite"),
            ("ratio", self.ratio, self.ratio > 1.0, "must be above 1"),
            ("levels", levels.into(), levels >= 2, "must be at least 2"),
            (
                "programming",
                programming,
                noise(programming),
                "must be a share that is not negative",
            ),
            (
                "programming_scale",
                self.programming_scale,
                noise(self.programming_scale),
                "must not be negative",
            ),
            ("read", read, noise(read), "must be a share that is not negative"),
            ("stuck_low", self.stuck_low, share(self.stuck_low), "must be 0 to 1"),
            ("stuck_high", self.stuck_high, share(self.stuck_high), "must be 0 to 1"),
            (
                "stuck_low + stuck_high",
                self.stuck_low + self.stuck_high,
                share(self.stuck_low + self.stuck_high),
                "must be 0 to 1",
            ),
            (
                "quantile",
                self.quantile,
                positive(self.quantile) && self.quantile <= 1.0,
                "must be above 0 and at most 1",
            ),
            ("input_bits", input.into(), bits(self.input_bits), "must be 1 to 24"),
            ("output_bits", output.into(), bits(self.output_bits), "must be 1 to 24"),
        ];
        match checks.into_iter().find(|(.., holds, _)| !holds) {
            Some((key, value, _, reason)) => {
                Err(format!("{key} = {value} is not possible: it {reason}"))
            }
            None => Ok(()),
        }
    }
}
