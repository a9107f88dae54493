//! What a network is made of, before it has weights.

use super::chain::Network;
use crate::{
    engine::{Activation, Dale},
    layer::{
        Before, Join, Kind, Layer, LayerSpec, Place, Site, Stage, Start, Streams, Synapses,
        Weighted,
    },
    random::Generator,
    tensor::Shape,
};
use std::sync::Arc;

/// More weights than a layer may have: 8 GiB of them.
const TOO_MANY: usize = 1 << 31;

/// What a network is made of, before it has weights.
///
/// ```
/// use dalenet::{Generator, Network, NetworkSpec};
/// let spec =
///     NetworkSpec { inputs: 4, layers: vec![6.into()], outputs: 3, ..NetworkSpec::default() };
/// let network = Network::new(&spec, &mut Generator::new(0, 0));
/// // The input feeds both streams: 2·4 presynaptic units, 2·6 postsynaptic ones.
/// assert_eq!((network.layers()[0].inputs(), network.layers()[0].units()), (8, 12));
/// // Only the excitatory stream of the output is read, so only that exists.
/// assert_eq!((network.layers()[1].inputs(), network.layers()[1].units()), (12, 3));
/// ```
#[derive(Clone, Debug)]
pub struct NetworkSpec {
    /// Length of the input D.
    pub inputs: usize,
    /// The input as an image of D values, for layers that see images; a vector if it is `None`.
    pub image: Option<Shape>,
    /// The layers up to the output layer, first to last. The first has weights.
    pub layers: Vec<LayerSpec>,
    /// Output units C.
    pub outputs: usize,
    /// An excitatory and an inhibitory stream, or the usual single stream.
    pub dual: bool,
    /// Dale's principle; needs `dual`.
    pub dale: Option<Dale>,
    /// Response of each hidden layer with weights; the last one serves those that follow.
    pub activations: Vec<Activation>,
    /// Response of the output layer.
    pub output: Activation,
    /// Factor of the initial weights of the hidden layers that excite (paper: 1.5).
    pub excitatory_gain: f32,
    /// Factor of the initial weights of the hidden layers that inhibit (paper: 0.5).
    pub inhibitory_gain: f32,
    /// Factor of the initial weights of the output layer.
    pub output_gain: f32,
    /// Whether single-stream weights start orthogonal, times √2 in hidden layers, instead of
    /// uniform (Saxe et al. 2014; what PPO is used with).
    pub orthogonal: bool,
    /// Whether initial weights are divided by √K, K the layer's presynaptic units.
    pub fan_in: bool,
    /// β: biases start as the difference of two of Kaneko's threshold weights, β·(U − U′).
    pub threshold: f32,
}

impl Default for NetworkSpec {
    /// The paper's innovations on a network without hidden layers.
    fn default() -> Self {
        Self {
            inputs: 1,
            image: None,
            layers: Vec::new(),
            outputs: 1,
            dual: true,
            dale: Some(Dale::default()),
            activations: vec![Activation::Sigmoid { width: 6.0 }],
            output: Activation::Sigmoid { width: 6.0 },
            excitatory_gain: 1.5,
            inhibitory_gain: 0.5,
            output_gain: 1.0,
            orthogonal: false,
            fan_in: true,
            threshold: 0.0,
        }
    }
}

/// Why a network cannot be built, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SpecError(String);

impl SpecError {
    fn at(layer: usize, spec: LayerSpec, cause: impl std::fmt::Display) -> Self {
        Self(format!("layer {layer} ({}) cannot be built: {cause}", spec.name()))
    }
}

/// A layer with weights and those without that follow it, before there are weights.
struct Plan {
    kind: Arc<dyn Weighted>,
    site: Site,
    join: Join,
    activation: Activation,
    stages: Vec<Stage>,
}

/// A specification that can be built.
pub struct Checked<'a> {
    spec: &'a NetworkSpec,
    plans: Vec<Plan>,
}

