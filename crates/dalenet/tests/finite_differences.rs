//! Oracle: central differences. The step that backpropagation takes is compared with the slope of
//! the loss, found by moving each weight and bias of a plain double-precision network.

mod common;

use common::{learner, signed, unsigned};
use dalenet::{
    Activation, Backprop, Convolution, Generator, Matrix, Method, Network, NetworkSpec, Optimiser,
    layer::{Geometry, Image, Layer, Pooling, PoolingKind, Window},
};

const SIGMOID: Activation = Activation::Sigmoid { width: 3.0 };

/// A layer as plain numbers: K×N weights, N biases, the response and where a convolution looks.
#[derive(Clone)]
struct Plain {
    weights: Vec<f64>,
    bias: Vec<f64>,
    activation: Activation,
    geometry: Option<Geometry>,
    rms: bool,
}

fn plain(network: &Network) -> Vec<Plain> {
    let wide = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
    let layer = |layer: &Layer| Plain {
        weights: wide(layer.weights().as_slice()),
        bias: wide(layer.bias()),
        activation: layer.activation(),
        geometry: layer.geometry().copied(),
        rms: layer.is_normalised(),
    };
    network.layers().iter().map(layer).collect()
}

impl Plain {
    /// What one unit group makes of its whole input.
    fn respond(&self, h: &[f64]) -> Vec<f64> {
        // The input feeds both streams.
        let h = if self.weights.len() == 2 * h.len() * self.bias.len() {
            h.repeat(2)
        } else {
            h.into()
        };
        assert_eq!(self.weights.len(), h.len() * self.bias.len());
        let mut z = self.bias.clone();
        for (h, row) in h.iter().zip(self.weights.chunks_exact(self.bias.len())) {
            z.iter_mut().zip(row).for_each(|(z, w)| *z += h * w);
        }
        respond(&z, self.activation)
    }

    fn forward(&self, h: &[f64]) -> Vec<f64> {
        let Some(Geometry { input, window, units, pooling, output }) = self.geometry else {
            let mut a = self.respond(h);
            if self.rms {
                let power = a.iter().map(|a| a * a).sum::<f64>() / a.len() as f64;
                a.iter_mut().for_each(|a| *a /= (power + 1e-5).sqrt());
            }
            return a;
        };
        let mut made = Vec::new();
        for place in 0..units.positions() {
            let [top, left] =
                [place / units.width, place % units.width].map(|at| at * window.stride);
            let mut patch = Vec::new();
            for y in top..top + window.size {
                for x in left..left + window.size {
                    let inside =
                        |at: usize, side| at.checked_sub(window.padding).filter(|at| *at < side);
                    match (inside(y, input.height), inside(x, input.width)) {
                        (Some(y), Some(x)) => {
                            let at = (y * input.width + x) * input.channels;
                            patch.extend(&h[at..at + input.channels]);
                        }
                        _ => patch.extend(vec![0.0; input.channels]),
                    }
                }
            }
            made.extend(self.respond(&patch));
        }
        let Some(Pooling { kind, window }) = pooling else { return made };
        let mut pooled = Vec::new();
        for place in 0..output.positions() {
            let [top, left] =
                [place / output.width, place % output.width].map(|at| at * window.stride);
            for channel in 0..output.channels {
                let within = (top..top + window.size)
                    .flat_map(|y| (left..left + window.size).map(move |x| y * units.width + x))
                    .map(|place| made[place * units.channels + channel]);
                pooled.push(match kind {
                    PoolingKind::Max => within.fold(f64::NEG_INFINITY, f64::max),
                    PoolingKind::Average => within.sum::<f64>() / window.size.pow(2) as f64,
                });
            }
        }
        pooled
    }
}

fn respond(z: &[f64], activation: Activation) -> Vec<f64> {
    let exponentials = z.iter().map(|z| z.exp());
    let total: f64 = exponentials.clone().sum();
    match activation {
        Activation::Sigmoid { width } => {
            z.iter().map(|z| 1.0 / (1.0 + (-2.0 * z / f64::from(width)).exp())).collect()
        }
        Activation::Relu => z.iter().map(|z| z.max(0.0)).collect(),
        Activation::Tanh => z.iter().map(|z| z.tanh()).collect(),
        Activation::Softmax => exponentials.map(|e| e / total).collect(),
        Activation::Identity => z.to_vec(),
    }
}

