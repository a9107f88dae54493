//! The weights and biases of a layer, whatever is done with them.

use super::parts::{Balance, Streams, SubMatrix};
use crate::{
    engine::{self, Dale, DaleForm, Folded, Moments, Operand, PackedWeights, Signs, Weights},
    random::Generator,
    tensor::Matrix,
};

/// The weights W, K×N and signed, and the biases b of a layer, with the constraint that they keep.
///
/// In a dual-stream network the rows are `[p n]` of the source, at every pixel that a unit sees, the
/// columns `[p n]` of the target: `W = [[+W_pp, −W_pn], [−W_np, +W_nn]]`, under the literal form of
/// Dale's principle `[[+W_pp, +W_pn], [−W_np, −W_nn]]`. Where both streams receive the same input
/// `x`, `[x x]·W = x·(W_top + W_bottom)`: such synapses are *folded*, and that sum is kept beside W.
#[derive(Clone, Debug)]
pub struct Synapses {
    /// K×N, signed.
    weights: Matrix,
    bias: Vec<f32>,
    folded: Option<Folded>,
    /// As products read them; empty whenever anything but an update has changed them.
    packed: PackedWeights,
    /// The streams of one pixel of the input; K is a multiple of their sum.
    sources: Streams,
    targets: Streams,
    dale: Option<Dale>,
}

/// What synapses join.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Join {
    /// Presynaptic units of each stream at a pixel.
    pub sources: Streams,
    /// Pixels that a unit sees.
    pub pixels: usize,
    /// Postsynaptic units of each stream.
    pub targets: Streams,
}

impl Join {
    /// K.
    fn rows(self) -> usize {
        self.pixels * self.sources.total()
    }
}

/// How large the parameters of a dual-stream layer start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// Weights that excite are this times U[0, 1).
    pub excitatory: f32,
    /// Weights that inhibit are this times U[0, 1).
    pub inhibitory: f32,
    /// Biases are this times U[0, 1) − U[0, 1).
    pub threshold: f32,
}

impl Synapses {
    /// Between two streams each; no weight is under the floor. If they are folded their input is one
    /// pixel whose streams are the same.
    pub(crate) fn dual(
        join: Join,
        folded: bool,
        start: Start,
        dale: Option<Dale>,
        generator: &mut Generator,
    ) -> Self {
        let Join { sources, targets, .. } = join;
        let floor = dale.map_or(0.0, |dale| dale.floor);
        let form = dale.map_or(DaleForm::Streams, |dale| dale.form);
        let (rows, cols) = (join.rows(), targets.total());
        let mut weights = Matrix::zeros(rows, cols);
        for i in 0..rows {
            let from_p = i % sources.total() < sources.p;
            for (j, w) in weights.row_mut(i).iter_mut().enumerate() {
                *w = if form.excites(from_p, j < targets.p) {
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
        let (folded, packed) = (folded.then(Folded::default), PackedWeights::default());
        Self { weights, bias, folded, packed, sources, targets, dale }
    }

    /// Between single streams, with weights that keep the variance of the input of units whose
    /// response has this slope at 0.
    pub(crate) fn single(join: Join, slope: f32, generator: &mut Generator) -> Self {
        let Join { sources, targets, .. } = join;
        let (rows, cols) = (join.rows(), targets.total());
        let scale = (6.0 / rows as f32).sqrt() / slope;
        let mut weights = Matrix::zeros(rows, cols);
        weights.as_mut_slice().fill_with(|| scale * (2.0 * generator.uniform() - 1.0));
        let (bias, packed) = (vec![0.0; cols], PackedWeights::default());
        Self { weights, bias, folded: None, packed, sources, targets, dale: None }
    }

    /// With its weights multiplied by `factor`, but not brought under the floor.
    pub(crate) fn scaled(mut self, factor: f32) -> Self {
        let floor = self.dale.map_or(0.0, |dale| dale.floor);
        let scale = |w: &mut f32| *w = (factor * *w).abs().max(floor).copysign(*w);
        self.weights.as_mut_slice().iter_mut().for_each(scale);
        self.clear();
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
        self.clear();
        self
    }

    /// K×N signed weights.
    pub fn weights(&self) -> &Matrix {
        &self.weights
    }

    /// What the input is multiplied by: the weights, or the sum of their halves where they are folded.
    pub fn distinct_weights(&self) -> &Matrix {
        self.folded.as_ref().map_or(&self.weights, |folded| folded.of(&self.weights))
    }

    /// The same for products, as far as the last update has prepared it for them.
    pub fn operand(&self) -> Operand<'_> {
        Operand::new(&self.weights, self.folded.as_ref(), &self.packed)
    }

    /// One bias a unit, N.
    pub fn bias(&self) -> &[f32] {
        &self.bias
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
            inputs: self.inputs(),
            dale,
        })
    }

    /// Presynaptic units K that each unit sees.
    pub fn inputs(&self) -> usize {
        self.weights.rows()
    }

