//! Oracle: a run that was written and read goes on as if nothing had happened, and anything else
//! is refused with a reason.

mod common;

use common::{bits, learner, unsigned};
use dalenet::{
    Dale, DaleForm, ErrorDiffusion, Generator, GeneratorState, Matrix, Method, Modulo, Network,
    NetworkSpec, Optimiser,
    checkpoint::{self, Checkpoint, Error, Values},
};
use safetensors::SafeTensors;
use std::collections::HashMap;

const ADAM: Method = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const MOMENTUM: Method = Method::Momentum { momentum: 0.9 };

fn network(spec: &NetworkSpec, seed: u64) -> Network {
    Network::new(spec, &mut Generator::new(seed, 0))
}

fn metadata() -> HashMap<String, String> {
    [("epoch", "7"), ("broken", "{")].map(|(k, v)| (k.into(), v.into())).into()
}

/// Values of a caller's own, of each type.
fn extras() -> [(String, Values); 4] {
    [
        ("order".into(), Values::U32(vec![3, 1, 2])),
        ("steps".into(), Values::U64(vec![u64::MAX, 0])),
        ("numbers".into(), Values::F32(vec![0.1])),
        ("doubles".into(), Values::F64(vec![0.1, f64::MIN_POSITIVE])),
    ]
}

/// A small checkpoint with a bit of everything.
fn small() -> Vec<u8> {
    let network = network(&common::dual(2, &[3], 2), 0);
    let optimiser = Optimiser::new(ADAM, true, &network);
    checkpoint::write(&[("", &network, Some(&optimiser))], &extras(), metadata())
}

#[test]
fn a_run_goes_on_bit_for_bit_with_every_method() {
    for spec in [common::dual(5, &[6, 4], 3), common::single(5, &[6, 4], 3)] {
        for method in [Method::Sgd, MOMENTUM, ADAM] {
            for normalised in [false, true] {
                let new = |seed| {
                    let network = network(&spec, seed);
                    let optimiser = Optimiser::new(method, normalised, &network);
                    learner(network, ErrorDiffusion::new(Modulo), optimiser)
                };
                let mut generator = Generator::new(0, 2);
                let mut batch = || [unsigned(4, 5, &mut generator), unsigned(4, 3, &mut generator)];
                let mut written = new(1);
                for [input, target] in [batch(), batch(), batch()] {
                    common::step(&mut written, &input, &target, 0.1);
                }
                let file = checkpoint::write(
                    &[("", &written.network, Some(&written.optimiser))],
                    &[],
                    HashMap::new(),
                );

                let mut read = new(2);
                let [input, target] = batch();
                common::step(&mut read, &input, &target, 0.1); // memories of another past
                let file = Checkpoint::parse(&file).unwrap();
                file.load_network("", &mut read.network).unwrap();
                file.load_optimiser("", &mut read.optimiser).unwrap();
                assert_eq!(bits(&written.network), bits(&read.network));
                for [input, target] in [batch(), batch()] {
                    common::step(&mut written, &input, &target, 0.1);
                    common::step(&mut read, &input, &target, 0.1);
                    let about = format!("{method:?}, normalised: {normalised}");
                    assert_eq!(bits(&written.network), bits(&read.network), "{about}");
                }
            }
        }
    }
}

#[test]
fn the_same_content_gives_the_same_checksum_whatever_the_order_of_the_metadata() {
    let sum = |bytes: &[u8]| {
        let (_, header) = SafeTensors::read_metadata(bytes).unwrap();
        header.metadata().as_ref().unwrap()["sha256"].clone()
    };
    let first = sum(&small());
    assert!((0..16).all(|_| sum(&small()) == first));
}

#[test]
fn weights_are_stored_as_magnitudes_under_the_names_of_the_literature() {
    let bytes = small();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    for name in ["W_pp", "W_pn", "W_np", "W_nn"] {
        let tensor = tensors.tensor(&format!("layer1.{name}")).unwrap();
        assert_eq!(tensor.shape(), [2, 3]);
        let values =
            tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
        assert!(values.into_iter().all(|w| w > 0.0), "{name}");
    }
    assert_eq!(tensors.tensor("layer1.bias").unwrap().shape(), [6]);
}

