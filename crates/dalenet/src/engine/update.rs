//! The weight update `W ← project(W + step(xᵀ·u))` in one sweep over W: a tile's gradient never
//! leaves the cache, and the optimiser's step and Dale's projection meet it there. In bfloat16 so does
//! the packing of the weights for the products of the next step.

use super::{
    Folded, Moments, PackedWeights, Signs, Step,
    bf16::{Kernel, Line, PANEL, lines_of_rows, pack_rows},
    elementwise::{add_column_sums, sum},
    gradient::{Source, TILE_ROWS},
    step::Method,
    view::View,
    workspace::Workspace,
};
use crate::tensor::Matrix;
use multiversion::multiversion;
use std::mem;

/// A layer's weights and what belongs to them.
pub struct Weights<'a> {
    /// K×N signed weights.
    pub weights: &'a mut Matrix,
    /// The sum of the two halves where both streams receive the same input.
    pub folded: Option<&'a mut Folded>,
    /// The signs to keep, under Dale's principle.
    pub signs: Option<Signs>,
    /// The optimiser's averages, one a weight (folded: both halves have the same).
    pub moments: &'a mut Moments,
    /// What products read of the weights, or of the sums of their halves.
    pub packed: &'a mut PackedWeights,
}

/// Weights of a tile, where they are packed, at most: a quarter of a megabyte.
const SMALL_TILE: usize = 1 << 16;

/// `W ← project(W + step(xᵀ·u))`: `x` is B×K (folded: B×K/2, standing for `[x x]`), `u` is B×N.
///
/// # Panics
/// Unless the shapes agree.
pub fn update(layer: Weights<'_>, x: &Matrix, u: &Matrix, step: &Step, workspace: &Workspace) {
    assert_eq!(x.rows(), u.rows(), "one teaching signal a sample");
    sweep(layer, Source::product(x, u, workspace), [x.cols(), u.cols()], step, workspace);
}

/// `W ← project(W + step(g))`: the gradient `g` is K×N (folded: K/2×N).
///
/// # Panics
/// Unless the shapes agree.
pub fn update_along(layer: Weights<'_>, gradient: &Matrix, step: &Step, workspace: &Workspace) {
    sweep(layer, Source::Ready(gradient), [gradient.rows(), gradient.cols()], step, workspace);
}

/// `W ← project(W + step(g))` for a gradient `g` that is 0 but in the rows of some presynaptic units:
/// `gradient` is R×N, `units` are those units in rising order. Momenta of the others move on as they
/// do under a gradient of 0.
///
/// # Panics
/// Unless the shapes agree.
pub fn update_rows_along(
    layer: Weights<'_>,
    gradient: &Matrix,
    units: &[u32],
    step: &Step,
    workspace: &Workspace,
) {
    assert_eq!(gradient.rows(), units.len(), "one row a unit");
    let copies = 1 + usize::from(layer.folded.is_some());
    let shape = [layer.weights.rows() / copies, gradient.cols()];
    sweep(layer, Source::Rows(gradient, units), shape, step, workspace);
}

fn sweep(
    layer: Weights<'_>,
    source: Source<'_>,
    [rows, cols]: [usize; 2],
    step: &Step,
    workspace: &Workspace,
) {
    let copies = 1 + usize::from(layer.folded.is_some());
    assert_eq!(layer.weights.rows(), copies * rows, "one row a presynaptic unit");
    assert_eq!(layer.weights.cols(), cols, "one column a postsynaptic unit");

    // A layer of which few rows change is not multiplied as a whole.
    let kernel = workspace.kernel().filter(|kernel| kernel.packs() && !source.is_partial());
    let (packed, folded) = match (kernel, layer.folded) {
        (Some(kernel), folded) => {
            folded.into_iter().for_each(Folded::clear);
            (layer.packed.lines(kernel, [rows, cols]), &mut [][..])
        }
        (None, folded) => {
            layer.packed.clear();
            let sum = folded.map(|folded| folded.of_mut(layer.weights).as_mut_slice());
            (&mut [][..], sum.unwrap_or_default())
        }
    };
    let (weights, second_half) = layer.weights.as_mut_slice().split_at_mut(rows * cols);
    let tile = Tile {
        weights,
        second_half,
        folded,
        first: &mut layer.moments.first,
        second: &mut layer.moments.second,
        packed,
    };
    Sweep { source, rows, cols, step, signs: layer.signs, kernel, workspace }.over(0, tile);
}

/// `b ← b + step(Σ_batch u)`: biases have no sign to keep.
///
/// # Panics
/// Unless there is one bias a column of `u`.
pub fn update_bias(
    bias: &mut [f32],
    u: &Matrix,
    step: &Step,
    moments: &mut Moments,
    workspace: &Workspace,
) {
    let mut sums = workspace.floats(bias.len());
    sums.fill(0.0);
    add_column_sums(&mut sums, u, 1.0);
    step.apply(&mut sums, &mut moments.first, &mut moments.second);
    add(bias, &sums);
}

/// `b ← b + step(g)`: the gradient `g` is N.
///
/// # Panics
/// Unless there is one bias an entry of `gradient`.
pub fn update_bias_along(
    bias: &mut [f32],
    gradient: &[f32],
    step: &Step,
    moments: &mut Moments,
    workspace: &Workspace,
) {
    let mut g = workspace.floats(bias.len());
    g.copy_from_slice(gradient);
    step.apply(&mut g, &mut moments.first, &mut moments.second);
    add(bias, &g);
}

