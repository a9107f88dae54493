//! Oracle: invariants. What Dale's principle promises of every weight after every step.

mod common;

use common::{learner, signed, unsigned};
use dalenet::{
    Activation, Backprop, Dale, DaleForm, DirectFeedbackAlignment, ErrorDiffusion,
    FeedbackAlignment, Generator, LayerSpec, Learner, Matrix, Method, Modulo, Network, NetworkSpec,
    Optimiser, Rule, Shape, SignSymmetric,
    layer::{Convolution, Divisive, Pooling, PoolingMode, Skip},
};
use proptest::prelude::*;

const FLOOR: f32 = 1e-4;

fn rule(kind: usize) -> Box<dyn Rule> {
    match kind {
        0 => Box::new(ErrorDiffusion::new(Modulo)),
        1 => Box::new(DirectFeedbackAlignment::default()),
        2 => Box::new(FeedbackAlignment::default()),
        3 => Box::new(SignSymmetric),
        _ => Box::new(Backprop),
    }
}

fn method(kind: usize) -> Method {
    match kind {
        0 => Method::Sgd,
        1 => Method::Momentum { momentum: 0.9 },
        _ => Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    }
}

/// A run under Dale's principle. The first layer is folded, the others are not.
#[derive(Debug)]
struct Run {
    rule: usize,
    method: usize,
    normalised: bool,
    grow_only: bool,
    proportional: bool,
    form: DaleForm,
    rate: f32,
    inputs: usize,
    /// Units per stream of a convolution before the others; 0: none.
    convolution: usize,
    hidden: Vec<usize>,
    /// Divisive normalisation and a skip connection after the first hidden layers.
    weightless: bool,
    outputs: usize,
    batch: usize,
    seed: u64,
}

fn runs() -> impl Strategy<Value = Run> {
    let form = prop_oneof![Just(DaleForm::Streams), Just(DaleForm::Literal)];
    let steps = (any::<bool>(), any::<bool>(), any::<bool>());
    let how = (0..5usize, 0..3usize, steps, form, -3.0..4.0f32);
    let hidden = prop::collection::vec(1..9usize, 0..3);
    let layers = (1..9usize, 0..4usize, hidden, any::<bool>(), 1..5usize);
    (how, layers, 1..6usize, any::<u64>()).prop_map(|(how, layers, batch, seed)| {
        let (rule, method, (normalised, grow_only, proportional), form, rate) = how;
        let (inputs, convolution, hidden, weightless, outputs) = layers;
        let (rate, inputs) = (10f32.powf(rate), inputs * if convolution > 0 { 9 } else { 1 });
        #[rustfmt::skip]
        let run = Run {
            rule, method, normalised, grow_only, proportional, form, rate, inputs, convolution, hidden,
            weightless, outputs, batch, seed,
        };
        run
    })
}

impl Run {
    fn learner(&self, generator: &mut Generator, hidden: Activation) -> Learner {
        let Self { grow_only, proportional, form, .. } = *self;
        let dale = Dale { floor: FLOOR, grow_only, proportional, form };
        let mut spec = common::dual(self.inputs, &self.hidden, self.outputs);
        (spec.dale, spec.activations) = (Some(dale), vec![hidden]);
        if self.convolution > 0 {
            spec.image = Some(Shape { height: 3, width: 3, channels: self.inputs / 9 });
            let convolution =
                Convolution { units: self.convolution, size: 2, stride: 1, padding: 1 };
            let pooling = Pooling { mode: PoolingMode::Max, size: 2, stride: 1 };
            let mut image = vec![LayerSpec::from(convolution), pooling.into()];
            if self.weightless {
                image.extend([LayerSpec::from(Divisive::default()), Skip { from: 2 }.into()]);
            }
            spec.layers.splice(0..0, image);
        }
        if let (true, Some(LayerSpec::Dense(dense))) = (self.weightless, spec.layers.last()) {
            // Another layer of the same units, so that a skip connection is possible.
            let again = LayerSpec::dense(dense.units);
            spec.layers.extend([
                LayerSpec::from(Divisive::default()),
                again,
                Skip { from: 2 }.into(),
            ]);
        }
        let network = Network::new(&spec, generator);
        let optimiser = Optimiser::new(method(self.method), self.normalised, &network);
        Learner::new(network, rule(self.rule), optimiser, generator)
    }
}

