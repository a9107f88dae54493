//! Oracle: closed forms. What each rule tells each unit, read off linear units, whose signals
//! pass the gate as they are. The golden cases cover the arithmetic; this is what they leave.

mod common;

use common::{difference, identity, learner, signed, unsigned};
use dalenet::{
    Activation, Backprop, DirectFeedbackAlignment, ErrorDiffusion, Feedback, FeedbackAlignment,
    Generator, Learner, Lesson, Matrix, Method, Modulo, Network, NetworkSpec, Optimiser,
    Overlapping, Routing, Rule, Shared, SignSymmetric, Workspace, layer::Skip,
};

fn linear(spec: NetworkSpec, rule: impl Rule + 'static) -> Learner {
    let identity = Activation::Identity;
    let spec = NetworkSpec { activations: vec![identity], output: identity, ..spec };
    let network = Network::new(&spec, &mut Generator::new(0, 0));
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    learner(network, rule, optimiser)
}

/// The signals of hidden layer `layer` for `error`, B×N.
fn signals(learner: &mut Learner, layer: usize, error: &Matrix) -> Matrix {
    let inputs = learner.network.layers()[0].distinct_inputs();
    *learner.trace.input_mut() = Matrix::zeros(error.rows(), inputs);
    learner.forward();
    learner.teach(error);
    learner.signal(layer).values().clone()
}

#[test]
fn error_diffusion_sends_error_i_mod_c_to_p_and_its_opposite_to_n() {
    let error = signed(4, 3, &mut Generator::new(1, 0));
    for hidden in [7, 3, 2, 1] {
        let mut learner = linear(common::dual(5, &[4, hidden], 3), ErrorDiffusion::new(Modulo));
        let signal = signals(&mut learner, 1, &error);
        assert_eq!((signal.rows(), signal.cols()), (4, 2 * hidden));
        for b in 0..4 {
            for i in 0..hidden {
                let wanted = error.row(b)[i % 3];
                let found = [signal.row(b)[i], signal.row(b)[hidden + i]];
                assert_eq!(found, [wanted, -wanted], "unit {i} of {hidden}");
            }
        }
    }
}

#[test]
fn a_single_output_is_heard_by_every_unit() {
    let error = Matrix::from_rows(&[[0.5], [-2.0]]);
    let mut learner = linear(common::dual(2, &[5], 1), ErrorDiffusion::new(Modulo));
    let signal = signals(&mut learner, 0, &error);
    for (row, error) in signal.iter_rows().zip(error.as_slice()) {
        assert!(row[..5].iter().all(|s| s == error) && row[5..].iter().all(|s| *s == -error));
    }
}

#[test]
fn a_single_stream_hears_the_error_with_a_plus() {
    let error = Matrix::from_rows(&[[0.5, -1.0]]);
    let mut learner = linear(common::single(2, &[3], 2), ErrorDiffusion::new(Modulo));
    assert_eq!(signals(&mut learner, 0, &error).as_slice(), [0.5, -1.0, 0.5]);
}

#[test]
fn a_routing_of_ones_own_is_asked_about_each_unit_of_each_stream() {
    struct Blocks;
    impl Routing for Blocks {
        fn name(&self) -> &str {
            "blocks"
        }
        fn weight(&self, unit: usize, units: usize, output: usize, outputs: usize) -> f32 {
            assert!(unit < units && output < outputs);
            if unit * outputs / units == output { 0.5 } else { 0.0 }
        }
    }
    let error = Matrix::from_rows(&[[2.0, 4.0]]);
    let mut learner = linear(common::dual(2, &[4], 2), ErrorDiffusion::new(Blocks));
    let signal = signals(&mut learner, 0, &error);
    assert_eq!(signal.as_slice(), [1.0, 1.0, 2.0, 2.0, -1.0, -1.0, -2.0, -2.0]);
}

