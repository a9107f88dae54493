//! Pooling, and its transpose joined with the gate φ'.

use super::elementwise::{add_scaled, gate_slice};
use crate::{
    Matrix,
    layer::{Activation, Geometry, Image, Pooling, PoolingKind},
};
use multiversion::multiversion;
use rayon::prelude::*;

/// `out`, B×(P'·N), becomes the mean or the largest of each window of `units`, B×(P·N).
///
/// # Panics
/// Unless `units` has the geometry's shape and there is a pooling.
pub fn pool(out: &mut Matrix, units: &Matrix, geometry: &Geometry) {
    let pooling = geometry.pooling.expect("a pooling");
    assert_eq!(units.cols(), geometry.units.len(), "activity of the geometry");
    out.reshape(units.rows(), geometry.output.len());
    let pairs = out.as_mut_slice().par_chunks_exact_mut(geometry.output.len());
    pairs.zip(units.as_slice().par_chunks_exact(geometry.units.len())).for_each(|(out, units)| {
        let channels = geometry.units.channels;
        for (place, out) in out.chunks_exact_mut(channels).enumerate() {
            let mut pixels = window(geometry, &pooling, place).map(|at| &units[at..at + channels]);
            out.copy_from_slice(pixels.next().expect("a window is not empty"));
            match pooling.kind {
                PoolingKind::Max => pixels.for_each(|pixel| largest(out, pixel)),
                PoolingKind::Average => {
                    pixels.for_each(|pixel| add_scaled(out, pixel, 1.0));
                    out.iter_mut().for_each(|out| *out *= share(&pooling));
                }
            }
        }
    });
}

/// Gates a convolution's signal: `u`, B×(P·N), becomes `φ'(z) ⊙ (signal brought to the units)`.
///
/// The signal is for what the convolution hands on: either one value a channel, B×N, the same at
/// every place, or one for each value, B×(P'·N). Pooling hands it to its units as its derivative
/// does: each of an average receives its share, the largest receives all (every one of equals).
///
/// # Panics
/// Unless the shapes agree.
pub fn gate_places(
    u: &mut Matrix,
    signal: &Matrix,
    units: &Matrix,
    pooled: &Matrix,
    geometry: &Geometry,
    activation: Activation,
) {
    let (all, channels) = (geometry.units.len(), geometry.units.channels);
    assert!(
        signal.cols() == channels || signal.cols() == geometry.output.len(),
        "one signal a channel, or one a channel and place"
    );
    u.reshape(units.rows(), all);
    u.as_mut_slice().par_chunks_exact_mut(all).enumerate().for_each(|(b, u)| {
        let (signal, units) = (signal.row(b), units.row(b));
        let signals = signal.chunks_exact(channels).cycle();
        match geometry.pooling {
            None => {
                u.chunks_exact_mut(channels).zip(signals).for_each(|(u, s)| u.copy_from_slice(s))
            }
            Some(pooling) => {
                u.fill(0.0);
                let pooled = pooled.row(b).chunks_exact(channels);
                for (place, (signal, top)) in signals.zip(pooled).enumerate() {
                    for at in window(geometry, &pooling, place) {
                        let u = &mut u[at..at + channels];
                        match pooling.kind {
                            PoolingKind::Average => add_scaled(u, signal, share(&pooling)),
                            PoolingKind::Max => {
                                add_where(u, signal, &units[at..at + channels], top)
                            }
                        }
                    }
                }
            }
        }
        gate_slice(u, units, activation);
    });
}

/// Where the pixels of window `place` start in the activity.
fn window(
    geometry: &Geometry,
    pooling: &Pooling,
    place: usize,
) -> impl Iterator<Item = usize> + use<> {
    let (Image { width, channels, .. }, size) = (geometry.units, pooling.window.size);
    let [top, left] = [place / geometry.output.width, place % geometry.output.width]
        .map(|at| at * pooling.window.stride);
    (0..size * size).map(move |i| ((top + i / size) * width + left + i % size) * channels)
}

/// What each unit of a window has of its mean.
fn share(pooling: &Pooling) -> f32 {
    1.0 / (pooling.window.size * pooling.window.size) as f32
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
