//! Hidden units that a whole batch leaves silent.

use dalenet::{
    Activation, Backprop, Generator, Learner, Matrix, Method, Network, NetworkSpec, Optimiser,
};

/// A unit that no sample moves is moved by its bias alone, and nothing else is; an output whose error is 0
/// stays where it is.
#[test]
fn a_silent_unit_is_woken_by_its_bias() {
    let (silent, rate, gradient) = (2, 0.5, 0.25);
    let learnt = |wake: bool| {
        let mut generator = Generator::new(3, 0);
        let spec = NetworkSpec {
            inputs: 5,
            layers: vec![8.into(), 8.into()],
            outputs: 2,
            output: Activation::Identity,
            dual: false,
            dale: None,
            activations: vec![Activation::Relu],
            ..NetworkSpec::default()
        };
        let mut network = Network::new(&spec, &mut generator);
        for (layer, bias) in network.layers_mut().iter_mut().zip([5.0, 5.0, 0.0]) {
            let mut biases = vec![bias; layer.units()];
            if layer.units() == 8 {
                biases[silent] = -100.0;
            }
            layer.set_bias(&biases);
        }
        let optimiser = Optimiser::new(Method::Sgd, false, &network);
        let mut learner = Learner::new(network, Box::new(Backprop), optimiser, &mut generator);
        let input = (0..20).map(|_| generator.uniform()).collect();
        *learner.trace.input_mut() = Matrix::from_vec(4, 5, input);
        learner.forward();
        learner.gradient(&Matrix::from_rows(&[[1.0, 0.0], [0.5, 0.0], [-0.5, 0.0], [0.25, 0.0]]));
        if wake {
            learner.wake(gradient);
        }
        learner.step(1.0, rate);
        learner.network
    };
    let (woken, asleep) = (learnt(true), learnt(false));
    for (l, (woken, asleep)) in woken.layers().iter().zip(asleep.layers()).enumerate() {
        assert_eq!(woken.weights(), asleep.weights(), "layer {l}");
        let mut wanted = asleep.bias().to_vec();
        if l < 2 {
            assert_eq!(wanted[silent], -100.0, "layer {l}");
            wanted[silent] += rate * gradient;
        }
        assert_eq!(woken.bias(), wanted, "layer {l}");
    }
}
