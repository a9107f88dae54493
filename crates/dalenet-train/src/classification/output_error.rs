//! The error at the output that a training starts from.

use super::Config;
use crate::Error;
use dalenet::{Matrix, centre, one_vs_all, weight_by_class};

/// Makes the error at the output: target − prediction, weighted by class, centred over the batch, as far
/// as the settings say.
#[derive(Clone, Debug)]
pub struct OutputError {
    /// The weight of each class, if they do not count alike.
    weights: Option<Vec<f32>>,
    centred: bool,
}

impl OutputError {
    /// That of a training on samples with these labels, each the index of a class.
    ///
    /// # Errors
    /// If the classes have not each a weight.
    pub fn new(config: &Config, labels: &[u16], classes: &[String]) -> Result<Self, Error> {
        let weights = config.class_weights.of(labels, classes)?;
        Ok(Self { weights, centred: config.centred })
    }

    /// Fills `error`, B×C, for a prediction, B×C, and the labels of its samples. Returns
    /// Σ|target − prediction|, neither weighted nor centred.
    pub fn fill(&self, prediction: &Matrix, labels: &[u16], error: &mut Matrix) -> f64 {
        one_vs_all(prediction, labels, error);
        let sum = error.as_slice().iter().map(|e| f64::from(e.abs())).sum();
        if let Some(weights) = &self.weights {
            weight_by_class(error, labels, weights);
        }
        if self.centred {
            centre(error);
        }
        sum
    }
}
