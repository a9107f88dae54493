//! Pooling of an image, channel by channel, and the transport of a signal back through it.

use super::{
    Activation, Geometry,
    elementwise::{add_scaled, gate_slice},
};
use crate::tensor::Matrix;
use multiversion::multiversion;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What becomes of the activities of a channel in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PoolingMode {
    /// Their mean.
    Average,
    /// The largest.
    Max,
}

/// `out`, B×(P'·N), becomes the mean or the largest of each window of `units`, B×(P·N).
///
/// # Panics
/// Unless `units` has the geometry's shape.
pub fn pool(out: &mut Matrix, units: &Matrix, geometry: &Geometry, mode: PoolingMode) {
    assert_eq!(units.cols(), geometry.input.len(), "activity of the geometry");
    out.reshape(units.rows(), geometry.output.len());
    let pairs = out.as_mut_slice().par_chunks_exact_mut(geometry.output.len());
    pairs.zip(units.as_slice().par_chunks_exact(geometry.input.len())).for_each(|(out, units)| {
        let channels = geometry.input.channels;
        for (place, out) in out.chunks_exact_mut(channels).enumerate() {
            let mut pixels = window(geometry, place).map(|at| &units[at..at + channels]);
            out.copy_from_slice(pixels.next().expect("a window is not empty"));
            match mode {
                PoolingMode::Max => pixels.for_each(|pixel| largest(out, pixel)),
                PoolingMode::Average => {
                    pixels.for_each(|pixel| add_scaled(out, pixel, 1.0));
                    out.iter_mut().for_each(|out| *out *= share(geometry));
                }
            }
        }
    });
}

/// Brings a signal back through the pooling: `out`, B×(P·N), becomes the signal at `units`. Each of
/// an average receives its share, the largest receives all (every one of equals).
///
/// `signal` has one value for each that the pooling hands on, B×(P'·N), or one a channel, B×N, the
/// same at every place. `units`, B×(P·N), and `pooled`, B×(P'·N), are the activity before and after.
/// If `units` are a layer's own, the signal can be gated by φ' of their `activation` on the way.
///
/// # Panics
/// Unless the shapes agree.
pub fn pool_transposed(
    out: &mut Matrix,
    signal: &Matrix,
    units: &Matrix,
    pooled: &Matrix,
    (geometry, mode): (&Geometry, PoolingMode),
    activation: Option<Activation>,
) {
    let (all, channels) = (geometry.input.len(), geometry.input.channels);
    assert!(
        signal.cols() == channels || signal.cols() == geometry.output.len(),
        "one signal a channel, or one a channel and place"
    );
    out.reshape(units.rows(), all);
    out.as_mut_slice().par_chunks_exact_mut(all).enumerate().for_each(|(b, out)| {
        let units = units.row(b);
        out.fill(0.0);
        let signals = signal.row(b).chunks_exact(channels).cycle();
        let pooled = pooled.row(b).chunks_exact(channels);
        for (place, (signal, top)) in signals.zip(pooled).enumerate() {
            for at in window(geometry, place) {
                let out = &mut out[at..at + channels];
                match mode {
                    PoolingMode::Average => add_scaled(out, signal, share(geometry)),
                    PoolingMode::Max => add_where(out, signal, &units[at..at + channels], top),
                }
            }
        }
        if let Some(activation) = activation {
            gate_slice(out, units, activation);
        }
    });
}

/// Where the pixels of window `place` start in the activity.
fn window(geometry: &Geometry, place: usize) -> impl Iterator<Item = usize> + use<> {
    let (input, size) = (geometry.input, geometry.window.size);
    let [top, left] = [place / geometry.output.width, place % geometry.output.width]
        .map(|at| at * geometry.window.stride);
    (0..size * size)
        .map(move |i| ((top + i / size) * input.width + left + i % size) * input.channels)
}

/// The share that each unit of a window has in its mean.
fn share(geometry: &Geometry) -> f32 {
    1.0 / (geometry.window.size * geometry.window.size) as f32
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn largest(out: &mut [f32], pixel: &[f32]) {
    for (out, x) in out.iter_mut().zip(pixel) {
        *out = if *x <= *out { *out } else { *x }; // NaN stays visible
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn add_where(out: &mut [f32], signal: &[f32], units: &[f32], top: &[f32]) {
    for (((out, s), a), top) in out.iter_mut().zip(signal).zip(units).zip(top) {
        *out += if a == top { *s } else { 0.0 };
    }
}
