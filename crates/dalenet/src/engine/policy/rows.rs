//! Choosing rows of a rollout, and sums over a batch.

use crate::Matrix;

/// `out[i] = from[samples[i]]`.
///
/// # Panics
/// If a sample is not there.
pub fn gather(from: &[f32], samples: &[u32], out: &mut Vec<f32>) {
    out.clear();
    out.extend(samples.iter().map(|i| from[*i as usize]));
}

/// `out` becomes the rows `samples` of `from`, whose rows are `cols` long: B×`cols`.
///
/// # Panics
/// If a row is not there.
pub fn gather_rows(from: &[f32], cols: usize, samples: &[u32], out: &mut Matrix) {
    out.reshape(samples.len(), cols);
    for (row, i) in samples.iter().enumerate() {
        out.row_mut(row).copy_from_slice(&from[*i as usize * cols..][..cols]);
    }
}

/// `out` becomes the numbers of the rows for which the condition holds, in rising order.
pub fn rows_where(count: usize, condition: impl Fn(usize) -> bool, out: &mut Vec<u32>) {
    out.clear();
    out.extend((0..count).filter(|i| condition(*i)).map(|i| i as u32));
}

/// `out[i] ← out[i] or flags[i]`.
pub fn or_where(flags: &[bool], out: &mut [bool]) {
    out.iter_mut().zip(flags).for_each(|(out, flag)| *out |= flag);
}

/// `out[rows[i]] = values[i]`.
///
/// # Panics
/// Unless there is one value a row, or if a row is not there.
pub fn scatter(values: &[f32], rows: &[u32], out: &mut [f32]) {
    assert_eq!(values.len(), rows.len(), "one value a row");
    values.iter().zip(rows).for_each(|(value, row)| out[*row as usize] = *value);
}

/// Whole numbers kept as floats, as the choices that they are.
///
/// # Panics
/// Unless the lengths agree.
pub fn to_choices(numbers: &[f32], choices: &mut [u32]) {
    assert_eq!(numbers.len(), choices.len(), "one choice a number");
    choices.iter_mut().zip(numbers).for_each(|(choice, number)| *choice = *number as u32);
}

/// Whether there is neither NaN nor infinity.
pub fn all_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}

/// `Σx` in double precision.
pub fn sum(values: &[f32]) -> f64 {
    values.iter().map(|value| f64::from(*value)).sum()
}

/// Adds `Σx` to `total`, value by value.
pub fn accumulate(values: &[f32], total: &mut f64) {
    values.iter().for_each(|value| *total += f64::from(*value));
}
