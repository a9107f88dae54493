//! Pooling of an image, channel by channel, and the transport of a signal back through it.

use super::{
    Activation, Geometry,
    elementwise::{add_scaled, gate_slice},
};
use crate::tensor::Matrix;
use multiversion::multiversion;
use rayon::prelude::*;
use std::array::from_fn;

/// Channels whose largest are sought at once: they stay in registers.
const LANES: usize = 16;

/// `out`, B×(P'·N), becomes the mean of each window of `units`, B×(P·N).
///
/// # Panics
/// Unless `units` has the geometry's shape.
pub fn pool_mean(out: &mut Matrix, units: &Matrix, geometry: &Geometry) {
    let channels = geometry.input.channels;
    assert_eq!(units.cols(), geometry.input.len(), "activity of the geometry");
    out.reshape(units.rows(), geometry.output.len());
    let pairs = out.as_mut_slice().par_chunks_exact_mut(geometry.output.len());
    pairs.zip(units.as_slice().par_chunks_exact(geometry.input.len())).for_each(|(out, units)| {
        for (place, out) in out.chunks_exact_mut(channels).enumerate() {
            out.fill(0.0);
            for at in geometry.places(place) {
                add_scaled(out, &units[at * channels..][..channels], 1.0);
            }
            out.iter_mut().for_each(|out| *out *= share(geometry));
        }
    });
}

/// Brings a signal back through [`pool_mean`]: `out`, B×(P·N), becomes the signal at the units, of
/// which each receives its share.
///
/// `signal` has one value for each that the pooling hands on, B×(P'·N), or one a channel, B×N, the
/// same at every place. With `units`, the activity B×(P·N) of a layer's own units of that response,
/// it is gated by their φ' on the way.
///
/// # Panics
/// Unless the shapes agree.
pub fn pool_mean_transposed(
    out: &mut Matrix,
    signal: &Matrix,
    geometry: &Geometry,
    units: Option<(&Matrix, Activation)>,
) {
    let (all, channels) = (geometry.input.len(), geometry.input.channels);
    check_signal(signal, geometry);
    out.reshape(signal.rows(), all);
    out.as_mut_slice().par_chunks_exact_mut(all).enumerate().for_each(|(b, out)| {
        out.fill(0.0);
        let signals = signal.row(b).chunks_exact(channels).cycle();
        for (place, signal) in (0..geometry.output.positions()).zip(signals) {
            for at in geometry.places(place) {
                add_scaled(&mut out[at * channels..][..channels], signal, share(geometry));
            }
        }
        if let Some((units, activation)) = units {
            gate_slice(out, units.row(b), activation);
        }
    });
}

/// `out`, B×(P'·N), becomes the largest of each window of `units`, B×(P·N), and `chosen` the place
/// that has it, the first of equals.
///
/// # Panics
/// Unless `units` has the geometry's shape.
pub fn pool_largest(
    (out, chosen): (&mut Matrix, &mut Vec<u32>),
    units: &Matrix,
    geometry: &Geometry,
) {
    let (all, channels) = (geometry.output.len(), geometry.input.channels);
    assert_eq!(units.cols(), geometry.input.len(), "activity of the geometry");
    out.reshape(units.rows(), all);
    chosen.resize(units.rows() * all, 0);
    let images = out.as_mut_slice().par_chunks_exact_mut(all);
    images.zip(chosen.par_chunks_exact_mut(all)).enumerate().for_each(|(b, (out, chosen))| {
        let places = out.chunks_exact_mut(channels).zip(chosen.chunks_exact_mut(channels));
        for (place, (out, chosen)) in places.enumerate() {
            largest(out, chosen, units.row(b), geometry, place);
        }
    });
}

/// The largest of the rows of `units`, P×N, that lie in the window at place `place` of the pooling,
/// column by column, and which row has it. NaN counts as larger than any number, so that it stays
/// visible.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
pub(super) fn largest(
    out: &mut [f32],
    chosen: &mut [u32],
    units: &[f32],
    geometry: &Geometry,
    place: usize,
) {
    let channels = out.len();
    let first = geometry.places(place).next().expect("a window is not empty") as u32;
    let (blocks, rest) = out.as_chunks_mut::<LANES>();
    let (chosen_blocks, chosen_rest) = chosen.as_chunks_mut::<LANES>();
    for (b, (out, chosen)) in blocks.iter_mut().zip(chosen_blocks).enumerate() {
        let (mut best, mut at) = ([f32::NEG_INFINITY; LANES], [first; LANES]);
        for place in geometry.places(place) {
            let row: &[f32; LANES] =
                units[place * channels + b * LANES..].first_chunk().expect("a block of it");
            let larger: [bool; LANES] = from_fn(|i| is_larger(row[i], best[i]));
            best = from_fn(|i| if larger[i] { row[i] } else { best[i] });
            at = from_fn(|i| if larger[i] { place as u32 } else { at[i] });
        }
        (*out, *chosen) = (best, at);
    }
    for (i, (out, chosen)) in rest.iter_mut().zip(chosen_rest).enumerate() {
        (*out, *chosen) = (f32::NEG_INFINITY, first);
        for place in geometry.places(place) {
            let x = units[place * channels + channels / LANES * LANES + i];
            if is_larger(x, *out) {
                (*out, *chosen) = (x, place as u32);
            }
        }
    }
}

#[inline(always)]
fn is_larger(x: f32, best: f32) -> bool {
    x > best || x.is_nan()
}

/// Brings a signal back through [`pool_largest`]: `out`, B×(P·N), becomes the signal at the units, of
/// which the `chosen` receive all. `signal` is B×(P'·N), or B×N, the same at every place.
///
/// # Panics
/// Unless the shapes agree.
pub fn pool_largest_transposed(
    out: &mut Matrix,
    signal: &Matrix,
    chosen: &[u32],
    geometry: &Geometry,
) {
    check_signal(signal, geometry);
    assert_eq!(chosen.len(), signal.rows() * geometry.output.len(), "a place for each value");
    out.reshape(signal.rows(), geometry.input.len());
    scatter_all(out.as_mut_slice(), signal, chosen, geometry.input.channels);
}

/// [`pool_largest_transposed`] into a buffer B×(P·N).
pub(super) fn scatter_all(out: &mut [f32], signal: &Matrix, chosen: &[u32], channels: usize) {
    let [all, pooled] = [out.len(), chosen.len()].map(|len| (len / signal.rows().max(1)).max(1));
    let images = out.par_chunks_exact_mut(all).zip(chosen.par_chunks_exact(pooled));
    images.enumerate().for_each(|(b, (out, chosen))| {
        scatter(out, signal.row(b), chosen, channels);
    });
}

/// [`scatter_all`] for one image.
pub(super) fn scatter(out: &mut [f32], signal: &[f32], chosen: &[u32], channels: usize) {
    out.fill(0.0);
    let signals = signal.chunks_exact(channels).cycle();
    for (chosen, signal) in chosen.chunks_exact(channels).zip(signals) {
        for (channel, (place, signal)) in chosen.iter().zip(signal).enumerate() {
            out[*place as usize * channels + channel] += signal;
        }
    }
}

fn check_signal(signal: &Matrix, geometry: &Geometry) {
    assert!(
        [geometry.input.channels, geometry.output.len()].contains(&signal.cols()),
        "one signal a channel, or one a channel and place"
    );
}

/// The share that each unit of a window has in its mean.
fn share(geometry: &Geometry) -> f32 {
    1.0 / (geometry.window.size * geometry.window.size) as f32
}
