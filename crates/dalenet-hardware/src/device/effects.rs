//! What devices do to a conductance: formulas, each with its source.
//!
//! Conductances G are in microsiemens, times in seconds since they were programmed; x is G/G_max.

use serde::{Deserialize, Serialize};

/// How far a device is from its target after programming, as a standard deviation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Programming {
    /// None.
    Exact,
    /// Phase-change memory, σ = 0.2635 + 1.9650x − 1.1731x² µS at G_max = 25 µS (aihwkit's `pcm.py`; Nandakumar
    /// et al., ICECS 2019).
    Pcm,
    /// Resistive memory at G_max = 40 µS: polynomials of 1 s and of 1 day after programming (aihwkit's
    /// `reram.py`; Wan et al., Nature 2022), between them linear in ln t, which is ours.
    Rram,
    /// Conductive-metal-oxide memory, accepted within 2 %: σ = 0.0113·G + 0.0112 µS (aihwkit's `reram.py`; Falcone
    /// et al. 2025).
    Cmo,
    /// This share of the target.
    Relative(f64),
    /// This share of G_max.
    Absolute(f64),
}

/// σ of phase-change memory over x, and G_max that it was measured at.
const PCM: ([f64; 5], f64) = ([0.2635, 1.9650, -1.1731, 0.0, 0.0], 25.0);
const RRAM_SECOND: ([f64; 5], f64) = ([0.348, 16.030, -43.853, 45.393, -16.815], 40.0);
const RRAM_DAY: ([f64; 5], f64) = ([0.701, 22.086, -50.773, 47.095, -16.458], 40.0);
const DAY: f64 = 86_400.0;

/// A polynomial over x, in units of G_max.
fn polynomial((coefficients, g_max): ([f64; 5], f64), x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c).max(0.0) / g_max
}

impl Programming {
    /// The standard deviation of a conductance, as a share of G_max, `seconds` after programming to x.
    ///
    /// ```
    /// use dalenet_hardware::Programming;
    /// // 1.0554 of 25 µS.
    /// assert!((Programming::Pcm.deviation(1.0, 25.0, 0.0) - 1.0554 / 25.0).abs() < 1e-12);
    /// ```
    pub fn deviation(self, x: f64, g_max: f64, seconds: f64) -> f64 {
        match self {
            Self::Exact => 0.0,
            Self::Pcm => polynomial(PCM, x),
            Self::Rram => {
                let share = (seconds.max(1.0).ln() / DAY.ln()).min(1.0);
                let [first, last] = [RRAM_SECOND, RRAM_DAY].map(|of| polynomial(of, x));
                first + share * (last - first)
            }
            Self::Cmo => 0.0113 * x + 0.0112 / g_max,
            Self::Relative(share) => share * x,
            Self::Absolute(share) => share,
        }
    }
}

/// How conductances change with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drift {
    /// They stay.
    None,
    /// Phase-change memory, G·((t + t₀)/t₀)^−ν with t₀ = 20 s and an exponent ν of its own for every device, of
    /// mean clip(0.0244 − 0.0155·ln x, 0.049, 0.1) and deviation clip(−0.0059 − 0.0125·ln x, 0.008, 0.045)
    /// (aihwkit's `pcm.py`).
    Pcm,
    /// Conductive-metal-oxide memory: mean −0.089·ln t, deviation 0.042·ln t + 0.412 µS (aihwkit's `reram.py`).
    Cmo,
}

/// Seconds between programming and the first read.
const FIRST_READ: f64 = 20.0;

impl Drift {
    /// What has become of a programmed x; `normal` is a number from N(0, 1) that belongs to the device.
    pub fn after(self, x: f64, g_max: f64, seconds: f64, normal: f64) -> f64 {
        match self {
            Self::None => x,
            Self::Pcm if x > 0.0 => {
                let mean = (0.0244 - 0.0155 * x.ln()).clamp(0.049, 0.1);
                let deviation = (-0.0059 - 0.0125 * x.ln()).clamp(0.008, 0.045);
                let exponent = (mean + deviation * normal).abs();
                x * ((seconds + FIRST_READ) / FIRST_READ).powf(-exponent)
            }
            Self::Pcm => x,
            Self::Cmo => {
                let log = seconds.max(1.0).ln();
                let change =
                    -0.089 * log + if seconds > 0.0 { (0.042 * log + 0.412) * normal } else { 0.0 };
                (x + change / g_max).max(0.0)
            }
        }
    }
}

/// Noise of a single read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Read {
    /// None.
    Exact,
    /// 1/f noise of phase-change memory: G·Q·√ln((t + t₀ + t_r)/2t_r), Q = min(0.0088/x^0.65, 0.2), t_r = 250 ns
    /// (aihwkit's `pcm.py`).
    Pcm,
    /// This share of G_max.
    Absolute(f64),
}

impl Read {
    /// The standard deviation of a read as a share of G_max, `seconds` after programming to `target`; the
    /// conductance is x now.
    ///
    /// ```
    /// use dalenet_hardware::Read;
    /// // 3.7 % of the largest conductance after a second, 4.5 % after a day.
    /// let [second, day] = [1.0, 86_400.0].map(|t| Read::Pcm.deviation(1.0, 1.0, t));
    /// assert!((second - 0.037).abs() < 5e-4 && (day - 0.045).abs() < 5e-4);
    /// ```
    pub fn deviation(self, x: f64, target: f64, seconds: f64) -> f64 {
        const READ: f64 = 250e-9;
        match self {
            Self::Exact => 0.0,
            Self::Pcm => {
                let q = (0.0088 / target.powf(0.65)).min(0.2);
                x * q * ((seconds + FIRST_READ + READ) / (2.0 * READ)).ln().sqrt()
            }
            Self::Absolute(share) => share,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures of the literature that the formulas were taken from.
    #[test]
    fn deviations_are_those_of_the_fits() {
        let rram = |x, t| 40.0 * Programming::Rram.deviation(x, 40.0, t);
        assert!((rram(0.0, 1.0) - 0.348).abs() < 1e-9 && (rram(0.0, DAY) - 0.701).abs() < 1e-9);
        assert!((rram(0.5, 1.0) - (0.348 + 8.015 - 10.96325 + 5.674125 - 1.0509375)).abs() < 1e-9);
        let cmo = 88.2 * Programming::Cmo.deviation(1.0, 88.2, 0.0);
        assert!((cmo - (0.0113 * 88.2 + 0.0112)).abs() < 1e-9);
        let [small, after_day] = [1.0, DAY].map(|t| Read::Pcm.deviation(0.05, 0.05, t) / 0.05);
        assert!(
            (small - 0.26).abs() < 0.01 && (after_day - 0.31).abs() < 0.01,
            "{small} {after_day}"
        );
    }

    /// After a year x = 0.05 keeps 36 %, x ≥ 0.2 49 %.
    #[test]
    fn small_conductances_drift_faster() {
        let year = 365.25 * DAY;
        let kept = |x| Drift::Pcm.after(x, 25.0, year, 0.0) / x;
        assert!((kept(0.05) - 0.36).abs() < 0.01, "{}", kept(0.05));
        assert!((kept(0.2) - 0.49).abs() < 0.01 && (kept(1.0) - 0.49).abs() < 0.01);
        assert_eq!(Drift::Pcm.after(0.0, 25.0, year, 1.0), 0.0);
        assert_eq!(Drift::None.after(0.3, 25.0, year, 1.0), 0.3);
    }
}
