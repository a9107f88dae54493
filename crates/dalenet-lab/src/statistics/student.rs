//! Student's t distribution.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The share of the probability between the ends of an interval.
const LEVEL: f64 = 0.95;

/// The t that is exceeded on either side with 5 % probability, for so many degrees of freedom (at
/// least 1).
pub fn critical(degrees: f64) -> f64 {
    standard(degrees).map_or(f64::INFINITY, |t| t.inverse_cdf(0.5 + LEVEL / 2.0))
}

/// The probability of a |t| at least this large.
pub fn two_sided(t: f64, degrees: f64) -> f64 {
    standard(degrees).map_or(1.0, |distribution| 2.0 * distribution.sf(t.abs()))
}

fn standard(degrees: f64) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, degrees).ok()
}
