//! What a classifier is tried on: series of devices, each over the strengths of an effect.

use dalenet_hardware::{Device, Mapping, Programming};
use serde::Serialize;

/// What a series varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Bits of the weights.
    Bits,
    /// Errors of programming.
    Noise,
    /// Devices that are stuck.
    Stuck,
    /// Time since programming.
    Time,
}

/// A device at one strength of an effect, or at several times.
pub struct Series {
    pub effect: Effect,
    /// The device's name.
    pub name: &'static str,
    pub device: Device,
    /// A single one, or one a time.
    pub points: Vec<Point>,
}

/// A strength.
pub struct Point {
    pub x: f64,
    pub text: String,
}

impl Series {
    /// When the device is read, in seconds since it was programmed.
    pub fn times(&self) -> Vec<f64> {
        let time = |point: &Point| if self.effect == Effect::Time { point.x } else { 0.0 };
        self.points.iter().map(time).collect()
    }

    /// How many chips are tried of `chips` where chips differ.
    pub fn chips(&self, chips: u64) -> u64 {
        if self.device.is_random() { chips } else { 1 }
    }
}

const BITS: [u32; 5] = [8, 6, 4, 3, 2];
/// Percent of G_max.
const NOISE: [f64; 4] = [1.0, 2.0, 5.0, 10.0];
/// Percent of the devices, half of them at either end.
const STUCK: [f64; 4] = [0.1, 1.0, 5.0, 10.0];
const TIMES: [(&str, f64); 4] =
    [("0 s", 0.0), ("1 h", 3600.0), ("1 day", 86_400.0), ("1 year", 31_557_600.0)];
const PRESETS: [&str; 3] = ["pcm", "rram", "cmo"];

/// Everything that is tried. A network without Dale's principle is on pairs.
pub fn series(dale: bool) -> Vec<Series> {
    let mapping = if dale { Mapping::Single } else { Mapping::Pair };
    let preset = |name: &str| {
        let device = Device::preset(name).expect("a preset");
        Device { mapping, ..device }
    };
    let ideal = preset("ideal");
    let one = |effect, x: f64, text: String, device| Series {
        effect,
        name: "ideal",
        device,
        points: vec![Point { x, text }],
    };
    let bits = BITS
        .map(|bits| one(Effect::Bits, bits.into(), format!("{bits} bits"), ideal.with_bits(bits)));
    let noise = NOISE.map(|percent| {
        let programming = Programming::Absolute(percent / 100.0);
        one(Effect::Noise, percent, format!("{percent} %"), Device { programming, ..ideal })
    });
    let stuck = STUCK.map(|percent| {
        let half = percent / 200.0;
        let device = Device { stuck_low: half, stuck_high: half, ..ideal };
        one(Effect::Stuck, percent, format!("{percent} %"), device)
    });
    let over_time = |(name, device)| Series {
        effect: Effect::Time,
        name,
        device,
        points: TIMES.map(|(text, x)| Point { x, text: text.into() }).into(),
    };
    let mut devices: Vec<_> = PRESETS.map(|name| (name, preset(name))).into();
    if dale {
        devices.push(("pcm, pairs", Device { mapping: Mapping::Pair, ..preset("pcm") }));
    }
    let all = bits.into_iter().chain(noise).chain(stuck);
    all.chain(devices.into_iter().map(over_time)).collect()
}
