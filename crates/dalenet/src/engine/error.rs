//! The error at the output.

use super::elementwise::add_column_sums;
use crate::tensor::Matrix;

/// The one-vs-all error `S = target − prediction`, B×C, of classes given as numbers. A single
/// output has the label itself, 0 or 1, as target.
///
/// # Panics
/// Unless there is one label a row, each below C (below 2 for C = 1).
///
/// ```
/// use dalenet::{Matrix, one_vs_all};
/// let mut error = Matrix::default();
/// one_vs_all(&Matrix::from_rows(&[[0.25, 0.5]]), &[1], &mut error);
/// assert_eq!(error.as_slice(), [-0.25, 0.5]);
/// ```
pub fn one_vs_all(prediction: &Matrix, labels: &[u16], error: &mut Matrix) {
    assert_eq!(prediction.rows(), labels.len(), "one label a sample");
    error.reshape(prediction.rows(), prediction.cols());
    for (i, label) in labels.iter().enumerate() {
        let row = error.row_mut(i);
        for (error, prediction) in row.iter_mut().zip(prediction.row(i)) {
            *error = -prediction;
        }
        match row {
            [single] => {
                assert!(*label < 2, "a single output knows the labels 0 and 1");
                *single += f32::from(*label);
            }
            row => row[usize::from(*label)] += 1.0,
        }
    }
}

/// Multiplies each sample's row of the error, B×C, by the weight of its class.
///
/// # Panics
/// Unless there is one label a row, each with a weight.
///
/// ```
/// use dalenet::{Matrix, weight_by_class};
/// let mut error = Matrix::from_rows(&[[1.0, -1.0], [-0.5, 0.5]]);
/// weight_by_class(&mut error, &[1, 0], &[2.0, 0.5]);
/// assert_eq!(error.as_slice(), [0.5, -0.5, -1.0, 1.0]);
/// ```
pub fn weight_by_class(error: &mut Matrix, labels: &[u16], weights: &[f32]) {
    assert_eq!(error.rows(), labels.len(), "one label a sample");
    for (i, label) in labels.iter().enumerate() {
        let weight = weights[usize::from(*label)];
        error.row_mut(i).iter_mut().for_each(|error| *error *= weight);
    }
}

/// Batch-centring: takes each column's mean over the batch away (the paper's second innovation).
///
/// ```
/// use dalenet::{Matrix, centre};
/// let mut error = Matrix::from_rows(&[[1.0, 0.0], [3.0, 0.0]]);
/// centre(&mut error);
/// assert_eq!(error.as_slice(), [-1.0, 0.0, 1.0, 0.0]);
/// ```
pub fn centre(error: &mut Matrix) {
    let (rows, cols) = (error.rows(), error.cols());
    let mut means = vec![0.0; cols];
    add_column_sums(&mut means, error, 1.0 / rows as f32);
    for i in 0..rows {
        for (error, mean) in error.row_mut(i).iter_mut().zip(&means) {
            *error -= mean;
        }
    }
}
