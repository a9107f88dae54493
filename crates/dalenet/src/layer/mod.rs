//! A layer of a single- or dual-stream network, fully connected or a convolution: one signed matrix,
//! what its units make of their input, and the constraint it keeps.

mod activation;
mod dale;
mod geometry;

pub use activation::Activation;
pub use dale::{Dale, Signs};
pub use geometry::{Geometry, Image, Pooling, PoolingKind, Window};

use crate::{
    Generator, Matrix, Presynaptic,
    engine::{self, Patches},
    learner::Gradient,
};
use serde::Serialize;
use std::ops::Range;

/// `a = φ(h·W + b)`.
///
/// In a dual-stream network the columns of `h = [p n]` are the excitatory and the inhibitory
/// stream, and `W = [[+W_pp, −W_pn], [−W_np, +W_nn]]` (rows: source): one product is the whole
/// layer. Where both streams receive the same input `x`, `[x x]·W = x·(W_top + W_bottom)`: the
/// layer is *folded*, keeps that sum beside W, and costs half.
///
/// A convolution is the same for every patch of its input: K are the values of a patch, row by row,
/// pixel by pixel, and each pixel has its own `[p n]`. A fully connected layer above a convolution
/// sees its pixels in the same order.
#[derive(Clone, Debug)]
pub struct Layer {
    /// K×N, signed.
    weights: Matrix,
    bias: Vec<f32>,
    folded: Option<Matrix>,
    /// The streams of one pixel of the input; K is a multiple of their sum.
    sources: Streams,
    targets: Streams,
    /// Where a convolution looks.
    geometry: Option<Geometry>,
    dale: Option<Dale>,
    activation: Activation,
    /// Whether its activity is divided by its root mean square.
    rms: bool,
}

/// How many units of each stream are on one side of a layer; a single stream is all `p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Streams {
    pub p: usize,
    pub n: usize,
}

impl Streams {
    pub fn total(self) -> usize {
        self.p + self.n
    }

    pub fn ranges(self) -> [(char, Range<usize>); 2] {
        [('p', 0..self.p), ('n', self.p..self.total())]
    }
}

/// One of the up to four parts of a layer's weights, named as in the literature: `W_np` runs from
/// the inhibitory to the excitatory stream. A single-stream layer has one part, `W`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubMatrix {
    /// `W_pp`, `W_pn`, `W_np`, `W_nn` or `W`.
    pub name: String,
    /// Rows of the signed matrix: the source stream, at every pixel it has.
    pub rows: Vec<usize>,
    /// Columns of the signed matrix: the target stream.
    pub cols: Range<usize>,
    /// Whether the part enters the signed matrix with a plus (`W_pp`, `W_nn`) or a minus.
    pub excitatory: bool,
}

/// Excitation against inhibition in a layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Balance {
    /// Mean of `W_pp` and `W_nn` over mean of `W_np` and `W_pn`.
    pub ei_ratio: f64,
    /// Share of the weights that are at the floor.
    pub floor_share: f64,
}

/// How large the parameters of a dual-stream layer start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// Excitatory weights (`W_pp`, `W_nn`) are this times U[0, 1).
    pub excitatory: f32,
    /// Inhibitory weights (`W_np`, `W_pn`) are this times U[0, 1).
    pub inhibitory: f32,
    /// Biases are this times U[0, 1) − U[0, 1).
    pub threshold: f32,
}

/// What a layer receives and hands on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    /// Presynaptic units of each stream at a pixel.
    pub sources: Streams,
    /// Pixels that a unit sees.
    pub pixels: usize,
    /// Postsynaptic units of each stream.
    pub targets: Streams,
    /// Where a convolution looks.
    pub geometry: Option<Geometry>,
}

impl Layer {
    /// A dual-stream layer; its weights are not under the floor. If it is folded its input is one
    /// pixel whose streams are the same.
    pub(crate) fn dual(
        Ends { sources, pixels, targets, geometry }: Ends,
        folded: bool,
        start: Start,
        dale: Option<Dale>,
        activation: Activation,
        generator: &mut Generator,
    ) -> Self {
        let floor = dale.map_or(0.0, |dale| dale.floor);
        let (rows, cols) = (pixels * sources.total(), targets.total());
        let mut weights = Matrix::zeros(rows, cols);
        for i in 0..rows {
            for (j, w) in weights.row_mut(i).iter_mut().enumerate() {
                *w = if (i % sources.total() < sources.p) == (j < targets.p) {
                    (start.excitatory * generator.uniform()).max(floor)
                } else {
                    -(start.inhibitory * generator.uniform()).max(floor)
                };
            }
        }
        let mut bias = vec![0.0; cols];
        if start.threshold != 0.0 {
            let mut draw = || start.threshold * (generator.uniform() - generator.uniform());
            bias.fill_with(&mut draw);
        }
        let folded = folded.then(|| Matrix::zeros(rows / 2, cols));
        let mut layer = Self {
            weights,
            bias,
            folded,
            sources,
            targets,
            geometry,
            dale,
            activation,
            rms: false,
        };
        layer.fold();
        layer
    }