/// ½·Σ(target − prediction)², or the cross-entropy of a softmax, summed over the batch.
fn loss(network: &[Plain], input: &Matrix, target: &Matrix) -> f64 {
    let sample = |(x, target): (&[f32], &[f32])| {
        let x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
        let y = network.iter().fold(x, |h, layer| layer.forward(&h));
        let pairs = y.iter().zip(target).map(|(y, t)| (y, f64::from(*t)));
        match network.last().unwrap().activation {
            Activation::Softmax => -pairs.map(|(y, t)| t * y.ln()).sum::<f64>(),
            _ => 0.5 * pairs.map(|(y, t)| (t - y).powi(2)).sum::<f64>(),
        }
    };
    input.iter_rows().zip(target.iter_rows()).map(sample).sum()
}

/// The slope of the loss by one parameter, `select`ed from the plain network.
fn slope(
    network: &mut [Plain],
    [input, target]: [&Matrix; 2],
    select: impl Fn(&mut [Plain]) -> &mut f64,
) -> f64 {
    const STEP: f64 = 1e-5;
    let at = *select(network);
    let [up, down] = [STEP, -STEP].map(|step| {
        *select(network) = at + step;
        loss(network, input, target)
    });
    *select(network) = at;
    (up - down) / (2.0 * STEP)
}

/// Up to two convolutions over a small image, with windows, strides and pooling of all kinds.
fn convolutions(generator: &mut Generator) -> (Image, Vec<Convolution>) {
    loop {
        let mut side = || 3 + generator.below(4);
        let image = Image { height: side(), width: side(), channels: side() - 2 };
        let mut seen = image;
        let mut layers = Vec::new();
        for _ in 0..1 + generator.below(2) {
            let size = 1 + generator.below(3);
            let window =
                Window { size, stride: 1 + generator.below(2), padding: generator.below(size) };
            let pools = Window { size: 2, stride: 1 + generator.below(2), padding: 0 };
            let kind =
                [None, Some(PoolingKind::Average), Some(PoolingKind::Max)][generator.below(3)];
            let pooling = kind.map(|kind| Pooling { kind, window: pools });
            let layer = Convolution { units: 1 + generator.below(3), window, pooling };
            seen = layer.geometry(seen).output;
            layers.push(layer);
        }
        if !seen.is_empty() {
            return (image, layers);
        }
    }
}

/// Checks every parameter of a network of random shape.
fn check(dual: bool, hidden: Activation, output: Activation, rms: bool, seed: u64) {
    let mut generator = Generator::new(seed, 0);
    let depth = generator.below(3);
    let flat = Image { height: 1, width: 1, channels: 1 + generator.below(5) };
    let (image, convolutions) = if rms || seed.is_multiple_of(2) {
        (flat, Vec::new())
    } else {
        convolutions(&mut generator)
    };
    let spec = NetworkSpec {
        inputs: image.len(),
        image: Some(image),
        convolutions,
        hidden: (0..depth).map(|_| 1 + generator.below(6)).collect(),
        outputs: 2 + generator.below(3),
        dual,
        dale: None,
        activations: vec![hidden],
        output,
        rms,
        ..NetworkSpec::default()
    };
    let mut network = Network::new(&spec, &mut generator);
    for layer in network.layers_mut() {
        let bias = signed(1, layer.units(), &mut generator);
        layer.set_bias(bias.as_slice());
    }
    let batch = 1 + generator.below(5);
    let input = unsigned(batch, spec.inputs, &mut generator);
    let mut target = Matrix::zeros(batch, spec.outputs);
    for i in 0..batch {
        target.row_mut(i)[generator.below(spec.outputs)] = 1.0;
    }

    // The step is rate/B·gradient: a large rate leaves few digits of it to the weights.
    const SCALE: f64 = 256.0;
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    let mut learner = learner(network, Backprop, optimiser);
    let mut before = plain(&learner.network);
    common::step(&mut learner, &input, &target, SCALE as f32 * batch as f32);
    let after = plain(&learner.network);

    let about = format!("{spec:?}, batch {batch}");
    let agree = |before: f64, after: f64, slope: f64, what: String| {
        let found = (before - after) / SCALE;
        let error = (found - slope).abs();
        assert!(error < 1e-5 * slope.abs().max(1.0), "{what}: {found}, not {slope}\n{about}");
    };
    for l in 0..before.len() {
        for i in 0..before[l].weights.len() {
            let slope = slope(&mut before, [&input, &target], |net| &mut net[l].weights[i]);
            agree(
                before[l].weights[i],
                after[l].weights[i],
                slope,
                format!("layer {l}, weight {i}"),
            );
        }
        for i in 0..before[l].bias.len() {
            let slope = slope(&mut before, [&input, &target], |net| &mut net[l].bias[i]);
            agree(before[l].bias[i], after[l].bias[i], slope, format!("layer {l}, bias {i}"));
        }
    }
}

