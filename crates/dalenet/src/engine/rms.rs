//! RMS normalisation of a layer's activity, sample by sample.

use super::elementwise::dot;
use crate::tensor::Matrix;
use multiversion::multiversion;
use rayon::prelude::*;

/// Added to the mean square, so that silence is not divided by.
pub const EPSILON: f32 = 1e-5;

/// Rows handled as one piece of parallel work.
const ROWS: usize = 16;

/// `y = a/r`, row by row, with `r = √(⟨a²⟩ + ε)` kept in `rms`: `a` is B×N, `y` becomes B×N and
/// `rms` B.
///
/// ```
/// use dalenet::{Matrix, engine};
/// let a = Matrix::from_rows(&[[3.0, 4.0, 0.0, 0.0]]);
/// let (mut y, mut rms) = (Matrix::default(), Vec::new());
/// engine::normalise(&mut y, &mut rms, &a);
/// assert!((rms[0] - 2.5).abs() < 1e-5 && (y.row(0)[1] - 1.6).abs() < 1e-5);
/// ```
pub fn normalise(y: &mut Matrix, rms: &mut Vec<f32>, a: &Matrix) {
    let cols = a.cols();
    y.reshape(a.rows(), cols);
    rms.resize(a.rows(), 0.0);
    let piece = ROWS * cols;
    let pieces = y.as_mut_slice().par_chunks_mut(piece).zip(a.as_slice().par_chunks(piece));
    pieces.zip(rms.par_chunks_mut(ROWS)).for_each(|((y, a), rms)| {
        let rows = y.chunks_exact_mut(cols).zip(a.chunks_exact(cols));
        for ((y, a), rms) in rows.zip(rms) {
            *rms = (dot(a, a) / cols as f32 + EPSILON).sqrt();
            scale(y, a, rms.recip());
        }
    });
}

/// [`normalise`] in place: `a` becomes `a/r`.
pub fn normalise_in_place(a: &mut Matrix, rms: &mut Vec<f32>) {
    let cols = a.cols();
    rms.resize(a.rows(), 0.0);
    let rows = a.as_mut_slice().par_chunks_mut(ROWS * cols).zip(rms.par_chunks_mut(ROWS));
    rows.for_each(|(rows, rms)| {
        for (row, rms) in rows.chunks_exact_mut(cols).zip(rms) {
            *rms = (dot(row, row) / cols as f32 + EPSILON).sqrt();
            rescale(row, rms.recip());
        }
    });
}

/// Brings a signal on normalised activity `y = a/r` to the activity: `s ← (s − y·⟨s, y⟩)/r` in
/// place, with ⟨s, y⟩ the mean over the units; `signal` and `y` are B×N, `rms` is B.
///
/// # Panics
/// Unless the shapes agree.
pub fn normalise_transposed(signal: &mut Matrix, y: &Matrix, rms: &[f32]) {
    let cols = y.cols();
    assert_eq!((signal.rows(), signal.cols()), (y.rows(), cols), "one signal a unit");
    assert_eq!(rms.len(), y.rows(), "one scale a sample");
    let piece = ROWS * cols;
    let pieces = signal.as_mut_slice().par_chunks_mut(piece).zip(y.as_slice().par_chunks(piece));
    pieces.zip(rms.par_chunks(ROWS)).for_each(|((signal, y), rms)| {
        let rows = signal.chunks_exact_mut(cols).zip(y.chunks_exact(cols));
        for ((signal, y), rms) in rows.zip(rms) {
            let along = dot(signal, y) / cols as f32;
            subtract(signal, y, along, rms.recip());
        }
    });
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn rescale(a: &mut [f32], factor: f32) {
    for a in a {
        *a *= factor;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn scale(y: &mut [f32], a: &[f32], factor: f32) {
    for (y, a) in y.iter_mut().zip(a) {
        *y = a * factor;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn subtract(signal: &mut [f32], y: &[f32], along: f32, factor: f32) {
    for (s, y) in signal.iter_mut().zip(y) {
        *s = (*s - along * y) * factor;
    }
}
