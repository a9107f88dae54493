//! A training is a value: the same bits however it is cut into budgets, saved and restored.

use dalenet::checkpoint::Checkpoint;
use dalenet_data::{Dataset, Shape, Split};
use dalenet_train::{Event, Experiment, Outcome, Registry, Trainer, trainer};

/// Twenty samples of two values in three classes, from memory.
fn data() -> Dataset {
    let values = |count: usize, offset: f32| -> Vec<f32> {
        (0..count).flat_map(|i| [(i % 3) as f32 + offset, ((i * 7) % 5) as f32 / 5.0]).collect()
    };
    let labels = |count: usize| -> Vec<u16> { (0..count).map(|i| (i % 3) as u16).collect() };
    let train = Split::from_floats(values(20, 0.0), 2, labels(20)).unwrap();
    let test = Split::from_floats(values(9, 0.1), 2, labels(9)).unwrap();
    let classes = ["low", "middle", "high"].map(str::to_owned).to_vec();
    Dataset::new("levels", Shape::flat(2), classes, train, test).unwrap()
}

/// A classification with all that has a state, three updates of an agent, a classification that stops early and
/// counts classes differently, and one on devices.
fn experiments() -> Vec<Experiment> {
    let mut classification = Experiment::new("levels.npz", "default", "ed").unwrap();
    let settings = [
        ("layers", "[5, 4]"),
        ("epochs", "4"),
        ("batch", "6"),
        ("shift", "1"),
        ("input", "standard"),
        ("optimiser", "adam"),
        ("validation", "0.1"),
    ];
    settings.into_iter().for_each(|(key, value)| classification.set(key, value).unwrap());
    let mut agent = Experiment::new("cart-pole", "default", "ed").unwrap();
    let settings = [
        ("layers", "[8]"),
        ("envs", "4"),
        ("rollout", "8"),
        ("minibatches", "2"),
        ("steps", "96"),
        ("evaluation", "2"),
    ];
    settings.into_iter().for_each(|(key, value)| agent.set(key, value).unwrap());
    let mut patient = classification.clone();
    let settings = [("patience", "2"), ("class_weights", "[1, 2, 0.5]"), ("validation", "0.3")];
    settings.into_iter().for_each(|(key, value)| patient.set(key, value).unwrap());
    let mut on_devices = classification.clone();
    let settings = [
        ("device.levels", "32"),
        ("device.write_noise", "0.02"),
        ("device.asymmetry", "0.3"),
        ("device.saturation", "0.5"),
        ("device.forward_levels", "8"),
        ("device.forward_noise", "0.1"),
    ];
    settings.into_iter().for_each(|(key, value)| on_devices.set(key, value).unwrap());
    vec![classification, agent, patient, on_devices]
}

fn start(experiment: &Experiment) -> Box<dyn Trainer> {
    let data = matches!(experiment, Experiment::Classification(_)).then(data);
    trainer(Registry::built_in(), experiment, data).unwrap()
}

/// Advances by budgets of `piece` steps to the end: the epochs and updates that are reported.
fn finish(training: &mut dyn Trainer, piece: u64) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        match training.advance(piece).unwrap() {
            Event::Ended => return events,
            event @ (Event::Epoch(_) | Event::Update(_)) => events.push(event),
            _ => {}
        }
    }
}

fn outcome(training: &mut dyn Trainer) -> Outcome {
    training.outcome(&|| false).unwrap().unwrap()
}

#[test]
fn budgets_do_not_change_a_bit() {
    for experiment in experiments() {
        let run = |piece| {
            let mut training = start(&experiment);
            let events = finish(training.as_mut(), piece);
            (events, training.save(Default::default()), outcome(training.as_mut()))
        };
        let whole = run(u64::MAX);
        assert!(!whole.0.is_empty());
        for piece in [1, 7] {
            let (events, bytes, outcome) = run(piece);
            assert_eq!(events, whole.0, "{piece}");
            assert!(tensors(&bytes) == tensors(&whole.1), "{piece}");
            assert_eq!(outcome, whole.2, "{piece}");
        }
    }
}

