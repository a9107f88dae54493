//! Oracle: central differences. The step that backpropagation takes is compared with the slope of
//! the loss, found by moving each weight and bias of a plain double-precision network.

mod common;

use common::{learner, signed, unsigned};
use dalenet::{
    Activation, Backprop, Generator, LayerSpec, Matrix, Method, Network, NetworkSpec, Optimiser,
    Shape,
    layer::{Convolution, Divisive, Geometry, Layer, Pooling, PoolingMode, Rms, Skip, Window},
};

const SIGMOID: Activation = Activation::Sigmoid { width: 3.0 };

/// A layer as plain numbers: K×N weights, N biases, the response, where a convolution's window
/// stands, and the layers without weights that follow.
#[derive(Clone)]
struct Plain {
    weights: Vec<f64>,
    bias: Vec<f64>,
    activation: Activation,
    geometry: Option<Geometry>,
    after: Vec<LayerSpec>,
}

fn plain(network: &Network, spec: &NetworkSpec) -> Vec<Plain> {
    let wide = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
    let weightless =
        |spec: &LayerSpec| !matches!(spec, LayerSpec::Dense(_) | LayerSpec::Convolution(_));
    let mut list = spec.layers.iter().skip(1).peekable();
    let layer = |layer: &Layer| {
        let mut after = Vec::new();
        while let Some(spec) = list.next_if(|spec| weightless(spec)) {
            after.push(*spec);
        }
        list.next();
        Plain {
            weights: wide(layer.weights().as_slice()),
            bias: wide(layer.bias()),
            activation: layer.activation(),
            geometry: layer.geometry(),
            after,
        }
    };
    network.layers().iter().map(layer).collect()
}

/// What a layer hands on: its shape, and its values pixel by pixel.
type Made = (Shape, Vec<f64>);

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

    fn units(&self, h: &[f64]) -> Made {
        let Some(Geometry { input, window, output }) = self.geometry else {
            return (Shape::flat(self.bias.len()), self.respond(h));
        };
        let mut made = Vec::new();
        for place in 0..output.positions() {
            let [top, left] =
                [place / output.width, place % output.width].map(|at| at * window.stride);
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
        (output, made)
    }

    /// Adds what it and the layers without weights after it make of `h`.
    fn forward(&self, h: &[f64], made: &mut Vec<Made>) {
        made.push(self.units(h));
        for spec in &self.after {
            let (shape, a) = made.last().unwrap();
            let next = match spec {
                LayerSpec::Pooling(pooling) => pooled(pooling, *shape, a),
                LayerSpec::Rms(_) => {
                    let power = a.iter().map(|a| a * a).sum::<f64>() / a.len() as f64;
                    (*shape, a.iter().map(|a| a / (power + 1e-5).sqrt()).collect())
                }
                LayerSpec::Skip(skip) => {
                    let earlier = &made[made.len() - skip.from].1;
                    (*shape, a.iter().zip(earlier).map(|(a, e)| a + e).collect())
                }
                LayerSpec::Divisive(divisive) => (*shape, divided(divisive, shape.channels, a)),
                LayerSpec::Dense(_) | LayerSpec::Convolution(_) => unreachable!("it has weights"),
            };
            made.push(next);
        }
    }
}

fn pooled(&Pooling { mode, size, stride }: &Pooling, shape: Shape, a: &[f64]) -> Made {
    let [height, width] = [shape.height, shape.width].map(|side| (side - size) / stride + 1);
    let mut pooled = Vec::new();
    for place in 0..height * width {
        let [top, left] = [place / width, place % width].map(|at| at * stride);
        for channel in 0..shape.channels {
            let within = (top..top + size)
                .flat_map(|y| (left..left + size).map(move |x| y * shape.width + x))
                .map(|place| a[place * shape.channels + channel]);
            pooled.push(match mode {
                PoolingMode::Max => within.fold(f64::NEG_INFINITY, f64::max),
                PoolingMode::Average => within.sum::<f64>() / size.pow(2) as f64,
            });
        }
    }
    (Shape { height, width, ..shape }, pooled)
}

