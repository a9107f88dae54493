//! What is said of a layer, against finite differences and closed forms.

mod common;

use common::{bits, difference, dual, learner, signed, single, unsigned};
use dalenet::{
    Activation, Backprop, Dale, DirectFeedbackAlignment, ErrorDiffusion, Generator, Matrix, Method,
    Modulo, Network, NetworkSpec, Optimiser, Rule, Trace,
    diagnosis::{diagnose, gradients},
};

/// A network of this form with its forward pass, and the error towards random targets.
fn lesson(spec: &NetworkSpec, batch: usize, seed: u64) -> (Network, Trace, Matrix) {
    let mut generator = Generator::new(seed, 0);
    let network = Network::new(spec, &mut generator);
    let mut trace = Trace::default();
    *trace.input_mut() = unsigned(batch, spec.inputs, &mut generator);
    network.forward(&mut trace);
    let error = difference(&unsigned(batch, spec.outputs, &mut generator), trace.output());
    (network, trace, error)
}

fn prepared<R: Rule>(mut rule: R, network: &Network) -> R {
    rule.prepare(network, &mut Generator::new(9, 1));
    rule
}

/// Oracle: central differences of ½·Σ(target − prediction)² by each weight.
#[test]
fn the_true_gradient_is_the_slope_of_the_loss() {
    for spec in [dual(3, &[4, 3], 2), single(3, &[4, 3], 2)] {
        let spec = NetworkSpec { dale: None, ..spec };
        let (network, mut trace, error) = lesson(&spec, 5, 3);
        let found = gradients(&network, &Backprop, &trace, &error);
        let target: Vec<f64> = error
            .as_slice()
            .iter()
            .zip(trace.output().as_slice())
            .map(|(e, y)| f64::from(e + y))
            .collect();
        for l in 0..found.len() {
            let weights = network.layers()[l].weights().clone();
            for i in 0..weights.as_slice().len() {
                let mut loss_at = |step: f32| {
                    let mut moved = network.clone();
                    let layer = &mut moved.layers_mut()[l];
                    for part in layer.sub_matrices() {
                        let mut values = layer.magnitudes(&part);
                        let (row, col) = (i / weights.cols(), i % weights.cols());
                        let of_part = part.rows.iter().position(|r| *r == row);
                        if let Some(row) = of_part.filter(|_| part.cols.contains(&col)) {
                            let sign = if part.excitatory { 1.0 } else { -1.0 };
                            values.row_mut(row)[col - part.cols.start] += sign * step;
                        }
                        layer.set_magnitudes(&part, &values);
                    }
                    moved.forward(&mut trace);
                    let pairs = target.iter().zip(trace.output().as_slice());
                    pairs.map(|(t, y)| 0.5 * (t - f64::from(*y)).powi(2)).sum::<f64>()
                };
                let slope = (loss_at(0.01) - loss_at(-0.01)) / 0.02;
                // Both halves of a folded layer have the gradient of their sum.
                let found = f64::from(found[l].as_slice()[i % found[l].as_slice().len()]);
                assert!((found + slope).abs() < 2e-4, "layer {l}, weight {i}: {found}, {slope}");
            }
        }
    }
}

#[test]
fn backpropagation_is_aligned_with_itself() {
    for spec in [dual(6, &[5, 4], 3), single(6, &[5, 4], 3)] {
        let (network, trace, error) = lesson(&spec, 7, 1);
        for layer in diagnose(&network, &Backprop, &trace, &error) {
            assert_eq!((layer.alignment, layer.sign_agreement), (Some(1.0), Some(1.0)));
        }
    }
}

/// With one output, the true signal of hidden unit i is `U·w_i` with w_i ≥ floor for excitatory
/// and ≤ −floor for inhibitory units: Error Diffusion's `±U·(…)` has its sign everywhere, and is
/// parallel to it where all the |w_i| are equal.
#[test]
fn error_diffusion_has_the_sign_of_the_true_gradient_with_one_output() {
    let (mut network, mut trace, _) = lesson(&dual(4, &[6], 1), 1, 2);
    let rule = prepared(ErrorDiffusion::new(Modulo), &network);
    let output = &mut network.layers_mut()[1];
    for part in output.sub_matrices() {
        let equal = Matrix::from_vec(6, 1, vec![0.25; 6]);
        output.set_magnitudes(&part, &equal);
    }
    network.forward(&mut trace);
    let error = Matrix::from_rows(&[[0.3]]);
    let [hidden, output] = &diagnose(&network, &rule, &trace, &error)[..] else { panic!("two") };
    assert_eq!((hidden.sign_agreement, output.sign_agreement), (Some(1.0), Some(1.0)));
    assert!((hidden.alignment.unwrap() - 1.0).abs() < 1e-6, "{hidden:?}");
}

