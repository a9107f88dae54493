//! The ranges of a chip's converters.

use super::Converter;
use dalenet::{Alter, Matrix, Network, Presynaptic, Trace};

/// The largest values at the inputs and at the sums of each layer, over samples that a chip is not judged by.
/// Every converter has one range for all of a layer, fixed before the chip is used.
///
/// ```
/// use dalenet::{Generator, Matrix, Network, NetworkSpec, Trace};
/// use dalenet_hardware::Calibration;
/// let spec =
///     NetworkSpec { inputs: 2, layers: vec![3.into()], outputs: 1, ..NetworkSpec::default() };
/// let network = Network::new(&spec, &mut Generator::new(0, 0));
/// let mut trace = Trace::default();
/// trace.input_mut().clone_from(&Matrix::from_rows(&[[0.5, 0.0], [0.0, 2.0]]));
/// let mut calibration = Calibration::default();
/// calibration.add(&network, &mut trace);
/// assert_eq!(calibration.inputs()[0], 2.0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    inputs: Vec<f32>,
    /// Whether a layer has received a negative value.
    signed: Vec<bool>,
    sums: Vec<f32>,
}

impl Calibration {
    /// Adds a forward pass of the exact network from the input in the trace.
    pub fn add(&mut self, network: &Network, trace: &mut Trace) {
        let layers = network.layers().len();
        self.inputs.resize(layers, 0.0);
        self.signed.resize(layers, false);
        self.sums.resize(layers, 0.0);
        network.forward_altered(trace, self);
    }

    /// The largest value that each layer receives; 0 of a sparse first layer, which has no converter.
    pub fn inputs(&self) -> &[f32] {
        &self.inputs
    }

    /// Converters of what the layers receive; none without bits. Those of a layer that receives negative
    /// values, as standardised inputs are, have values of both signs.
    pub(super) fn input_converters(&self, bits: Option<u32>) -> Vec<Converter> {
        let Some(bits) = bits else { return Vec::new() };
        let converter = |(high, signed): (&f32, &bool)| match signed {
            true => Converter::signed(bits, *high),
            false => Converter::unsigned(bits, *high),
        };
        self.inputs.iter().zip(&self.signed).map(converter).collect()
    }

    /// Converters of the sums of the layers; none without bits.
    pub(super) fn sum_converters(&self, bits: Option<u32>) -> Vec<Converter> {
        let Some(bits) = bits else { return Vec::new() };
        self.sums.iter().map(|high| Converter::signed(bits, *high)).collect()
    }
}

impl Alter for Calibration {
    fn received(&mut self, layer: usize, h: &mut Matrix) {
        self.inputs[layer] = largest(self.inputs[layer], h);
        self.signed[layer] |= h.as_slice().iter().any(|h| *h < 0.0);
    }

    fn sums(&mut self, layer: usize, _: Presynaptic<'_>, z: &mut Matrix) {
        self.sums[layer] = largest(self.sums[layer], z);
    }
}

fn largest(known: f32, values: &Matrix) -> f32 {
    values.as_slice().iter().fold(known, |largest, value| largest.max(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dalenet::{Generator, NetworkSpec};

    #[test]
    fn batches_one_by_one_are_as_all_at_once() {
        let spec =
            NetworkSpec { inputs: 2, layers: vec![3.into()], outputs: 1, ..NetworkSpec::default() };
        let network = Network::new(&spec, &mut Generator::new(0, 0));
        let calibrate = |batches: &[Matrix]| {
            let (mut calibration, mut trace) = (Calibration::default(), Trace::default());
            for batch in batches {
                trace.input_mut().clone_from(batch);
                calibration.add(&network, &mut trace);
            }
            calibration
        };
        let (large, small) = ([[-3.0, 2.0]], [[0.5, 0.25]]);
        let [large, small, all] =
            [large.concat(), small.concat(), [large, small].concat().concat()]
                .map(|values| Matrix::from_vec(values.len() / 2, 2, values));
        let both = calibrate(&[all]);
        assert_eq!(both.inputs()[0], 3.0);
        assert_eq!(calibrate(&[large.clone(), small.clone()]), both);
        assert_eq!(calibrate(&[small, large]), both);
    }
}
