//! The configuration of an experiment: one typed struct, each field with a default and a meaning.

use crate::{Error, InputKind, settings, task};
use dalenet::{
    Activation, Backprop, Dale, DirectFeedbackAlignment, ErrorDiffusion, FeedbackAlignment,
    LayerSpec, Loss, Method, Modulo, NetworkSpec, Rule, Schedule, Shape as Image, SignSymmetric,
    layer::{Convolution, Pooling, PoolingMode, Window},
};
use documented::DocumentedFields;
use serde::{Deserialize, Serialize};

/// Everything that decides the outcome of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, DocumentedFields)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What is learnt: mnist, fashion-mnist, cifar10, xor, parity, or the path of an .npz file.
    pub task: String,
    /// What teaches the hidden layers: ed, dfa, fa, sign-symmetric or bp.
    pub rule: RuleKind,
    /// Where all chance starts from.
    pub seed: u64,

    /// What the network sees of a sample: raw (0 to 1), standard (mean 0, deviation 1 in each
    /// channel), on-off (positive and negative part of that as channels of their own) or contrast
    /// (on-off of what stands out from the 7×7 pixels about it).
    pub input: InputKind,
    /// The first layers, if they are convolutions: units per stream, size, stride and padding of
    /// the window; pooling (none, average or max), its window and stride.
    pub convolutions: Vec<ConvolutionConfig>,
    /// Units of each fully connected hidden layer, per stream.
    pub layers: Vec<usize>,
    /// Whether every layer has an excitatory and an inhibitory stream.
    pub dual: bool,
    /// Whether weights keep their sign (Dale's principle); needs dual = true.
    pub dale: bool,
    /// The smallest magnitude a weight may have under Dale's principle.
    pub floor: f32,
    /// Whether magnitudes may only grow: Kaneko's rule with "weight decrement" off.
    pub grow_only: bool,
    /// Response of the hidden units: sigmoid or relu.
    pub response: Response,
    /// Width α of the sigmoid 1/(1 + exp(−2z/α)), layer by layer; the last value serves the rest.
    pub widths: Vec<f32>,
    /// Factor of the initial weights within a stream (W_pp, W_nn) in hidden layers.
    pub excitatory_gain: f32,
    /// Factor of the initial weights between the streams (W_np, W_pn) in hidden layers.
    pub inhibitory_gain: f32,
    /// Whether initial weights U[0, 1) are divided by the root of the layer's fan-in.
    pub fan_in: bool,
    /// Activity β of Kaneko's threshold units: biases start at β·(U − U′) and learn at β² times
    /// the rate. 0: biases start at zero and learn at the rate.
    pub threshold: f32,

    /// Whether biases start so that every unit's mean input is zero.
    pub balanced: bool,

    /// squared (sigmoid outputs) or cross-entropy (softmax outputs).
    pub loss: Loss,
    /// Whether each class's error is centred over the batch.
    pub centred: bool,
    /// Which outputs' errors reach which hidden units under ed: modulo.
    pub routing: RoutingKind,

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
    /// How the rate falls: constant or cosine.
    pub schedule: Schedule,
    /// Passes over the training data.
    pub epochs: usize,
    /// Samples a step.
    pub batch: usize,
    /// Whether the samples come in another order in every epoch.
    pub shuffle: bool,
    /// Training images are moved by up to so many pixels each way, at random.
    pub shift: usize,
    /// Whether every other training image, at random, is seen in the mirror.
    pub flip: bool,
    /// Share of the training samples held out to choose settings on; the test set is looked at
    /// once, at the end.
    pub validation: f32,

    /// Inputs of the parity task.
    pub bits: usize,
    /// Ends the training when the sum of |error| over an epoch falls below; 0: never.
    pub stop_error: f32,
}