#[test]
fn overlapping_routing_gives_each_unit_two_outputs_and_each_pair_of_outputs_some_units() {
    let (units, outputs) = (30, 4);
    let mut pairs = std::collections::BTreeSet::new();
    for unit in 0..units {
        let weights: Vec<_> =
            (0..outputs).map(|output| Overlapping.weight(unit, units, output, outputs)).collect();
        let at = |weight| weights.iter().position(|w| *w == weight).expect("such a weight");
        assert_eq!(at(1.0), unit % outputs);
        assert_eq!(weights.iter().sum::<f32>(), 1.5);
        pairs.insert((at(1.0), at(0.5)));
    }
    assert_eq!(pairs.len(), outputs * (outputs - 1));
    assert_eq!(Overlapping.weight(7, 9, 0, 1), 1.0, "a single output reaches every unit");
}

#[test]
fn shared_routing_gives_every_tenth_unit_the_mean_and_deals_the_others_out_evenly() {
    let (units, outputs) = (100, 10);
    let mut served = vec![0.0; outputs];
    for unit in 0..units {
        let weights: Vec<_> =
            (0..outputs).map(|output| Shared.weight(unit, units, output, outputs)).collect();
        let hears_all = weights.iter().all(|weight| *weight == 0.1);
        assert_eq!(hears_all, unit % 10 == 9);
        assert!(hears_all || weights.iter().filter(|weight| **weight == 1.0).count() == 1);
        served.iter_mut().zip(&weights).for_each(|(sum, weight)| *sum += weight);
    }
    assert!(served.iter().all(|sum: &f32| (sum - 10.0).abs() < 1e-5), "{served:?}");
    assert_eq!(Shared.weight(9, 10, 0, 1), 1.0, "a single output reaches every unit");
}

#[test]
fn error_diffusion_is_named_by_its_routing() {
    assert_eq!(ErrorDiffusion::new(Modulo).name(), "ed");
    assert_eq!(ErrorDiffusion::new(Overlapping).name(), "ed-overlapping");
}

/// Four clusters in the plane that no line separates from the others.
#[test]
fn error_diffusion_learns_under_either_routing() {
    let mut generator = Generator::new(4, 0);
    let labels: Vec<u16> = (0..200).map(|i| i % 4).collect();
    let values = labels.iter().flat_map(|label| {
        let centre = [[0.2, 0.2], [0.8, 0.8], [0.2, 0.8], [0.8, 0.2]][usize::from(*label)];
        centre.map(|x| x + 0.1 * (generator.uniform() - 0.5))
    });
    let input = Matrix::from_vec(200, 2, values.collect());
    for rule in [ErrorDiffusion::new(Modulo), ErrorDiffusion::new(Overlapping)] {
        let name = rule.name().to_string();
        let network = Network::new(&common::dual(2, &[40], 4), &mut Generator::new(0, 0));
        let optimiser = Optimiser::new(Method::Sgd, false, &network);
        let mut learner = learner(network, rule, optimiser);
        learner.trace.input_mut().clone_from(&input);
        let mut error = Matrix::default();
        for _ in 0..600 {
            dalenet::one_vs_all(learner.forward(), &labels, &mut error);
            dalenet::centre(&mut error);
            learner.learn(&error, 2.0);
        }
        let predicted = learner.forward().iter_rows().map(|row| {
            (0..4).max_by(|a, b| row[usize::from(*a)].total_cmp(&row[usize::from(*b)])).unwrap()
        });
        let right = predicted.zip(&labels).filter(|(found, label)| found == *label).count();
        assert!(right > 190, "{name}: {right} of 200");
    }
}

