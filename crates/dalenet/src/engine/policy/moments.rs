//! Running moments of observations and returns, and what is normalised by them.

/// Mean and sum of squared deviations from it of each column of `rows`, B×C: into `means` and
/// `squares`, C, in double precision.
///
/// # Panics
/// Unless there are whole rows, and as many means as squares.
pub fn column_moments(rows: &[f32], means: &mut [f64], squares: &mut [f64]) {
    let cols = means.len();
    assert!(rows.len().is_multiple_of(cols) && squares.len() == cols, "whole rows");
    let count = (rows.len() / cols) as f64;
    means.fill(0.0);
    for row in rows.chunks_exact(cols) {
        means.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(*x));
    }
    means.iter_mut().for_each(|sum| *sum /= count);
    squares.fill(0.0);
    for row in rows.chunks_exact(cols) {
        for ((square, x), mean) in squares.iter_mut().zip(row).zip(&*means) {
            *square += (f64::from(*x) - mean).powi(2);
        }
    }
}

/// `x ← (x − mean)/deviation` within ±`bound`, in place, for rows B×C of one mean and one deviation a
/// column, C.
///
/// # Panics
/// Unless there are whole rows.
pub fn normalise_columns(rows: &mut [f32], mean: &[f32], deviation: &[f32], bound: f32) {
    let cols = mean.len();
    assert!(rows.len().is_multiple_of(cols) && deviation.len() == cols, "whole rows");
    for row in rows.chunks_exact_mut(cols) {
        for ((x, mean), deviation) in row.iter_mut().zip(mean).zip(deviation) {
            *x = ((*x - mean) / deviation).clamp(-bound, bound);
        }
    }
}

/// `G ← γ·G + r`, N.
///
/// # Panics
/// Unless the lengths agree.
pub fn discount_and_add(returns: &mut [f32], rewards: &[f32], discount: f32) {
    assert_eq!(returns.len(), rewards.len(), "one reward an environment");
    for (ret, reward) in returns.iter_mut().zip(rewards) {
        *ret = discount * *ret + reward;
    }
}

/// `x ← x/divisor` within ±`bound`.
pub fn divide_and_clamp(values: &mut [f32], divisor: f32, bound: f32) {
    values.iter_mut().for_each(|value| *value = (*value / divisor).clamp(-bound, bound));
}

/// Sets values to 0 where either condition holds.
///
/// # Panics
/// Unless the lengths agree.
pub fn reset_where(values: &mut [f32], terminated: &[bool], truncated: &[bool]) {
    assert!([terminated.len(), truncated.len()] == [values.len(); 2], "one condition a value");
    for ((value, terminated), truncated) in values.iter_mut().zip(terminated).zip(truncated) {
        if *terminated || *truncated {
            *value = 0.0;
        }
    }
}
