//! Running mean and variance, for quantities without a fixed scale.

use dalenet::{
    checkpoint::{Checkpoint, Error, Values},
    engine::policy::{column_moments, normalise_columns},
};

/// Added to the variance before its root.
const EPSILON: f64 = 1e-8;

/// Mean and variance of all rows so far, column by column, merged batch by batch (Chan et al. 1979).
///
/// ```
/// use dalenet_ppo::Running;
/// let mut running = Running::new(1);
/// running.add([[1.0], [2.0]].as_flattened());
/// running.add(&[6.0]);
/// assert!((running.mean()[0] - 3.0).abs() < 1e-3);
/// assert!((running.deviation()[0] - (14.0f32 / 3.0).sqrt()).abs() < 1e-3);
/// ```
#[derive(Clone, Debug)]
pub struct Running {
    count: f64,
    /// Mean and variance of each column.
    means: Vec<f64>,
    variances: Vec<f64>,
    /// Mean and standard deviation as they are used.
    mean: Vec<f32>,
    deviation: Vec<f32>,
    /// Buffers: mean and sum of squared deviations of a batch.
    batch_means: Vec<f64>,
    batch_squares: Vec<f64>,
}

impl Running {
    /// Moments of no rows: mean 0, deviation 1.
    pub fn new(cols: usize) -> Self {
        Self {
            count: 1e-4,
            means: vec![0.0; cols],
            variances: vec![1.0; cols],
            mean: vec![0.0; cols],
            deviation: vec![1.0; cols],
            batch_means: vec![0.0; cols],
            batch_squares: vec![0.0; cols],
        }
    }

    /// Merges rows, B×C, into the moments.
    ///
    /// # Panics
    /// Unless `rows` are whole rows.
    pub fn add(&mut self, rows: &[f32]) {
        let Self { batch_means, batch_squares, .. } = self;
        column_moments(rows, batch_means, batch_squares);
        let count = (rows.len() / batch_means.len()) as f64;
        let total = self.count + count;
        for i in 0..self.means.len() {
            let step = self.batch_means[i] - self.means[i];
            let spread = self.variances[i] * self.count + self.batch_squares[i];
            self.means[i] += step * count / total;
            self.variances[i] = (spread + step * step * self.count * count / total) / total;
        }
        self.count = total;
        self.round();
    }

    /// Brings the moments to the precision in which they are used.
    fn round(&mut self) {
        for i in 0..self.means.len() {
            self.mean[i] = self.means[i] as f32;
            self.deviation[i] = (self.variances[i] + EPSILON).sqrt() as f32;
        }
    }

    /// The mean of each column.
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// The standard deviation of each column.
    pub fn deviation(&self) -> &[f32] {
        &self.deviation
    }

    /// `x ← (x − mean)/deviation` within ±`bound`, in place, for rows B×C.
    ///
    /// # Panics
    /// Unless `rows` are whole rows.
    pub fn normalise(&self, rows: &mut [f32], bound: f32) {
        normalise_columns(rows, &self.mean, &self.deviation, bound);
    }

    /// `prefix.count` (1), `prefix.mean` and `prefix.variance` (C).
    pub(crate) fn save(&self, prefix: &str, to: &mut Vec<(String, Values)>) {
        let values = [vec![self.count], self.means.clone(), self.variances.clone()];
        let named = ["count", "mean", "variance"].into_iter().zip(values);
        to.extend(named.map(|(name, values)| (format!("{prefix}.{name}"), Values::F64(values))));
    }

    pub(crate) fn restore(&mut self, prefix: &str, from: &Checkpoint<'_>) -> Result<(), Error> {
        let cols = self.means.len();
        self.count = from.f64s(&format!("{prefix}.count"), 1)?[0];
        self.means = from.f64s(&format!("{prefix}.mean"), cols)?;
        self.variances = from.f64s(&format!("{prefix}.variance"), cols)?;
        self.round();
        Ok(())
    }
}
