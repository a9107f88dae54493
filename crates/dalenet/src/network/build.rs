//! From a specification to a network: whether its layers fit together, and fresh weights.

use super::{
    chain::Network,
    spec::{NetworkSpec, SpecError},
};
use crate::{
    engine::Activation,
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

impl Network {
    /// A network with fresh weights.
    ///
    /// Dual-stream weights are gain·U[0, 1)/√K with the gains of the specification in hidden
    /// layers and 1 in the last. Single-stream weights are U(−1, 1)·√(6/K), for sigmoids of width
    /// α times 2α, the inverse of their slope at zero, or orthogonal.
    ///
    /// # Panics
    /// If [`NetworkSpec::check`] refuses the specification, with its sentence.
    pub fn new(spec: &NetworkSpec, generator: &mut Generator) -> Self {
        match spec.check() {
            Ok(checked) => checked.build(generator),
            Err(error) => panic!("{error}"),
        }
    }
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
        builder.work_in_place();
        Ok(Checked { spec: self, plans: builder.plans })
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
                self.plans[layer].stages.push(Stage { kind, site, from, in_place: false });
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

    /// Lets layers that can replace the activity of the units, where nothing else reads it.
    fn work_in_place(&mut self) {
        let stages = self.plans.iter().flat_map(|plan| &plan.stages);
        let read: Vec<Place> = stages.filter_map(|stage| stage.from).collect();
        for (layer, plan) in self.plans.iter_mut().enumerate() {
            let relu = plan.activation == Activation::Relu;
            if let Some(first) = plan.stages.first_mut() {
                let read = read.contains(&Place { layer, stage: 0 });
                let many = plan.kind.geometry(&plan.site).is_some();
                let can = relu && first.kind.works_in_place()
                    || many && first.kind.largest(&first.site).is_some();
                first.in_place = can && !read;
            }
        }
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
        Network::of(plans.into_iter().enumerate().map(layer).collect(), spec.precision)
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
