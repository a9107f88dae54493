//! The weight update `W ← project(W + step(xᵀ·u))` in one sweep over W: a tile's gradient never
//! leaves the cache, and the optimiser's step and Dale's projection meet it there.

use super::{
    elementwise::{add_column_sums, add_scaled},
    product::{Strided, Target, product_tile},
};
use crate::{Matrix, layer::Signs};
use multiversion::multiversion;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, mem};

/// Presynaptic units a tile has at most.
pub const TILE_ROWS: usize = 256;

thread_local! {
    /// The gradient of the tile this thread is at.
    static GRADIENT: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// How a gradient becomes a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Method {
    /// `W += η·g`.
    Sgd,
    /// `v ← μ·v + g`, `W += η·v`.
    Momentum {
        /// μ.
        momentum: f32,
    },
    /// `W += η·m̂/(√v̂ + ε)` (Kingma & Ba 2015).
    Adam {
        /// Decay of the mean.
        beta1: f32,
        /// Decay of the mean square.
        beta2: f32,
        /// Added to the root.
        epsilon: f32,
    },
}

/// Running averages an optimiser keeps for each weight; empty where it needs none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// Momentum's velocity, Adam's m.
    pub first: Vec<f32>,
    /// Adam's v.
    pub second: Vec<f32>,
}

impl Moments {
    /// Zeros for `len` weights, as far as `method` needs them.
    pub fn new(method: Method, len: usize) -> Self {
        let (first, second) = match method {
            Method::Sgd => (0, 0),
            Method::Momentum { .. } => (len, 0),
            Method::Adam { .. } => (len, len),
        };
        Self { first: vec![0.0; first], second: vec![0.0; second] }
    }
}

/// What becomes of a gradient: `g = scale·Σ_batch`, then the method's step at `rate`.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Plain, with momentum, or Adam.
    pub method: Method,
    /// Learning rate η.
    pub rate: f32,
    /// Factor of the batch's sum: 1/B for its mean.
    pub scale: f32,
    /// How many steps were made, this one included (for Adam's bias correction).
    pub count: u64,
}

impl Step {
    /// Turns the batch's sum `g` into the step to be added, and moves the moments on.
    pub fn apply(&self, g: &mut [f32], first: &mut [f32], second: &mut [f32]) {
        match self.method {
            Method::Sgd => scale_by(g, self.rate * self.scale),
            Method::Momentum { momentum } => {
                momentum_step(g, first, [momentum, self.scale, self.rate]);
            }
            Method::Adam { beta1, beta2, epsilon } => {
                let steps = i32::try_from(self.count).unwrap_or(i32::MAX);
                let bias = |beta: f32| (1.0 - f64::from(beta).powi(steps)) as f32;
                let rate = self.rate / bias(beta1);
                let root = bias(beta2).sqrt().recip();
                adam_step(g, first, second, [beta1, beta2, self.scale, rate, root, epsilon]);
            }
        }
    }
}

/// A layer's weights and what belongs to them.
pub struct Weights<'a> {
    /// K×N signed weights.
    pub weights: &'a mut Matrix,
    /// K/2×N sums of the two halves where both streams receive the same input.
    pub folded: Option<&'a mut Matrix>,
    /// The signs to keep, under Dale's principle.
    pub signs: Option<Signs>,
    /// The optimiser's averages, one a weight (folded: both halves have the same).
    pub moments: &'a mut Moments,
}

/// `W ← project(W + step(xᵀ·u))`: `x` is B×K (folded: B×K/2, standing for `[x x]`), `u` is B×N.
///
/// # Panics
/// Unless the shapes agree.
pub fn update(layer: Weights<'_>, x: &Matrix, u: &Matrix, step: &Step) {
    assert_eq!(x.rows(), u.rows(), "one teaching signal a sample");
    sweep(layer, Source::Product(x, u), [x.cols(), u.cols()], step);
}

/// `W ← project(W + step(g))`: the gradient `g` is K×N (folded: K/2×N).
///
/// # Panics
/// Unless the shapes agree.
pub fn update_along(layer: Weights<'_>, gradient: &Matrix, step: &Step) {
    sweep(layer, Source::Ready(gradient), [gradient.rows(), gradient.cols()], step);
}

/// `W ← project(W + step(g))` for a gradient `g` that is 0 but in the rows of some presynaptic units:
/// `gradient` is R×N, `units` are those units in rising order. Momenta of the others move on as they
/// do under a gradient of 0.
///
/// # Panics
/// Unless the shapes agree.
pub fn update_rows_along(layer: Weights<'_>, gradient: &Matrix, units: &[u32], step: &Step) {
    assert_eq!(gradient.rows(), units.len(), "one row a unit");
    let copies = 1 + usize::from(layer.folded.is_some());
    let shape = [layer.weights.rows() / copies, gradient.cols()];
    sweep(layer, Source::Rows(gradient, units), shape, step);
}

