//! One pass over a layer's activity: activation, its derivative, sums. Vectorised for the
//! machine at hand at run time.

use super::Activation;
use crate::tensor::Matrix;
use multiversion::multiversion;
use rayon::prelude::*;

/// Rows of a matrix handled as one piece of parallel work.
const ROWS: usize = 16;

/// Rows that are summed as one piece of parallel work.
const SUMMED: usize = 4096;

/// `a = φ(z + b)` in place, row by row: `z` is B×N, `bias` N.
///
/// # Panics
/// Unless `bias.len() == z.cols()`.
pub fn activate(z: &mut Matrix, bias: &[f32], activation: Activation) {
    let cols = z.cols();
    assert_eq!(bias.len(), cols, "one bias a unit");
    let rows = z.as_mut_slice().par_chunks_mut(ROWS * cols);
    rows.for_each(|rows| activate_rows(rows, bias, activation));
}

/// [`activate`] on this thread: rows of `bias.len()` values.
pub(super) fn activate_rows(rows: &mut [f32], bias: &[f32], activation: Activation) {
    for row in rows.chunks_exact_mut(bias.len()) {
        match activation {
            Activation::Sigmoid { width } => sigmoid(row, bias, width),
            Activation::Relu => relu(row, bias),
            Activation::Tanh => tanh(row, bias),
            Activation::Softmax => softmax(row, bias),
            Activation::Identity => add(row, bias),
        }
    }
}

/// `u = φ'(z) ⊙ u` in place, φ' taken from the activity `a = φ(z)`; both are B×N.
///
/// [`Activation::Softmax`] and [`Activation::Identity`] leave `u` as it is: the error of a
/// cross-entropy on a softmax is already the one at z.
///
/// # Panics
/// Unless the shapes agree.
pub fn gate(u: &mut Matrix, a: &Matrix, activation: Activation) {
    assert_eq!((u.rows(), u.cols()), (a.rows(), a.cols()), "one signal a unit");
    let piece = ROWS * a.cols();
    let pairs = u.as_mut_slice().par_chunks_mut(piece).zip(a.as_slice().par_chunks(piece));
    pairs.for_each(|(u, a)| gate_slice(u, a, activation));
}

/// [`gate`] on this thread.
pub(super) fn gate_slice(u: &mut [f32], a: &[f32], activation: Activation) {
    match activation {
        Activation::Sigmoid { width } => gate_sigmoid(u, a, width),
        Activation::Relu => gate_relu(u, a),
        Activation::Tanh => gate_tanh(u, a),
        Activation::Softmax | Activation::Identity => {}
    }
}

/// `sums[j] += scale·Σ_i m[i, j]`; columns that are a multiple of the sums (the places of a
/// convolution) are added in turn.
///
/// # Panics
/// Unless `m.cols()` is a multiple of `sums.len()`.
pub fn add_column_sums(sums: &mut [f32], m: &Matrix, scale: f32) {
    assert!(!sums.is_empty() && m.cols().is_multiple_of(sums.len()), "one sum a column");
    let add_rows = |sums: &mut [f32], values: &[f32]| {
        values.chunks_exact(sums.len()).for_each(|row| add_scaled(sums, row, scale));
    };
    let piece = SUMMED * sums.len();
    if m.as_slice().len() <= piece {
        return add_rows(sums, m.as_slice());
    }
    let piece_of = |values: &[f32]| {
        let mut part = vec![0.0; sums.len()];
        add_rows(&mut part, values);
        part
    };
    let parts: Vec<_> = m.as_slice().par_chunks(piece).map(piece_of).collect();
    parts.iter().for_each(|part| add_scaled(sums, part, 1.0));
}

/// `m ← factor·m`.
pub fn scale(m: &mut Matrix, factor: f32) {
    m.as_mut_slice().iter_mut().for_each(|x| *x *= factor);
}

/// `⟨|x|²⟩`, the mean over the rows of their squared length.
pub fn mean_squared_norm(x: &Matrix) -> f32 {
    (squared_norm(x) / x.rows().max(1) as f64) as f32
}