/// Its signal is gated, scaled and applied like that of any built-in rule.
#[test]
fn a_rule_of_ones_own_teaches_the_hidden_layer() {
    struct Constant;
    impl Rule for Constant {
        fn name(&self) -> &str {
            "constant"
        }
        fn feedback(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) -> Feedback<'_> {
            assert_eq!(layer, 0);
            assert_eq!(lesson.above.values(), lesson.error, "a linear output does not gate");
            let made = lesson.trace.postsynaptic(layer);
            signal.reshape(made.rows(), lesson.network.layers()[layer].units());
            signal.as_mut_slice().fill(3.0);
            Feedback::Written
        }
    }
    let spec = NetworkSpec {
        activations: vec![Activation::Relu],
        output: Activation::Identity,
        ..common::single(2, &[3], 1)
    };
    let mut network = Network::new(&spec, &mut Generator::new(0, 0));
    let layer = &mut network.layers_mut()[0];
    layer.set_magnitudes(&layer.sub_matrices()[0], &Matrix::zeros(2, 3));
    layer.set_bias(&[1.0, -1.0, 1.0]); // on, off, on
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    let mut learner = learner(network, Constant, optimiser);
    let input = Matrix::from_rows(&[[1.0, 2.0], [3.0, 0.0]]);
    common::step(&mut learner, &input, &Matrix::zeros(2, 1), 0.5);
    // rate · mean over the batch of x · 3, for the units that were on
    let want = [3.0, 0.0, 3.0, 1.5, 0.0, 1.5];
    assert_eq!(learner.network.layers()[0].weights().as_slice(), want);
    assert_eq!(learner.network.layers()[0].bias(), [2.5, -1.0, 2.5]);
}

/// Backpropagation as a rule of one's own: it writes what the learner would transport.
struct Written;

impl Rule for Written {
    fn name(&self) -> &str {
        "written"
    }
    fn feedback(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) -> Feedback<'_> {
        let above = &lesson.network.layers()[layer + 1];
        above.transport(lesson.above, above.weights(), signal, &Workspace::default());
        Feedback::WrittenThrough
    }
}

#[test]
fn a_signal_written_layer_by_layer_comes_along_skip_connections() {
    let layers = vec![6.into(), 6.into(), Skip { from: 2 }.into(), 4.into()];
    let spec = NetworkSpec { layers, ..common::dual(3, &[], 2) };
    let network = Network::new(&spec, &mut Generator::new(0, 0));
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    let mut written = learner(network.clone(), Written, optimiser.clone());
    let mut transported = learner(network, Backprop, optimiser);
    let error = signed(5, 2, &mut Generator::new(1, 0));
    for layer in 0..3 {
        let [one, other] = [&mut written, &mut transported].map(|l| signals(l, layer, &error));
        assert_eq!(one, other, "layer {layer}");
    }
}

#[test]
fn a_lesson_in_two_parts_is_the_same_lesson() {
    let network = Network::new(&common::dual(3, &[5], 2), &mut Generator::new(0, 0));
    let optimiser = Optimiser::new(Method::Momentum { momentum: 0.5 }, true, &network);
    let mut whole = learner(network.clone(), ErrorDiffusion::new(Modulo), optimiser.clone());
    let mut parts = learner(network, ErrorDiffusion::new(Modulo), optimiser);
    let input = unsigned(4, 3, &mut Generator::new(2, 0));
    let error = signed(4, 2, &mut Generator::new(3, 0));
    for _ in 0..3 {
        for learner in [&mut whole, &mut parts] {
            learner.trace.input_mut().clone_from(&input);
            learner.forward();
        }
        whole.learn(&error, 0.5);
        parts.teach(&error);
        let before = common::bits(&parts.network);
        parts.teach(&error);
        assert_eq!(common::bits(&parts.network), before, "nothing is learnt yet");
        parts.follow(0.5);
        assert_eq!(common::bits(&parts.network), common::bits(&whole.network));
    }
}

/// Root mean square of the entries.
fn size(m: &Matrix) -> f64 {
    let squares: f64 = m.as_slice().iter().map(|v| f64::from(*v).powi(2)).sum();
    (squares / m.as_slice().len() as f64).sqrt()
}

