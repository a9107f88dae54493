//! Independent normal distributions, one a number of an action, whose deviations do not depend on
//! the observation.

use crate::Matrix;

/// ½·ln(2π).
const HALF_LN_TAU: f32 = 0.918_938_5;

/// `a = μ + σ·ε` for means B×A, deviations A and as many draws of standard `noise`, row by row.
///
/// # Panics
/// Unless the shapes agree.
///
/// ```
/// use dalenet::{Matrix, engine::policy::sample_gaussian};
/// let mut actions = [0.0; 2];
/// sample_gaussian(&Matrix::from_rows(&[[1.0, 2.0]]), &[0.5, 0.1], || 1.0, &mut actions);
/// assert_eq!(actions, [1.5, 2.1]);
/// ```
pub fn sample_gaussian(
    means: &Matrix,
    deviations: &[f32],
    mut noise: impl FnMut() -> f32,
    actions: &mut [f32],
) {
    assert_eq!(means.cols(), deviations.len(), "one deviation a number of an action");
    assert_eq!(means.as_slice().len(), actions.len(), "as many actions as means");
    for (action, mean) in actions.chunks_exact_mut(means.cols()).zip(means.iter_rows()) {
        for ((action, mean), deviation) in action.iter_mut().zip(mean).zip(deviations) {
            *action = mean + deviation * noise();
        }
    }
}

/// `out = min(max(actions, low), high)` for actions B×A and bounds A.
///
/// # Panics
/// Unless the shapes agree, or if a lower bound is above its upper bound.
pub fn clamp_to_bounds(actions: &[f32], low: &[f32], high: &[f32], out: &mut [f32]) {
    assert_eq!(actions.len(), out.len(), "as many clamped actions as actions");
    assert_eq!(low.len(), high.len(), "as many lower as upper bounds");
    let rows = out.chunks_exact_mut(low.len()).zip(actions.chunks_exact(low.len()));
    for (out, actions) in rows {
        for (((out, action), low), high) in out.iter_mut().zip(actions).zip(low).zip(high) {
            *out = action.clamp(*low, *high);
        }
    }
}

/// Logarithms of the densities of actions B×A under means B×A: `Σ_A −½z² − ln σ − ½ln(2π)` with
/// `z = (a − μ)/σ`. `out` is B, `precisions` are 1/σ, A.
///
/// # Panics
/// Unless the shapes agree.
pub fn gaussian_log_probabilities(
    means: &Matrix,
    actions: &[f32],
    log_deviations: &[f32],
    precisions: &[f32],
    out: &mut [f32],
) {
    let cols = means.cols();
    assert!(log_deviations.len() == cols && precisions.len() == cols, "one deviation a number");
    assert_eq!(means.as_slice().len(), actions.len(), "as many actions as means");
    assert_eq!(means.rows(), out.len(), "one density a row");
    for ((out, mean), action) in
        out.iter_mut().zip(means.iter_rows()).zip(actions.chunks_exact(cols))
    {
        let numbers = mean.iter().zip(action).zip(log_deviations.iter().zip(precisions));
        let logarithm = |((mean, action), (log, precision)): ((&f32, &f32), (&f32, &f32))| {
            let z = (action - mean) * precision;
            -0.5 * z * z - log - HALF_LN_TAU
        };
        *out = numbers.map(logarithm).sum();
    }
}

/// `H = Σ_A ln σ + ½ + ½ln(2π)`, in nats, whatever the means.
pub fn gaussian_entropy(log_deviations: &[f32]) -> f32 {
    log_deviations.iter().map(|log| log + 0.5 + HALF_LN_TAU).sum()
}

/// The gradient of `Σ_B gain·ln p(a) + w·H` by the means, into `errors`, B×A, and added to `by_log`,
/// its sum over the batch by ln σ, A: `gain·z/σ` and `gain·(z² − 1) + w`. `gains` is B and H the
/// entropy.
///
/// # Panics
/// Unless the shapes agree.
pub fn gaussian_gradient(
    means: &Matrix,
    actions: &[f32],
    gains: &[f32],
    precisions: &[f32],
    entropy_weight: f32,
    errors: &mut Matrix,
    by_log: &mut [f32],
) {
    let cols = means.cols();
    assert!(precisions.len() == cols && by_log.len() == cols, "one deviation a number");
    assert_eq!(means.as_slice().len(), actions.len(), "as many actions as means");
    assert_eq!(means.rows(), gains.len(), "one gain a row");
    errors.reshape(means.rows(), cols);
    for (row, gain) in gains.iter().enumerate() {
        let numbers = means.row(row).iter().zip(&actions[row * cols..][..cols]).zip(precisions);
        let gradients = errors.row_mut(row).iter_mut().zip(by_log.iter_mut());
        for ((error, by_log), ((mean, action), precision)) in gradients.zip(numbers) {
            let z = (action - mean) * precision;
            *error = gain * z * precision;
            *by_log += gain * (z * z - 1.0) + entropy_weight;
        }
    }
}
