//! Signals on their way to a layer's units.

use super::{Activation, elementwise};
use crate::tensor::Matrix;
use rayon::prelude::*;

/// Brings a signal of one value a channel, B×N, to every place: `out` becomes B×(P·N).
///
/// ```
/// use dalenet::{Matrix, engine};
/// let mut out = Matrix::default();
/// engine::spread(&mut out, &Matrix::from_rows(&[[1.0, 2.0]]), 3);
/// assert_eq!(out.as_slice(), [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
/// ```
pub fn spread(out: &mut Matrix, signal: &Matrix, places: usize) {
    let channels = signal.cols();
    out.reshape(signal.rows(), places * channels);
    let samples = out.as_mut_slice().par_chunks_exact_mut((places * channels).max(1));
    samples.enumerate().for_each(|(b, out)| {
        out.chunks_exact_mut(channels).for_each(|out| out.copy_from_slice(signal.row(b)));
    });
}

/// `u = φ'(z) ⊙ signal` for a signal of one value a channel, B×N, that goes to every place: `units`,
/// the activity, is B×(P·N), and so becomes `u`.
///
/// # Panics
/// Unless the shapes agree.
pub fn gate_places(u: &mut Matrix, signal: &Matrix, units: &Matrix, activation: Activation) {
    let (all, channels) = (units.cols(), signal.cols());
    assert!(all.is_multiple_of(channels) && signal.rows() == units.rows(), "one signal a channel");
    u.reshape(units.rows(), all);
    u.as_mut_slice().par_chunks_exact_mut(all.max(1)).enumerate().for_each(|(b, u)| {
        u.chunks_exact_mut(channels).for_each(|u| u.copy_from_slice(signal.row(b)));
        elementwise::gate_slice(u, units.row(b), activation);
    });
}

/// `out += signal`, B×(P·N); a signal of one value a channel, B×N, is added at every place.
///
/// # Panics
/// Unless the shapes agree.
pub fn add_signal(out: &mut Matrix, signal: &Matrix) {
    let (all, channels) = (out.cols(), signal.cols());
    assert!(all.is_multiple_of(channels) && signal.rows() == out.rows(), "one signal a channel");
    out.as_mut_slice().par_chunks_exact_mut(all.max(1)).enumerate().for_each(|(b, out)| {
        for out in out.chunks_exact_mut(channels) {
            elementwise::add_scaled(out, signal.row(b), 1.0);
        }
    });
}

/// `out = a + b`, all B×N.
///
/// # Panics
/// Unless the shapes agree.
pub fn add(out: &mut Matrix, a: &Matrix, b: &Matrix) {
    assert_eq!((a.rows(), a.cols()), (b.rows(), b.cols()), "matrices of the same shape");
    out.reshape(a.rows(), a.cols());
    let cols = a.cols().max(1);
    let rows = out.as_mut_slice().par_chunks_mut(16 * cols).zip(a.as_slice().par_chunks(16 * cols));
    rows.zip(b.as_slice().par_chunks(16 * cols))
        .for_each(|((out, a), b)| elementwise::sum(out, a, b));
}

/// `out = scale·sign(w)`, with 0 for 0: both are K×N.
///
/// ```
/// use dalenet::{Matrix, engine};
/// let mut out = Matrix::default();
/// engine::signs(&mut out, &Matrix::from_rows(&[[-7.0, 0.0, 3.0]]), 0.5);
/// assert_eq!(out.as_slice(), [-0.5, 0.0, 0.5]);
/// ```
pub fn signs(out: &mut Matrix, weights: &Matrix, scale: f32) {
    let sign = |w: f32| if w == 0.0 { 0.0 } else { scale * w.signum() };
    out.reshape(weights.rows(), weights.cols());
    let cols = weights.cols().max(1);
    let rows = out.as_mut_slice().par_chunks_mut(16 * cols);
    rows.zip(weights.as_slice().par_chunks(16 * cols)).for_each(|(out, weights)| {
        out.iter_mut().zip(weights).for_each(|(out, w)| *out = sign(*w));
    });
}
