//! What several suites need; none needs all of it.
#![allow(dead_code)]

use dalenet::{
    Activation, Generator, LayerSpec, Learner, Matrix, Network, NetworkSpec, Optimiser, Rule,
};

/// Entries from U[−1, 1).
pub fn signed(rows: usize, cols: usize, generator: &mut Generator) -> Matrix {
    let values = (0..rows * cols).map(|_| 2.0 * generator.uniform() - 1.0).collect();
    Matrix::from_vec(rows, cols, values)
}

/// Entries from U[0, 1).
pub fn unsigned(rows: usize, cols: usize, generator: &mut Generator) -> Matrix {
    let values = (0..rows * cols).map(|_| generator.uniform()).collect();
    Matrix::from_vec(rows, cols, values)
}

/// The identity matrix.
pub fn identity(size: usize) -> Matrix {
    let mut matrix = Matrix::zeros(size, size);
    for i in 0..size {
        matrix.row_mut(i)[i] = 1.0;
    }
    matrix
}

/// A dual-stream specification under Dale's principle with sigmoids of width 2, so that small
/// networks are not nearly linear.
pub fn dual(inputs: usize, hidden: &[usize], outputs: usize) -> NetworkSpec {
    let sigmoid = Activation::Sigmoid { width: 2.0 };
    NetworkSpec {
        inputs,
        layers: LayerSpec::dense_list(hidden, false),
        outputs,
        activations: vec![sigmoid],
        output: sigmoid,
        ..NetworkSpec::default()
    }
}

/// The same with a single stream.
pub fn single(inputs: usize, hidden: &[usize], outputs: usize) -> NetworkSpec {
    NetworkSpec { dual: false, dale: None, ..dual(inputs, hidden, outputs) }
}

/// Every weight and bias, bit for bit.
pub fn bits(network: &Network) -> Vec<u32> {
    let of = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let layers = network.layers().iter();
    layers.flat_map(|layer| [of(layer.weights().as_slice()), of(layer.bias())].concat()).collect()
}

/// A learner whose rule draws from seed 0.
pub fn learner(network: Network, rule: impl Rule + 'static, optimiser: Optimiser) -> Learner {
    Learner::new(network, Box::new(rule), optimiser, &mut Generator::new(0, 1))
}

/// The error target − prediction.
pub fn difference(target: &Matrix, prediction: &Matrix) -> Matrix {
    let values = target.as_slice().iter().zip(prediction.as_slice()).map(|(t, p)| t - p).collect();
    Matrix::from_vec(target.rows(), target.cols(), values)
}

/// One forward pass and one step towards `target`.
pub fn step(learner: &mut Learner, input: &Matrix, target: &Matrix, rate: f32) {
    learner.trace.input_mut().clone_from(input);
    let error = difference(target, learner.forward());
    learner.learn(&error, rate);
}
