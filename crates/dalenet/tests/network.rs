//! Oracle: closed forms of a network's start and of its layers' accounts.

mod common;

use common::{signed, unsigned};
use dalenet::{
    Activation, Alter, Backprop, Dale, DaleForm, Generator, LayerSpec, Matrix, Network,
    NetworkSpec, Shape, Trace,
    diagnosis::gradients,
    layer::{Convolution, Pooling, PoolingMode, Rms},
};

fn network(spec: &NetworkSpec) -> Network {
    Network::new(spec, &mut Generator::new(0, 0))
}

/// Mean and largest entry.
fn mean_and_top(m: &Matrix) -> (f32, f32) {
    let values = m.as_slice();
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    (mean, values.iter().copied().fold(0.0, f32::max))
}

/// The paper's third innovation: excitation ×1.5, inhibition ×0.5, but for the last layer.
#[test]
fn weights_start_uniform_with_the_gains_of_their_kind() {
    let network = network(&common::dual(128, &[128, 128], 100));
    for (l, layer) in network.layers().iter().enumerate() {
        let names: Vec<_> = layer.sub_matrices().into_iter().map(|part| part.name).collect();
        let dual: &[&str] =
            if l < 2 { &["W_pp", "W_pn", "W_np", "W_nn"] } else { &["W_pp", "W_np"] };
        assert_eq!(names, dual);
        for part in layer.sub_matrices() {
            let gain = match part.name.as_str() {
                _ if l == 2 => 1.0,
                "W_pp" | "W_nn" => 1.5,
                _ => 0.5,
            };
            let (mean, top) = mean_and_top(&layer.magnitudes(&part));
            let (mean, top) = (mean * 16.0 / gain, top * 16.0 / gain); // √K = 16
            assert!((mean - 0.5).abs() < 0.01, "{} of layer {l}: mean {mean}", part.name);
            assert!((0.99..1.0).contains(&top), "{} of layer {l}: top {top}", part.name);
        }
        assert!(layer.bias().iter().all(|b| *b == 0.0));
        let ratio = layer.balance().unwrap().ei_ratio;
        let want = if l < 2 { 3.0 } else { 1.0 };
        assert!((ratio / want - 1.0).abs() < 0.03, "layer {l}: E/I {ratio}");
    }
}

#[test]
fn without_fan_in_weights_start_at_their_gain() {
    let spec = NetworkSpec { fan_in: false, ..common::dual(64, &[64], 1) };
    let network = network(&spec);
    let layer = &network.layers()[0];
    let (_, top) = mean_and_top(&layer.magnitudes(&layer.sub_matrices()[0]));
    assert!((1.45..1.5).contains(&top), "{top}");
}

#[test]
fn thresholds_start_between_plus_and_minus_beta() {
    let spec = NetworkSpec { threshold: 0.8, ..common::dual(1, &[500], 1) };
    let network = network(&spec);
    let bias = network.layers()[0].bias();
    let squares: f32 = bias.iter().map(|b| b * b).sum();
    // The difference of two U[0, 1) has variance 1/6.
    assert!((squares / 1000.0 - 0.64 / 6.0).abs() < 0.015, "{squares}");
    assert!(bias.iter().all(|b| b.abs() < 0.8));
}

#[test]
fn single_stream_weights_start_at_a_size_that_keeps_the_variance() {
    let mut spec = common::single(150, &[100], 100);
    for (activation, top) in [
        (Activation::Relu, 0.2),                   // √(6/150)
        (Activation::Sigmoid { width: 3.0 }, 1.2), // times 2·3
    ] {
        spec.activations = vec![activation];
        let network = network(&spec);
        let weights = network.layers()[0].weights().as_slice();
        let [low, high] = [f32::min, f32::max].map(|pick| weights.iter().copied().fold(0.0, pick));
        assert!((0.99..=1.0).contains(&(high / top)) && (0.99..=1.0).contains(&(-low / top)));
    }
}

#[test]
fn the_last_activation_serves_the_layers_that_follow() {
    let widths = [3.0, 6.0].map(|width| Activation::Sigmoid { width });
    let spec = NetworkSpec {
        activations: widths.to_vec(),
        output: Activation::Softmax,
        ..common::dual(2, &[2, 2, 2], 2)
    };
    let network = network(&spec);
    let found: Vec<_> = network.layers().iter().map(|layer| layer.activation()).collect();
    assert_eq!(found, [widths[0], widths[1], widths[1], Activation::Softmax]);
}

