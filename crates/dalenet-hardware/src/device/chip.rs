//! A network whose weights are devices.

use super::{Converter, Device, crossbar::Crossbar};
use crate::Mapping;
use dalenet::{Alter, Generator, Matrix, Network, Presynaptic, Trace, Workspace};

/// A network that was programmed into devices, at some time after that.
pub struct Chip {
    device: Device,
    /// The devices of each layer, part by part.
    crossbars: Vec<Vec<Crossbar>>,
    /// With the weights that the devices stand for.
    network: Network,
    /// With the variances of a read in place of weights, and no bias.
    noise: Network,
    generator: Generator,
    /// Converters at the sums of each layer, once they are calibrated.
    outputs: Vec<Converter>,
}

impl Chip {
    /// Programs chip `index` of a seed. Single devices hold weights of one sign; a network without Dale's
    /// principle is programmed into pairs whatever the mapping.
    pub fn program(network: &Network, device: &Device, seed: u64, index: u64) -> Self {
        let program = |(l, layer): (usize, &dalenet::layer::Layer)| {
            let pairs = layer.dale().is_none();
            let mapping = if pairs { Mapping::Pair } else { device.mapping };
            let device = Device { mapping, ..*device };
            let parts = layer.sub_matrices();
            let part = |(k, part): (usize, &dalenet::layer::SubMatrix)| {
                let stream = (index << 16) + (l << 2) as u64 + k as u64;
                let generator = &mut Generator::new(seed, stream);
                Crossbar::program(&layer.magnitudes(part), &device, generator)
            };
            parts.iter().enumerate().map(part).collect()
        };
        let crossbars = network.layers().iter().enumerate().map(program).collect();
        let mut noise = network.clone();
        for layer in noise.layers_mut() {
            let zeros = vec![0.0; layer.bias().len()];
            layer.set_bias(&zeros);
        }
        let mut chip = Self {
            device: *device,
            crossbars,
            network: network.clone(),
            noise,
            generator: Generator::new(seed, (index << 16) + 0xffff),
            outputs: Vec::new(),
        };
        chip.wait_until(0.0);
        chip
    }

    /// Brings the weights to what they are so many seconds after programming.
    pub fn wait_until(&mut self, seconds: f64) {
        let Self { device, crossbars, network, noise, .. } = self;
        let layers = network.layers_mut().iter_mut().zip(noise.layers_mut());
        for ((layer, noise), crossbars) in layers.zip(crossbars) {
            for (part, crossbar) in layer.sub_matrices().iter().zip(crossbars) {
                let (values, mut variances) = crossbar.read(device, seconds);
                layer.set_magnitudes(part, &values);
                // A variance adds up whatever the sign of the weight.
                if !part.excitatory {
                    variances.as_mut_slice().iter_mut().for_each(|v| *v = -*v);
                }
                noise.set_magnitudes(part, &variances);
            }
        }
    }

    /// Chooses the ranges of the converters at the sums, by the activity in a trace whose input is a batch of
    /// samples that are not those it is judged by.
    pub fn calibrate(&mut self, trace: &mut Trace) {
        let Some(bits) = self.device.output_bits else { return };
        let mut ranges = Ranges { largest: vec![0.0; self.network.layers().len()] };
        self.network.forward_altered(trace, &mut ranges);
        self.outputs = ranges.largest.iter().map(|high| Converter::signed(bits, *high)).collect();
    }

    /// A forward pass, with noise of its own each time.
    pub fn forward(&mut self, trace: &mut Trace) {
        let Self { device, network, noise, generator, outputs, .. } = self;
        let (squares, spread, workspace) = Default::default();
        let mut reading = Reading { device, noise, generator, outputs, squares, spread, workspace };
        network.forward_altered(trace, &mut reading);
    }
}

/// The largest sums of each layer.
struct Ranges {
    largest: Vec<f32>,
}

impl Alter for Ranges {
    fn sums(&mut self, layer: usize, _: Presynaptic<'_>, z: &mut Matrix) {
        let largest = z.as_slice().iter().fold(0.0, |largest: f32, z| largest.max(z.abs()));
        self.largest[layer] = self.largest[layer].max(largest);
    }
}

/// Noise and converters of a forward pass.
struct Reading<'a> {
    device: &'a Device,
    noise: &'a Network,
    generator: &'a mut Generator,
    outputs: &'a [Converter],
    squares: Matrix,
    spread: Matrix,
    workspace: Workspace,
}

impl Alter for Reading<'_> {
    fn received(&mut self, _: usize, h: &mut Matrix) {
        if let Some(bits) = self.device.input_bits {
            let largest = h.as_slice().iter().copied().fold(0.0, f32::max);
            let converter = Converter::unsigned(bits, largest);
            h.as_mut_slice().iter_mut().for_each(|h| *h = converter.convert(*h));
        }
    }

    /// Independent errors of the devices of a column add up to one error of its sum, whose variance is
    /// Σ h²·σ².
    fn sums(&mut self, layer: usize, h: Presynaptic<'_>, z: &mut Matrix) {
        if self.device.read != super::Read::Exact
            && let Some(h) = h.dense()
        {
            self.squares.clone_from(h);
            self.squares.as_mut_slice().iter_mut().for_each(|h| *h *= *h);
            let noise = &self.noise.layers()[layer];
            noise.sums(&self.squares, &mut self.spread, &self.workspace);
            for (z, variance) in z.as_mut_slice().iter_mut().zip(self.spread.as_slice()) {
                *z += variance.max(0.0).sqrt() * self.generator.normal();
            }
        }
        if let Some(converter) = self.outputs.get(layer) {
            z.as_mut_slice().iter_mut().for_each(|z| *z = converter.convert(*z));
        }
    }
}
