//! Oracle: an independent implementation. `scripts/golden.py`, `scripts/golden_convolution.py` and
//! `scripts/golden_layers.py` computed two steps of every rule in float64 with four non-negative
//! matrices a layer; here they must come out of the library.

mod common;

use common::{difference, learner};
use dalenet::{
    Activation, Backprop, Dale, DaleForm, DirectFeedbackAlignment, ErrorDiffusion,
    FeedbackAlignment, Generator, LayerSpec, Learner, Matrix, Method, Modulo, Network, NetworkSpec,
    Optimiser, Rule, Shape, SignSymmetric, centre,
    layer::{Convolution, Divisive, Layer, Pooling, PoolingMode, Skip},
};
use safetensors::SafeTensors;
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeSet;

const TOLERANCE: f32 = 1e-5;

/// A configuration as the script wrote it; what is missing here follows from the tensors.
#[derive(Deserialize)]
struct Case {
    name: String,
    rule: String,
    streams: usize,
    dale: bool,
    sizes: [usize; 4],
    widths: [f32; 3],
    activation: String,
    loss: String,
    centred: bool,
    optimiser: String,
    rate: f32,
    momentum: f32,
    floor: f32,
    bias_learning: bool,
}

/// The golden tensors, what was asked of them, and where the library disagrees.
struct Golden<'a> {
    tensors: SafeTensors<'a>,
    compared: BTreeSet<String>,
    failures: Vec<String>,
}

impl<'a> Golden<'a> {
    /// The cases of a file, and its tensors.
    fn read<C: DeserializeOwned>(bytes: &'a [u8]) -> (Vec<C>, Self) {
        let (_, header) = SafeTensors::read_metadata(bytes).unwrap();
        let cases = serde_json::from_str(&header.metadata().as_ref().unwrap()["cases"]).unwrap();
        let tensors = SafeTensors::deserialize(bytes).unwrap();
        (cases, Self { tensors, compared: BTreeSet::new(), failures: Vec::new() })
    }

    /// A tensor; vectors are one row.
    fn get(&self, name: &str) -> Matrix {
        let tensor = self.tensors.tensor(name).unwrap_or_else(|e| panic!("{name}: {e}"));
        let (rows, cols) = match *tensor.shape() {
            [cols] => (1, cols),
            [rows, cols] => (rows, cols),
            ref other => panic!("{name} is {other:?}"),
        };
        let float = |b: &[u8]| f32::from_le_bytes(b.try_into().unwrap());
        Matrix::from_vec(rows, cols, tensor.data().chunks_exact(4).map(float).collect())
    }

    fn compare(&mut self, name: String, found: &Matrix) {
        let want = self.get(&name);
        assert_eq!((want.rows(), want.cols()), (found.rows(), found.cols()), "{name}");
        let worst = difference(&want, found)
            .as_slice()
            .iter()
            .fold(0.0f32, |worst, d| if d.is_nan() { f32::INFINITY } else { worst.max(d.abs()) });
        if worst > TOLERANCE {
            self.failures.push(format!("{name} is off by {worst:.1e}"));
        }
        self.compared.insert(name);
    }

    /// Nothing differed, and nothing was left out.
    fn finish(self) {
        assert!(self.failures.is_empty(), "{:#?}", self.failures);
        let results = |name: &&str| name.contains("/step1/") || name.contains("/step2/");
        let all: BTreeSet<String> =
            self.tensors.names().into_iter().filter(results).map(Into::into).collect();
        assert_eq!(self.compared, all, "every golden result was asked for");
    }

    fn compare_parameters(&mut self, prefix: &str, network: &Network) {
        for (l, layer) in (1..).zip(network.layers()) {
            for part in layer.sub_matrices() {
                let found = layer.magnitudes(&part);
                self.compare(format!("{prefix}/layer{l}/{}", part.name), &found);
            }
            for (name, range) in biases(layer) {
                let found = Matrix::from_vec(1, range.len(), layer.bias()[range].to_vec());
                self.compare(format!("{prefix}/layer{l}/{name}"), &found);
            }
        }
    }
}

/// The script's names for the parts of a layer's biases.
fn biases(layer: &Layer) -> Vec<(&'static str, std::ops::Range<usize>)> {
    let (p, all) = (layer.excitatory_units(), layer.units());
    let single = layer.sub_matrices()[0].name == "W";
    let mut parts = vec![(if single { "b" } else { "b_p" }, 0..p), ("b_n", p..all)];
    parts.retain(|(_, range)| !range.is_empty());
    parts
}