    /// A single-stream layer with weights that keep the variance of its input.
    pub(crate) fn single(
        Ends { sources, pixels, targets, geometry }: Ends,
        activation: Activation,
        generator: &mut Generator,
    ) -> Self {
        let slope = match activation {
            Activation::Sigmoid { width } => 0.5 / width,
            Activation::Relu | Activation::Tanh | Activation::Softmax | Activation::Identity => 1.0,
        };
        let (rows, cols) = (pixels * sources.total(), targets.total());
        let scale = (6.0 / rows as f32).sqrt() / slope;
        let mut weights = Matrix::zeros(rows, cols);
        weights.as_mut_slice().fill_with(|| scale * (2.0 * generator.uniform() - 1.0));
        let bias = vec![0.0; cols];
        let (folded, dale) = (None, None);
        Self { weights, bias, folded, sources, targets, geometry, dale, activation, rms: false }
    }

    /// With activity that is divided, sample by sample, by its root mean square over the units.
    ///
    /// # Panics
    /// Unless it is a fully connected layer of [`Activation::Relu`]: φ' is then told from the
    /// normalised activity as well.
    pub(crate) fn normalised(self) -> Self {
        let possible = self.geometry.is_none() && self.activation == Activation::Relu;
        assert!(possible, "RMS normalisation needs fully connected layers of rectified units");
        Self { rms: true, ..self }
    }

    /// With its weights multiplied by `factor`, but not brought under the floor.
    pub(crate) fn scaled(mut self, factor: f32) -> Self {
        let floor = self.dale.map_or(0.0, |dale| dale.floor);
        let scale = |w: &mut f32| *w = (factor * *w).abs().max(floor).copysign(*w);
        self.weights.as_mut_slice().iter_mut().for_each(scale);
        self.fold();
        self
    }

    /// With orthonormal rows or columns, whichever are fewer, times `gain` (Saxe et al. 2014): for
    /// a single stream.
    pub(crate) fn orthogonal(mut self, gain: f32, generator: &mut Generator) -> Self {
        let (rows, cols) = (self.weights.rows(), self.weights.cols());
        let (count, length) = (rows.min(cols), rows.max(cols));
        let mut vectors: Vec<Vec<f64>> = Vec::with_capacity(count);
        for _ in 0..count {
            let mut vector: Vec<_> = (0..length).map(|_| f64::from(generator.normal())).collect();
            for other in &vectors {
                let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
                vector.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
            }
            let norm = vector.iter().map(|a| a * a).sum::<f64>().sqrt();
            vector.iter_mut().for_each(|a| *a /= norm);
            vectors.push(vector);
        }
        for (at, w) in self.weights.as_mut_slice().iter_mut().enumerate() {
            let (i, j) = (at / cols, at % cols);
            *w = gain * if rows <= cols { vectors[i][j] } else { vectors[j][i] } as f32;
        }
        self
    }

