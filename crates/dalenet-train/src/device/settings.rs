//! The settings of devices that a network learns on.

use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

/// Devices that weights are kept on while a network learns. At 0, as by default, a setting has no effect,
/// and without any of them weights are plain numbers.
///
/// There are two kinds, which may be combined. `levels`, `write_noise`, `asymmetry` and `saturation`
/// are of devices that are *written* by pulses: a step of learning is made of whole pulses, and there are no
/// other weights than those of the devices. `forward_levels` and `forward_noise` are of devices that are
/// programmed after the training: the forward pass has weights as such devices would have them, while
/// the step is made on exact ones (quantisation-aware and noise-aware training).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, DocumentedFields)]
pub struct DeviceSettings {
    /// Conductances of a device that is written by pulses, in equal steps from the smallest (the floor
    /// under Dale's principle, else 0) to the largest; a step of learning is a whole number of pulses,
    /// rounded at random so that its mean is right. 0: any conductance.
    #[serde(rename = "device.levels", default)]
    pub levels: u32,
    /// Largest magnitude of a weight on such devices, as a multiple of the layer's largest initial one.
    #[serde(rename = "device.range", default = "range")]
    pub range: f32,
    /// Standard deviation of a pulse as a share of the range; needs device.levels.
    #[serde(rename = "device.write_noise", default)]
    pub write_noise: f32,
    /// Share by which a step down is smaller than a step up.
    #[serde(rename = "device.asymmetry", default)]
    pub asymmetry: f32,
    /// How far steps shrink towards the end of the range that they go to: by this share at the end
    /// itself. 1: soft bounds.
    #[serde(rename = "device.saturation", default)]
    pub saturation: f32,
    /// Levels that the magnitudes of the forward pass are rounded to, from 0 to the largest of each unit's
    /// weights from a stream, as `dalenet eval --conductances` does. 0: none.
    #[serde(rename = "device.forward_levels", default)]
    pub forward_levels: u32,
    /// Standard deviation of the noise of the forward pass, new for each batch, as a share of the largest
    /// of each unit's weights from a stream.
    #[serde(rename = "device.forward_noise", default)]
    pub forward_noise: f32,
}

/// What precedes the name of each setting.
const PREFIX: &str = "device.";

fn range() -> f32 {
    16.0
}

impl Default for DeviceSettings {
    fn default() -> Self {
        Self {
            levels: 0,
            range: range(),
            write_noise: 0.0,
            asymmetry: 0.0,
            saturation: 0.0,
            forward_levels: 0,
            forward_noise: 0.0,
        }
    }
}

impl DeviceSettings {
    /// The meaning of a key, `device.levels`; none if it is no key of a device.
    pub(crate) fn meaning(key: &str) -> Option<&'static str> {
        Self::get_field_docs(key.strip_prefix(PREFIX)?).ok()
    }

    /// Whether weights are written by pulses.
    pub fn is_written(&self) -> bool {
        self.levels > 0 || self.asymmetry > 0.0 || self.saturation > 0.0
    }

    /// Whether the forward pass has other weights than learning.
    pub fn alters_forward(&self) -> bool {
        self.forward_levels > 0 || self.forward_noise > 0.0
    }

    /// Keys, whether their values are possible, and what they must be.
    pub(crate) fn checks(&self) -> [(&'static str, bool, &'static str); 9] {
        let noise = |value: f32| value >= 0.0 && value.is_finite();
        let share = |value: f32| (0.0..=1.0).contains(&value);
        [
            ("device.levels", self.levels != 1, "must be at least 2, or 0 for any conductance"),
            ("device.levels", self.levels <= 1 << 24, "must not be above 16777216"),
            (
                "device.range",
                self.range > 0.0 && self.range.is_finite(),
                "must be above 0 and finite",
            ),
            ("device.write_noise", noise(self.write_noise), "must not be negative"),
            (
                "device.write_noise",
                self.write_noise == 0.0 || self.levels > 0,
                "is of pulses: set device.levels, too",
            ),
            (
                "device.asymmetry",
                (0.0..1.0).contains(&self.asymmetry),
                "must be at least 0 and below 1",
            ),
            ("device.saturation", share(self.saturation), "must be 0 to 1"),
            (
                "device.forward_levels",
                self.forward_levels != 1,
                "must be at least 2, or 0 for none",
            ),
            ("device.forward_noise", noise(self.forward_noise), "must not be negative"),
        ]
    }
}