#[test]
fn saved_after_any_step_and_restored_it_has_the_same_bits() {
    for experiment in experiments() {
        let mut whole = start(&experiment);
        let events = finish(whole.as_mut(), 1);
        let whole = whole.save(Default::default());
        let steps = if experiment.kind() == "agent" { 3 } else { 12 };
        for saved_after in 0..=steps {
            let mut first = start(&experiment);
            let mut seen = Vec::new();
            for _ in 0..saved_after {
                // An epoch's end and a warning cost no step.
                loop {
                    match first.advance(1).unwrap() {
                        Event::Step(_) | Event::Ended => break,
                        event @ Event::Update(_) => {
                            seen.push(event);
                            break;
                        }
                        event @ Event::Epoch(_) => seen.push(event),
                        _ => {}
                    }
                }
            }
            let bytes = first.save(Default::default());
            let mut second = start(&experiment);
            second.restore(&Checkpoint::parse(&bytes).unwrap()).unwrap();
            seen.extend(finish(second.as_mut(), 7));
            assert_eq!(seen, events, "{saved_after}");
            assert!(tensors(&second.save(Default::default())) == tensors(&whole), "{saved_after}");
        }
    }
}

/// Every tensor's bytes, by name: the header of a checkpoint has no order.
fn tensors(bytes: &[u8]) -> std::collections::BTreeMap<String, Vec<u8>> {
    let file = safetensors::SafeTensors::deserialize(bytes).unwrap();
    file.tensors().into_iter().map(|(name, view)| (name, view.data().to_vec())).collect()
}

#[test]
fn the_checkpoint_does_not_grow_with_the_training() {
    let mut experiment = experiments().remove(0);
    experiment.set("epochs", "3000").unwrap();
    let mut training = start(&experiment);
    let mut sizes = Vec::new();
    let mut epochs = 0;
    while epochs < 3000 {
        if let Event::Epoch(_) = training.advance(100).unwrap() {
            epochs += 1;
            if epochs % 1000 == 0 {
                sizes.push(training.save(Default::default()).len());
            }
        }
    }
    let spread = sizes.iter().max().unwrap() - sizes.iter().min().unwrap();
    assert!(spread < 100, "{sizes:?}: digits of numbers, no more");
}

#[test]
fn another_experiment_is_refused() {
    let experiment = experiments().remove(0);
    let bytes = start(&experiment).save(Default::default());
    let mut other = experiment.clone();
    other.set("rate", "3").unwrap();
    let error = start(&other).restore(&Checkpoint::parse(&bytes).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "it was trained with rate = 15.0, not 3.0");
}

#[test]
fn samples_that_teach_nothing_are_said() {
    // 18 samples are left to train on: the second batch of 17 has one.
    for (batch, sentence) in [("1", "batches of one sample"), ("17", "has one sample")] {
        let mut experiment = experiments().remove(0);
        experiment.set("batch", batch).unwrap();
        let mut training = start(&experiment);
        let mut warnings = Vec::new();
        while let Event::Warning(warning) = training.advance(1).unwrap() {
            warnings.push(warning);
        }
        assert!(warnings.iter().any(|warning| warning.contains(sentence)), "{warnings:?}");
    }
}

/// A network that learns nothing gives every sample the same class after every epoch.
#[test]
fn that_every_sample_is_given_the_same_class_is_said_once() {
    let mut experiment = experiments().remove(0);
    let settings = [("rate", "1e-9"), ("epochs", "6"), ("validation", "0.3")];
    settings.into_iter().for_each(|(key, value)| experiment.set(key, value).unwrap());
    let mut training = start(&experiment);
    let (mut epochs, mut said) = (0, 0);
    loop {
        match training.advance(u64::MAX).unwrap() {
            Event::Warning(warning) => said += usize::from(warning.contains("every sample")),
            Event::Epoch(_) => epochs += 1,
            Event::Ended => break,
            _ => {}
        }
    }
    assert_eq!((epochs, said), (6, 1));
}

/// The network is evaluated with the statistics of the samples that it was trained on.
#[test]
fn the_preparation_is_kept() {
    let experiment = experiments().remove(0);
    let mut training = start(&experiment);
    finish(training.as_mut(), 5);
    let Outcome::Classification(outcome) = outcome(training.as_mut()) else { panic!() };
    let bytes = training.save(Default::default());
    let file = Checkpoint::parse(&bytes).unwrap();
    let trained = dalenet_train::Classifier::restore(Registry::built_in(), &file).unwrap();
    assert_eq!(trained.classes, ["low", "middle", "high"]);
    let test = dalenet_data::TestSet::new("t", Shape::flat(2), &trained.classes, data().test);
    let evaluation = trained.evaluate(&test.unwrap()).unwrap();
    assert_eq!(evaluation.accuracy, outcome.test_accuracy);
    assert_eq!(evaluation.confusion, outcome.test_confusion);
}