    /// Presynaptic units that differ: K/2 where both streams receive the same input.
    pub fn distinct_inputs(&self) -> usize {
        self.inputs() / self.copies()
    }

    /// How many presynaptic units receive the same input: 2 where they are folded, else 1.
    pub fn copies(&self) -> usize {
        1 + usize::from(self.folded.is_some())
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
        let form = self.dale.map_or(DaleForm::Streams, |dale| dale.form);
        let mut parts = Vec::new();
        for (source, stream) in self.sources.ranges() {
            for (target, cols) in self.targets.ranges() {
                let name = if single { "W".into() } else { format!("W_{source}{target}") };
                let all = 0..self.inputs();
                let rows = all.filter(|i| stream.contains(&(i % self.sources.total()))).collect();
                let excitatory = form.excites(source == 'p', target == 'p');
                parts.push(SubMatrix { name, rows, cols, excitatory });
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

    /// Sets one part from its magnitudes, as [`Synapses::magnitudes`] gives them.
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
        self.clear();
    }

    /// Changes the signed weights, K×N; that they keep their signs is up to the caller.
    pub fn change_weights(&mut self, change: impl FnOnce(&mut Matrix)) {
        change(&mut self.weights);
        self.clear();
    }

    /// Sets the biases.
    ///
    /// # Panics
    /// Unless there is one a unit.
    pub fn set_bias(&mut self, bias: &[f32]) {
        self.bias.copy_from_slice(bias);
    }

    /// Adds `factor` times what reaches each unit of an input, columns with their value, to its bias.
    pub(crate) fn add_response(&mut self, input: &[(u32, f32)], factor: f32) {
        let Self { weights, bias, folded, .. } = self;
        let distinct = folded.as_ref().map_or(&*weights, |folded| folded.of(weights));
        engine::add_common(bias, input, factor, distinct);
    }

    /// Moves the biases so that each unit's mean over the rows of `z`, its inputs, becomes 0.
    pub(crate) fn balance_bias(&mut self, z: &Matrix) {
        let inputs = z.as_slice().len() / self.bias.len();
        engine::add_column_sums(&mut self.bias, z, -1.0 / inputs as f32);
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
        moments: &'a mut Moments,
    ) -> (Weights<'a>, &'a mut [f32]) {
        let signs = self.signs();
        let Self { weights, bias, folded, packed, .. } = self;
        (Weights { weights, folded: folded.as_mut(), signs, moments, packed }, bias)
    }

    /// The weights have been changed: forgets what was made of them.
    fn clear(&mut self) {
        self.packed.clear();
        if let Some(folded) = &mut self.folded {
            folded.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Kernel, Method, Step, Workspace};

    /// Products read the weights as they are, whoever has changed them last.
    #[test]
    fn what_is_made_of_weights_is_forgotten_when_something_else_changes_them() {
        let workspace = Workspace::with_kernel(Kernel::Portable);
        let step = Step { method: Method::Sgd, rate: 0.1, scale: 1.0, count: 1 };
        for folded in [false, true] {
            let mut generator = Generator::new(0, 0);
            let streams = |p, n| Streams { p, n };
            let join = Join { sources: streams(3, 3), pixels: 1, targets: streams(4, 5) };
            let start = Start { excitatory: 1.0, inhibitory: 1.0, threshold: 0.0 };
            let dale = Some(Dale::default());
            let mut synapses = Synapses::dual(join, folded, start, dale, &mut generator);
            let [x, u] = [synapses.distinct_inputs(), 9].map(|cols| {
                let values = (0..2 * cols).map(|_| generator.uniform()).collect();
                Matrix::from_vec(2, cols, values)
            });
            let agrees = |synapses: &Synapses| {
                let [mut found, mut want] = [Matrix::default(), Matrix::default()];
                engine::product(&mut found, &x, synapses.operand(), &workspace);
                let rows = synapses.distinct_inputs();
                let distinct = Matrix::from_vec(rows, 9, {
                    let [one, two] =
                        [0, rows].map(|i| synapses.weights().as_slice()[9 * i..].iter());
                    if folded {
                        one.zip(two).map(|(one, two)| one + two).collect()
                    } else {
                        one.copied().collect()
                    }
                });
                engine::product(&mut want, &x, &distinct, &workspace);
                found == want && *synapses.distinct_weights() == distinct
            };
            for change in 0..3 {
                let mut moments = Moments::default();
                engine::update(synapses.learnable(&mut moments).0, &x, &u, &step, &workspace);
                assert!(agrees(&synapses), "after an update");
                if change == 0 {
                    synapses
                        .change_weights(|w| w.as_mut_slice().iter_mut().for_each(|w| *w *= 2.0));
                } else {
                    let part = synapses.sub_matrices().remove(change);
                    let all_ones =
                        Matrix::from_vec(3, part.cols.len(), vec![1.0; 3 * part.cols.len()]);
                    synapses.set_magnitudes(&part, &all_ones);
                }
                assert!(agrees(&synapses), "after change {change}, folded: {folded}");
            }
        }
    }
}
