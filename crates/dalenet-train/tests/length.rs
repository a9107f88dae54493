//! Early stopping, longer trainings and weights of another training. Oracle: trainings that have that
//! length from the start, to the bit.

use dalenet::checkpoint::Checkpoint;
use dalenet_data::{Dataset, Shape, Split};
use dalenet_train::{Event, Experiment, Outcome, Registry, Trainer, trainer};
use std::collections::BTreeMap;

/// Sixty samples of two values with noise in three classes, from memory.
fn data() -> Dataset {
    let split = |count: usize, noise: usize| {
        let value = |i: usize| [(i % 3) as f32 / 2.0, ((i * noise) % 11) as f32 / 4.0 - 1.0];
        // One label in five is another class.
        let label = |i: usize| if i % 5 == 4 { (i / 5 % 3) as u16 } else { (i % 3) as u16 };
        let values = (0..count).flat_map(value).collect();
        Split::from_floats(values, 2, (0..count).map(label).collect()).unwrap()
    };
    let classes = ["low", "middle", "high"].map(str::to_owned).to_vec();
    let data = Dataset::new("levels", Shape::flat(2), classes, split(60, 7), split(9, 3)).unwrap();
    data.with_validation(split(40, 5)).unwrap()
}

fn classification(settings: &[(&str, &str)]) -> Experiment {
    let mut experiment = Experiment::new("levels.npz", "default", "ed").unwrap();
    let common = [("layers", "[6]"), ("batch", "8"), ("schedule", "constant"), ("epochs", "20")];
    let all = common.iter().chain(settings);
    all.for_each(|(key, value)| experiment.set(key, value).unwrap());
    experiment
}

fn agent(settings: &[(&str, &str)]) -> Experiment {
    let mut experiment = Experiment::new("cart-pole", "default", "ed").unwrap();
    let common = [
        ("layers", "[8]"),
        ("envs", "4"),
        ("rollout", "8"),
        ("minibatches", "2"),
        ("evaluation", "2"),
        ("normalise_rewards", "true"),
    ];
    let all = common.iter().chain(settings);
    all.for_each(|(key, value)| experiment.set(key, value).unwrap());
    experiment
}

fn start(experiment: &Experiment) -> Box<dyn Trainer> {
    let data = matches!(experiment, Experiment::Classification(_)).then(data);
    trainer(Registry::built_in(), experiment, data).unwrap()
}

/// Trains to the end: the validation accuracies of the epochs.
fn finish(training: &mut dyn Trainer) -> Vec<f64> {
    let mut accuracies = Vec::new();
    loop {
        match training.advance(u64::MAX).unwrap() {
            Event::Ended => return accuracies,
            Event::Epoch(epoch) => accuracies.extend(epoch.validation_accuracy),
            _ => {}
        }
    }
}

/// The bytes of a finished training.
fn trained(experiment: &Experiment) -> Vec<u8> {
    let mut training = start(experiment);
    finish(training.as_mut());
    training.save(Default::default())
}

fn tensors(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let file = safetensors::SafeTensors::deserialize(bytes).unwrap();
    file.tensors().into_iter().map(|(name, view)| (name, view.data().to_vec())).collect()
}

/// The weights and biases among them.
fn weights(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut tensors = tensors(bytes);
    tensors.retain(|name, _| name.starts_with("layer"));
    tensors
}

/// Which epoch, from 1, has the highest accuracy; of several, the first.
fn best(accuracies: &[f64]) -> usize {
    let highest = accuracies.iter().copied().fold(0.0, f64::max);
    1 + accuracies.iter().position(|accuracy| *accuracy == highest).unwrap()
}

#[test]
fn early_stopping_keeps_the_weights_of_the_best_epoch() {
    for seed in ["0", "1", "2"] {
        let mut patient = start(&classification(&[("patience", "4"), ("seed", seed)]));
        let accuracies = finish(patient.as_mut());
        let best = best(&accuracies);
        // It stops four epochs later, unless its epochs end before.
        assert_eq!(accuracies.len(), (best + 4).min(20), "{accuracies:?}");
        assert_eq!(patient.stopped_early().is_some(), best + 4 <= 20, "{accuracies:?}");

        let bytes = patient.save(Default::default());
        let epochs = best.to_string();
        let to_the_best = trained(&classification(&[("epochs", &epochs), ("seed", seed)]));
        assert!(weights(&bytes) == weights(&to_the_best), "{accuracies:?}");

        let Some(Outcome::Classification(outcome)) = patient.outcome(&|| false).unwrap() else {
            panic!("no outcome")
        };
        assert_eq!(outcome.best_epoch, Some(best));
        assert_eq!(outcome.validation_accuracy, Some(accuracies[best - 1]));
        let mut other = start(&classification(&[("epochs", &epochs), ("seed", seed)]));
        other.restore(&Checkpoint::parse(&to_the_best).unwrap()).unwrap();
        let Some(Outcome::Classification(of_best)) = other.outcome(&|| false).unwrap() else {
            panic!("no outcome")
        };
        assert_eq!(outcome.test_confusion, of_best.test_confusion);
        assert_eq!(outcome.validation_confusion, of_best.validation_confusion);
    }
}

