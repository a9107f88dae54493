//! Who watches a training.

use crate::{EpochMetrics, Position, UpdateMetrics};

/// Watches a training.
pub trait Observer {
    /// After every step of a classification.
    fn step(&mut self, position: &Position) {
        let _ = position;
    }
    /// After every epoch.
    fn epoch(&mut self, metrics: &EpochMetrics) {
        let _ = metrics;
    }
    /// After every update of an agent, of a training of so many `steps`.
    fn update(&mut self, metrics: &UpdateMetrics, steps: u64) {
        let _ = (metrics, steps);
    }
    /// Before the final evaluation: every step is made and saved.
    fn trained(&mut self) {}
    /// Something the user should know.
    fn warn(&mut self, message: &str) {
        let _ = message;
    }
}

impl Observer for () {}