/// One of `convolutions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvolutionConfig {
    /// Units per stream at each place.
    pub units: usize,
    /// Height and width of the window.
    pub size: usize,
    /// How far the window moves at a time.
    #[serde(default = "one")]
    pub stride: usize,
    /// Zeros about the image on each side.
    #[serde(default)]
    pub padding: usize,
    /// Mean or largest of each window of places, or all of them.
    #[serde(default)]
    pub pooling: PoolingChoice,
    /// Height and width of the pooling's window.
    #[serde(default = "two")]
    pub pool_size: usize,
    /// How far the pooling's window moves at a time.
    #[serde(default = "two")]
    pub pool_stride: usize,
}

fn one() -> usize {
    1
}

fn two() -> usize {
    2
}

/// What follows a convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoolingChoice {
    /// Nothing.
    #[default]
    None,
    /// The mean of each window.
    Average,
    /// The largest of each window.
    Max,
}

impl ConvolutionConfig {
    /// The layers it stands for.
    fn layers(self) -> impl Iterator<Item = LayerSpec> {
        let Self { units, size, stride, padding, pool_size, pool_stride, .. } = self;
        let pooling = |mode| Some(Pooling { mode, size: pool_size, stride: pool_stride }.into());
        let pooling = match self.pooling {
            PoolingChoice::None => None,
            PoolingChoice::Average => pooling(PoolingMode::Average),
            PoolingChoice::Max => pooling(PoolingMode::Max),
        };
        let convolution = Convolution { units, size, stride, padding };
        [Some(convolution.into()), pooling].into_iter().flatten()
    }

    /// What it hands on of `input`; empty if a window does not fit.
    fn output(self, input: Image) -> Image {
        let Self { units, size, stride, padding, pool_size, pool_stride, .. } = self;
        let made = Window { size, stride, padding }.over(input, units);
        match self.pooling {
            PoolingChoice::None => made,
            _ => Window { size: pool_size, stride: pool_stride, padding: 0 }.over(made, units),
        }
    }

    /// Whether no number is out of range.
    fn possible(&self) -> bool {
        let sizes = [self.units, self.size, self.stride, self.pool_size, self.pool_stride];
        sizes.iter().all(|n| (1..=100_000).contains(n)) && self.padding < self.size
    }
}

/// What teaches the hidden layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// Error Diffusion.
    Ed,
    /// Direct Feedback Alignment.
    Dfa,
    /// Feedback Alignment.
    Fa,
    /// Sign-symmetric feedback.
    SignSymmetric,
    /// Backpropagation.
    Bp,
}

impl RuleKind {
    /// The rule, before it is prepared for a network.
    pub(crate) fn rule(self) -> Box<dyn Rule> {
        match self {
            Self::Ed => Box::new(ErrorDiffusion::new(Modulo)),
            Self::Dfa => Box::new(DirectFeedbackAlignment::default()),
            Self::Fa => Box::new(FeedbackAlignment::default()),
            Self::SignSymmetric => Box::new(SignSymmetric),
            Self::Bp => Box::new(Backprop),
        }
    }
}

/// Response of the hidden units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Response {
    /// 1/(1 + exp(−2z/α)).
    Sigmoid,
    /// max(z, 0).
    Relu,
}

/// Which outputs' errors reach which hidden units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoutingKind {
    /// Unit i hears output i mod C.
    Modulo,
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

