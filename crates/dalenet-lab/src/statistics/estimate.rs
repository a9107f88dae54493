//! Mean, spread and interval of the scores of one configuration.

use super::{FEWEST, student::critical};
use serde::Serialize;
use std::fmt;

/// Resamples of a bootstrap.
pub(super) const RESAMPLES: usize = 10_000;
/// The percentiles between which 95 % lie.
pub(super) const PERCENTILES: [f64; 2] = [2.5, 97.5];

/// Mean and sample standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub mean: f64,
    /// 0 for a single value.
    pub deviation: f64,
    pub count: usize,
}

impl Spread {
    /// `None` if there are no values.
    pub fn of(values: &[f64]) -> Option<Self> {
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (squares / count.saturating_sub(1).max(1) as f64).sqrt();
        (count > 0).then_some(Self { mean, deviation, count })
    }
}

/// `97.31 ± 0.04`, or `97.31` for a single value; the precision is that of the format.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(2);
        write!(f, "{:.digits$}", self.mean)?;
        if self.count > 1 { write!(f, " ± {:.digits$}", self.deviation) } else { Ok(()) }
    }
}

/// A mean over seeds and how far it can be trusted, in the unit of the values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Σx/n.
    pub mean: f64,
    /// The sample standard deviation √(Σ(x − mean)²/(n − 1)); none of a single value.
    pub std: Option<f64>,
    /// The 95 % interval of the mean by Student's t, mean ± t·std/√n; none of fewer than three values.
    pub interval: Option<[f64; 2]>,
}

impl Estimate {
    /// What `values` say, one a seed; `None` if there are none.
    ///
    /// ```
    /// use dalenet_lab::Estimate;
    /// let estimate = Estimate::of(&[97.0, 98.0, 99.0]).expect("values");
    /// assert_eq!((estimate.mean, estimate.std), (98.0, Some(1.0)));
    /// // t of 2 degrees of freedom is 4.303.
    /// let [low, high] = estimate.interval.expect("three values");
    /// assert!((low - 95.516).abs() < 1e-3 && (high - 100.484).abs() < 1e-3);
    /// assert_eq!(Estimate::of(&[97.0, 98.0]).expect("values").interval, None);
    /// ```
    pub fn of(values: &[f64]) -> Option<Self> {
        let Spread { mean, deviation, count } = Spread::of(values)?;
        let interval = (count >= FEWEST).then(|| {
            let reach = critical(count as f64 - 1.0) * deviation / (count as f64).sqrt();
            [mean - reach, mean + reach]
        });
        Some(Self { mean, std: (count > 1).then_some(deviation), interval })
    }
}

/// The middle of the values: of an even number, halfway between the two in the middle.
///
/// # Panics
/// If there are none.
pub(crate) fn median(values: &[f64]) -> f64 {
    percentile(&sorted(values.to_vec()), 50.0)
}

pub(super) fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which `percent` of the sorted values lie, linear between neighbours.
pub(super) fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let place = percent / 100.0 * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + place.fract() * (above - below)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five accuracies.
    const SCORES: [f64; 5] = [97.3, 97.28, 97.35, 97.26, 97.36];

    #[test]
    fn mean_and_deviation_of_known_values() {
        // numpy.mean, numpy.std(ddof=1)
        let estimate = Estimate::of(&SCORES).unwrap();
        assert!((estimate.mean - 97.31).abs() < 1e-12);
        assert!((estimate.std.unwrap() - 0.043_588_989_435_404_6).abs() < 1e-12);
        // 1 … n has mean (n + 1)/2 and sample variance n(n + 1)/12.
        let values: Vec<_> = (1..=12).map(f64::from).collect();
        let estimate = Estimate::of(&values).unwrap();
        assert_eq!((estimate.mean, estimate.std), (6.5, Some(13_f64.sqrt())));
    }

    /// By hand: mean 3, squares 4 + 0 + 4 over n − 1 = 2.
    #[test]
    fn spread_is_mean_and_sample_deviation() {
        let spread = Spread::of(&[1.0, 3.0, 5.0]).unwrap();
        assert_eq!(spread, Spread { mean: 3.0, deviation: 2.0, count: 3 });
        assert_eq!(format!("{spread:.1}"), "3.0 ± 2.0");
        assert_eq!(Spread::of(&[7.0]).unwrap().to_string(), "7.00");
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn one_seed_has_no_spread_and_none_no_mean() {
        let estimate = Estimate::of(&[0.3]).unwrap();
        assert_eq!(estimate, Estimate { mean: 0.3, std: None, interval: None });
        assert_eq!(Estimate::of(&[]), None);
    }

    #[test]
    fn fewer_than_three_values_have_no_interval() {
        assert_eq!(Estimate::of(&SCORES[..2]).unwrap().interval, None);
        assert!(Estimate::of(&SCORES[..3]).unwrap().interval.is_some());
    }

    #[test]
    fn equal_values_have_an_interval_of_no_width() {
        let estimate = Estimate::of(&[-1.0; 3]).unwrap();
        assert_eq!(estimate.interval, Some([-1.0, -1.0]));
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 10.0]), 3.0);
        assert_eq!(median(&[3.0, 1.0, 10.0, 4.0]), 3.5);
        assert_eq!(median(&[7.0]), 7.0);
    }
}