impl Case {
    fn learner(&self, golden: &Golden<'_>) -> Learner {
        let sigmoid = |width| Activation::Sigmoid { width };
        let [w1, w2, w3] = self.widths;
        let [inputs, h1, h2, outputs] = self.sizes;
        let grow_only = self.rule == "kaneko_grow_only";
        let spec = NetworkSpec {
            inputs,
            layers: vec![h1.into(), h2.into()],
            outputs,
            dual: self.streams == 2,
            dale: self.dale.then_some(Dale { floor: self.floor, grow_only, ..Dale::default() }),
            activations: match self.activation.as_str() {
                "relu" => vec![Activation::Relu],
                _ => vec![sigmoid(w1), sigmoid(w2)],
            },
            output: match self.loss.as_str() {
                "cross_entropy" => Activation::Softmax,
                _ => sigmoid(w3),
            },
            ..NetworkSpec::default()
        };
        let mut network = Network::new(&spec, &mut Generator::new(0, 0));
        start(&mut network, &self.name, golden);
        let method = match self.optimiser.as_str() {
            "sgd" | "power" => Method::Sgd,
            "momentum" | "power_momentum" => Method::Momentum { momentum: self.momentum },
            "adam" => Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
            other => panic!("optimiser {other}"),
        };
        let optimiser = Optimiser::new(method, self.optimiser.starts_with("power"), &network)
            .with_bias_rate(f32::from(u8::from(self.bias_learning)));
        let feedback = |layers: [usize; 2]| {
            layers.map(|l| golden.get(&format!("{}/feedback/layer{l}", self.name))).to_vec()
        };
        let rule: Box<dyn Rule> = match self.rule.as_str() {
            "error_diffusion" | "kaneko_grow_only" => Box::new(ErrorDiffusion::new(Modulo)),
            "direct_feedback_alignment" => {
                Box::new(DirectFeedbackAlignment::with_feedback(feedback([1, 2])))
            }
            "feedback_alignment" => Box::new(FeedbackAlignment::with_feedback(feedback([2, 3]))),
            "sign_symmetric" => Box::new(SignSymmetric),
            "backprop" => Box::new(Backprop),
            other => panic!("rule {other}"),
        };
        Learner::new(network, rule, optimiser, &mut Generator::new(0, 1))
    }
}

/// Sets all weights and biases to those the script started from.
fn start(network: &mut Network, case: &str, golden: &Golden<'_>) {
    for (l, layer) in (1..).zip(network.layers_mut()) {
        let start = |part: &str| golden.get(&format!("{case}/step0/layer{l}/{part}"));
        for part in layer.sub_matrices() {
            layer.set_magnitudes(&part, &start(&part.name));
        }
        let bias: Vec<_> = biases(layer).iter().map(|(name, _)| start(name)).collect();
        layer.set_bias(&bias.iter().map(Matrix::as_slice).collect::<Vec<_>>().concat());
    }
}

/// Learns as the script did, and compares predictions, signals and parameters.
fn two_steps(learner: &mut Learner, case: &str, rate: f32, centred: bool, golden: &mut Golden<'_>) {
    for k in 1..=2 {
        let prefix = format!("{case}/step{k}");
        *learner.trace.input_mut() = golden.get(&format!("{case}/x{k}"));
        let target = golden.get(&format!("{case}/target{k}"));
        let prediction = learner.forward().clone();
        golden.compare(format!("{prefix}/prediction"), &prediction);
        let mut error = difference(&target, &prediction);
        if centred {
            centre(&mut error);
        }
        learner.learn(&error, rate);
        for l in 0..learner.network.layers().len() {
            let signal = learner.network.layers()[l].everywhere(learner.signal(l));
            golden.compare(format!("{prefix}/layer{}/U", l + 1), &signal);
        }
        golden.compare_parameters(&prefix, &learner.network);
    }
}

#[test]
fn two_steps_of_every_rule_agree_with_the_slow_script() {
    let (cases, mut golden) = Golden::read::<Case>(include_bytes!("golden/steps.safetensors"));
    assert_eq!(cases.len(), 21);
    for case in &cases {
        let mut learner = case.learner(&golden);
        two_steps(&mut learner, &case.name, case.rate, case.centred, &mut golden);
    }
    golden.finish();
}

/// A case of `scripts/golden_convolution.py`; its network is this one.
#[derive(Deserialize)]
struct ConvolutionCase {
    name: String,
    rule: String,
    power: bool,
    rate: f32,
    centred: bool,
}

impl ConvolutionCase {
    fn learner(&self, golden: &Golden<'_>) -> Learner {
        let sigmoid = |width| Activation::Sigmoid { width };
        let convolution = |units, size| Convolution { units, size, stride: 1, padding: 1 };
        let pooling = |mode, stride| Pooling { mode, size: 2, stride };
        let spec = NetworkSpec {
            inputs: 7 * 6 * 2,
            image: Some(Shape { height: 7, width: 6, channels: 2 }),
            layers: vec![
                convolution(4, 3).into(),
                pooling(PoolingMode::Max, 2).into(),
                convolution(5, 2).into(),
                pooling(PoolingMode::Average, 1).into(),
                5.into(),
            ],
            outputs: 3,
            activations: vec![sigmoid(3.0), sigmoid(2.0)],
            output: sigmoid(4.0),
            ..NetworkSpec::default()
        };
        let mut network = Network::new(&spec, &mut Generator::new(0, 0));
        start(&mut network, &self.name, golden);
        let feedback = |l| golden.get(&format!("{}/feedback/layer{l}", self.name));
        let rule: Box<dyn Rule> = match self.rule.as_str() {
            "error_diffusion" => Box::new(ErrorDiffusion::new(Modulo)),
            "direct_feedback_alignment" => {
                Box::new(DirectFeedbackAlignment::with_feedback((1..=3).map(feedback).collect()))
            }
            _ => Box::new(Backprop),
        };
        let optimiser = Optimiser::new(Method::Sgd, self.power, &network);
        Learner::new(network, rule, optimiser, &mut Generator::new(0, 1))
    }
}