fn check_all(hidden: Activation, output: Activation) {
    for seed in 0..12 {
        check(true, hidden, output, false, seed);
        check(false, hidden, output, false, seed);
    }
}

#[test]
fn squared_error_of_sigmoids() {
    check_all(SIGMOID, SIGMOID);
}

#[test]
fn squared_error_over_relus() {
    check_all(Activation::Relu, SIGMOID);
}

#[test]
fn squared_error_of_linear_outputs() {
    check_all(SIGMOID, Activation::Identity);
}

#[test]
fn cross_entropy_of_a_softmax_over_sigmoids() {
    check_all(SIGMOID, Activation::Softmax);
}

#[test]
fn cross_entropy_of_a_softmax_over_relus() {
    check_all(Activation::Relu, Activation::Softmax);
}

#[test]
fn linear_outputs_over_hyperbolic_tangents() {
    check_all(Activation::Tanh, Activation::Identity);
}

#[test]
fn linear_outputs_over_normalised_relus() {
    for seed in 0..24 {
        check(seed < 12, Activation::Relu, Activation::Identity, true, seed);
    }
}

/// Oracle: the step that is taken at once, whose gradient is checked above.
#[test]
fn a_step_along_the_gradient_is_the_step_and_its_length_is_told() {
    for dual in [false, true] {
        let mut generator = Generator::new(3, 0);
        let spec = NetworkSpec {
            inputs: 3,
            hidden: vec![5, 4],
            outputs: 2,
            dual,
            dale: None,
            ..NetworkSpec::default()
        };
        let network = Network::new(&spec, &mut generator);
        let input = unsigned(4, 3, &mut generator);
        let error = signed(4, 2, &mut generator);
        let optimiser = Optimiser::new(Method::Sgd, false, &network);
        let mut at_once = learner(network.clone(), Backprop, optimiser.clone());
        let mut in_two = learner(network.clone(), Backprop, optimiser);
        for learner in [&mut at_once, &mut in_two] {
            learner.trace.input_mut().clone_from(&input);
            learner.forward();
        }
        at_once.learn(&error, 4.0);
        let norm = in_two.gradient(&error);
        in_two.step(0.5, 8.0);
        let (mut moved, mut differ) = (0.0, 0.0f64);
        for ((old, a), b) in
            plain(&network).iter().zip(plain(&at_once.network)).zip(plain(&in_two.network))
        {
            let old = old.weights.iter().chain(&old.bias);
            let a = a.weights.iter().chain(&a.bias);
            for ((old, a), b) in old.zip(a).zip(b.weights.iter().chain(&b.bias)) {
                moved += (a - old).powi(2);
                differ = differ.max((a - b).abs());
            }
        }
        assert!(differ < 1e-5, "{differ}");
        assert!((moved / 16.0 / norm - 1.0).abs() < 1e-4, "{moved} {norm}");
    }
}