/// Under the literal form the gains follow the presynaptic stream.
#[test]
fn literal_weights_start_with_the_gain_of_their_source() {
    let dale = Some(Dale { form: DaleForm::Literal, ..Dale::default() });
    let network = network(&NetworkSpec { dale, ..common::dual(128, &[128], 2) });
    let layer = &network.layers()[0];
    for part in layer.sub_matrices() {
        let gain = if part.name.starts_with("W_p") { 1.5 } else { 0.5 };
        let (mean, top) = mean_and_top(&layer.magnitudes(&part));
        assert!(
            (mean * 16.0 / gain - 0.5).abs() < 0.01 && top * 16.0 / gain < 1.0,
            "{}",
            part.name
        );
        assert!(layer.magnitudes(&part).as_slice().iter().all(|w| *w > 0.0));
    }
    assert!((layer.balance().unwrap().ei_ratio / 3.0 - 1.0).abs() < 0.03);
}

/// One layer worked out by hand under the literal form: p excites all, n inhibits all.
#[test]
fn under_the_literal_form_p_adds_and_n_takes_away() {
    let identity = Activation::Identity;
    let dale = Some(Dale { form: DaleForm::Literal, ..Dale::default() });
    let base = common::dual(1, &[1], 1);
    let spec = NetworkSpec { dale, activations: vec![identity], output: identity, ..base };
    let mut network = network(&spec);
    let layer = &mut network.layers_mut()[0];
    // W_pp, W_pn, W_np, W_nn
    for (part, value) in layer.sub_matrices().iter().zip([2.0, 3.0, 5.0, 7.0]) {
        layer.set_magnitudes(part, &Matrix::from_rows(&[[value]]));
    }
    let mut trace = Trace::default();
    *trace.input_mut() = Matrix::from_rows(&[[1.0]]);
    network.forward(&mut trace);
    assert_eq!(trace.postsynaptic(0).as_slice(), [2.0 - 5.0, 3.0 - 7.0]);
}

/// One layer worked out by hand: p feeds p with a plus and n with a minus, and so does n.
#[test]
fn excitation_adds_and_inhibition_takes_away() {
    let identity = Activation::Identity;
    let spec =
        NetworkSpec { activations: vec![identity], output: identity, ..common::dual(1, &[1], 1) };
    let mut network = network(&spec);
    let values = [[2.0, 3.0, 5.0, 7.0].as_slice(), &[11.0, 13.0]];
    for (layer, values) in network.layers_mut().iter_mut().zip(values) {
        for (part, value) in layer.sub_matrices().iter().zip(values) {
            layer.set_magnitudes(part, &Matrix::from_rows(&[[*value]]));
        }
    }
    network.layers_mut()[0].set_bias(&[0.5, 0.25]);
    let mut trace = Trace::default();
    *trace.input_mut() = Matrix::from_rows(&[[1.0]]);
    network.forward(&mut trace);
    // z_p = x·W_pp − x·W_np + b_p, z_n = x·W_nn − x·W_pn + b_n
    let [p, n] = [2.0 - 5.0 + 0.5, 7.0 - 3.0 + 0.25];
    assert_eq!(trace.postsynaptic(0).as_slice(), [p, n]);
    assert_eq!(trace.output().as_slice(), [11.0 * p - 13.0 * n]);
}

#[test]
fn balance_counts_what_is_at_the_floor() {
    let mut network = network(&common::dual(1, &[1], 1));
    let layer = &mut network.layers_mut()[0];
    // W_pp, W_pn, W_np, W_nn
    for (part, value) in layer.sub_matrices().iter().zip([0.5, 1e-4, 0.25, 0.25]) {
        layer.set_magnitudes(part, &Matrix::from_rows(&[[value]]));
    }
    let balance = layer.balance().unwrap();
    assert_eq!(balance.floor_share, 0.25);
    assert!((balance.ei_ratio - 0.75 / 0.2501).abs() < 1e-4);
}

