//! Networks that learn on devices, or for devices.

mod draws;
mod forward;
mod pulses;
mod settings;

pub use settings::DeviceSettings;

use dalenet::{Learner, Matrix, Network};
use draws::Draws;
use pulses::Pulses;

/// Purposes of random numbers.
const FORWARD: u64 = 0;
const WRITING: u64 = 1;

/// The devices of a training. In a step of it the network has other weights for the forward pass and for its
/// teaching signals, gets those back that learning changes, takes the step of the optimiser, and has it made by
/// pulses.
pub struct Devices {
    settings: DeviceSettings,
    seed: u64,
    layers: Vec<Pulses>,
    /// The signed weights of each layer before a step.
    before: Vec<Matrix>,
}

impl Devices {
    /// The devices of a network that has learnt nothing yet, whose weights become what they can have; none where
    /// no setting has an effect.
    pub fn new(settings: &DeviceSettings, seed: u64, network: &mut Network) -> Option<Self> {
        if !settings.is_written() && !settings.alters_forward() {
            return None;
        }
        let pulses = |layer: &dalenet::layer::Layer| {
            let weights = layer.weights().as_slice();
            let initial = weights.iter().fold(0.0, |most: f32, w| most.max(w.abs()));
            Pulses::new(*settings, layer.dale().map(|dale| dale.floor), initial)
        };
        let layers = network.layers().iter().map(pulses).collect();
        let before = vec![Matrix::default(); network.layers().len()];
        let devices = Self { settings: *settings, seed, layers, before };
        devices.program(network);
        Some(devices)
    }

    /// Brings weights to what devices that are written by pulses can have.
    pub fn program(&self, network: &mut Network) {
        if self.settings.is_written() {
            for (layer, pulses) in network.layers_mut().iter_mut().zip(&self.layers) {
                layer.change_weights(|weights| pulses.program(weights.as_mut_slice()));
            }
        }
    }

    /// Gives the network the weights of its next forward pass.
    pub fn begin(&mut self, learner: &mut Learner) {
        let step = learner.optimiser.steps();
        let layers = learner.network.layers_mut().iter_mut().zip(&mut self.before);
        for (l, (layer, before)) in layers.enumerate() {
            before.clone_from(layer.weights());
            if self.settings.alters_forward() {
                forward::alter(layer, &self.settings, Draws::new(self.seed, step, l, FORWARD));
            }
        }
    }

    /// Makes a step at `rate` along the error of the forward pass that followed [`Devices::begin`].
    pub fn learn(&self, learner: &mut Learner, error: &Matrix, rate: f32) {
        let step = learner.optimiser.steps();
        learner.teach(error);
        if self.settings.alters_forward() {
            for (layer, before) in learner.network.layers_mut().iter_mut().zip(&self.before) {
                layer.change_weights(|weights| weights.clone_from(before));
            }
        }
        learner.follow(rate);
        if self.settings.is_written() {
            self.write(&mut learner.network, step);
        }
    }

    /// Makes the step that the network's weights have taken by pulses.
    fn write(&self, network: &mut Network, step: u64) {
        let layers = network.layers_mut().iter_mut().zip(&self.before).zip(&self.layers);
        for (l, ((layer, before), pulses)) in layers.enumerate() {
            let draws = Draws::new(self.seed, step, l, WRITING);
            layer.change_weights(|weights| {
                pulses.write(before.as_slice(), weights.as_mut_slice(), draws);
            });
        }
    }
}
