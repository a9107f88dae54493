//! Oracle: central differences. The step that backpropagation takes is compared with the slope of
//! the loss, found by moving each weight and bias of a plain double-precision network.

mod common;

use common::{learner, signed, unsigned};
use dalenet::{Activation, Backprop, Generator, Matrix, Method, Network, NetworkSpec, Optimiser};

const SIGMOID: Activation = Activation::Sigmoid { width: 3.0 };

/// A network as plain numbers: for each layer K×N weights, N biases and the response.
type Plain = Vec<(Vec<f64>, Vec<f64>, Activation)>;

fn plain(network: &Network) -> Plain {
    let wide = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
    let layers = network.layers().iter();
    layers.map(|l| (wide(l.weights().as_slice()), wide(l.bias()), l.activation())).collect()
}

fn respond(z: &[f64], activation: Activation) -> Vec<f64> {
    let exponentials = z.iter().map(|z| z.exp());
    let total: f64 = exponentials.clone().sum();
    match activation {
        Activation::Sigmoid { width } => {
            z.iter().map(|z| 1.0 / (1.0 + (-2.0 * z / f64::from(width)).exp())).collect()
        }
        Activation::Relu => z.iter().map(|z| z.max(0.0)).collect(),
        Activation::Softmax => exponentials.map(|e| e / total).collect(),
        Activation::Identity => z.to_vec(),
    }
}

/// ½·Σ(target − prediction)², or the cross-entropy of a softmax, summed over the batch.
fn loss(network: &Plain, input: &Matrix, target: &Matrix) -> f64 {
    let sample = |(x, target): (&[f32], &[f32])| {
        let mut h: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
        for (weights, bias, activation) in network {
            if weights.len() == 2 * h.len() * bias.len() {
                h = h.repeat(2); // the input feeds both streams
            }
            assert_eq!(weights.len(), h.len() * bias.len());
            let mut z = bias.clone();
            for (h, row) in h.iter().zip(weights.chunks_exact(bias.len())) {
                z.iter_mut().zip(row).for_each(|(z, w)| *z += h * w);
            }
            h = respond(&z, *activation);
        }
        let pairs = h.iter().zip(target).map(|(y, t)| (y, f64::from(*t)));
        match network.last().unwrap().2 {
            Activation::Softmax => -pairs.map(|(y, t)| t * y.ln()).sum::<f64>(),
            _ => 0.5 * pairs.map(|(y, t)| (t - y).powi(2)).sum::<f64>(),
        }
    };
    input.iter_rows().zip(target.iter_rows()).map(sample).sum()
}

/// The slope of the loss by one parameter, `select`ed from the plain network.
fn slope(
    network: &mut Plain,
    [input, target]: [&Matrix; 2],
    select: impl Fn(&mut Plain) -> &mut f64,
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

/// Checks every parameter of a network of random shape.
fn check(dual: bool, hidden: Activation, output: Activation, seed: u64) {
    let mut generator = Generator::new(seed, 0);
    let depth = generator.below(3);
    let spec = NetworkSpec {
        inputs: 1 + generator.below(5),
        hidden: (0..depth).map(|_| 1 + generator.below(6)).collect(),
        outputs: 2 + generator.below(3),
        dual,
        dale: None,
        activations: vec![hidden],
        output,
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
        for i in 0..before[l].0.len() {
            let slope = slope(&mut before, [&input, &target], |net| &mut net[l].0[i]);
            agree(before[l].0[i], after[l].0[i], slope, format!("layer {l}, weight {i}"));
        }
        for i in 0..before[l].1.len() {
            let slope = slope(&mut before, [&input, &target], |net| &mut net[l].1[i]);
            agree(before[l].1[i], after[l].1[i], slope, format!("layer {l}, bias {i}"));
        }
    }
}

fn check_all(hidden: Activation, output: Activation) {
    for seed in 0..12 {
        check(true, hidden, output, seed);
        check(false, hidden, output, seed);
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