impl Config {
    /// Sets one key, as `--set key=value` and configuration files do.
    ///
    /// # Errors
    /// If there is no such key (the nearest one is named) or the value has the wrong type.
    ///
    /// ```
    /// let mut config = dalenet_lab::Config::new("mnist", "default", "ed")?;
    /// config.set("layers", "[512, 256]")?;
    /// assert_eq!(config.layers, [512, 256]);
    /// let error = config.set("epoch", "3").unwrap_err().to_string();
    /// assert_eq!(error, "there is no configuration key `epoch`; did you mean `epochs`?");
    /// # Ok::<(), dalenet_lab::Error>(())
    /// ```
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Error> {
        settings::set(self, key, value)
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first value that makes no sense.
    pub fn validate(&self) -> Result<(), Error> {
        task::check(&self.task)?;
        let positive = |value: f32| value > 0.0 && value.is_finite();
        let checks = [
            ("epochs", self.epochs > 0, "must be at least 1"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("layers", !self.layers.contains(&0), "must not have a layer without units"),
            ("layers", self.layers.iter().all(|n| *n <= 1_000_000), "must not be above a million"),
            (
                "convolutions",
                self.convolutions.iter().all(ConvolutionConfig::possible),
                "must have units and windows of at least 1, and less padding than the window's size",
            ),
            ("rate", positive(self.rate), "must be above 0"),
            ("convolution_rate", positive(self.convolution_rate), "must be above 0"),
            ("floor", self.floor >= 0.0 && self.floor.is_finite(), "must not be negative"),
            ("widths", !self.widths.is_empty(), "must have at least one value"),
            ("widths", self.widths.iter().all(|w| positive(*w)), "must be above 0"),
            ("momentum", (0.0..1.0).contains(&self.momentum), "must be at least 0 and below 1"),
            ("excitatory_gain", positive(self.excitatory_gain), "must be above 0"),
            ("inhibitory_gain", positive(self.inhibitory_gain), "must be above 0"),
            ("threshold", (0.0..=1e3).contains(&self.threshold), "must not be negative"),
            ("validation", (0.0..1.0).contains(&self.validation), "must be at least 0 and below 1"),
            ("stop_error", self.stop_error >= 0.0, "must not be negative"),
            ("bits", (1..=16).contains(&self.bits), "must be between 1 and 16"),
            ("dale", !self.dale || self.dual, "needs two streams: set dual=true, or dale=false"),
            ("grow_only", !self.grow_only || self.dale, "needs dale=true"),
        ];
        settings::check(self, checks)
    }

    /// The whole configuration as TOML, each key under its meaning.
    pub fn commented(&self) -> String {
        settings::commented(self)
    }

    /// The keys in which it differs from `other`, with its own and the other's value.
    pub fn differences(&self, other: &Self) -> Vec<(String, String, String)> {
        settings::differences(self, other)
    }

    /// The network it describes, for samples of the shape `image`.
    ///
    /// # Errors
    /// If a convolution's window does not fit into what it looks at.
    pub fn network(&self, image: Image, outputs: usize) -> Result<NetworkSpec, Error> {
        let width = |l: usize| *self.widths.get(l).or(self.widths.last()).unwrap_or(&1.0);
        let hidden = |l: usize| match self.response {
            Response::Sigmoid => Activation::Sigmoid { width: width(l) },
            Response::Relu => Activation::Relu,
        };
        let mut seen = image;
        for (i, convolution) in (1..).zip(&self.convolutions) {
            let output = convolution.output(seen);
            if output.is_empty() {
                let Image { height, width, .. } = seen;
                return Err(Error::Config(format!(
                    "convolution {i} does not fit: its windows are larger than the {height}×{width} \
                     values it looks at; give it a smaller `size` or `pool_size`, or more `padding`"
                )));
            }
            seen = output;
        }
        let dale = Dale { floor: self.floor, grow_only: self.grow_only, ..Dale::default() };
        let depth = self.convolutions.len() + self.layers.len();
        let convolutions = self.convolutions.iter().flat_map(|c| c.layers());
        Ok(NetworkSpec {
            inputs: image.len(),
            image: Some(image),
            layers: convolutions.chain(LayerSpec::dense_list(&self.layers, false)).collect(),
            outputs,
            dual: self.dual,
            dale: self.dale.then_some(dale),
            activations: (0..depth.max(1)).map(hidden).collect(),
            output: match self.loss {
                Loss::Squared => Activation::Sigmoid { width: width(depth) },
                Loss::CrossEntropy => Activation::Softmax,
            },
            excitatory_gain: self.excitatory_gain,
            inhibitory_gain: self.inhibitory_gain,
            fan_in: self.fan_in,
            threshold: self.threshold,
            ..NetworkSpec::default()
        })
    }

    /// The rule it names.
    pub fn rule(&self) -> Box<dyn Rule> {
        let RoutingKind::Modulo = self.routing;
        self.rule.rule()
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
}
