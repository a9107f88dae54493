//! A network whose weights are devices.

use super::{Calibration, Converter, Device, crossbar::Crossbar};
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
    /// Converters at the inputs of each layer; none where they are exact.
    inputs: Vec<Converter>,
    /// Converters at the sums of each layer; none where they are exact.
    sums: Vec<Converter>,
}

impl Chip {
    /// Programs chip `index` of a seed, with converters of the ranges of a calibration. Single devices hold
    /// weights of one sign; a network without Dale's principle is programmed into pairs whatever the mapping.
    pub fn program(
        network: &Network,
        device: &Device,
        calibration: &Calibration,
        seed: u64,
        index: u64,
    ) -> Self {
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
            inputs: calibration.input_converters(device.input_bits),
            sums: calibration.sum_converters(device.output_bits),
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

    /// A forward pass, with noise of its own each time.
    pub fn forward(&mut self, trace: &mut Trace) {
        let Self { device, network, noise, generator, inputs, sums, .. } = self;
        let (squares, spread, workspace) = Default::default();
        let mut reading =
            Reading { device, noise, generator, inputs, sums, squares, spread, workspace };
        network.forward_altered(trace, &mut reading);
    }
}

/// Noise and converters of a forward pass.
struct Reading<'a> {
    device: &'a Device,
    noise: &'a Network,
    generator: &'a mut Generator,
    inputs: &'a [Converter],
    sums: &'a [Converter],
    squares: Matrix,
    spread: Matrix,
    workspace: Workspace,
}

impl Alter for Reading<'_> {
    fn received(&mut self, layer: usize, h: &mut Matrix) {
        if let Some(converter) = self.inputs.get(layer) {
            h.as_mut_slice().iter_mut().for_each(|h| *h = converter.convert(*h));
        }
    }

    fn sums(&mut self, layer: usize, h: Presynaptic<'_>, z: &mut Matrix) {
        if self.device.read != super::Read::Exact {
            self.add_noise(layer, h, z);
        }
        if let Some(converter) = self.sums.get(layer) {
            z.as_mut_slice().iter_mut().for_each(|z| *z = converter.convert(*z));
        }
    }
}

impl Reading<'_> {
    /// Independent errors of the devices of a column add up to one error of its sum, whose variance is
    /// Σ h²·σ².
    fn add_noise(&mut self, layer: usize, h: Presynaptic<'_>, z: &mut Matrix) {
        match h {
            Presynaptic::Dense(h) => self.squares.clone_from(h),
            Presynaptic::Sparse(h) => self.squares = h.to_dense(),
        }
        self.squares.as_mut_slice().iter_mut().for_each(|h| *h *= *h);
        let noise = &self.noise.layers()[layer];
        noise.sums(&self.squares, &mut self.spread, &self.workspace);
        for (z, variance) in z.as_mut_slice().iter_mut().zip(self.spread.as_slice()) {
            *z += variance.max(0.0).sqrt() * self.generator.normal();
        }
    }
}