    /// `units = φ(h·W + b)`: `h` is B×K (folded: B×K/2, the input that both streams receive),
    /// `units` becomes B×N. In a convolution `h` is B×(H·W·C), `units` becomes B×(P·N).
    ///
    /// # Panics
    /// Unless the shapes agree; if a convolution's input is sparse.
    pub fn forward<'a>(&self, h: impl Into<Presynaptic<'a>>, units: &mut Matrix) {
        let weights = self.folded.as_ref().unwrap_or(&self.weights);
        let (bias, activation) = (&self.bias, self.activation);
        match (h.into(), self.geometry) {
            (Presynaptic::Dense(h), Some(geometry)) => {
                let patches = Patches::new(h, geometry);
                engine::convolve(units, &patches, weights, bias, activation);
            }
            (Presynaptic::Dense(h), None) => {
                engine::product(units, h, weights);
                engine::activate(units, bias, activation);
            }
            (Presynaptic::Sparse(h), geometry) => {
                assert!(geometry.is_none(), "a convolution's input is dense");
                engine::forward_sparse(units, h, weights, bias, activation);
            }
        }
    }

    /// `out = u·weightsᵀ`, brought back to the shape of the layer's input: what a rule that goes
    /// layer by layer tells the layer below. `u` is this layer's gated signal, `weights` its own
    /// or others of their shape.
    pub fn backward(&self, u: &Matrix, weights: &Matrix, out: &mut Matrix) {
        match self.geometry {
            Some(geometry) => engine::convolve_transposed(out, &geometry, u, weights),
            None => engine::product_transposed(out, u, weights),
        }
    }

    /// `u = φ'(z) ⊙ signal`, B×N, in a convolution B×(P·N), where the signal is brought to the
    /// units first: through the pooling, and to every place if there is one value a channel.
    /// `signal` is used up.
    pub fn gate(&self, signal: &mut Matrix, units: &Matrix, pooled: &Matrix, u: &mut Matrix) {
        match self.geometry {
            Some(geometry) => {
                engine::gate_places(u, signal, units, pooled, &geometry, self.activation);
            }
            None => {
                std::mem::swap(u, signal);
                engine::gate(u, units, self.activation);
            }
        }
    }

    /// The weights' gradient `xᵀ·u`, K×N (folded: K/2×N): `x` is what the layer received, `u` its
    /// gated signal. `partial` is a buffer to be kept.
    pub fn gradient(&self, x: &Matrix, u: &Matrix, out: &mut Matrix, partial: &mut Vec<f32>) {
        match self.geometry {
            Some(geometry) => {
                engine::patches_gradient(out, partial, &Patches::new(x, geometry), u);
            }
            None => engine::gradient(out, x, u),
        }
    }

    /// Fills the weights' part of the layer's gradient, summed over the batch: `x` is what the layer
    /// received, `u` its gated signal. `partial` is a buffer to be kept.
    pub(crate) fn sum_gradient(
        &self,
        x: Presynaptic<'_>,
        u: &Matrix,
        Gradient { weights, rows, .. }: &mut Gradient,
        partial: &mut Vec<f32>,
    ) {
        match x {
            Presynaptic::Dense(x) => {
                *rows = None;
                self.gradient(x, u, weights, partial);
            }
            Presynaptic::Sparse(x) => {
                engine::gradient_sparse(weights, rows.get_or_insert_default(), x, u);
            }
        }
    }

    /// The mean over the batch of the gradient of all its weights and biases, and the square of its
    /// norm; a folded layer's gradient counts twice in it, as it moves both halves.
    pub(crate) fn mean_gradient(
        &self,
        x: Presynaptic<'_>,
        u: &Matrix,
        gradient: &mut Gradient,
        partial: &mut Vec<f32>,
    ) -> f64 {
        let scale = 1.0 / u.rows() as f32;
        self.sum_gradient(x, u, gradient, partial);
        let Gradient { weights, bias, .. } = gradient;
        weights.as_mut_slice().iter_mut().for_each(|g| *g *= scale);
        bias.clear();
        bias.resize(self.units(), 0.0);
        engine::add_column_sums(bias, u, scale);
        let copies = (self.inputs() / self.distinct_inputs()) as f64;
        let of_bias: f64 = bias.iter().map(|g| f64::from(*g).powi(2)).sum();
        copies * engine::squared_norm(weights) + of_bias
    }

    /// The mean squared length of what a unit receives: `⟨|x|²⟩` over samples and, in a
    /// convolution, places; of both streams where the layer is folded.
    pub fn presynaptic_power<'a>(&self, x: impl Into<Presynaptic<'a>>) -> f32 {
        let copies = (self.inputs() / self.distinct_inputs()) as f32;
        copies
            * match (x.into(), self.geometry) {
                (Presynaptic::Dense(x), Some(geometry)) => {
                    Patches::new(x, geometry).mean_squared_norm()
                }
                (Presynaptic::Dense(x), None) => engine::mean_squared_norm(x),
                (Presynaptic::Sparse(x), _) => x.mean_squared_norm(),
            }
    }

    /// Where a convolution looks; `None` in a fully connected layer.
    pub fn geometry(&self) -> Option<&Geometry> {
        self.geometry.as_ref()
    }

    /// What it hands on: H×W×N, 1×1×N if it is fully connected.
    pub fn output(&self) -> Image {
        self.geometry.map_or(Image { height: 1, width: 1, channels: self.units() }, |g| g.output)
    }

    /// K×N signed weights.
    pub fn weights(&self) -> &Matrix {
        &self.weights
    }

    /// One bias a unit, N.
    pub fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// The unit's response.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// Whether its activity is divided by its root mean square.
    pub fn is_normalised(&self) -> bool {
        self.rms
    }

    /// The constraint it keeps, if it is under Dale's principle.
    pub fn dale(&self) -> Option<Dale> {
        self.dale
    }

    /// The sign pattern it keeps, if it is under Dale's principle.
    pub fn signs(&self) -> Option<Signs> {
        self.dale.map(|dale| Signs {
            sources: self.sources.total(),
            excitatory_rows: self.sources.p,
            excitatory_cols: self.targets.p,
            dale,
        })
    }

    /// Presynaptic units K that each unit sees.
    pub fn inputs(&self) -> usize {
        self.weights.rows()
    }

    /// Presynaptic units that differ: K/2 where both streams receive the same input.
    pub fn distinct_inputs(&self) -> usize {
        self.folded.as_ref().map_or(self.inputs(), Matrix::rows)
    }

    /// Postsynaptic units N of both streams; a convolution has so many at every place.
    pub fn units(&self) -> usize {
        self.targets.total()
    }

    /// Postsynaptic units of the excitatory stream; in a single-stream network all of them.
    pub fn excitatory_units(&self) -> usize {
        self.targets.p
    }

    /// The parts of the weights, stream by stream.
    pub fn sub_matrices(&self) -> Vec<SubMatrix> {
        let single = self.sources.n == 0;
        let mut parts = Vec::new();
        for (source, stream) in self.sources.ranges() {
            for (target, cols) in self.targets.ranges() {
                let name = if single { "W".into() } else { format!("W_{source}{target}") };
                let all = 0..self.inputs();
                let rows = all.filter(|i| stream.contains(&(i % self.sources.total()))).collect();
                parts.push(SubMatrix { name, rows, cols, excitatory: source == target });
            }
        }
        parts.retain(|part| !part.rows.is_empty() && !part.cols.is_empty());
        parts
    }

    /// The magnitudes of one part: non-negative under Dale's principle.
    pub fn magnitudes(&self, part: &SubMatrix) -> Matrix {
        let sign = if part.excitatory { 1.0 } else { -1.0 };
        let rows = part.rows.iter().flat_map(|i| &self.weights.row(*i)[part.cols.clone()]);
        let values = rows.map(|w| sign * w).collect();
        Matrix::from_vec(part.rows.len(), part.cols.len(), values)
    }

    /// Sets one part from its magnitudes, as [`Layer::magnitudes`] gives them.
    ///
    /// # Panics
    /// Unless the shape is the part's.
    pub fn set_magnitudes(&mut self, part: &SubMatrix, magnitudes: &Matrix) {
        let (rows, cols) = (part.rows.len(), part.cols.len());
        assert_eq!((magnitudes.rows(), magnitudes.cols()), (rows, cols), "the shape of the part");
        let sign = if part.excitatory { 1.0 } else { -1.0 };
        for (row, values) in part.rows.iter().zip(magnitudes.iter_rows()) {
            let weights = &mut self.weights.row_mut(*row)[part.cols.clone()];
            for (w, value) in weights.iter_mut().zip(values) {
                *w = sign * value;
            }
        }
        self.fold();
    }

    /// Sets the biases.
    ///
    /// # Panics
    /// Unless there is one a unit.
    pub fn set_bias(&mut self, bias: &[f32]) {
        self.bias.copy_from_slice(bias);
    }

    /// Moves the biases so that each unit's mean input over the batch `h` is zero.
    pub(crate) fn balance_bias(&mut self, h: Presynaptic<'_>, scratch: &mut Matrix) {
        let activation = std::mem::replace(&mut self.activation, Activation::Identity);
        self.forward(h, scratch);
        self.activation = activation;
        let inputs = scratch.as_slice().len() / self.bias.len();
        engine::add_column_sums(&mut self.bias, scratch, -1.0 / inputs as f32);
    }

    /// Excitation against inhibition; `None` in a single-stream layer.
    pub fn balance(&self) -> Option<Balance> {
        if self.sources.n == 0 {
            return None;
        }
        // (sum, count) of the excitatory and of the inhibitory weights
        let mut means = [(0.0, 0.0); 2];
        let mut at_floor = 0;
        // Under the floor by rounding is at the floor.
        let floor = self.dale.map_or(0.0, |dale| dale.floor * 1.000_001);
        for part in self.sub_matrices() {
            let mean = &mut means[usize::from(!part.excitatory)];
            for value in self.magnitudes(&part).as_slice() {
                mean.0 += f64::from(*value);
                mean.1 += 1.0;
                at_floor += usize::from(*value <= floor);
            }
        }
        let [excitatory, inhibitory] = means.map(|(sum, count)| sum / count);
        let count = self.weights.as_slice().len() as f64;
        Some(Balance { ei_ratio: excitatory / inhibitory, floor_share: at_floor as f64 / count })
    }

    /// What the weight update works on, with the biases beside it.
    pub(crate) fn learnable<'a>(
        &'a mut self,
        moments: &'a mut engine::Moments,
    ) -> (engine::Weights<'a>, &'a mut [f32]) {
        let signs = self.signs();
        let Self { weights, bias, folded, .. } = self;
        (engine::Weights { weights, folded: folded.as_mut(), signs, moments }, bias)
    }

    /// Brings the sum of the two halves up to date.
    fn fold(&mut self) {
        if let Some(folded) = &mut self.folded {
            let (top, bottom) = self.weights.as_slice().split_at(folded.as_slice().len());
            engine::fold(folded.as_mut_slice(), top, bottom);
        }
    }
}