#[test]
#[should_panic(expected = "shape of the part")]
fn magnitudes_of_another_shape_are_refused() {
    let mut network = network(&common::dual(2, &[3], 1));
    let part = &network.layers()[0].sub_matrices()[0];
    network.layers_mut()[0].set_magnitudes(part, &Matrix::zeros(2, 2));
}

#[test]
#[should_panic(expected = "Dale's principle needs two streams")]
fn a_single_stream_under_dale_is_refused() {
    network(&NetworkSpec { dual: false, ..common::dual(2, &[3], 1) });
}

/// Two convolutions, of which the first is pooled by its largest: 8×8 places, then 4×4.
fn pooled() -> NetworkSpec {
    let convolution = |units| Convolution { units, size: 3, stride: 1, padding: 1 }.into();
    let pooling = Pooling { mode: PoolingMode::Max, size: 2, stride: 2 };
    NetworkSpec {
        image: Some(Shape { height: 8, width: 8, channels: 2 }),
        layers: vec![convolution(3), pooling.into(), convolution(4)],
        ..common::dual(128, &[], 3)
    }
}

/// A forward pass over random samples, with the network's gradients for a random error.
fn taught(network: &Network, trace: &mut Trace, alter: Option<&mut dyn Alter>) -> Vec<Matrix> {
    let mut generator = Generator::new(5, 0);
    *trace.input_mut() = unsigned(4, 128, &mut generator);
    match alter {
        Some(alter) => network.forward_altered(trace, alter),
        None => network.forward(trace),
    }
    let error = signed(4, 3, &mut generator);
    gradients(network, &Backprop, trace, &error)
}

#[test]
fn of_a_pooled_convolution_the_trace_keeps_the_largest_and_the_network_finds_the_rest() {
    let network = network(&pooled());
    let mut trace = Trace::default();
    taught(&network, &mut trace, None);
    let largest = trace.postsynaptic(0);
    assert_eq!((largest.rows(), largest.cols()), (4, 16 * 6));
    assert_eq!(largest, trace.output_of(0));
    let all = network.activity(&trace, 0);
    assert_eq!((all.rows(), all.cols()), (4, 64 * 6));
    for (sample, largest) in largest.iter_rows().enumerate() {
        for (i, largest) in largest.iter().enumerate() {
            let ([y, x], unit) = ([i / 6 / 4, i / 6 % 4], i % 6);
            let places = [[0, 0], [0, 1], [1, 0], [1, 1]];
            let within =
                places.map(|[dy, dx]| all.row(sample)[((2 * y + dy) * 8 + 2 * x + dx) * 6 + unit]);
            let want = within.into_iter().fold(0.0, f32::max);
            assert!((largest - want).abs() < 1e-6, "{largest}, not {want}");
        }
    }
    // The second convolution keeps all.
    assert_eq!(&network.activity(&trace, 1), trace.postsynaptic(1));
}

/// Oracle: the forward pass that finds the largest while it multiplies.
#[test]
fn a_forward_pass_that_alters_nothing_is_the_forward_pass() {
    struct Nothing;
    impl Alter for Nothing {}
    let network = network(&pooled());
    let (mut trace, mut altered) = (Trace::default(), Trace::default());
    let want = taught(&network, &mut trace, None);
    let found = taught(&network, &mut altered, Some(&mut Nothing));
    let same = |found: &Matrix, want: &Matrix| {
        assert_eq!((found.rows(), found.cols()), (want.rows(), want.cols()));
        let pairs = found.as_slice().iter().zip(want.as_slice());
        assert!(pairs.clone().all(|(a, b)| (a - b).abs() < 1e-5), "{found:?}, not {want:?}");
    };
    for l in 0..3 {
        same(altered.postsynaptic(l), trace.postsynaptic(l));
        same(&found[l], &want[l]);
    }
}

#[test]
fn a_trace_serves_one_network_after_another() {
    let layers: Vec<LayerSpec> = vec![96.into(), Rms {}.into(), 5.into()];
    let rms = NetworkSpec {
        layers,
        activations: vec![Activation::Relu],
        output: Activation::Identity,
        ..common::dual(128, &[], 3)
    };
    let networks = [network(&pooled()), network(&rms), network(&pooled())];
    let mut trace = Trace::default();
    for network in &networks {
        let want = taught(network, &mut Trace::default(), None);
        assert_eq!(taught(network, &mut trace, None), want);
    }
}
