//! The configuration of a classification: one typed struct, each field with a meaning.

use super::{ClassWeights, InputKind};
use crate::{
    DeviceSettings, Error, NetworkSettings, Registry,
    settings::{self, Settings},
};
use dalenet::{Activation, Loss, Method, NetworkSpec, Schedule, Shape};
use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

/// Everything that decides the outcome of a classification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, DocumentedFields)]
pub struct Config {
    /// Task: mnist, fashion-mnist, cifar10, xor, parity, or the path of an .npz file.
    pub task: String,
    /// Learning rule: ed, dfa, fa, sign-symmetric or bp.
    pub rule: String,
    /// Random seed.
    pub seed: u64,

    /// Preparation of the input: raw (0 to 1), standard (mean 0, deviation 1 in each channel),
    /// on-off (positive and negative part of that as channels of their own), contrast (on-off of
    /// the difference from the 7×7 pixels about it) or whitened (on-off of that, decorrelated).
    pub input: InputKind,
    /// The network between input and output.
    #[serde(flatten)]
    pub network: NetworkSettings,
    /// Whether biases start so that every unit's mean input is zero.
    pub balanced: bool,

    /// squared (sigmoid outputs) or cross-entropy (softmax outputs).
    pub loss: Loss,
    /// Whether each class's error is centred over the batch.
    pub centred: bool,
    /// How much a sample's error counts, by its class: "none" (all alike), "balanced" (the rarer the
    /// class, the more) or a list of one number a class.
    #[serde(default)]
    pub class_weights: ClassWeights,

    /// sgd, momentum or adam.
    pub optimiser: OptimiserKind,
    /// Momentum μ, and Adam's β₁.
    pub momentum: f32,
    /// Whether a layer's step is Σ_batch divided by the layer's presynaptic power ⟨|x|²⟩ instead
    /// of by the batch: one rate for layers of any fan-in.
    pub normalised: bool,
    /// Learning rate η (normalised: κ).
    pub rate: f32,
    /// Factor of the rate in convolutions.
    pub convolution_rate: f32,
    /// Schedule of the rate: constant or cosine.
    pub schedule: Schedule,
    /// Passes over the training data.
    pub epochs: usize,
    /// Samples of a step.
    pub batch: usize,
    /// Whether every epoch has the samples in another order.
    pub shuffle: bool,
    /// Training images are moved by up to so many pixels each way, at random.
    pub shift: usize,
    /// Whether training images are mirrored at random, one in two.
    pub flip: bool,
    /// Share of the training samples held out to choose settings on; the test set is used once, at
    /// the end.
    pub validation: f32,
    /// The path of an .npz file of samples to hold out instead: x_val and y_val, or else x and y.
    #[serde(default)]
    pub validation_data: String,
    /// Early stopping: the training ends after so many epochs without a higher validation accuracy, and
    /// the weights of the best epoch are kept. 0: all epochs are made, and the last weights are kept.
    #[serde(default)]
    pub patience: usize,

    /// Inputs of the parity task.
    pub bits: usize,
    /// The training stops when the sum of |error| over an epoch falls below this; 0: never.
    pub stop_error: f32,

    /// Devices that the weights are kept on.
    #[serde(flatten)]
    pub device: DeviceSettings,
}

/// How a gradient becomes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptimiserKind {
    /// Plain.
    Sgd,
    /// With momentum.
    Momentum,
    /// Adam.
    Adam,
}

impl Settings for Config {
    fn meaning(key: &str) -> &'static str {
        let own = Self::get_field_docs(key).or_else(|_| NetworkSettings::get_field_docs(key));
        own.ok().or_else(|| DeviceSettings::meaning(key)).unwrap_or_default()
    }

    fn forms(key: &str) -> Option<&'static str> {
        (key == "class_weights").then_some(ClassWeights::FORMS)
    }
}

impl Config {
    /// The settings of `preset` for a task of the built-in registry under a rule.
    ///
    /// # Errors
    /// If there is no such task, preset or rule; the nearest one is named.
    pub fn new(task: &str, preset: &str, rule: &str) -> Result<Self, Error> {
        Registry::built_in().classification(task, preset, rule)
    }

    /// Sets one key, as `--set key=value` and configuration files do.
    ///
    /// # Errors
    /// If there is no such key (the nearest one is named) or the value has the wrong type.
    ///
    /// ```
    /// let mut config = dalenet_train::Config::new("mnist", "default", "ed")?;
    /// config.set("layers", "[512, 256]")?;
    /// assert_eq!(config.network.layers, [512.into(), 256.into()]);
    /// let error = config.set("epoch", "3").unwrap_err().to_string();
    /// assert_eq!(error, "there is no configuration key `epoch`; did you mean `epochs`?");
    /// # Ok::<(), dalenet_train::Error>(())
    /// ```
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Error> {
        settings::set(self, key, value)
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first value that is not possible.
    pub fn validate(&self) -> Result<(), Error> {
        let positive = |value: f32| value > 0.0 && value.is_finite();
        let checks = [
            ("epochs", self.epochs > 0, "must be at least 1"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("rate", positive(self.rate), "must be above 0 and finite"),
            ("convolution_rate", positive(self.convolution_rate), "must be above 0 and finite"),
            ("momentum", (0.0..1.0).contains(&self.momentum), "must be at least 0 and below 1"),
            ("validation", (0.0..1.0).contains(&self.validation), "must be at least 0 and below 1"),
            ("class_weights", self.class_weights.are_possible(), "must have numbers above 0"),
            ("stop_error", self.stop_error >= 0.0, "must not be negative"),
            ("bits", (1..=16).contains(&self.bits), "must be between 1 and 16"),
        ];
        settings::check(
            self,
            checks.into_iter().chain(self.network.checks()).chain(self.device.checks()),
        )
    }

    /// The whole configuration as TOML, each key under its meaning.
    pub fn commented(&self) -> String {
        settings::commented(self)
    }

    /// The keys in which it differs from `other`, with its own and the other's value.
    pub fn differences(&self, other: &Self) -> Vec<(String, String, String)> {
        settings::differences(self, other)
    }

    /// Keys and values, in the order of the fields.
    pub fn table(&self) -> toml::Table {
        settings::table(self)
    }

    /// The network that it describes, for samples of the shape `input`.
    ///
    /// # Errors
    /// If a convolution's window does not fit into its input.
    pub fn network_spec(&self, input: Shape, outputs: usize) -> Result<NetworkSpec, Error> {
        let output = match self.loss {
            Loss::Squared => {
                Activation::Sigmoid { width: self.network.width(self.network.depth()) }
            }
            Loss::CrossEntropy => Activation::Softmax,
        };
        self.network.spec(input, outputs, output)
    }

    /// The optimiser's method.
    pub fn method(&self) -> Method {
        match self.optimiser {
            OptimiserKind::Sgd => Method::Sgd,
            OptimiserKind::Momentum => Method::Momentum { momentum: self.momentum },
            OptimiserKind::Adam => {
                Method::Adam { beta1: self.momentum, beta2: 0.999, epsilon: 1e-8 }
            }
        }
    }

    /// Factor of the rate for biases: Kaneko's threshold units learn at β² times the rate.
    pub fn bias_rate(&self) -> f32 {
        let threshold = self.network.threshold;
        if threshold > 0.0 { threshold.powi(2) } else { 1.0 }
    }
}
