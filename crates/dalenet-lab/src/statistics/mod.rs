//! What several seeds say together.
//!
//! The seed is the unit: a run's score is one value. Intervals and tests are Student's, of which nothing
//! is said below [`FEWEST`] seeds; over several tasks there are the interquartile mean and performance
//! profiles of rliable (Agarwal et al. 2021, "Deep Reinforcement Learning at the Edge of the Statistical
//! Precipice"). All of it agrees with SciPy and rliable (`scripts/golden_statistics.py`).

mod aggregate;
mod comparison;
mod estimate;
#[cfg(test)]
mod golden;
mod student;

pub(crate) use aggregate::{
    above, interquartile_interval, interquartile_mean, profile_band, rescaled,
};
pub(crate) use comparison::{Difference, compare, correct};
pub use comparison::{Method, Test};
pub use estimate::Estimate;
pub(crate) use estimate::{Spread, median};

/// Seeds from which on there are intervals and tests: two have a single degree of freedom, and an interval
/// of 12.7 standard errors.
pub(crate) const FEWEST: usize = 3;
