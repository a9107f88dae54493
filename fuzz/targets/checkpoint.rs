//! Any bytes as a checkpoint; and checkpoints whose checksum holds, with any names, numbers and
//! texts in them, restored into a training: an error or a training, no panic.
#![no_main]

use dalenet::checkpoint::{self, Checkpoint, Values};
use dalenet_train::{Registry, Request, Trainer, experiment, trainer};
use libfuzzer_sys::fuzz_target;
use std::{cell::RefCell, collections::HashMap};

/// Names that a training asks for, by the first byte of a piece; others are texts of the piece.
const NAMES: [&str; 8] = [
    "updates",
    "generator",
    "environment",
    "layer1.W_pp",
    "observations.mean",
    "episodes.latest",
    "preparation",
    "order",
];
const KEYS: [&str; 6] = ["experiment", "version", "progress", "training", "data", "preparation"];

thread_local! {
    static TRAININGS: RefCell<Vec<Box<dyn Trainer>>> = RefCell::new(trainings());
}

/// A classification and an agent, each small.
fn trainings() -> Vec<Box<dyn Trainer>> {
    let registry = Registry::default();
    let small = |task, keys: &[(&str, &str)]| {
        let mut experiment = registry.experiment(task, "default", "ed").unwrap();
        keys.iter().for_each(|(key, value)| experiment.set(key, value).unwrap());
        experiment
    };
    let mut request = Request { task: "xor", bits: 2, data_dir: None, observer: &mut () };
    let data = registry.data("xor").unwrap().load(&mut request).unwrap();
    let xor = small("xor", &[("layers", "[2]")]);
    let pole = small(
        "cart-pole",
        &[("layers", "[2]"), ("envs", "2"), ("rollout", "2"), ("minibatches", "1")],
    );
    vec![trainer(&registry, &xor, Some(data)).unwrap(), trainer(&registry, &pole, None).unwrap()]
}

fuzz_target!(|bytes: &[u8]| {
    restore(bytes);
    // The same bytes as pieces of a checkpoint whose checksum holds.
    let (mut tensors, mut texts) = (Vec::new(), HashMap::new());
    for piece in bytes.split(|byte| *byte == 0xff) {
        let Some((kind, content)) = piece.split_first() else { continue };
        let name = usize::from(kind >> 1);
        if kind & 1 == 0 {
            let name = NAMES.get(name).copied().unwrap_or("other");
            if !tensors.iter().any(|(other, _)| other == name) {
                tensors.push((name.to_owned(), values(content)));
            }
        } else {
            let key = KEYS.get(name).copied().unwrap_or("other");
            texts.insert(key.to_owned(), String::from_utf8_lossy(content).into_owned());
        }
    }
    restore(&checkpoint::write(&[], &tensors, texts));
});

/// Numbers of a type that the first byte decides.
fn values(content: &[u8]) -> Values {
    let Some((kind, content)) = content.split_first() else { return Values::U32(Vec::new()) };
    let (words, longs) = (content.as_chunks().0.iter(), content.as_chunks().0.iter());
    match kind % 4 {
        0 => Values::U32(words.map(|b| u32::from_le_bytes(*b)).collect()),
        1 => Values::U64(longs.map(|b| u64::from_le_bytes(*b)).collect()),
        2 => Values::F32(words.map(|b| f32::from_le_bytes(*b)).collect()),
        _ => Values::F64(longs.map(|b| f64::from_le_bytes(*b)).collect()),
    }
}

fn restore(bytes: &[u8]) {
    let Ok(file) = Checkpoint::parse(bytes) else { return };
    let _ = experiment(&file);
    TRAININGS.with_borrow_mut(|trainings| {
        for training in trainings {
            let _ = training.restore(&file);
        }
    });
}
