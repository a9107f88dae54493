//! Divisive normalisation over the channels of a place.

use super::elementwise::dot;
use crate::tensor::Matrix;
use multiversion::multiversion;
use rayon::prelude::*;

/// Rows handled as one piece of parallel work.
const ROWS: usize = 16;

/// The numbers of `y_c = γ·a_c^n / (σ^n + ⟨a^n⟩)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divisor {
    /// γ, the factor of the response.
    pub gamma: f32,
    /// σ, the activity of all channels at which the divisor is twice σ^n.
    pub sigma: f32,
    /// Whether the exponent n is 2; otherwise it is 1.
    pub squared: bool,
}

/// `y_c = γ·a_c^n / d` with `d = σ^n + ⟨a^n⟩`, the mean over the `channels` of a place, kept in
/// `divisors`: `a` is B×(P·N), `y` becomes B×(P·N) and `divisors` B·P.
///
/// # Panics
/// Unless the columns are a multiple of `channels`.
///
/// ```
/// use dalenet::{Matrix, engine, engine::Divisor};
/// let a = Matrix::from_rows(&[[1.0, 3.0]]);
/// let (mut y, mut divisors) = (Matrix::default(), Vec::new());
/// let divisor = Divisor { gamma: 2.0, sigma: 1.0, squared: true };
/// engine::divide(&mut y, &mut divisors, &a, 2, divisor);
/// assert_eq!(divisors, [6.0]); // 1² + (1² + 3²)/2
/// assert!((y.row(0)[1] - 3.0).abs() < 1e-6); // 2·3²/6
/// ```
pub fn divide(
    y: &mut Matrix,
    divisors: &mut Vec<f32>,
    a: &Matrix,
    channels: usize,
    divisor: Divisor,
) {
    assert!(a.cols().is_multiple_of(channels), "whole places");
    y.reshape(a.rows(), a.cols());
    divisors.resize(a.as_slice().len() / channels, 0.0);
    let Divisor { gamma, sigma, squared } = divisor;
    let floor = if squared { sigma * sigma } else { sigma };
    let piece = ROWS * channels;
    let pieces = y.as_mut_slice().par_chunks_mut(piece).zip(a.as_slice().par_chunks(piece));
    pieces.zip(divisors.par_chunks_mut(ROWS)).for_each(|((y, a), divisors)| {
        let rows = y.chunks_exact_mut(channels).zip(a.chunks_exact(channels));
        for ((y, a), divisor) in rows.zip(divisors) {
            let total = if squared { dot(a, a) } else { sum(a) };
            *divisor = floor + total / channels as f32;
            respond(y, a, gamma / *divisor, squared);
        }
    });
}

/// Brings a signal on normalised activity `y` to the activity `a`, in place:
/// `s_k ← γ·n·a_k^(n−1)/d · (s_k − ⟨s·y⟩/γ)`, with ⟨s·y⟩ the mean over the channels of the place;
/// `signal`, `a` and `y` are B×(P·N), `divisors` B·P.
///
/// # Panics
/// Unless the shapes agree.
pub fn divide_transposed(
    signal: &mut Matrix,
    a: &Matrix,
    y: &Matrix,
    divisors: &[f32],
    channels: usize,
    divisor: Divisor,
) {
    assert_eq!((signal.rows(), signal.cols()), (a.rows(), a.cols()), "one signal a unit");
    assert_eq!(divisors.len() * channels, a.as_slice().len(), "one divisor a place");
    let Divisor { gamma, squared, .. } = divisor;
    let piece = ROWS * channels;
    let pieces = signal.as_mut_slice().par_chunks_mut(piece).zip(a.as_slice().par_chunks(piece));
    let pieces = pieces.zip(y.as_slice().par_chunks(piece)).zip(divisors.par_chunks(ROWS));
    pieces.for_each(|(((signal, a), y), divisors)| {
        let rows = signal.chunks_exact_mut(channels).zip(a.chunks_exact(channels));
        for (((signal, a), y), divisor) in rows.zip(y.chunks_exact(channels)).zip(divisors) {
            let along = dot(signal, y) / channels as f32 / gamma;
            bring_back(signal, a, along, gamma / divisor, squared);
        }
    });
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn sum(a: &[f32]) -> f32 {
    // Sixteen partial sums, so that the order of addition is fixed and the loop vectorises.
    let mut sums = [0.0f32; 16];
    let a = a.chunks_exact(16);
    let rest: f32 = a.remainder().iter().sum();
    for a in a {
        for (sum, a) in sums.iter_mut().zip(a) {
            *sum += a;
        }
    }
    sums.iter().sum::<f32>() + rest
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn respond(y: &mut [f32], a: &[f32], factor: f32, squared: bool) {
    for (y, a) in y.iter_mut().zip(a) {
        *y = factor * if squared { a * a } else { *a };
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn bring_back(signal: &mut [f32], a: &[f32], along: f32, factor: f32, squared: bool) {
    for (s, a) in signal.iter_mut().zip(a) {
        *s = (*s - along) * factor * if squared { 2.0 * a } else { 1.0 };
    }
}