fn divided(
    &Divisive { gamma, sigma, exponent }: &Divisive,
    channels: usize,
    a: &[f64],
) -> Vec<f64> {
    let (gamma, sigma, n) = (f64::from(gamma), f64::from(sigma), i32::from(exponent));
    let place = |a: &[f64]| {
        let mean = a.iter().map(|a| a.powi(n)).sum::<f64>() / a.len() as f64;
        a.iter().map(|a| gamma * a.powi(n) / (sigma.powi(n) + mean)).collect::<Vec<_>>()
    };
    a.chunks_exact(channels).flat_map(place).collect()
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
        let mut made = vec![];
        for layer in network {
            let h = made.last().map_or(x.clone(), |(_, h): &Made| h.clone());
            layer.forward(&h, &mut made);
        }
        let y = &made.last().unwrap().1;
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
fn convolutions(generator: &mut Generator) -> (Shape, Vec<LayerSpec>) {
    loop {
        let mut side = || 3 + generator.below(4);
        let image = Shape { height: side(), width: side(), channels: side() - 2 };
        let mut seen = image;
        let mut layers = Vec::new();
        for _ in 0..1 + generator.below(2) {
            let size = 1 + generator.below(3);
            let [stride, padding] = [1 + generator.below(2), generator.below(size)];
            let pool_stride = 1 + generator.below(2);
            let mode =
                [None, Some(PoolingMode::Average), Some(PoolingMode::Max)][generator.below(3)];
            let units = 1 + generator.below(3);
            layers.push(Convolution { units, size, stride, padding }.into());
            seen = Window { size, stride, padding }.over(seen, units);
            if let Some(mode) = mode {
                layers.push(Pooling { mode, size: 2, stride: pool_stride }.into());
                seen = Window { size: 2, stride: pool_stride, padding: 0 }.over(seen, units);
            }
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
    let flat = Shape { height: 1, width: 1, channels: 1 + generator.below(5) };
    let (image, mut layers) = if rms || seed.is_multiple_of(2) {
        (flat, Vec::new())
    } else {
        convolutions(&mut generator)
    };
    let hidden_units: Vec<_> = (0..depth).map(|_| 1 + generator.below(6)).collect();
    layers.extend(LayerSpec::dense_list(&hidden_units, rms));
    let spec = NetworkSpec {
        inputs: image.len(),
        image: Some(image),
        layers,
        outputs: 2 + generator.below(3),
        dual,
        dale: None,
        activations: vec![hidden],
        output,
        ..NetworkSpec::default()
    };
    check_spec(&spec, &mut generator);
}

/// Checks every parameter of a network.
fn check_spec(spec: &NetworkSpec, generator: &mut Generator) {
    let mut network = Network::new(spec, generator);
    for layer in network.layers_mut() {
        let bias = signed(1, layer.units(), generator);
        layer.set_bias(bias.as_slice());
    }
    let batch = 1 + generator.below(5);
    let input = unsigned(batch, spec.inputs, generator);
    let mut target = Matrix::zeros(batch, spec.outputs);
    for i in 0..batch {
        target.row_mut(i)[generator.below(spec.outputs)] = 1.0;
    }

    // The step is rate/B·gradient: a large rate leaves few digits of it to the weights.
    const SCALE: f64 = 256.0;
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    let mut learner = learner(network, Backprop, optimiser);
    let mut before = plain(&learner.network, spec);
    common::step(&mut learner, &input, &target, SCALE as f32 * batch as f32);
    let after = plain(&learner.network, spec);

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

const POOLING: Pooling = Pooling { mode: PoolingMode::Max, size: 2, stride: 2 };

/// Checks these layers over an image, both with one stream and with two.
fn check_layers(image: Shape, layers: &[LayerSpec]) {
    for (seed, dual) in (0..6).flat_map(|seed| [(seed, false), (seed, true)]) {
        for hidden in [SIGMOID, Activation::Relu] {
            let spec = NetworkSpec {
                inputs: image.len(),
                image: Some(image),
                layers: layers.to_vec(),
                outputs: 2,
                dual,
                dale: None,
                activations: vec![hidden],
                output: Activation::Identity,
                ..NetworkSpec::default()
            };
            check_spec(&spec, &mut Generator::new(seed, 0));
        }
    }
}

#[test]
fn divisive_normalisation_of_dense_layers_and_of_images() {
    for exponent in [1, 2] {
        let divisive: LayerSpec = Divisive { gamma: 1.5, sigma: 0.4, exponent }.into();
        check_layers(Shape::flat(3), &[4.into(), divisive, 3.into(), divisive]);
        let convolution = Convolution { units: 2, size: 2, stride: 1, padding: 1 };
        let image = Shape { height: 3, width: 4, channels: 2 };
        check_layers(image, &[convolution.into(), POOLING.into(), divisive, 3.into()]);
        check_layers(image, &[convolution.into(), divisive, POOLING.into()]);
    }
}

#[test]
fn skip_connections_of_dense_layers_and_of_images() {
    let skip = |from| Skip { from }.into();
    check_layers(Shape::flat(3), &[4.into(), 4.into(), skip(2)]);
    // Two into one, one over two layers, and a sum as the source of another.
    let chain = [4.into(), 4.into(), skip(2), 4.into(), skip(2), 4.into(), skip(6)];
    check_layers(Shape::flat(2), &chain);
    let convolution = Convolution { units: 2, size: 3, stride: 1, padding: 1 };
    let image = Shape { height: 4, width: 4, channels: 1 };
    let chain =
        [convolution.into(), convolution.into(), skip(2), POOLING.into(), convolution.into()];
    check_layers(image, &chain);
    check_layers(image, &[&chain[..], &[skip(2), 3.into()]].concat());
}

/// The source is not the end of its block, and the sum is not the end of its own.
#[test]
fn skip_connections_from_and_to_the_middle_of_a_block() {
    let (rms, divisive) = (LayerSpec::from(Rms {}), LayerSpec::from(Divisive::default()));
    let layers = [4.into(), rms, divisive, Skip { from: 3 }.into(), 4.into(), divisive];
    check_layers(Shape::flat(3), &layers);
    let across = [&layers[..], &[Skip { from: 6 }.into(), divisive]].concat();
    check_layers(Shape::flat(3), &across);
}

/// Oracle: the step that is taken at once, whose gradient is checked above.
#[test]
fn a_step_along_the_gradient_is_the_step_and_its_length_is_told() {
    for dual in [false, true] {
        let mut generator = Generator::new(3, 0);
        let spec = NetworkSpec {
            inputs: 3,
            layers: vec![5.into(), 4.into()],
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
        for ((old, a), b) in plain(&network, &spec)
            .iter()
            .zip(plain(&at_once.network, &spec))
            .zip(plain(&in_two.network, &spec))
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