fn sweep(layer: Weights<'_>, source: Source<'_>, [rows, cols]: [usize; 2], step: &Step) {
    let copies = 1 + usize::from(layer.folded.is_some());
    assert_eq!(layer.weights.rows(), copies * rows, "one row a presynaptic unit");
    assert_eq!(layer.weights.cols(), cols, "one column a postsynaptic unit");

    let (weights, twin) = layer.weights.as_mut_slice().split_at_mut(rows * cols);
    let tile = Tile {
        weights,
        twin,
        folded: layer.folded.map_or(&mut [], Matrix::as_mut_slice),
        first: &mut layer.moments.first,
        second: &mut layer.moments.second,
    };
    Sweep { source, rows, cols, step, signs: layer.signs }.over(0, tile);
}

/// `b ← b + step(Σ_batch u)`: biases have no sign to keep.
///
/// # Panics
/// Unless there is one bias a column of `u`.
pub fn update_bias(bias: &mut [f32], u: &Matrix, step: &Step, moments: &mut Moments) {
    GRADIENT.with_borrow_mut(|buffer| {
        buffer.resize(buffer.len().max(bias.len()), 0.0);
        let sums = &mut buffer[..bias.len()];
        sums.fill(0.0);
        add_column_sums(sums, u, 1.0);
        step.apply(sums, &mut moments.first, &mut moments.second);
        add(bias, sums);
    });
}

/// `b ← b + step(g)`: the gradient `g` is N.
///
/// # Panics
/// Unless there is one bias an entry of `gradient`.
pub fn update_bias_along(bias: &mut [f32], gradient: &[f32], step: &Step, moments: &mut Moments) {
    GRADIENT.with_borrow_mut(|buffer| {
        buffer.resize(buffer.len().max(bias.len()), 0.0);
        let g = &mut buffer[..bias.len()];
        g.copy_from_slice(gradient);
        step.apply(g, &mut moments.first, &mut moments.second);
        add(bias, g);
    });
}

/// `out = xᵀ·u`: `x` is B×K, `u` is B×N, `out` becomes K×N.
///
/// # Panics
/// Unless `x.rows() == u.rows()`.
///
/// ```
/// use dalenet::{Matrix, engine};
/// let x = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
/// let mut out = Matrix::default();
/// engine::gradient(&mut out, &x, &Matrix::from_rows(&[[1.0], [10.0]]));
/// assert_eq!(out.as_slice(), [31.0, 42.0]);
/// ```
pub fn gradient(out: &mut Matrix, x: &Matrix, u: &Matrix) {
    assert_eq!(x.rows(), u.rows(), "one teaching signal a sample");
    let (source, cols) = (Source::Product(x, u), u.cols());
    out.reshape(x.cols(), cols);
    out.as_mut_slice().par_chunks_mut(TILE_ROWS * cols).enumerate().for_each(|(tile, out)| {
        source.write(tile * TILE_ROWS, out, cols, None);
    });
}

/// Where a tile's gradient comes from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// `xᵀ·u`.
    Product(&'a Matrix, &'a Matrix),
    /// It is there already, K×N.
    Ready(&'a Matrix),
    /// Those of its rows, R×N, that are not 0, and which they are.
    Rows(&'a Matrix, &'a [u32]),
}

impl Source<'_> {
    /// `out = g`, or `out += factor·g`, for the presynaptic units from `start` on.
    fn write(&self, start: usize, out: &mut [f32], cols: usize, add: Option<f32>) {
        match (*self, add) {
            (Self::Product(x, u), add) => {
                let rows = out.len() / cols;
                assert!(start + rows <= x.cols());
                let out = Target { at: out.as_mut_ptr(), stride: cols, add };
                // SAFETY: columns start..start+rows of x, all of u and all of out are in bounds.
                unsafe {
                    let rows_of_x = Strided::of(x).from(0, start).transposed();
                    product_tile((rows, x.rows(), cols), out, rows_of_x, Strided::of(u));
                }
            }
            (Self::Ready(gradient), None) => {
                out.copy_from_slice(&gradient.as_slice()[start * cols..][..out.len()]);
            }
            (Self::Ready(gradient), Some(factor)) => {
                add_scaled(out, &gradient.as_slice()[start * cols..][..out.len()], factor);
            }
            (Self::Rows(gradient, units), add) => {
                let at = |row: usize| units.partition_point(|unit| (*unit as usize) < row);
                if add.is_none() {
                    out.fill(0.0);
                }
                for i in at(start)..at(start + out.len() / cols) {
                    let row = &mut out[(units[i] as usize - start) * cols..][..cols];
                    add_scaled(row, gradient.row(i), add.unwrap_or(1.0));
                }
            }
        }
    }

    /// Whether the gradient of this presynaptic unit is known to be 0.
    fn is_silent(&self, unit: usize) -> bool {
        matches!(self, Self::Rows(_, units) if units.binary_search(&(unit as u32)).is_err())
    }
}

