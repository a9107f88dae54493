//! Dale's principle as arithmetic: a fixed sign for every weight, and a floor.

use multiversion::multiversion;
use serde::{Deserialize, Serialize};

/// The constraint that a layer of a dual-stream network keeps after every step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dale {
    /// The smallest magnitude a weight may have.
    pub floor: f32,
    /// Whether magnitudes may only grow: Kaneko's rule with "weight decrement" off. For one
    /// sample at a time this is his form, in which excitatory units learn from max(error, 0) and
    /// inhibitory ones from max(−error, 0).
    pub grow_only: bool,
    /// Whether steps change magnitudes in proportion to them, as exponentiated gradient descent does: see
    /// [`Signs::add`].
    #[serde(default)]
    pub proportional: bool,
    /// What the sign of a weight depends on.
    #[serde(default)]
    pub form: DaleForm,
}

impl Default for Dale {
    /// The paper's floor of 1e-4, signs by the two streams.
    fn default() -> Self {
        Self { floor: 1e-4, grow_only: false, proportional: false, form: DaleForm::Streams }
    }
}

/// What the sign of a weight depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DaleForm {
    /// On the two streams that it joins, as in the literature of Error Diffusion: p excites p and
    /// inhibits n, n excites n and inhibits p. Every unit's effect on the output then has a known
    /// sign, whatever the depth.
    #[default]
    Streams,
    /// On the presynaptic unit alone, as Dale's principle is stated of neurons: p excites all, n
    /// inhibits all. In the layer that the output reads both forms are the same.
    Literal,
}

impl DaleForm {
    /// Whether a weight between these streams excites.
    ///
    /// ```
    /// use dalenet::DaleForm;
    /// // From the excitatory to the inhibitory stream.
    /// assert!(!DaleForm::Streams.excites(true, false));
    /// assert!(DaleForm::Literal.excites(true, false));
    /// ```
    pub fn excites(self, from_p: bool, to_p: bool) -> bool {
        match self {
            Self::Streams => from_p == to_p,
            Self::Literal => from_p,
        }
    }
}

/// The sign pattern of a K×N weight matrix under [`Dale`]: `[[+W_pp, −W_pn], [−W_np, +W_nn]]`, in the
/// literal form `[[+W_pp, +W_pn], [−W_np, −W_nn]]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signs {
    /// After how many presynaptic units (rows) the pattern repeats: the streams of one pixel.
    pub sources: usize,
    /// How many of them, the first, belong to the excitatory stream.
    pub excitatory_rows: usize,
    /// How many postsynaptic units (columns) belong to the excitatory stream.
    pub excitatory_cols: usize,
    /// Presynaptic units K.
    pub inputs: usize,
    /// The constraint.
    pub dale: Dale,
}

impl Signs {
    /// `w ← project(w + step)` for the weights `w` from presynaptic unit `row`. Proportional steps multiply:
    /// `w ← project(w·e^x)` with `x = ±step/m`, the sign that of the weight, and `m = 1/(2√K)`, the mean
    /// magnitude at the start, so that a weight of that magnitude moves as far as by adding. `e^x` is
    /// `(1 + x/2)/(1 − x/2)`, and `x` at most 1 in magnitude.
    ///
    /// Sources: Kivinen and Warmuth 1997, "Exponentiated gradient versus gradient descent for linear
    /// predictors"; under Dale's principle Cornford et al. 2024, "Brain-like learning with exponentiated
    /// gradients".
    pub fn add(&self, w: &mut [f32], step: &[f32], row: usize) {
        let Dale { floor, grow_only, proportional, .. } = self.dale;
        let (to_p, to_n) = w.split_at_mut(self.excitatory_cols);
        let (step_p, step_n) = step.split_at(self.excitatory_cols);
        let [sign_p, sign_n] = self.of_row(row);
        let least = if grow_only { 0.0 } else { -1.0 };
        for (w, step, sign) in [(to_p, step_p, sign_p), (to_n, step_n, sign_n)] {
            match (proportional, grow_only) {
                (true, _) => multiply(w, step, sign, floor, [self.inverse_mean(), least]),
                (false, true) => grow(w, step, sign, floor),
                (false, false) => add(w, step, sign, floor),
            }
        }
    }

    /// `w ← project(w)` for the weights `w` from presynaptic unit `row`.
    pub fn project(&self, w: &mut [f32], row: usize) {
        let (to_p, to_n) = w.split_at_mut(self.excitatory_cols);
        let [sign_p, sign_n] = self.of_row(row);
        project(to_p, sign_p, self.dale.floor);
        project(to_n, sign_n, self.dale.floor);
    }

    /// One divided by the mean magnitude at the start, 2√K.
    fn inverse_mean(&self) -> f32 {
        2.0 * (self.inputs as f32).sqrt()
    }

    /// The sign of the weight at `row`, `col`.
    pub fn at(&self, row: usize, col: usize) -> f32 {
        self.of_row(row)[usize::from(col >= self.excitatory_cols)]
    }

    /// The signs of the weights from presynaptic unit `row` to the excitatory and to the inhibitory
    /// stream.
    fn of_row(&self, row: usize) -> [f32; 2] {
        let from_p = row % self.sources < self.excitatory_rows;
        [true, false].map(|to_p| if self.dale.form.excites(from_p, to_p) { 1.0 } else { -1.0 })
    }
}

/// `magnitude` or the floor. A comparison keeps NaN visible, where `f32::max` would hide it.
#[inline(always)]
fn at_least(floor: f32, magnitude: f32) -> f32 {
    if magnitude < floor { floor } else { magnitude }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn add(w: &mut [f32], step: &[f32], sign: f32, floor: f32) {
    for (w, d) in w.iter_mut().zip(step) {
        *w = sign * at_least(floor, sign * (*w + d));
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn grow(w: &mut [f32], step: &[f32], sign: f32, floor: f32) {
    for (w, d) in w.iter_mut().zip(step) {
        *w = sign * at_least(floor, sign * *w + at_least(0.0, sign * d));
    }
}

/// `least` is that of the exponents.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn multiply(w: &mut [f32], step: &[f32], sign: f32, floor: f32, [inverse, least]: [f32; 2]) {
    for (w, d) in w.iter_mut().zip(step) {
        let half = 0.5 * (sign * d * inverse).clamp(least, 1.0);
        *w = sign * at_least(floor, sign * *w * (1.0 + half) / (1.0 - half));
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2+fma", "aarch64+neon"))]
fn project(w: &mut [f32], sign: f32, floor: f32) {
    for w in w {
        *w = sign * at_least(floor, sign * *w);
    }
}