/// `|x|²`, the sum of the squares of all entries.
pub fn squared_norm(x: &Matrix) -> f64 {
    x.iter_rows().map(|row| f64::from(dot(row, row))).sum()
}

/// `e^x` to 2 units in the last place for |x| ≤ 87, which `x` is clamped to: a polynomial on
/// [−½ln2, ½ln2] (Cephes), scaled by a power of two. Branch-free, so that loops vectorise.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Adding it leaves the nearest whole number in the low bits of the sum.
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2²³
    let x = x.clamp(-87.0, 87.0);
    let sum = x * std::f32::consts::LOG2_E + ROUND;
    let n = sum - ROUND;
    let r = x - n * (355.0 / 512.0) + n * 2.121_944_4e-4; // x − n·ln2, ln2 in two parts
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_2e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let power = f32::from_bits((sum.to_bits() << 23).wrapping_add(127 << 23));
    (p * r * r + r + 1.0) * power
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn sigmoid(z: &mut [f32], bias: &[f32], width: f32) {
    let slope = -2.0 / width;
    for (z, b) in z.iter_mut().zip(bias) {
        // Beyond ±40 φ is 4e-18 or 1. Smaller values would make subnormal, very slow, products.
        *z = 1.0 / (1.0 + exp((slope * (*z + b)).clamp(-40.0, 40.0)));
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn relu(z: &mut [f32], bias: &[f32]) {
    for (z, b) in z.iter_mut().zip(bias) {
        let sum = *z + b;
        *z = if sum < 0.0 { 0.0 } else { sum }; // `f32::max` would hide NaN
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn tanh(z: &mut [f32], bias: &[f32]) {
    for (z, b) in z.iter_mut().zip(bias) {
        *z = 1.0 - 2.0 / (1.0 + exp((2.0 * (*z + b)).clamp(-40.0, 40.0)));
    }
}

fn softmax(z: &mut [f32], bias: &[f32]) {
    add(z, bias);
    let top = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for z in z.iter_mut() {
        *z = exp(*z - top);
        total += *z;
    }
    for z in z.iter_mut() {
        *z /= total;
    }
}

fn add(z: &mut [f32], bias: &[f32]) {
    add_scaled(z, bias, 1.0);
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn gate_sigmoid(u: &mut [f32], a: &[f32], width: f32) {
    let slope = 2.0 / width;
    for (u, a) in u.iter_mut().zip(a) {
        *u *= slope * a * (1.0 - a);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn gate_relu(u: &mut [f32], a: &[f32]) {
    for (u, a) in u.iter_mut().zip(a) {
        *u = if *a == 0.0 { 0.0 } else { *u };
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn gate_tanh(u: &mut [f32], a: &[f32]) {
    for (u, a) in u.iter_mut().zip(a) {
        *u *= 1.0 - a * a;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
pub(super) fn add_scaled(sums: &mut [f32], row: &[f32], scale: f32) {
    for (sum, x) in sums.iter_mut().zip(row) {
        *sum += scale * x;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    // Sixteen partial sums, so that the order of addition is fixed and the loop vectorises.
    let mut sums = [0.0f32; 16];
    let (a, b) = (a.chunks_exact(16), b.chunks_exact(16));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// `out = a + b`.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
pub(super) fn sum(out: &mut [f32], a: &[f32], b: &[f32]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = a + b;
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: the standard library's exponential in double precision.
    #[test]
    fn exp_agrees_with_the_standard_library() {
        for i in -870..=870 {
            let x = i as f32 * 0.1;
            let want = f64::from(x).exp();
            let error = (f64::from(exp(x)) - want).abs() / want;
            assert!(error < 2.5e-7, "exp({x}): relative error {error}");
        }
        assert!(exp(-1e9) >= 0.0 && exp(1e9).is_finite());
    }

    #[test]
    fn nan_is_not_hidden_by_the_activation() {
        let mut z = Matrix::from_rows(&[[f32::NAN, 0.0]]);
        activate(&mut z, &[0.0, 0.0], Activation::Sigmoid { width: 6.0 });
        assert!(z.row(0)[0].is_nan());
        assert_eq!(z.row(0)[1], 0.5);
    }
}