/// An identity as error shows the feedback matrix itself.
#[test]
fn direct_feedback_is_drawn_from_a_normal_of_variance_one_over_c() {
    let mut learner = linear(common::dual(2, &[400, 300], 4), DirectFeedbackAlignment::default());
    let [first, second] = [0, 1].map(|l| signals(&mut learner, l, &identity(4)));
    for (feedback, units) in [(&first, 800), (&second, 600)] {
        assert_eq!((feedback.rows(), feedback.cols()), (4, units));
        assert!((size(feedback) - 0.5).abs() < 0.03, "{}", size(feedback));
        let tail = feedback.as_slice().iter().filter(|v| v.abs() > 1.0).count() as f64;
        let share = tail / (4 * units) as f64;
        assert!((share - 0.0455).abs() < 0.015, "{share} lie beyond two standard deviations");
    }
    assert_ne!(first.row(0)[..600], second.row(0)[..600], "each layer has its own");
}

#[test]
fn feedback_alignment_is_drawn_from_a_normal_of_variance_one_over_n() {
    let mut learner = linear(common::dual(2, &[500], 4), FeedbackAlignment::default());
    let feedback = signals(&mut learner, 0, &identity(4));
    assert!((size(&feedback) - 0.5).abs() < 0.03, "{}", size(&feedback));
}

#[test]
fn feedback_stays_while_weights_learn() {
    fn check(rule: impl Rule + 'static) {
        let mut learner = linear(common::dual(3, &[5], 2), rule);
        let before = signals(&mut learner, 0, &identity(2));
        let input = unsigned(4, 3, &mut Generator::new(2, 0));
        let weights = learner.network.layers()[1].weights().clone();
        common::step(&mut learner, &input, &Matrix::zeros(4, 2), 0.1);
        assert_ne!(&weights, learner.network.layers()[1].weights());
        assert_eq!(before, signals(&mut learner, 0, &identity(2)));
    }
    check(DirectFeedbackAlignment::default());
    check(FeedbackAlignment::default());
    check(SignSymmetric); // under Dale's principle the signs never change
}

#[test]
fn the_same_generator_draws_the_same_feedback() {
    let feedback = |stream| {
        let network = Network::new(&common::dual(3, &[5], 2), &mut Generator::new(0, 0));
        let optimiser = Optimiser::new(Method::Sgd, false, &network);
        let rule = Box::new(DirectFeedbackAlignment::default());
        let mut learner = Learner::new(network, rule, optimiser, &mut Generator::new(5, stream));
        signals(&mut learner, 0, &identity(2))
    };
    assert_eq!(feedback(0), feedback(0));
    assert_ne!(feedback(0), feedback(1));
}

#[test]
fn sign_symmetric_feedback_of_a_zero_weight_is_zero() {
    let mut learner = linear(common::single(2, &[2], 1), SignSymmetric);
    let part = &learner.network.layers()[1].sub_matrices()[0];
    let weights = Matrix::from_rows(&[[-7.0], [0.0]]);
    learner.network.layers_mut()[1].set_magnitudes(part, &weights);
    assert_eq!(signals(&mut learner, 0, &identity(1)).as_slice(), [-1.0, 0.0]);
}

/// A step must not let the new weights of one layer into the lesson of another.
#[test]
fn all_layers_are_taught_from_the_weights_of_the_forward_pass() {
    let input = unsigned(4, 3, &mut Generator::new(3, 0));
    let target = Matrix::zeros(4, 2);
    let mut taught = linear(common::dual(3, &[5, 4], 2), Backprop);
    let mut learnt = linear(common::dual(3, &[5, 4], 2), Backprop);
    taught.trace.input_mut().clone_from(&input);
    let error = difference(&target, taught.forward());
    taught.teach(&error);
    common::step(&mut learnt, &input, &target, 1.0);
    for l in 0..3 {
        assert_eq!(taught.signal(l).values(), learnt.signal(l).values());
    }
}