#[test]
fn early_stopping_that_never_stops_ends_as_the_training_without_it() {
    let patient = trained(&classification(&[("patience", "100")]));
    let usual = trained(&classification(&[]));
    let last: BTreeMap<_, _> = tensors(&patient)
        .into_iter()
        .filter_map(|(name, bytes)| Some((name.strip_prefix("last.")?.to_owned(), bytes)))
        .collect();
    assert!(last == weights(&usual));
}

#[test]
fn early_stopping_needs_held_out_samples() {
    let mut data = data();
    data.validation = None;
    let experiment = classification(&[("patience", "3"), ("validation", "0")]);
    let refused = trainer(Registry::built_in(), &experiment, Some(data)).err().unwrap();
    let sentence = refused.to_string();
    assert!(sentence.contains("`patience = 3`") && sentence.contains("validation"), "{sentence}");
}

#[test]
fn a_longer_training_has_the_bits_of_one_of_that_length() {
    for (short, long) in [
        (classification(&[("epochs", "3")]), classification(&[("epochs", "9")])),
        (
            classification(&[("patience", "2"), ("epochs", "30")]),
            classification(&[("patience", "8"), ("epochs", "30")]),
        ),
        (agent(&[("steps", "64")]), agent(&[("steps", "160")])),
    ] {
        assert!(!short.differences(&long).is_empty() && short.other_settings(&long).is_empty());
        let short = trained(&short);
        let mut longer = start(&long);
        longer.restore(&Checkpoint::parse(&short).unwrap()).unwrap();
        assert!(!longer.has_ended());
        finish(longer.as_mut());
        let whole = trained(&long);
        assert!(tensors(&longer.save(Default::default())) == tensors(&whole));
        assert!(tensors(&short) != tensors(&whole));
    }
}

#[test]
fn a_training_is_not_shortened() {
    for (long, short, key) in [
        (classification(&[("epochs", "3")]), classification(&[("epochs", "2")]), "epochs"),
        (agent(&[("steps", "96")]), agent(&[("steps", "64")]), "steps"),
    ] {
        let bytes = trained(&long);
        let refused = start(&short).restore(&Checkpoint::parse(&bytes).unwrap()).unwrap_err();
        let sentence = refused.to_string();
        assert!(sentence.contains(&format!("{key} already, more than {key} = ")), "{sentence}");
    }
    let less_patient = classification(&[("patience", "1")]);
    let differences = classification(&[("patience", "2")]).other_settings(&less_patient);
    assert_eq!(differences, [("patience".into(), "2".into(), "1".into())]);
}

#[test]
fn the_weights_of_another_training_are_where_a_new_one_starts() {
    let from = |experiment: &Experiment, bytes: &[u8]| {
        let mut training = start(experiment);
        let started = training.start_from(&Checkpoint::parse(bytes).unwrap());
        started.map(|()| training.save(Default::default()))
    };
    let bytes = trained(&classification(&[("patience", "3")]));
    let other = classification(&[("seed", "5"), ("rate", "0.5")]);
    assert!(weights(&from(&other, &bytes).unwrap()) == weights(&bytes));

    let bytes = trained(&agent(&[("steps", "96")]));
    let (was, is) = (tensors(&bytes), from(&agent(&[("seed", "5")]), &bytes).unwrap());
    let is = tensors(&is);
    let carried = |name: &str| {
        let moments = ["count", "mean", "variance"].iter().any(|end| name.ends_with(end));
        name.contains(".layer") && !name.contains("optimiser") || moments
    };
    assert!(was.keys().filter(|name| carried(name)).count() > 10, "{:?}", was.keys());
    for (name, bytes) in was.iter().filter(|(name, _)| carried(name)) {
        assert!(is[name] == *bytes, "{name}");
    }
    assert!(is["updates"] != was["updates"]);
}

#[test]
fn weights_of_other_networks_do_not_fit() {
    let bytes = trained(&classification(&[]));
    let agents = trained(&agent(&[("steps", "32")]));
    for (experiment, bytes, pieces) in [
        (classification(&[("layers", "[7]")]), &bytes, ["`layer1.W_pp`", "needs F32 [2, 7]"]),
        (classification(&[("layers", "[6, 6]")]), &bytes, ["`layer2.W_pp`", "needs"]),
        (classification(&[("dale", "false")]), &bytes, ["dale = true", "not false"]),
        (classification(&[]), &agents, ["task", "cart-pole"]),
        (agent(&[]), &bytes, ["task", "levels.npz"]),
        (agent(&[("normalise_rewards", "false")]), &agents, ["normalise_rewards", "not false"]),
    ] {
        let mut training = start(&experiment);
        let refused = training.start_from(&Checkpoint::parse(bytes).unwrap()).unwrap_err();
        let sentence = refused.to_string();
        assert!(pieces.iter().all(|piece| sentence.contains(piece)), "{sentence}");
    }
}