#[test]
fn extras_and_metadata_come_back() {
    let bytes = small();
    let file = Checkpoint::parse(&bytes).unwrap();
    assert_eq!(file.u32s("order").unwrap(), [3, 1, 2]);
    assert_eq!(file.json::<u32>("epoch").unwrap(), 7);
    for key in ["broken", "absent"] {
        let Err(Error::Metadata { key: named, .. }) = file.json::<u32>(key) else {
            panic!("`{key}` was read");
        };
        assert_eq!(named, key);
    }
    assert!(matches!(file.u32s("absent"), Err(Error::Missing(name)) if name == "absent"));
    assert_eq!(file.u64s("steps", 2).unwrap(), [u64::MAX, 0]);
    assert_eq!(file.f32s("numbers", 1).unwrap(), [0.1]);
    assert_eq!(file.f64s("doubles", 2).unwrap(), [0.1, f64::MIN_POSITIVE]);
    assert_eq!(file.len("doubles").unwrap(), 2);
    assert!(matches!(file.f64s("doubles", 3), Err(Error::Shape { name, .. }) if name == "doubles"));
    let floats = file.u32s("layer1.bias");
    assert!(matches!(floats, Err(Error::Shape { name, .. }) if name == "layer1.bias"));
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let bytes = small();
    for len in 0..bytes.len() {
        assert!(Checkpoint::parse(&bytes[..len]).is_err(), "cut to {len} of {}", bytes.len());
    }
}

#[test]
fn a_flipped_bit_anywhere_is_refused() {
    let bytes = small();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut damaged = bytes.clone();
    for at in 0..bytes.len() {
        let flips = if at < header { 0..8 } else { at % 8..at % 8 + 1 };
        for bit in flips {
            damaged[at] ^= 1 << bit;
            match Checkpoint::parse(&damaged) {
                Ok(_) => panic!("bit {bit} of byte {at} went unnoticed"),
                Err(Error::Checksum { expected, found }) => {
                    assert!(expected != found && found.len() == 64, "{expected} {found}");
                }
                Err(other) => assert!(at < header, "byte {at}: {other}"),
            }
            damaged[at] = bytes[at];
        }
    }
}

#[test]
fn the_message_on_damage_names_both_sums() {
    let mut bytes = small();
    *bytes.last_mut().unwrap() ^= 1;
    let Err(error @ Error::Checksum { .. }) = Checkpoint::parse(&bytes) else { panic!("passed") };
    let Error::Checksum { expected, found } = &error else { unreachable!() };
    let message = error.to_string();
    assert!(message.contains(expected) && message.contains(found), "{message}");
}

#[test]
fn a_checkpoint_of_another_architecture_is_refused_by_the_name_of_a_tensor() {
    let bytes = small(); // dual, 2-3-2
    let file = Checkpoint::parse(&bytes).unwrap();
    for (spec, culprit) in [
        (common::dual(4, &[3], 2), "layer1.W_pp"),
        (common::dual(2, &[5], 2), "layer1.W_pp"),
        (common::dual(2, &[3], 4), "layer2.W_pp"),
        (common::dual(2, &[3, 3], 2), "layer2.W_pp"),
        (common::dual(2, &[], 2), "layer1.W_pp"),
        (common::single(2, &[3], 2), "layer1.W"),
    ] {
        let error = file.load_network("", &mut network(&spec, 0)).unwrap_err();
        assert!(error.to_string().contains(&format!("`{culprit}`")), "{spec:?}: {error}");
    }
}

#[test]
fn the_shapes_of_both_sides_are_named() {
    let bytes = small();
    let file = Checkpoint::parse(&bytes).unwrap();
    let error = file.load_network("", &mut network(&common::dual(4, &[3], 2), 0)).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("[2, 3]") && message.contains("[4, 3]"), "{message}");
}

#[test]
fn a_checkpoint_of_a_deeper_network_is_refused() {
    let [deep, mut shallow] =
        [&[3][..], &[]].map(|hidden| network(&common::single(4, hidden, 3), 0));
    let optimiser = Optimiser::new(Method::Sgd, false, &deep);
    let bytes = checkpoint::write(&[("", &deep, Some(&optimiser))], &[], HashMap::new());
    let error = Checkpoint::parse(&bytes).unwrap().load_network("", &mut shallow).unwrap_err();
    assert!(error.to_string().contains("`layer2.bias`"), "{error}");
}

#[test]
fn a_checkpoint_of_the_other_form_of_dales_principle_is_refused_in_one_sentence() {
    let specs = [DaleForm::Streams, DaleForm::Literal].map(|form| NetworkSpec {
        dale: Some(Dale { form, ..Dale::default() }),
        ..common::dual(2, &[3], 2)
    });
    for (written, read) in [(0, 1), (1, 0)] {
        let network = network(&specs[written], 0);
        let optimiser = Optimiser::new(Method::Sgd, false, &network);
        let bytes = checkpoint::write(&[("", &network, Some(&optimiser))], &[], HashMap::new());
        let file = Checkpoint::parse(&bytes).unwrap();
        file.load_network("", &mut self::network(&specs[written], 1)).unwrap();
        let error = file.load_network("", &mut self::network(&specs[read], 1)).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("literal form") && message.contains("by streams"), "{message}");
        assert!(!message.contains(". "), "one sentence: {message}");
    }
}

