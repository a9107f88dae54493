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

    /// The sum of one figure over the layers.
    pub fn total(&self, figure: impl Fn(&LayerCount) -> u64) -> u64 {
        self.layers.iter().map(figure).sum()
    }
}

impl LayerCount {
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
