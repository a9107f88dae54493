//! What a network costs in hardware, layer by layer and sample by sample.

use dalenet::{Network, layer::Layer};
use serde::{Deserialize, Serialize};

/// How signed sums are made of conductances, which cannot be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mapping {
    /// One device a weight, whose sign is that of its row; a column of reference devices for the
    /// smallest conductance.
    Single,
    /// Two devices a weight, one of them subtracted.
    Pair,
}

/// What a layer costs for one sample.
///
/// With K presynaptic units of which D differ (the two streams of the first layer receive the same input),
/// N postsynaptic units and P places (1 of a fully connected layer):
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LayerCount {
    /// Weights that can be set: K·N.
    pub weights: u64,
    /// Multiply-accumulates of a forward pass in digital hardware, P·D·N.
    pub multiply_accumulates: u64,
    /// Devices with one a weight: K·N, plus K for a reference column.
    pub single_devices: u64,
    /// Devices with a pair a weight: 2·D·N.
    pub pair_devices: u64,
    /// Devices read in a forward pass with one a weight, P·K·N.
    pub reads: u64,
    /// Devices read through transposed arrays when the layer passes a signal down: P·K·N under a rule that
    /// goes layer by layer, none in the first layer.
    pub transposed_reads: u64,
    /// Multiply-accumulates of the error with a fixed matrix, C·N, under a rule that reaches the layer
    /// directly through one; Error Diffusion only routes.
    pub feedback: u64,
    /// Weights that a step of learning changes: K·N.
    pub updates: u64,
    /// Values that go in and come out: D' + P·N, with D' the size of its input.
    pub activities: u64,
}

/// What a network costs for one sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetworkCount {
    /// The layers with weights, first to last.
    pub layers: Vec<LayerCount>,
}

/// The arrays through which a rule brings the error to the hidden layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedbackPath {
    /// None: the error is routed (Error Diffusion).
    Routed,
    /// A fixed random array for each hidden layer (Direct Feedback Alignment).
    Direct,
    /// Fixed random arrays, layer by layer (Feedback Alignment).
    Random,
    /// The arrays of the weights, read backwards (backpropagation; of sign-symmetric feedback their signs).
    Transposed,
}

impl FeedbackPath {
    /// That of a built-in rule.
    pub fn of_rule(rule: &str) -> Option<Self> {
        match rule {
            "ed" => Some(Self::Routed),
            "dfa" => Some(Self::Direct),
            "fa" => Some(Self::Random),
            "bp" | "sign-symmetric" => Some(Self::Transposed),
            _ => None,
        }
    }
}

/// What learning from one sample costs with all weights in arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LearningCount {
    /// Devices of the weights, those of reference columns included.
    pub devices: u64,
    /// Devices of fixed random feedback, in pairs.
    pub fixed_devices: u64,
    /// Devices read in the forward pass, which is all of an inference.
    pub forward_reads: u64,
    /// Devices read to bring the error to the hidden layers.
    pub feedback_reads: u64,
    /// Devices written, one a weight.
    pub updates: u64,
}

impl NetworkCount {
    /// Counts a network.
    ///
    /// ```
    /// use dalenet::{Generator, Network, NetworkSpec};
    /// use dalenet_hardware::NetworkCount;
    /// let spec =
    ///     NetworkSpec { inputs: 4, layers: vec![6.into()], outputs: 3, ..NetworkSpec::default() };
    /// let count = NetworkCount::of(&Network::new(&spec, &mut Generator::new(0, 0)));
    /// // The first layer: 8 rows (x twice) of 12 columns; as pairs 4 rows of 12 pairs.
    /// assert_eq!(count.layers[0].single_devices, 8 * 12 + 8);
    /// assert_eq!(count.layers[0].pair_devices, 2 * 4 * 12);
    /// // The output layer: half of what pairs need.
    /// assert_eq!(count.layers[1].single_devices, 12 * 3 + 12);
    /// assert_eq!(count.layers[1].pair_devices, 2 * 12 * 3);
    /// ```
    pub fn of(network: &Network) -> Self {
        let outputs = network.outputs();
        let last = network.layers().len() - 1;
        let count = |(l, layer)| LayerCount::of(layer, l == 0, l == last, outputs);
        Self { layers: network.layers().iter().enumerate().map(count).collect() }
    }

