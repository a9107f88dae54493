//! Running mean and variance, for what has no fixed scale.

use crate::state::{Reader, Writer};

/// Added to the variance before its root.
const EPSILON: f64 = 1e-8;

/// Mean and variance of all rows seen so far, column by column, joined batch by batch (Chan et al.
/// 1979).
///
/// ```
/// use dalenet_ppo::Running;
/// let mut running = Running::new(1);
/// running.add([[1.0], [2.0]].as_flattened());
/// running.add(&[6.0]);
/// assert!((running.mean()[0] - 3.0).abs() < 1e-3);
/// assert!((running.deviation()[0] - (14.0f32 / 3.0).sqrt()).abs() < 1e-3);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    count: f64,
    /// Mean and variance of each column.
    means: Vec<f64>,
    variances: Vec<f64>,
    /// The same as they are used.
    mean: Vec<f32>,
    deviation: Vec<f32>,
}

impl Running {
    /// Nothing seen: mean 0, deviation 1.
    pub fn new(cols: usize) -> Self {
        let (count, means, variances) = (1e-4, vec![0.0; cols], vec![1.0; cols]);
        let (mean, deviation) = (vec![0.0; cols], vec![1.0; cols]);
        Self { count, means, variances, mean, deviation }
    }

    /// Joins rows to what was seen.
    ///
    /// # Panics
    /// Unless `rows` are whole rows.
    pub fn add(&mut self, rows: &[f32]) {
        let cols = self.means.len();
        assert!(rows.len().is_multiple_of(cols), "whole rows");
        let count = (rows.len() / cols) as f64;
        let mut sums = vec![0.0; cols];
        for row in rows.chunks_exact(cols) {
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(*x));
        }
        sums.iter_mut().for_each(|sum| *sum /= count);
        let mut squares = vec![0.0; cols];
        for row in rows.chunks_exact(cols) {
            for ((square, x), mean) in squares.iter_mut().zip(row).zip(&sums) {
                *square += (f64::from(*x) - mean).powi(2);
            }
        }
        let total = self.count + count;
        for i in 0..cols {
            let step = sums[i] - self.means[i];
            let spread = self.variances[i] * self.count + squares[i];
            self.means[i] += step * count / total;
            self.variances[i] = (spread + step * step * self.count * count / total) / total;
        }
        self.count = total;
        self.show();
    }

    fn show(&mut self) {
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

    /// `out = (rows − mean)/deviation`, within ±`bound`.
    pub fn normalise(&self, rows: &[f32], bound: f32, out: &mut [f32]) {
        let cols = self.mean.len();
        for (out, row) in out.chunks_exact_mut(cols).zip(rows.chunks_exact(cols)) {
            let scale = self.mean.iter().zip(&self.deviation);
            for ((out, x), (mean, deviation)) in out.iter_mut().zip(row).zip(scale) {
                *out = ((x - mean) / deviation).clamp(-bound, bound);
            }
        }
    }

    pub(crate) fn save(&self, to: &mut Writer) {
        to.doubles(&[self.count]);
        to.doubles(&self.means);
        to.doubles(&self.variances);
    }

    pub(crate) fn restore(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let mut count = [0.0];
        from.doubles(&mut count)?;
        [self.count] = count;
        from.doubles(&mut self.means)?;
        from.doubles(&mut self.variances)?;
        self.show();
        Some(())
    }
}
