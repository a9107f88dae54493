//! Class weights. Oracle: a weight of 2 is each sample of the class twice.

use dalenet::checkpoint::Checkpoint;
use dalenet_data::{Dataset, Shape, Split};
use dalenet_train::{Classifier, Event, Experiment, Registry, trainer};

/// One step of plain gradient descent on a batch of all samples.
fn step(samples: &[([f32; 2], u16)], weights: &str, rate: f64) -> Vec<f32> {
    let split = || {
        let values = samples.iter().flat_map(|(x, _)| *x).collect();
        Split::from_floats(values, 2, samples.iter().map(|(_, y)| *y).collect()).unwrap()
    };
    let classes = ["a", "b", "c"].map(str::to_owned).to_vec();
    let data = Dataset::new("s", Shape::flat(2), classes, split(), split()).unwrap();
    let mut experiment = Experiment::new("s.npz", "paper", "ed").unwrap();
    let (batch, rate) = (samples.len().to_string(), rate.to_string());
    for (key, value) in [
        ("layers", "[5]"),
        ("epochs", "1"),
        ("validation", "0"),
        ("centred", "false"),
        ("batch", &batch),
        ("rate", &rate),
        ("class_weights", weights),
    ] {
        experiment.set(key, value).unwrap();
    }
    let mut training = trainer(Registry::built_in(), &experiment, Some(data)).unwrap();
    while training.advance(u64::MAX).unwrap() != Event::Ended {}
    let bytes = training.save(Default::default());
    let file = Checkpoint::parse(&bytes).unwrap();
    let network = Classifier::restore(Registry::built_in(), &file).unwrap().network;
    network.layers().iter().flat_map(|layer| layer.weights().as_slice().to_vec()).collect()
}

/// Largest difference between weights.
fn difference(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn a_weight_of_two_is_every_sample_twice() {
    let samples = [([0.1, 0.9], 0), ([0.8, 0.3], 1), ([0.5, 0.5], 2), ([0.2, 0.7], 0)];
    let twice: Vec<_> = samples.iter().chain(&samples[1..2]).copied().collect();
    // A step is a mean over its batch, which has five samples in place of four.
    let (weighted, repeated) = (step(&samples, "[1, 2, 1]", 4.0), step(&twice, "none", 5.0));
    assert!(difference(&weighted, &repeated) < 1e-6);
    let unweighted = step(&samples, "none", 4.0);
    assert!(difference(&weighted, &unweighted) > 1e-4, "a weight has an effect");
}

/// Of six samples in three classes: 6/(3·3), 6/(3·1), 6/(3·2).
#[test]
fn balanced_weights_are_these_numbers() {
    let labels = [0, 0, 0, 1, 2, 2];
    let samples: Vec<_> =
        (0..6).map(|i| ([i as f32 / 6.0, 1.0 - (i * i) as f32 / 36.0], labels[i])).collect();
    let balanced = step(&samples, "balanced", 3.0);
    assert_eq!(balanced, step(&samples, "[0.6666667, 2, 1]", 3.0));
    assert!(difference(&balanced, &step(&samples, "none", 3.0)) > 1e-4);
}

#[test]
fn weights_that_are_none_are_refused() {
    let mut experiment = Experiment::new("s.npz", "paper", "ed").unwrap();
    for (value, piece) in [("\"rare\"", "balanced"), ("3", "balanced"), ("[\"a\"]", "number")] {
        let sentence = experiment.set("class_weights", value).unwrap_err().to_string();
        assert!(sentence.contains(piece), "{sentence}");
    }
    experiment.set("class_weights", "[1, 0]").unwrap();
    let sentence = experiment.validate(Registry::built_in()).unwrap_err().to_string();
    assert!(sentence.contains("`class_weights = [1.0, 0.0]`"), "{sentence}");
}