/// By hand: x = 1, one excitatory and one inhibitory unit, one output, all sigmoids of width 2
/// (φ = 1/(1 + e^−z)), weights and biases zero: every activity is ½ and every φ' is ¼.
#[test]
fn signals_are_those_worked_out_by_hand() {
    let spec =
        NetworkSpec { dale: Some(Dale { floor: 0.0, ..Dale::default() }), ..dual(1, &[1], 1) };
    let (mut network, mut trace, _) = lesson(&spec, 1, 0);
    let rule = prepared(ErrorDiffusion::new(Modulo), &network);
    for layer in network.layers_mut() {
        for part in layer.sub_matrices() {
            layer.set_magnitudes(&part, &Matrix::zeros(1, 1));
        }
    }
    *trace.input_mut() = Matrix::from_rows(&[[1.0], [1.0]]);
    network.forward(&mut trace);
    let layers = diagnose(&network, &rule, &trace, &Matrix::from_rows(&[[0.8], [-0.6]]));
    // Output: ¼·0.8 and ¼·(−0.6); hidden: ±¼·0.8 and ±¼·0.6 at both units.
    let rms = 0.25 * (0.5f64 * (0.64 + 0.36)).sqrt();
    for layer in &layers {
        assert!((layer.signal - rms).abs() < 1e-7, "{layer:?}");
        assert!((layer.attenuation.unwrap() - 1.0).abs() < 1e-6);
        assert!(layer.floor_share.values().all(|share| *share == 1.0));
        assert_eq!((layer.dead, layer.saturated), (1.0, 0.0), "the same for both samples");
    }
    assert_eq!(layers[0].alignment, None, "no gradient passes weights of zero");
    assert_eq!(layers[0].floor_share.len(), 4);
    assert_eq!(layers[1].floor_share.keys().collect::<Vec<_>>(), ["W_np", "W_pp"]);
}

/// Two rectified units: one always below its threshold, one always above; two sigmoids: one far
/// in its tail but moving, one in its middle.
#[test]
fn dead_and_saturated_units_are_counted() {
    let silence = |activation, bias: [f32; 2]| {
        let spec = NetworkSpec { activations: vec![activation], ..single(1, &[2], 1) };
        let mut network = Network::new(&spec, &mut Generator::new(0, 0));
        let layer = &mut network.layers_mut()[0];
        let part = layer.sub_matrices().remove(0);
        layer.set_magnitudes(&part, &Matrix::from_rows(&[[1.0, 1.0]]));
        layer.set_bias(&bias);
        let mut trace = Trace::default();
        *trace.input_mut() = Matrix::from_rows(&[[0.1], [0.9], [0.5]]);
        network.forward(&mut trace);
        let error = Matrix::from_rows(&[[0.1], [0.2], [-0.1]]);
        let found = diagnose(&network, &Backprop, &trace, &error).remove(0);
        (found.dead, found.saturated)
    };
    assert_eq!(silence(Activation::Relu, [-2.0, 0.0]), (0.5, 0.5));
    // φ'(8) = 3.4e-4 of a maximum of ¼: below 1 %, and the activity still changes by 2e-4.
    assert_eq!(silence(Activation::Sigmoid { width: 2.0 }, [8.0, -0.5]), (0.0, 0.5));
    assert_eq!(silence(Activation::Sigmoid { width: 2.0 }, [30.0, -0.5]), (0.5, 0.5));
}

#[test]
fn looking_changes_no_bit_of_what_is_learnt() {
    let step = |looked: bool| {
        let spec = dual(5, &[6], 3);
        let network = Network::new(&spec, &mut Generator::new(4, 0));
        let optimiser = Optimiser::new(Method::Momentum { momentum: 0.9 }, true, &network);
        let mut learner = learner(network, DirectFeedbackAlignment::default(), optimiser);
        let mut generator = Generator::new(5, 0);
        for _ in 0..3 {
            let input = unsigned(8, 5, &mut generator);
            let target = signed(8, 3, &mut generator);
            common::step(&mut learner, &input, &target, 1.0);
            if looked {
                let (_, trace, error) = lesson(&spec, 3, 6);
                diagnose(&learner.network, learner.rule.as_ref(), &trace, &error);
            }
        }
        bits(&learner.network)
    };
    assert_eq!(step(true), step(false));
}