/// The weights of the literal form are magnitudes too, and come back with their signs.
#[test]
fn a_network_under_the_literal_form_comes_back_bit_for_bit() {
    let dale = Some(Dale { form: DaleForm::Literal, ..Dale::default() });
    let spec = NetworkSpec { dale, ..common::dual(2, &[3, 4], 2) };
    let [written, mut read] = [0, 1].map(|seed| network(&spec, seed));
    for part in written.layers().iter().flat_map(|layer| {
        layer.sub_matrices().into_iter().map(|part| layer.magnitudes(&part)).collect::<Vec<_>>()
    }) {
        assert!(part.as_slice().iter().all(|w| *w > 0.0));
    }
    let optimiser = Optimiser::new(Method::Sgd, false, &written);
    let bytes = checkpoint::write(&[("a.", &written, Some(&optimiser))], &[], HashMap::new());
    Checkpoint::parse(&bytes).unwrap().load_network("a.", &mut read).unwrap();
    assert_eq!(bits(&written), bits(&read));
}

#[test]
fn a_checkpoint_of_another_optimiser_is_refused() {
    let network = network(&common::dual(2, &[3], 2), 0);
    let [sgd, momentum, adam] =
        [Method::Sgd, MOMENTUM, ADAM].map(|method| Optimiser::new(method, false, &network));
    for (written, read, culprit) in [
        (&sgd, &momentum, "weight.first"),
        (&sgd, &adam, "weight.first"),
        (&momentum, &adam, "weight.second"),
        (&momentum, &sgd, "weight.first"),
        (&adam, &sgd, "weight.first"),
        (&adam, &momentum, "weight.second"),
    ] {
        let bytes = checkpoint::write(&[("", &network, Some(written))], &[], HashMap::new());
        let error = Checkpoint::parse(&bytes).unwrap().load_optimiser("", &mut read.clone());
        let message = error.unwrap_err().to_string();
        assert!(message.contains(&format!("`optimiser.layer1.{culprit}`")), "{message}");
    }
}

#[test]
#[should_panic(expected = "the state of another network")]
fn the_state_of_another_network_is_refused() {
    let [small, large] = [3, 4].map(|hidden| {
        let network = network(&common::dual(2, &[hidden], 2), 0);
        Optimiser::new(MOMENTUM, false, &network)
    });
    let mut optimiser = small;
    optimiser.restore(1, large.layers().to_vec());
}

#[test]
fn a_generator_goes_on_where_its_state_was_taken() {
    let mut generator = Generator::new(9, 4);
    let items = |generator: &mut Generator| {
        let mut order: Vec<u32> = (0..20).collect();
        generator.shuffle(&mut order);
        (order, generator.uniform().to_bits(), generator.normal().to_bits(), generator.below(1000))
    };
    for used in 0..40 {
        let text = serde_json::to_string(&generator.state()).unwrap();
        let state: GeneratorState = serde_json::from_str(&text).unwrap();
        assert_eq!(state, generator.state());
        let mut again = Generator::restore(&state);
        assert_eq!(items(&mut again), items(&mut generator.clone()), "after {used} numbers");
        generator.normal();
    }
}

#[test]
fn a_generator_goes_on_far_into_its_stream() {
    let state = GeneratorState { seed: 1, stream: 2, position: [u64::MAX - 1, 3] };
    let mut generator = Generator::restore(&state);
    assert_eq!(generator.state(), state);
    for _ in 0..4 {
        generator.uniform();
    }
    assert_eq!(generator.state().position, [2, 4], "the carry");
}

#[test]
fn seeds_and_streams_give_other_numbers() {
    let numbers = |seed, stream| {
        let mut generator = Generator::new(seed, stream);
        [(); 8].map(|()| generator.uniform().to_bits())
    };
    assert_eq!(numbers(0, 0), numbers(0, 0));
    assert_ne!(numbers(0, 0), numbers(1, 0));
    assert_ne!(numbers(0, 0), numbers(0, 1));
}

/// Loading refreshes what the forward pass of a folded layer works on.
#[test]
fn a_loaded_network_predicts_as_the_written_one() {
    let spec = common::dual(2, &[3], 2);
    let [written, mut read] = [0, 1].map(|seed| network(&spec, seed));
    let optimiser = Optimiser::new(Method::Sgd, false, &written);
    let bytes = checkpoint::write(&[("", &written, Some(&optimiser))], &[], HashMap::new());
    Checkpoint::parse(&bytes).unwrap().load_network("", &mut read).unwrap();
    let predict = |network: &Network| {
        let mut trace = dalenet::Trace::default();
        *trace.input_mut() = Matrix::from_rows(&[[0.3, 0.9]]);
        network.forward(&mut trace);
        trace.output().clone()
    };
    assert_eq!(predict(&written), predict(&read));
}