/// What all tiles of one update share.
struct Sweep<'a> {
    source: Source<'a>,
    /// Rows and columns of the gradient.
    rows: usize,
    cols: usize,
    step: &'a Step,
    signs: Option<Signs>,
}

/// The weights from consecutive presynaptic units. `twin` and `folded` are empty unless the layer
/// is folded, the moments unless the optimiser needs them.
#[derive(Default)]
struct Tile<'a> {
    weights: &'a mut [f32],
    twin: &'a mut [f32],
    folded: &'a mut [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
}

impl<'a> Tile<'a> {
    /// Takes the first `len` weights off.
    fn split_off(&mut self, len: usize) -> Tile<'a> {
        let take = |all: &mut &'a mut [f32]| {
            let len = len.min(all.len());
            let (head, tail) = mem::take(all).split_at_mut(len);
            *all = tail;
            head
        };
        Tile {
            weights: take(&mut self.weights),
            twin: take(&mut self.twin),
            folded: take(&mut self.folded),
            first: take(&mut self.first),
            second: take(&mut self.second),
        }
    }
}

impl Tile<'_> {
    /// Whether nothing moves the weights on.
    fn is_at_rest(&self) -> bool {
        self.first.iter().chain(self.second.iter()).all(|moment| *moment == 0.0)
    }
}

impl Sweep<'_> {
    /// Divides the rows from `start` on among the threads, down to [`TILE_ROWS`].
    fn over(&self, start: usize, mut tile: Tile<'_>) {
        let cols = self.cols;
        let rows = tile.weights.len() / cols;
        if rows > TILE_ROWS {
            // Halves that differ little, and tiles that suit the product's register tiles.
            let half = (rows / 2).next_multiple_of(16);
            let head = tile.split_off(half * cols);
            rayon::join(|| self.over(start, head), || self.over(start + half, tile));
        } else if self.is_a_plain_sum() && tile.folded.is_empty() {
            self.add_in_place(start, tile.weights);
        } else {
            GRADIENT.with_borrow_mut(|buffer| {
                buffer.resize(buffer.len().max(rows * cols), 0.0);
                self.learn(start, tile, &mut buffer[..rows * cols]);
            });
        }
    }

    /// Whether the step is the gradient times a number.
    fn is_a_plain_sum(&self) -> bool {
        let grow_only = self.signs.is_some_and(|signs| signs.dale.grow_only);
        matches!(self.step.method, Method::Sgd) && !grow_only
    }

    /// Plain gradient steps need no gradient of their own: the product adds to the weights.
    fn add_in_place(&self, start: usize, weights: &mut [f32]) {
        self.source.write(start, weights, self.cols, Some(self.step.rate * self.step.scale));
        if let Some(signs) = self.signs {
            for (i, row) in weights.chunks_exact_mut(self.cols).enumerate() {
                signs.project(row, start + i);
            }
        }
    }

    fn learn(&self, start: usize, mut tile: Tile<'_>, gradient: &mut [f32]) {
        let cols = self.cols;
        self.source.write(start, gradient, cols, None);
        for (i, step) in gradient.chunks_exact_mut(cols).enumerate() {
            let row = tile.split_off(cols);
            // Without a gradient, now or ever before, weights stay where they are.
            if self.source.is_silent(start + i) && row.is_at_rest() {
                continue;
            }
            self.step.apply(step, row.first, row.second);
            self.add(row.weights, step, start + i);
            if !row.folded.is_empty() {
                self.add(row.twin, step, self.rows + start + i);
                fold(row.folded, row.weights, row.twin);
            }
        }
    }

    /// `w ← project(w + step)` for the weights from presynaptic unit `row`.
    fn add(&self, w: &mut [f32], step: &[f32], row: usize) {
        match self.signs {
            Some(signs) => signs.add(w, step, row),
            None => add(w, step),
        }
    }
}

/// `sum = a + b`.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
pub(crate) fn fold(sum: &mut [f32], a: &[f32], b: &[f32]) {
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        *sum = a + b;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn add(w: &mut [f32], step: &[f32]) {
    for (w, d) in w.iter_mut().zip(step) {
        *w += d;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn scale_by(g: &mut [f32], factor: f32) {
    for g in g {
        *g *= factor;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn momentum_step(g: &mut [f32], velocity: &mut [f32], [momentum, scale, rate]: [f32; 3]) {
    for (g, v) in g.iter_mut().zip(velocity) {
        *v = momentum * *v + scale * *g;
        *g = rate * *v;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn adam_step(
    g: &mut [f32],
    first: &mut [f32],
    second: &mut [f32],
    [beta1, beta2, scale, rate, root, epsilon]: [f32; 6],
) {
    for ((g, m), v) in g.iter_mut().zip(first).zip(second) {
        let mean = scale * *g;
        *m = beta1 * *m + (1.0 - beta1) * mean;
        *v = beta2 * *v + (1.0 - beta2) * mean * mean;
        *g = rate * *m / (root * v.sqrt() + epsilon);
    }
}