impl NetworkSpec {
    /// Checks that its layers fit together.
    ///
    /// # Errors
    /// The first thing that does not fit, and what can be done about it.
    ///
    /// ```
    /// use dalenet::{NetworkSpec, layer::Skip};
    /// let layers = vec![6.into(), 5.into(), Skip { from: 2 }.into()];
    /// let error = NetworkSpec { layers, ..NetworkSpec::default() }.check().err().unwrap();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "layer 3 (skip) cannot be built: it adds the output of the layer 2 layers back, of \
    ///      shape 1×1×12, to one of shape 1×1×10; both must be the same",
    /// );
    /// ```
    pub fn check(&self) -> Result<Checked<'_>, SpecError> {
        self.check_numbers()?;
        let mut builder = Builder::new(self);
        for spec in &self.layers {
            builder.add(*spec)?;
        }
        builder.add_output()?;
        Ok(Checked { spec: self, plans: builder.plans })
    }

    /// Checks what does not depend on the layers.
    fn check_numbers(&self) -> Result<(), SpecError> {
        let refuse = |cause: &str| Err(SpecError(cause.into()));
        if self.dale.is_some() && !self.dual {
            return refuse("Dale's principle needs two streams: set dual = true, or do without it");
        }
        if self.dale.is_some_and(|dale| !(dale.floor >= 0.0 && dale.floor.is_finite())) {
            return refuse("the floor of Dale's principle must be a number that is not negative");
        }
        if self.inputs == 0 || self.outputs == 0 {
            return refuse("a network needs at least one input and one output");
        }
        if let Some(image) = self.image.filter(|image| image.len() != self.inputs) {
            let inputs = self.inputs;
            return refuse(&format!(
                "an image of {image} has not the {inputs} values of the input"
            ));
        }
        if self.activations.is_empty() {
            return refuse("a network needs the response of its hidden layers");
        }
        if self.activations.contains(&Activation::Softmax) {
            return refuse("softmax is a response for the output layer only");
        }
        let width = |activation: &Activation| match activation {
            Activation::Sigmoid { width } => *width,
            _ => 1.0,
        };
        let widths = self.activations.iter().chain([&self.output]).map(width);
        match widths.into_iter().all(|width| width > 0.0 && width.is_finite()) {
            true => Ok(()),
            false => refuse("the width of a sigmoid must be above 0"),
        }
    }
}

/// Walks along the list of layers.
struct Builder<'a> {
    spec: &'a NetworkSpec,
    plans: Vec<Plan>,
    /// What each layer of the list hands on, and where that is in the network.
    before: Vec<Before>,
    places: Vec<Place>,
    /// Streams of one pixel of what the last layer hands on.
    streams: Streams,
    /// Shape of what the last layer hands on.
    shape: Shape,
}

impl<'a> Builder<'a> {
    fn new(spec: &'a NetworkSpec) -> Self {
        let shape = spec.image.unwrap_or(Shape::flat(spec.inputs));
        let streams = Streams::new(shape.channels, spec.dual);
        let (plans, before, places) = Default::default();
        Self { spec, plans, before, places, streams, shape }
    }

    /// The number of the next layer of the list.
    fn number(&self) -> usize {
        self.before.len() + 1
    }

    fn add(&mut self, spec: LayerSpec) -> Result<(), SpecError> {
        match spec.kind() {
            Kind::Weighted(kind) => {
                let activations = &self.spec.activations;
                let activation = activations.get(self.plans.len()).or(activations.last());
                let activation = *activation.expect("a response: checked");
                let targets = Streams::new(kind.units(), self.spec.dual);
                self.add_weighted(spec, kind, targets, activation)
            }
            Kind::Weightless(kind) => {
                let number = self.number();
                let refuse = |cause| SpecError::at(number, spec, cause);
                let layer = self.plans.len().checked_sub(1);
                let layer = layer.ok_or_else(|| {
                    refuse("it has no weights; begin the list with a layer that has".into())
                })?;
                let output = kind.output(&self.before).map_err(refuse)?;
                let site = Site { input: self.shape, output };
                let earlier = kind.from().map(|from| self.before.len() - from);
                let from = earlier.map(|earlier| self.places[earlier]);
                let all = earlier.into_iter().chain([self.before.len() - 1]);
                let non_negative = all.into_iter().all(|i| self.before[i].non_negative);
                self.plans[layer].stages.push(Stage { kind, site, from });
                self.advance(output, non_negative);
                Ok(())
            }
        }
    }

