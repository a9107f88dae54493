//! What learning does in each layer: how strong the teaching signal is, how near the rule's
//! gradient is to the true one, and which units have fallen silent.
//!
//! ```
//! use dalenet::*;
//! let spec = NetworkSpec { inputs: 3, hidden: vec![8], outputs: 2, ..NetworkSpec::default() };
//! let mut generator = Generator::new(0, 0);
//! let network = Network::new(&spec, &mut generator);
//! let mut rule = ErrorDiffusion::new(Modulo);
//! rule.prepare(&network, &mut generator);
//!
//! let mut trace = Trace::default();
//! *trace.input_mut() = Matrix::from_rows(&[[0.0, 1.0, 0.5], [1.0, 0.0, 0.2]]);
//! network.forward(&mut trace);
//! let mut error = Matrix::default();
//! one_vs_all(trace.output(), &[0, 1], &mut error);
//!
//! let layers = diagnosis::diagnose(&network, &rule, &trace, &error);
//! // The output is taught by the error itself under every rule.
//! assert_eq!(layers[1].alignment, Some(1.0));
//! assert_eq!(layers[1].attenuation, Some(1.0));
//! ```

use crate::{
    Activation, Backprop, Matrix, Network, Presynaptic, Rule, Trace, layer::Layer, learner::teach,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A unit whose activity changes by less over all samples is dead.
const STILL: f32 = 1e-6;
/// A unit is flat at a sample where φ' is below this share of its maximum…
const FLAT: f32 = 0.01;
/// …and saturated if it is flat at so many of the samples.
const MOSTLY: f64 = 0.99;

/// What was found in one layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Root mean square of the gated teaching signal φ'⊙signal over samples and units; the largest
    /// number where that overflows.
    pub signal: f64,
    /// The output layer's `signal` over this one's; `None` where no signal arrives.
    pub attenuation: Option<f64>,
    /// Cosine between the rule's gradient of the weights and the true one; `None` if either is 0.
    pub alignment: Option<f64>,
    /// Share of the weights whose two gradients have the same sign, of those where neither is 0.
    pub sign_agreement: Option<f64>,
    /// Share of the units whose activity is the same for all samples.
    pub dead: f64,
    /// Share of the units with φ' below 1 % of its maximum on at least 99 % of the samples.
    pub saturated: f64,
    /// Share of the weights at the floor by sub-matrix (`W_pp`, …); empty without Dale's principle.
    pub floor_share: BTreeMap<String, f64>,
}

/// Every layer's [`Diagnosis`] for the error at the output, B×C, of the forward pass in `trace`.
/// Nothing is learnt. The true gradient is that of backpropagation from the same error.
///
/// # Panics
/// If `trace` is not of this network, or the rule was not prepared for it.
pub fn diagnose(
    network: &Network,
    rule: &dyn Rule,
    trace: &Trace,
    error: &Matrix,
) -> Vec<Diagnosis> {
    let signals = signals(network, rule, trace, error);
    let true_signals = self::signals(network, &Backprop, trace, error);
    let strength: Vec<f64> = signals.iter().map(root_mean_square).collect();
    let output = strength.last().copied().unwrap_or_default();
    let look = |(l, layer): (usize, &Layer)| {
        let presynaptic = trace.presynaptic(l);
        let [gradient, truth] = [&signals[l], &true_signals[l]]
            .map(|signal| weight_gradient(layer, presynaptic, signal));
        let (alignment, sign_agreement) = likeness(&gradient, &truth);
        let (dead, saturated) = silence(layer, trace.postsynaptic(l));
        Diagnosis {
            signal: strength[l],
            attenuation: (strength[l] > 0.0).then(|| output / strength[l]),
            alignment,
            sign_agreement,
            dead,
            saturated,
            floor_share: floor_shares(layer),
        }
    };
    network.layers().iter().enumerate().map(look).collect()
}

/// The gradient of every layer's weights under a rule, for the error at the output, B×C, of the
/// forward pass in `trace`: the direction of steepest descent as the rule sees it, summed over
/// the batch. See [`weight_gradient`] for the shapes.
pub fn gradients(network: &Network, rule: &dyn Rule, trace: &Trace, error: &Matrix) -> Vec<Matrix> {
    let signals = signals(network, rule, trace, error);
    let layers = network.layers().iter().zip(&signals).enumerate();
    layers.map(|(l, (layer, u))| weight_gradient(layer, trace.presynaptic(l), u)).collect()
}

