//! A training stopped after any step goes on to the bits of one that was not.

use dalenet_lab::{Config, EpochMetrics, Error, Observer, Position, Resources, Run, Training};
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

/// Sets the flag after so many steps, or once an epoch is measured.
struct Stop<'a> {
    flag: &'a AtomicBool,
    steps: usize,
    at_epoch: bool,
}

impl Observer for Stop<'_> {
    fn step(&mut self, position: &Position) {
        if !self.at_epoch && position.step >= self.steps {
            self.flag.store(true, Ordering::Relaxed);
        }
    }
    fn epoch(&mut self, _: &EpochMetrics) {
        if self.at_epoch {
            self.flag.store(true, Ordering::Relaxed);
        }
    }
}

/// Four bits' parity, three steps an epoch, with all that has a state.
fn config() -> Config {
    let mut config = Config::new("parity", "default", "ed").unwrap();
    let settings = [
        ("layers", "[5, 4]"),
        ("epochs", "4"),
        ("batch", "6"),
        ("shuffle", "true"),
        ("shift", "1"),
        ("optimiser", "adam"),
        ("normalised", "true"),
        ("schedule", "cosine"),
        ("grow_only", "false"),
        ("stop_error", "0"),
    ];
    settings.into_iter().for_each(|(key, value)| config.set(key, value).unwrap());
    config
}

fn tensors(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let bytes = fs::read(run.join("checkpoint.safetensors")).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    file.tensors().into_iter().map(|(name, view)| (name, view.data().to_vec())).collect()
}

fn start(run: &Path) -> Training {
    start_with(config(), run)
}

fn start_with(config: Config, run: &Path) -> Training {
    Training::start(config, Some(run), Resources::default(), &mut ()).unwrap()
}

fn resume(run: &Path) -> Result<Training, Error> {
    let experiment = Run::open(run)?.experiment()?;
    Training::resume(run, &experiment, Resources::default(), &mut ())
}

#[test]
fn stopped_after_every_single_step() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, stopped] = ["whole", "stopped"].map(|name| folder.path().join(name));
    start(&whole).run(&mut (), &AtomicBool::new(false)).unwrap().unwrap();

    let mut training = start(&stopped);
    let mut stops = 0;
    loop {
        let flag = AtomicBool::new(false);
        let mut observer = Stop { flag: &flag, steps: 0, at_epoch: false };
        if training.run(&mut observer, &flag).unwrap().is_some() {
            break;
        }
        stops += 1;
        drop(training);
        training = resume(&stopped).unwrap();
    }
    // After each of the 12 steps: the last has an epoch's end and an evaluation behind it.
    assert_eq!(stops, 12);
    assert!(tensors(&whole) == tensors(&stopped));
}

#[test]
fn stopped_between_two_epochs() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, stopped] = ["whole", "stopped"].map(|name| folder.path().join(name));
    start(&whole).run(&mut (), &AtomicBool::new(false)).unwrap().unwrap();

    let flag = AtomicBool::new(false);
    let mut observer = Stop { flag: &flag, steps: 0, at_epoch: true };
    assert!(start(&stopped).run(&mut observer, &flag).unwrap().is_none());
    resume(&stopped).unwrap().run(&mut (), &AtomicBool::new(false)).unwrap().unwrap();
    assert!(tensors(&whole) == tensors(&stopped));
}

/// Products of bfloat16 too: what is kept is `f32`.
#[test]
fn stopped_between_two_epochs_of_bf16() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, stopped, f32] = ["whole", "stopped", "f32"].map(|name| folder.path().join(name));
    let mut config = config();
    config.set("precision", "bf16").unwrap();
    let whole_run = start_with(config.clone(), &whole).run(&mut (), &AtomicBool::new(false));
    whole_run.unwrap().unwrap();

    let flag = AtomicBool::new(false);
    let mut observer = Stop { flag: &flag, steps: 0, at_epoch: true };
    assert!(start_with(config, &stopped).run(&mut observer, &flag).unwrap().is_none());
    resume(&stopped).unwrap().run(&mut (), &AtomicBool::new(false)).unwrap().unwrap();
    assert!(tensors(&whole) == tensors(&stopped));

    start(&f32).run(&mut (), &AtomicBool::new(false)).unwrap().unwrap();
    assert!(tensors(&whole) != tensors(&f32));
}

#[test]
fn stopped_before_the_first_step() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, stopped] = ["whole", "stopped"].map(|name| folder.path().join(name));
    start(&whole).run(&mut (), &AtomicBool::new(false)).unwrap().unwrap();

    assert!(start(&stopped).run(&mut (), &AtomicBool::new(true)).unwrap().is_none());
    resume(&stopped).unwrap().run(&mut (), &AtomicBool::new(false)).unwrap().unwrap();
    assert!(tensors(&whole) == tensors(&stopped));
}

#[test]
fn a_run_is_not_resumed_twice_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let first = start(&run);
    assert!(matches!(resume(&run), Err(Error::Busy(_))));
    drop(first);
    resume(&run).unwrap();
}