/// Each weight's magnitude: its value times the sign that Dale's principle gives it.
fn magnitudes(learner: &Learner) -> Vec<f32> {
    let mut values = Vec::new();
    let last = learner.network.layers().len() - 1;
    for (l, layer) in learner.network.layers().iter().enumerate() {
        let excitatory = if l == last { layer.units() } else { layer.units() / 2 };
        // Above a convolution each pixel has its own p and n.
        let below = l.checked_sub(1).map(|below| learner.network.layers()[below].units());
        let streams = below.unwrap_or(layer.inputs());
        for (i, row) in layer.weights().iter_rows().enumerate() {
            let from_p = i % streams < streams / 2;
            values.extend(row.iter().enumerate().map(|(j, w)| {
                let plus = match layer.dale().unwrap().form {
                    DaleForm::Streams => from_p == (j < excitatory),
                    DaleForm::Literal => from_p,
                };
                if plus { *w } else { -w }
            }));
        }
    }
    values
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_step_takes_a_weight_off_its_sign_or_under_the_floor(run in runs()) {
        let mut generator = Generator::new(run.seed, 0);
        let mut learner = run.learner(&mut generator, Activation::Sigmoid { width: 2.0 });
        let mut before = magnitudes(&learner);
        prop_assert!(before.iter().all(|m| *m >= FLOOR), "at the start");
        for _ in 0..4 {
            let input = unsigned(run.batch, run.inputs, &mut generator);
            let target = signed(run.batch, run.outputs, &mut generator);
            common::step(&mut learner, &input, &target, run.rate);
            let after = magnitudes(&learner);
            prop_assert!(after.iter().all(|m| *m >= FLOOR), "{after:?}");
            if run.grow_only {
                let grown = before.iter().zip(&after).all(|(before, after)| after >= before);
                prop_assert!(grown, "{before:?}\n{after:?}");
            }
            before = after;
        }
    }

    /// A NaN in the data must be seen in the weights; clamping could turn it into the floor.
    #[test]
    fn nan_in_the_input_is_not_hidden(run in runs(), relu in any::<bool>()) {
        let mut generator = Generator::new(run.seed, 0);
        let hidden = if relu { Activation::Relu } else { Activation::Sigmoid { width: 2.0 } };
        let mut learner = run.learner(&mut generator, hidden);
        let mut input = unsigned(run.batch, run.inputs, &mut generator);
        input.as_mut_slice()[0] = f32::NAN;
        common::step(&mut learner, &input, &Matrix::zeros(run.batch, run.outputs), run.rate);
        let magnitudes = magnitudes(&learner);
        prop_assert!(magnitudes.iter().all(|m| m.is_nan()), "{magnitudes:?}");
    }
}

/// The properties above would hold of a rule that never moved a weight.
#[test]
fn a_large_step_reaches_the_floor_and_a_grow_only_one_does_not() {
    for (grow_only, reached) in [(false, true), (true, false)] {
        let mut generator = Generator::new(0, 0);
        let dale = Some(Dale { floor: FLOOR, grow_only, ..Dale::default() });
        let spec = NetworkSpec { dale, ..common::dual(4, &[6], 3) };
        let network = Network::new(&spec, &mut generator);
        let optimiser = Optimiser::new(Method::Sgd, false, &network);
        let mut learner = learner(network, ErrorDiffusion::new(Modulo), optimiser);
        let before = magnitudes(&learner);
        let input = unsigned(5, 4, &mut generator);
        let target = signed(5, 3, &mut generator);
        common::step(&mut learner, &input, &target, 1e3);
        let after = magnitudes(&learner);
        let fell = before.iter().zip(&after).any(|(b, a)| *b > FLOOR && *a == FLOOR);
        let grew = before.iter().zip(&after).any(|(b, a)| a > b);
        assert!(grew && fell == reached, "grow only: {grow_only}");
    }
}

/// Many small proportional steps along the same gradient multiply weights by the exponential of their sum.
#[test]
fn proportional_steps_are_those_of_exponentiated_gradient() {
    let mut generator = Generator::new(0, 0);
    let dale = Some(Dale { floor: 0.0, proportional: true, ..Dale::default() });
    let spec = NetworkSpec { dale, output: Activation::Identity, ..common::dual(4, &[], 3) };
    let network = Network::new(&spec, &mut generator);
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    let mut learner = learner(network, ErrorDiffusion::new(Modulo), optimiser);
    let (input, error) = (unsigned(1, 4, &mut generator), signed(1, 3, &mut generator));
    let (before, steps) = (learner.network.layers()[0].weights().clone(), 1000);
    *learner.trace.input_mut() = input.clone();
    learner.forward();
    for _ in 0..steps {
        learner.learn(&error, 1e-3);
    }
    // 8 presynaptic units, the 4 inputs to either stream: the mean magnitude at the start is 1/(2√8).
    let mean = 1.0 / (2.0 * 8f32.sqrt());
    let layer = &learner.network.layers()[0];
    for (i, (after, before)) in layer.weights().iter_rows().zip(before.iter_rows()).enumerate() {
        for (j, (after, before)) in after.iter().zip(before).enumerate() {
            let change = 1e-3 * steps as f32 * input.row(0)[i % 4] * error.row(0)[j];
            let want = before * (change * before.signum() / mean).exp();
            assert!(
                (after / want - 1.0).abs() < 1e-2,
                "{i}, {j}: {before} became {after}, not {want}"
            );
        }
    }
}

/// A layer that heard nothing has no presynaptic power to divide by.
#[test]
fn silent_input_leaves_a_normalised_step_finite() {
    let network = Network::new(&common::dual(3, &[4], 2), &mut Generator::new(0, 0));
    let optimiser = Optimiser::new(Method::Sgd, true, &network);
    let mut learner = learner(network, ErrorDiffusion::new(Modulo), optimiser);
    for input in [Matrix::zeros(2, 3), Matrix::from_rows(&[[1.0; 3]; 2])] {
        common::step(&mut learner, &input, &Matrix::zeros(2, 2), 20.0);
        for layer in learner.network.layers() {
            assert!(layer.weights().as_slice().iter().all(|w| w.is_finite()));
            assert!(layer.bias().iter().all(|b| b.abs() < 1e3), "{:?}", layer.bias());
        }
    }
}