#[test]
fn two_steps_of_convolutions_agree_with_the_slow_script() {
    let file = include_bytes!("golden/convolution.safetensors");
    let (cases, mut golden) = Golden::read::<ConvolutionCase>(file);
    assert_eq!(cases.len(), 4);
    for case in &cases {
        let mut learner = case.learner(&golden);
        two_steps(&mut learner, &case.name, case.rate, case.centred, &mut golden);
    }
    golden.finish();
}

/// A case of `scripts/golden_layers.py`; its networks are these.
#[derive(Deserialize)]
struct LayersCase {
    name: String,
    net: String,
    rule: String,
    form: DaleForm,
    rate: f32,
}

impl LayersCase {
    fn spec(&self) -> NetworkSpec {
        let sigmoid = Activation::Sigmoid { width: 2.0 };
        let divisive = |gamma, sigma, exponent| Divisive { gamma, sigma, exponent }.into();
        let convolution = |size, padding| Convolution { units: 3, size, stride: 1, padding }.into();
        let skip = Skip { from: 2 }.into();
        let (image, layers): (_, Vec<LayerSpec>) = match self.net.as_str() {
            "dense" => (
                Shape::flat(5),
                vec![
                    6.into(),
                    divisive(2.0, 0.5, 2),
                    6.into(),
                    skip,
                    4.into(),
                    divisive(1.5, 0.25, 1),
                ],
            ),
            _ => (
                Shape { height: 4, width: 4, channels: 2 },
                vec![
                    convolution(2, 1),
                    Pooling { mode: PoolingMode::Max, size: 2, stride: 1 }.into(),
                    divisive(2.0, 0.5, 2),
                    convolution(3, 1),
                    skip,
                    4.into(),
                ],
            ),
        };
        NetworkSpec {
            inputs: image.len(),
            image: Some(image),
            layers,
            outputs: 3,
            dale: Some(Dale { form: self.form, ..Dale::default() }),
            activations: vec![sigmoid],
            output: sigmoid,
            ..NetworkSpec::default()
        }
    }

    fn learner(&self, golden: &Golden<'_>) -> Learner {
        let mut network = Network::new(&self.spec(), &mut Generator::new(0, 0));
        start(&mut network, &self.name, golden);
        let layers = network.layers().len();
        let feedback = |layers: std::ops::Range<usize>| {
            layers.map(|l| golden.get(&format!("{}/feedback/layer{l}", self.name))).collect()
        };
        let rule: Box<dyn Rule> = match self.rule.as_str() {
            "error_diffusion" => Box::new(ErrorDiffusion::new(Modulo)),
            "direct_feedback_alignment" => {
                Box::new(DirectFeedbackAlignment::with_feedback(feedback(1..layers)))
            }
            "feedback_alignment" => {
                Box::new(FeedbackAlignment::with_feedback(feedback(2..layers + 1)))
            }
            "sign_symmetric" => Box::new(SignSymmetric),
            "backprop" => Box::new(Backprop),
            other => panic!("rule {other}"),
        };
        let optimiser = Optimiser::new(Method::Sgd, false, &network);
        Learner::new(network, rule, optimiser, &mut Generator::new(0, 1))
    }
}

#[test]
fn two_steps_of_the_weightless_layers_and_both_forms_agree_with_the_slow_script() {
    let file = include_bytes!("golden/layers.safetensors");
    let (cases, mut golden) = Golden::read::<LayersCase>(file);
    assert_eq!(cases.len(), 16);
    for case in &cases {
        let mut learner = case.learner(&golden);
        two_steps(&mut learner, &case.name, case.rate, true, &mut golden);
    }
    golden.finish();
}

/// The rates of the golden cases let biases learn fully or not at all.
#[test]
fn biases_learn_at_the_given_share_of_the_rate() {
    let spec = common::dual(3, &[4], 2);
    let network = Network::new(&spec, &mut Generator::new(0, 0));
    let bias_after = |factor: f32| {
        let optimiser = Optimiser::new(Method::Sgd, false, &network).with_bias_rate(factor);
        let mut learner = learner(network.clone(), Backprop, optimiser);
        let mut generator = Generator::new(1, 0);
        let input = common::unsigned(5, 3, &mut generator);
        common::step(&mut learner, &input, &Matrix::zeros(5, 2), 1.0);
        learner.network.layers()[0].bias().to_vec()
    };
    let (whole, quarter) = (bias_after(1.0), bias_after(0.25));
    assert!(whole.iter().any(|b| b.abs() > 1e-3), "{whole:?}");
    for (whole, quarter) in whole.iter().zip(quarter) {
        assert!((0.25 * whole - quarter).abs() < 1e-7, "{whole} {quarter}");
    }
}