/// `xᵀ·u`, K×N, for a layer's input `x` (B×K) and its gated teaching signal `u` (B×N); of a
/// convolution summed over its places. Of a folded layer K/2×N: both halves have the same gradient.
pub fn weight_gradient<'a>(
    layer: &Layer,
    presynaptic: impl Into<Presynaptic<'a>>,
    signal: &Matrix,
) -> Matrix {
    let mut gradient = Matrix::default();
    let mut from = |x: &Matrix| layer.gradient(x, signal, &mut gradient, &mut Vec::new());
    match presynaptic.into() {
        Presynaptic::Dense(x) => from(x),
        Presynaptic::Sparse(x) => from(&x.to_dense()),
    }
    gradient
}

/// The gated teaching signal of every layer, B×N.
fn signals(network: &Network, rule: &dyn Rule, trace: &Trace, error: &Matrix) -> Vec<Matrix> {
    let mut signals = vec![Matrix::default(); network.layers().len()];
    teach(network, rule, trace, error, &mut signals, &mut Matrix::default());
    signals
}

fn root_mean_square(m: &Matrix) -> f64 {
    let sum: f64 = m.as_slice().iter().map(|x| f64::from(*x).powi(2)).sum();
    (sum / m.as_slice().len().max(1) as f64).sqrt().min(f64::MAX)
}

/// Cosine, and share of equal signs among the entries where neither is 0.
fn likeness(a: &Matrix, b: &Matrix) -> (Option<f64>, Option<f64>) {
    let [mut ab, mut aa, mut bb] = [0.0; 3];
    let [mut same, mut compared] = [0u64; 2];
    for (a, b) in a.as_slice().iter().zip(b.as_slice()) {
        let (a, b) = (f64::from(*a), f64::from(*b));
        ab += a * b;
        aa += a * a;
        bb += b * b;
        same += u64::from((a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0));
        compared += u64::from(a != 0.0 && b != 0.0);
    }
    let norms = (aa * bb).sqrt();
    let cosine = (norms > 0.0).then(|| ab / norms).filter(|cosine| cosine.is_finite());
    (cosine, (compared > 0).then(|| same as f64 / compared as f64))
}

/// Share of the dead and of the saturated units, from the layer's activity B×N or B×(P·N).
fn silence(layer: &Layer, activity: &Matrix) -> (f64, f64) {
    #[derive(Clone)]
    struct Unit {
        least: f32,
        most: f32,
        flat: u32,
        seen: u32,
    }
    let fresh = Unit { least: f32::INFINITY, most: f32::NEG_INFINITY, flat: 0, seen: 0 };
    let mut units = vec![fresh; layer.units()];
    // A convolution's unit is seen at every place.
    for row in activity.as_slice().chunks_exact(layer.units()) {
        for (unit, a) in units.iter_mut().zip(row) {
            unit.least = unit.least.min(*a);
            unit.most = unit.most.max(*a);
            unit.flat += u32::from(relative_slope(layer.activation(), *a) < FLAT);
            unit.seen += 1;
        }
    }
    let share = |holds: &dyn Fn(&Unit) -> bool| {
        units.iter().filter(|unit| holds(unit)).count() as f64 / units.len().max(1) as f64
    };
    let dead = share(&|unit| unit.most - unit.least < STILL);
    let saturated = share(&|unit| f64::from(unit.flat) >= MOSTLY * f64::from(unit.seen));
    (dead, saturated)
}

/// φ' over its maximum, from the activity `a = φ(z)`.
fn relative_slope(activation: Activation, a: f32) -> f32 {
    match activation {
        Activation::Sigmoid { .. } => 4.0 * a * (1.0 - a),
        Activation::Tanh => 1.0 - a * a,
        Activation::Relu => f32::from(a > 0.0),
        // Their error arrives ungated.
        Activation::Softmax | Activation::Identity => 1.0,
    }
}

/// Share of the weights at the floor, by sub-matrix.
fn floor_shares(layer: &Layer) -> BTreeMap<String, f64> {
    let Some(dale) = layer.dale() else { return BTreeMap::new() };
    // Under the floor by rounding is at the floor.
    let floor = dale.floor * 1.000_001;
    let share = |part: &crate::layer::SubMatrix| {
        let rows = part.rows.iter().map(|i| &layer.weights().row(*i)[part.cols.clone()]);
        let at_floor: usize = rows.map(|row| row.iter().filter(|w| w.abs() <= floor).count()).sum();
        at_floor as f64 / (part.rows.len() * part.cols.len()) as f64
    };
    layer.sub_matrices().iter().map(|part| (part.name.clone(), share(part))).collect()
}