/// What all tiles of one update share.
struct Sweep<'a> {
    source: Source<'a>,
    /// Rows and columns of the gradient.
    rows: usize,
    cols: usize,
    step: &'a Step,
    signs: Option<Signs>,
    /// What the weights are packed for.
    kernel: Option<Kernel>,
    workspace: &'a Workspace,
}

/// Weights from consecutive presynaptic units. `second_half` is empty unless the layer is folded,
/// `folded` also where the weights are packed, `packed` where they are not, the moments unless the
/// optimiser needs them.
#[derive(Default)]
struct Tile<'a> {
    weights: &'a mut [f32],
    second_half: &'a mut [f32],
    folded: &'a mut [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    packed: &'a mut [Line],
}

impl<'a> Tile<'a> {
    /// Takes the first `rows` rows of `cols` weights off: where they are packed, 32 or a multiple of
    /// that, or all.
    fn split_off(&mut self, rows: usize, cols: usize) -> Tile<'a> {
        let len = rows * cols;
        Tile {
            weights: take(&mut self.weights, len),
            second_half: take(&mut self.second_half, len),
            folded: take(&mut self.folded, len),
            first: take(&mut self.first, len),
            second: take(&mut self.second, len),
            packed: take(&mut self.packed, rows.div_ceil(PANEL) * lines_of_rows(cols)),
        }
    }
}

/// The first `len` items, or all if there are fewer.
fn take<'a, T>(all: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    let len = len.min(all.len());
    let (head, tail) = mem::take(all).split_at_mut(len);
    *all = tail;
    head
}

impl Tile<'_> {
    /// Whether nothing moves the weights on.
    fn is_at_rest(&self) -> bool {
        self.first.iter().chain(self.second.iter()).all(|moment| *moment == 0.0)
    }
}

impl Sweep<'_> {
    /// Divides the rows from `start` on among the threads, down to tiles.
    fn over(&self, start: usize, mut tile: Tile<'_>) {
        let cols = self.cols;
        let rows = tile.weights.len() / cols;
        if rows > self.tile_rows() {
            // Halves that differ little, and tiles that suit the product's register tiles.
            let half = (rows / 2).next_multiple_of(if self.kernel.is_some() { PANEL } else { 16 });
            let head = tile.split_off(half, cols);
            rayon::join(|| self.over(start, head), || self.over(start + half, tile));
        } else if self.kernel.is_some() {
            self.learn_and_pack(start, tile);
        } else if self.is_a_plain_sum() && tile.folded.is_empty() {
            self.add_in_place(start, tile.weights);
        } else {
            self.learn(start, tile);
        }
    }

    /// Rows that a tile has at most.
    fn tile_rows(&self) -> usize {
        match self.kernel {
            Some(_) => (SMALL_TILE / self.cols).next_multiple_of(PANEL).clamp(PANEL, TILE_ROWS),
            None => TILE_ROWS,
        }
    }

    /// Whether the step is the gradient times a number.
    fn is_a_plain_sum(&self) -> bool {
        let added = |signs: Signs| !signs.dale.grow_only && !signs.dale.proportional;
        matches!(self.step.method, Method::Sgd) && self.signs.is_none_or(added)
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

    fn learn(&self, start: usize, mut tile: Tile<'_>) {
        let mut steps = self.workspace.floats(tile.weights.len());
        self.source.write(start, &mut steps, self.cols, None);
        for (unit, step) in (start..).zip(steps.chunks_exact_mut(self.cols)) {
            let row = tile.split_off(1, self.cols);
            // Without a gradient, now or ever before, weights stay where they are.
            if self.source.is_silent(unit) && row.is_at_rest() {
                continue;
            }
            let Tile { weights, second_half, folded, .. } = self.moved(row, step, unit);
            if !folded.is_empty() {
                sum(folded, weights, second_half);
            }
        }
    }

    /// The same in groups of rows that are packed together, whose steps stay in the cache.
    fn learn_and_pack(&self, start: usize, mut tile: Tile<'_>) {
        let cols = self.cols;
        let rows = tile.weights.len() / cols;
        let mut steps = self.workspace.floats(PANEL.min(rows) * cols);
        for first in (0..rows).step_by(PANEL) {
            let count = PANEL.min(rows - first);
            let (steps, mut group) = (&mut steps[..count * cols], tile.split_off(count, cols));
            let packed = mem::take(&mut group.packed);
            self.source.write(start + first, steps, cols, None);
            for (unit, step) in (start + first..).zip(steps.chunks_exact_mut(cols)) {
                let row = self.moved(group.split_off(1, cols), step, unit);
                // What products read takes the place of the step.
                match row.second_half {
                    [] => step.copy_from_slice(row.weights),
                    second_half => sum(step, row.weights, second_half),
                }
            }
            pack_rows(packed, View::rows_of(steps, cols), 0);
        }
    }

    /// The weights from presynaptic unit `unit`, moved; `step` is their gradient, and becomes their step.
    fn moved<'a>(&self, row: Tile<'a>, step: &mut [f32], unit: usize) -> Tile<'a> {
        self.step.apply(step, row.first, row.second);
        self.add(row.weights, step, unit);
        if !row.second_half.is_empty() {
            self.add(row.second_half, step, self.rows + unit);
        }
        row
    }

    /// `w ← project(w + step)` for the weights from presynaptic unit `unit`.
    fn add(&self, w: &mut [f32], step: &[f32], unit: usize) {
        match self.signs {
            Some(signs) => signs.add(w, step, unit),
            None => add(w, step),
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn add(w: &mut [f32], step: &[f32]) {
    for (w, d) in w.iter_mut().zip(step) {
        *w += d;
    }
}
