//! The settings of networks, the same for classification and for PPO.

use crate::{
    Error,
    convolution::{self, ConvolutionSettings},
};
use dalenet::{
    Activation, Dale, DaleForm, LayerSpec, NetworkSpec, Shape,
    engine::{Kernel, Precision},
    layer::Dense,
};
use documented::DocumentedFields;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What a network is made of, apart from its input and output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, DocumentedFields)]
pub struct NetworkSettings {
    /// The first layers, if they are convolutions: units per stream, size, stride and padding of
    /// the window; pooling (none, average or max), its window and stride.
    #[serde(default)]
    pub convolutions: Vec<ConvolutionSettings>,
    /// The hidden layers that follow: a number is a fully connected layer of so many units per
    /// stream, a table with the key `kind` any other, such as { kind = "skip", from = 2 }.
    pub layers: Vec<LayerSpec>,
    /// Whether every layer has an excitatory and an inhibitory stream.
    pub dual: bool,
    /// Whether weights keep their sign (Dale's principle): true, false or "literal"; needs
    /// dual = true.
    pub dale: DaleKind,
    /// Smallest magnitude of a weight under Dale's principle.
    pub floor: f32,
    /// Whether magnitudes may only grow: Kaneko's rule with "weight decrement" off.
    #[serde(default)]
    pub grow_only: bool,
    /// Whether steps change magnitudes under Dale's principle in proportion to them (exponentiated
    /// gradient): as far as otherwise at 1/(2√fan-in), the mean magnitude at the start.
    #[serde(default)]
    pub proportional: bool,
    /// Response of the hidden units: sigmoid, relu or tanh.
    pub response: Response,
    /// Width α of the sigmoid 1/(1 + exp(−2z/α)), layer by layer; the last value serves the rest.
    #[serde(default = "paper_widths")]
    pub widths: Vec<f32>,
    /// Whether the activity of each fully connected hidden layer is divided by its root mean square;
    /// needs relu.
    #[serde(default)]
    pub rms: bool,
    /// Factor of the initial weights within a stream (W_pp, W_nn) in hidden layers.
    pub excitatory_gain: f32,
    /// Factor of the initial weights between the streams (W_np, W_pn) in hidden layers.
    pub inhibitory_gain: f32,
    /// Whether initial weights U[0, 1) are divided by the root of the layer's fan-in.
    #[serde(default = "yes")]
    pub fan_in: bool,
    /// Activity β of Kaneko's threshold units: biases start at β·(U − U′). 0: they start at zero.
    #[serde(default)]
    pub threshold: f32,
    /// Which outputs' errors reach which hidden units under ed: modulo, overlapping or shared.
    #[serde(default = "modulo")]
    pub routing: String,
    /// Precision of products: f32, or bf16, whose operands are rounded to 8 significant bits; sums and
    /// weights stay f32.
    #[serde(default)]
    pub precision: Precision,
}

fn paper_widths() -> Vec<f32> {
    vec![6.0]
}

fn yes() -> bool {
    true
}

fn modulo() -> String {
    "modulo".into()
}

impl Default for NetworkSettings {
    /// The paper's network, of two layers.
    fn default() -> Self {
        Self {
            convolutions: Vec::new(),
            layers: vec![256.into(), 128.into()],
            dual: true,
            dale: DaleKind::Streams,
            floor: 1e-4,
            grow_only: false,
            proportional: false,
            response: Response::Sigmoid,
            widths: paper_widths(),
            rms: false,
            excitatory_gain: 1.5,
            inhibitory_gain: 0.5,
            fan_in: true,
            threshold: 0.0,
            routing: modulo(),
            precision: Precision::F32,
        }
    }
}

/// The form of Dale's principle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DaleKind {
    /// Weights may have either sign.
    Off,
    /// The sign of a weight is fixed by the two streams that it joins.
    Streams,
    /// Excitatory units excite all units, inhibitory units inhibit all.
    Literal,
}

impl DaleKind {
    /// Whether weights keep their sign.
    pub fn is_on(self) -> bool {
        self != Self::Off
    }
}

impl Serialize for DaleKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_bool(false),
            Self::Streams => serializer.serialize_bool(true),
            Self::Literal => serializer.serialize_str("literal"),
        }
    }
}

