//! Measures of learning in each layer: how strong the teaching signal is, how near the rule's
//! gradient is to the true one, and which units have fallen silent.
//!
//! ```
//! use dalenet::*;
//! let spec =
//!     NetworkSpec { inputs: 3, layers: vec![8.into()], outputs: 2, ..NetworkSpec::default() };
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
//! assert_eq!(layers[1].strength(), Some(1.0));
//! ```

use crate::{
    engine::{self, Silence, Workspace},
    layer::{Gradient, Layer, SubMatrix},
    network::{Network, Trace},
    rule::{Backprop, Rule, Teaching},
    tensor::{GatedSignal, Matrix, Presynaptic},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Share of the units whose activity is the same for all samples; of pooled convolutions the
    /// largest activities, here and in `saturated`.
    pub dead: f64,
    /// Share of the units with φ' below 1 % of its maximum on at least 99 % of the samples.
    pub saturated: f64,
    /// Share of the weights at the floor by sub-matrix (`W_pp`, …); empty without Dale's principle.
    pub floor_share: BTreeMap<String, f64>,
}

impl Diagnosis {
    /// This layer's `signal` over the output layer's, the reciprocal of `attenuation`; `None` where either
    /// is 0.
    pub fn strength(&self) -> Option<f64> {
        self.attenuation.map(f64::recip).filter(|strength| strength.is_finite())
    }
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
    let strength = |l: usize| {
        engine::root_mean_square(&network.layers()[l].everywhere(signals.gated(l, trace)))
    };
    let output = network.layers().len().checked_sub(1).map_or(0.0, strength);
    let diagnose = |(l, layer): (usize, &Layer)| {
        let presynaptic = trace.presynaptic(l);
        let [gradient, truth] = [&signals, &true_signals]
            .map(|signals| weight_gradient(layer, presynaptic, signals.gated(l, trace)));
        let (alignment, sign_agreement) = engine::agreement(&gradient, &truth);
        let activity = trace.postsynaptic(l);
        let Silence { dead, saturated } =
            engine::silence(activity, layer.units(), layer.activation());
        let signal = strength(l);
        Diagnosis {
            signal,
            attenuation: (signal > 0.0).then(|| output / signal),
            alignment,
            sign_agreement,
            dead,
            saturated,
            floor_share: floor_shares(layer),
        }
    };
    network.layers().iter().enumerate().map(diagnose).collect()
}

/// The gradient of every layer's weights under a rule, for the error at the output, B×C, of the
/// forward pass in `trace`: the direction of steepest descent as the rule sees it, summed over
/// the batch. See [`weight_gradient`] for the shapes.
pub fn gradients(network: &Network, rule: &dyn Rule, trace: &Trace, error: &Matrix) -> Vec<Matrix> {
    let signals = signals(network, rule, trace, error);
    let layers = network.layers().iter().enumerate();
    layers
        .map(|(l, layer)| weight_gradient(layer, trace.presynaptic(l), signals.gated(l, trace)))
        .collect()
}

/// `xᵀ·u`, K×N, for a layer's input `x` (B×K) and its gated teaching signal `u` (B×N); of a
/// convolution summed over its places. Of a folded layer K/2×N: both halves have the same gradient.
pub fn weight_gradient<'a>(
    layer: &Layer,
    presynaptic: impl Into<Presynaptic<'a>>,
    signal: impl Into<GatedSignal<'a>>,
) -> Matrix {
    let mut gradient = Gradient::default();
    let signal = signal.into();
    let mut from = |x: &Matrix| layer.gradient(x, signal, &mut gradient, &Workspace::default());
    match presynaptic.into() {
        Presynaptic::Dense(x) => from(x),
        Presynaptic::Sparse(x) => from(&x.to_dense()),
    }
    gradient.weights
}

/// The gated teaching signal of every layer, B×N.
fn signals(network: &Network, rule: &dyn Rule, trace: &Trace, error: &Matrix) -> Teaching {
    let mut teaching = Teaching::new(network);
    teaching.teach(network, rule, trace, error, &Workspace::default());
    teaching
}

/// Share of the weights at the floor, by sub-matrix.
fn floor_shares(layer: &Layer) -> BTreeMap<String, f64> {
    let Some(dale) = layer.dale() else { return BTreeMap::new() };
    // Under the floor by rounding is at the floor.
    let floor = dale.floor * 1.000_001;
    let share = |part: &SubMatrix| {
        let rows = part.rows.iter().map(|i| &layer.weights().row(*i)[part.cols.clone()]);
        let at_floor: usize = rows.map(|row| row.iter().filter(|w| w.abs() <= floor).count()).sum();
        at_floor as f64 / (part.rows.len() * part.cols.len()) as f64
    };
    layer.sub_matrices().iter().map(|part| (part.name.clone(), share(part))).collect()
}
