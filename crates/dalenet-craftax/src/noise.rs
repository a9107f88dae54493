//! Perlin noise as the world generators use it.
//!
//! Source: `craftax_classic/util/noise.py` and `craftax/util/noise.py`, one octave, as XLA
//! compiles it for the CPU: products and sums rounded one by one.

use crate::threefry::Key;
use std::f32::consts::{SQRT_2, TAU};

/// The largest number of gradients: 9 × 33.
const GRADIENTS: usize = 297;

/// N×N numbers in [0, 1], the smallest of them 0 and the largest 1.
pub(crate) struct Noise<const N: usize> {
    raw: [[f32; N]; N],
    low: f32,
    scale: f32,
}

impl<const N: usize> Noise<N> {
    /// One of them.
    #[inline]
    pub fn at(&self, row: usize, col: usize) -> f32 {
        (self.raw[row][col] - self.low) * self.scale
    }

    /// One of them and an offset, rounded once, as XLA compiles a sum that follows the noise.
    #[inline]
    pub fn plus(&self, row: usize, col: usize, offset: f32) -> f32 {
        (self.raw[row][col] - self.low).mul_add(self.scale, offset)
    }
}

/// `generate_fractal_noise_2d(key, (N, N), (rows, cols), octaves=1)`. N is a multiple of the numbers
/// of cells.
pub(crate) fn noise<const N: usize>(key: Key, (rows, cols): (usize, usize)) -> Noise<N> {
    let key = key.child(1).child(1);
    let across = cols + 1;
    let mut gradients = [(0.0, 0.0); GRADIENTS];
    for (i, gradient) in gradients.iter_mut().enumerate().take(across * (rows + 1)) {
        let angle = TAU * key.uniform(i as u32);
        *gradient = (angle.cos(), angle.sin());
    }
    let (height, width) = (N / rows, N / cols);
    let mut steps = [(0.0, 0.0); N];
    for (y, step) in steps.iter_mut().enumerate().take(width) {
        let t = y as f32 / width as f32;
        *step = (t, interpolant(t));
    }
    let mut out = [[0.0; N]; N];
    for (x, out) in out.iter_mut().enumerate() {
        let t = (x % height) as f32 / height as f32;
        let (blend, top) = (interpolant(t), x / height * across);
        for (cell, out) in out.chunks_exact_mut(width).enumerate() {
            let (a, b) = (gradients[top + cell], gradients[top + across + cell]);
            let (c, d) = (gradients[top + cell + 1], gradients[top + across + cell + 1]);
            for (out, (s, across)) in out.iter_mut().zip(steps) {
                let left =
                    (t * a.0 + s * a.1) * (1.0 - blend) + blend * ((t - 1.0) * b.0 + s * b.1);
                let right = (t * c.0 + (s - 1.0) * c.1) * (1.0 - blend)
                    + blend * ((t - 1.0) * d.0 + (s - 1.0) * d.1);
                *out = SQRT_2 * ((1.0 - across) * left + across * right);
            }
        }
    }
    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
    for &x in out.as_flattened() {
        low = low.min(x);
        high = high.max(x);
    }
    Noise { raw: out, low, scale: 1.0 / (high - low) }
}

fn interpolant(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}