impl<'de> Deserialize<'de> for DaleKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = DaleKind;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true, false or \"literal\"")
            }

            fn visit_bool<E: de::Error>(self, on: bool) -> Result<DaleKind, E> {
                Ok(if on { DaleKind::Streams } else { DaleKind::Off })
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<DaleKind, E> {
                match name {
                    "literal" => Ok(DaleKind::Literal),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
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
    /// tanh(z).
    Tanh,
}

impl NetworkSettings {
    /// Keys, whether their values are possible, and what they must be.
    pub(crate) fn checks(&self) -> Vec<(&'static str, bool, &'static str)> {
        let positive = |value: f32| value > 0.0 && value.is_finite();
        vec![
            ("layers", self.units().all(|n| n > 0), "must not have a layer without units"),
            ("layers", self.units().all(|n| n <= 1_000_000), "must not be above a million"),
            (
                "convolutions",
                self.convolutions.iter().all(ConvolutionSettings::is_possible),
                "must have units and windows of at least 1, and less padding than the window's size",
            ),
            ("floor", self.floor >= 0.0 && self.floor.is_finite(), "must not be negative"),
            ("widths", !self.widths.is_empty(), "must have at least one value"),
            ("widths", self.widths.iter().all(|w| positive(*w)), "must be above 0 and finite"),
            ("excitatory_gain", positive(self.excitatory_gain), "must be above 0 and finite"),
            ("inhibitory_gain", positive(self.inhibitory_gain), "must be above 0 and finite"),
            ("threshold", (0.0..=1e3).contains(&self.threshold), "must not be negative"),
            (
                "dale",
                !self.dale.is_on() || self.dual,
                "needs two streams: set dual=true, or dale=false",
            ),
            ("grow_only", !self.grow_only || self.dale.is_on(), "needs dale=true"),
            (
                "proportional",
                !self.proportional || self.dale.is_on(),
                "needs dale=true: set that, or proportional=false",
            ),
            (
                "rms",
                !self.rms || self.response == Response::Relu,
                "needs response=relu: set that, or rms=false",
            ),
        ]
    }

    /// The network between an input of the shape `input` and `outputs` units of the response
    /// `output`.
    ///
    /// # Errors
    /// If a convolution's window does not fit into its input, or the kernel for products is not possible.
    pub(crate) fn spec(
        &self,
        input: Shape,
        outputs: usize,
        output: Activation,
    ) -> Result<NetworkSpec, Error> {
        convolution::check_fit(input, &self.convolutions)?;
        self.kernel()?;
        let form = match self.dale {
            DaleKind::Literal => DaleForm::Literal,
            _ => DaleForm::Streams,
        };
        let Self { floor, grow_only, proportional, .. } = *self;
        let dale = Dale { floor, grow_only, proportional, form };
        let spec = NetworkSpec {
            inputs: input.len(),
            image: Some(input),
            layers: self.hidden_layers(),
            outputs,
            dual: self.dual,
            dale: self.dale.is_on().then_some(dale),
            activations: (0..self.depth().max(1)).map(|l| self.activation(l)).collect(),
            output,
            excitatory_gain: self.excitatory_gain,
            inhibitory_gain: self.inhibitory_gain,
            fan_in: self.fan_in,
            threshold: self.threshold,
            precision: self.precision,
            ..NetworkSpec::default()
        };
        spec.check().map_err(|error| Error::Config(error.to_string()))?;
        Ok(spec)
    }

    /// What multiplies, unless that is `f32`.
    ///
    /// # Errors
    /// If the environment names a kernel that is not possible.
    pub fn kernel(&self) -> Result<Option<Kernel>, Error> {
        match self.precision {
            Precision::F32 => Ok(None),
            Precision::Bf16 => Kernel::chosen().map(Some).map_err(Error::Config),
        }
    }

    /// All hidden layers, first to last.
    pub fn hidden_layers(&self) -> Vec<LayerSpec> {
        let convolutions = self.convolutions.iter().flat_map(|c| c.layers());
        let normalised = |layer: &LayerSpec| match layer {
            LayerSpec::Dense(Dense { units }) => LayerSpec::dense_list(&[*units], self.rms),
            other => vec![*other],
        };
        convolutions.chain(self.layers.iter().flat_map(normalised)).collect()
    }

    /// Units of the layers with weights among `layers`.
    pub(crate) fn units(&self) -> impl Iterator<Item = usize> {
        self.layers.iter().filter_map(units)
    }

    /// How many hidden layers have weights.
    pub(crate) fn depth(&self) -> usize {
        self.convolutions.len() + self.units().count()
    }

    /// Width α of the sigmoid of layer `l`.
    pub(crate) fn width(&self, l: usize) -> f32 {
        *self.widths.get(l).or(self.widths.last()).unwrap_or(&1.0)
    }

    fn activation(&self, l: usize) -> Activation {
        match self.response {
            Response::Sigmoid => Activation::Sigmoid { width: self.width(l) },
            Response::Relu => Activation::Relu,
            Response::Tanh => Activation::Tanh,
        }
    }

    /// The hidden layers, `256@5×5-1024`.
    pub(crate) fn summary(&self) -> Vec<String> {
        let convolutions = self.convolutions.iter();
        let convolutions = convolutions.map(|c| format!("{}@{}×{}", c.units, c.size, c.size));
        let layer = |layer: &LayerSpec| match layer {
            LayerSpec::Dense(Dense { units }) => units.to_string(),
            LayerSpec::Convolution(c) => format!("{}@{}×{}", c.units, c.size, c.size),
            other => other.name().into(),
        };
        convolutions.chain(self.layers.iter().map(layer)).collect()
    }

    /// Whether an image is asked for.
    pub(crate) fn needs_image(&self) -> bool {
        let of_image =
            |layer: &LayerSpec| matches!(layer, LayerSpec::Convolution(_) | LayerSpec::Pooling(_));
        !self.convolutions.is_empty() || self.layers.iter().any(of_image)
    }

    /// A rule's name with the routing, if that is not the usual one: `ed-overlapping`.
    pub fn rule_name(&self, rule: &str) -> String {
        match self.routing.as_str() {
            routing if rule == "ed" && routing != "modulo" => format!("{rule}-{routing}"),
            _ => rule.into(),
        }
    }

    /// What is said of the units: ` per stream`, and of their weights.
    pub(crate) fn principle(&self) -> String {
        let streams = if self.dual { " per stream" } else { "" };
        let dale = match self.dale {
            DaleKind::Off => "",
            DaleKind::Streams => ", under Dale's principle",
            DaleKind::Literal => ", under Dale's principle (literal)",
        };
        format!("units{streams}{dale}")
    }
}

/// Units of a layer that has weights.
fn units(layer: &LayerSpec) -> Option<usize> {
    match layer {
        LayerSpec::Dense(dense) => Some(dense.units),
        LayerSpec::Convolution(convolution) => Some(convolution.units),
        _ => None,
    }
}