    /// What learning from one sample costs with all weights in arrays.
    pub fn learning(&self, feedback: FeedbackPath, mapping: Mapping) -> LearningCount {
        let fixed = |layer: &LayerCount| match feedback {
            FeedbackPath::Direct => 2 * layer.feedback,
            // A second array, which is never written, beside that of every layer but the first.
            FeedbackPath::Random if layer.transposed_reads > 0 => layer.pair_devices,
            _ => 0,
        };
        let places = |layer: &LayerCount| layer.reads / layer.weights.max(1);
        let backward = |layer: &LayerCount| match feedback {
            FeedbackPath::Transposed if layer.transposed_reads > 0 => {
                places(layer) * layer.devices(mapping)
            }
            FeedbackPath::Random => places(layer) * fixed(layer),
            _ => fixed(layer),
        };
        LearningCount {
            devices: self.total(|layer| layer.devices(mapping)),
            fixed_devices: self.total(fixed),
            forward_reads: self.total(|layer| places(layer) * layer.devices(mapping)),
            feedback_reads: self.total(backward),
            updates: self.total(|layer| layer.updates),
        }
    }

    /// The sum of one figure over the layers.
    pub fn total(&self, figure: impl Fn(&LayerCount) -> u64) -> u64 {
        self.layers.iter().map(figure).sum()
    }
}

impl LayerCount {
    /// Devices under a mapping.
    pub fn devices(&self, mapping: Mapping) -> u64 {
        match mapping {
            Mapping::Single => self.single_devices,
            Mapping::Pair => self.pair_devices,
        }
    }

    fn of(layer: &Layer, is_first: bool, is_last: bool, outputs: usize) -> Self {
        let geometry = layer.geometry();
        let places = geometry.map_or(1, |geometry| geometry.output.positions());
        let (rows, distinct, units) = (layer.inputs(), layer.distinct_inputs(), layer.units());
        let weights = rows * units;
        let received = geometry.map_or(distinct, |geometry| geometry.input.len());
        Self {
            weights: weights as u64,
            multiply_accumulates: (places * distinct * units) as u64,
            single_devices: (weights + rows) as u64,
            pair_devices: (2 * distinct * units) as u64,
            reads: (places * weights) as u64,
            transposed_reads: if is_first { 0 } else { (places * weights) as u64 },
            feedback: if is_last { 0 } else { (outputs * units) as u64 },
            updates: weights as u64,
            activities: (received + places * units) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dalenet::{Generator, NetworkSpec};

    /// 4 inputs, 6 units in each of two streams or 12 in one, 3 outputs, by hand.
    #[test]
    fn reads_of_a_learning_step() {
        let count = |dual: bool| {
            let spec = NetworkSpec { inputs: 4, outputs: 3, dual, ..NetworkSpec::default() };
            let units = if dual { 6 } else { 12 };
            let dale = spec.dale.filter(|_| dual);
            let spec = NetworkSpec { layers: vec![units.into()], dale, ..spec };
            NetworkCount::of(&Network::new(&spec, &mut Generator::new(0, 0)))
        };
        let ed = count(true).learning(FeedbackPath::Routed, Mapping::Single);
        let devices = (8 * 12 + 8) + (12 * 3 + 12);
        assert_eq!((ed.devices, ed.forward_reads, ed.feedback_reads), (devices, devices, 0));
        let pairs = 2 * (4 * 12 + 12 * 3);
        let dfa = count(false).learning(FeedbackPath::Direct, Mapping::Pair);
        assert_eq!((dfa.devices, dfa.fixed_devices, dfa.feedback_reads), (pairs, 72, 72));
        let bp = count(false).learning(FeedbackPath::Transposed, Mapping::Pair);
        assert_eq!((bp.devices, bp.fixed_devices, bp.feedback_reads), (pairs, 0, 72));
        let fa = count(false).learning(FeedbackPath::Random, Mapping::Pair);
        assert_eq!((fa.fixed_devices, fa.feedback_reads, fa.updates), (72, 72, 84));
    }
}
