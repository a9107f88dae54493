//! One of A choices, by logits. Choices are kept as numbers 0 to A − 1, as all actions are.

use crate::Matrix;

/// Draws a choice for every row of logits B×A into `choices`, B, by a number of `uniform` from
/// [0, 1) each.
///
/// # Panics
/// Unless there is one choice a row.
pub fn sample_categorical(logits: &Matrix, mut uniform: impl FnMut() -> f32, choices: &mut [f32]) {
    assert_eq!(logits.rows(), choices.len(), "one choice a row");
    for (choice, logits) in choices.iter_mut().zip(logits.iter_rows()) {
        let (total, mut left) = (log_sum_exp(logits), uniform());
        let passed = |z: &f32| {
            left -= (z - total).exp();
            left < 0.0
        };
        // Rounding may leave a rest beyond the last probability.
        *choice = logits.iter().position(passed).unwrap_or(logits.len() - 1) as f32;
    }
}

/// The most probable choice of every row of logits B×A, the last of equals, into `choices`, B.
///
/// # Panics
/// Unless there is one choice a row.
pub fn most_probable_choices(logits: &Matrix, choices: &mut [f32]) {
    assert_eq!(logits.rows(), choices.len(), "one choice a row");
    for (choice, logits) in choices.iter_mut().zip(logits.iter_rows()) {
        let most = (0..logits.len()).max_by(|a, b| logits[*a].total_cmp(&logits[*b]));
        *choice = most.unwrap_or(0) as f32;
    }
}

/// `ln p(choice) = z_choice − ln Σ_A e^z` for logits B×A and choices B, into `out`, B.
///
/// # Panics
/// Unless the shapes agree and every choice is below A.
pub fn categorical_log_probabilities(logits: &Matrix, choices: &[f32], out: &mut [f32]) {
    assert!(logits.rows() == choices.len() && choices.len() == out.len(), "one choice a row");
    for ((out, logits), choice) in out.iter_mut().zip(logits.iter_rows()).zip(choices) {
        *out = logits[*choice as usize] - log_sum_exp(logits);
    }
}

/// `H = −Σ_A p·ln p`, in nats, for logits B×A, into `out`, B.
///
/// # Panics
/// Unless there is one entropy a row.
pub fn categorical_entropies(logits: &Matrix, out: &mut [f32]) {
    assert_eq!(logits.rows(), out.len(), "one entropy a row");
    for (out, logits) in out.iter_mut().zip(logits.iter_rows()) {
        *out = entropy(logits, log_sum_exp(logits));
    }
}

/// The gradient of `gain·ln p(choice) + w·H` by the logits, into `errors`, B×A:
/// `gain·(1_choice − p) + w·p·(−ln p − H)`. `choices` and `gains` are B.
///
/// # Panics
/// Unless the shapes agree.
pub fn categorical_gradient(
    logits: &Matrix,
    choices: &[f32],
    gains: &[f32],
    entropy_weight: f32,
    errors: &mut Matrix,
) {
    assert!(logits.rows() == choices.len() && choices.len() == gains.len(), "one choice a row");
    errors.reshape(logits.rows(), logits.cols());
    for (row, (choice, gain)) in choices.iter().zip(gains).enumerate() {
        let logits = logits.row(row);
        let total = log_sum_exp(logits);
        let entropy = entropy(logits, total);
        for (i, (error, z)) in errors.row_mut(row).iter_mut().zip(logits).enumerate() {
            let p = (z - total).exp();
            let chosen = if i == *choice as usize { 1.0 } else { 0.0 };
            let of_entropy = p * ((total - z) - entropy);
            *error = gain * (chosen - p) + entropy_weight * of_entropy;
        }
    }
}

fn entropy(logits: &[f32], total: f32) -> f32 {
    logits.iter().map(|z| (z - total).exp() * (total - z)).sum()
}

/// `ln Σ e^z`, with the largest value taken out so that nothing overflows.
fn log_sum_exp(values: &[f32]) -> f32 {
    let top = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    top + values.iter().map(|value| (value - top).exp()).sum::<f32>().ln()
}