    /// The output layer: only its excitatory stream is read, so only that exists.
    fn add_output(&mut self) -> Result<(), SpecError> {
        let targets = Streams { p: self.spec.outputs, n: 0 };
        let spec = LayerSpec::dense(self.spec.outputs);
        match spec.kind() {
            Kind::Weighted(kind) => self.add_weighted(spec, kind, targets, self.spec.output),
            Kind::Weightless(_) => unreachable!("a dense layer has weights"),
        }
    }

    fn add_weighted(
        &mut self,
        spec: LayerSpec,
        kind: Arc<dyn Weighted>,
        targets: Streams,
        activation: Activation,
    ) -> Result<(), SpecError> {
        let number = self.number();
        let refuse = |cause| SpecError::at(number, spec, cause);
        if targets.p == 0 {
            return Err(refuse("it needs at least one unit".into()));
        }
        let too_many = || refuse("it would have more weights than memory can hold".to_string());
        let channels = targets.p.checked_mul(2).ok_or_else(too_many)?.min(targets.total());
        let output = kind.output(self.shape, channels).map_err(refuse)?;
        let (mut sources, mut pixels) = (self.streams, kind.pixels(self.shape));
        let weights =
            pixels.checked_mul(sources.total()).and_then(|rows| rows.checked_mul(channels));
        weights.filter(|weights| *weights < TOO_MANY).ok_or_else(too_many)?;
        // The first layer is folded, and its input is one pixel: all of x, twice.
        if self.plans.is_empty() && self.spec.dual {
            (sources, pixels) = (Streams::new(pixels * sources.p, true), 1);
        }
        let join = Join { sources, pixels, targets };
        let site = Site { input: self.shape, output };
        self.plans.push(Plan { kind, site, join, activation, stages: Vec::new() });
        self.streams = targets;
        self.advance(output, activation.is_non_negative());
        Ok(())
    }

    fn advance(&mut self, shape: Shape, non_negative: bool) {
        let layer = self.plans.len() - 1;
        self.places.push(Place { layer, stage: self.plans[layer].stages.len() });
        self.before.push(Before { shape, non_negative });
        self.shape = shape;
    }
}

impl Checked<'_> {
    /// The network with fresh weights, as [`Network::new`] says.
    pub fn build(self, generator: &mut Generator) -> Network {
        let Self { spec, plans } = self;
        let count = plans.len();
        let layer = |(l, plan): (usize, Plan)| {
            let last = l + 1 == count;
            let fresh = match spec.dual {
                true => spec.dual_synapses(&plan, l == 0, last, generator),
                false => spec.single_synapses(&plan, last, generator),
            };
            let synapses = if last { fresh.scaled(spec.output_gain) } else { fresh };
            let Plan { kind, site, activation, stages, .. } = plan;
            Layer::new(synapses, kind, site, activation, stages)
        };
        Network::of(plans.into_iter().enumerate().map(layer).collect())
    }
}

impl NetworkSpec {
    fn dual_synapses(
        &self,
        plan: &Plan,
        folded: bool,
        last: bool,
        generator: &mut Generator,
    ) -> Synapses {
        let gains = [self.excitatory_gain, self.inhibitory_gain];
        let [excitatory, inhibitory] = if last { [1.0, 1.0] } else { gains };
        let inputs = plan.join.pixels * plan.join.sources.total();
        let scale = if self.fan_in { (inputs as f32).sqrt().recip() } else { 1.0 };
        let start = Start {
            excitatory: scale * excitatory,
            inhibitory: scale * inhibitory,
            threshold: self.threshold,
        };
        Synapses::dual(plan.join, folded, start, self.dale, generator)
    }

    fn single_synapses(&self, plan: &Plan, last: bool, generator: &mut Generator) -> Synapses {
        let synapses = Synapses::single(plan.join, plan.activation.slope(), generator);
        let gain = if last { 1.0 } else { std::f32::consts::SQRT_2 };
        if self.orthogonal { synapses.orthogonal(gain, generator) } else { synapses }
    }
}
