//! Many worker processes on one study: every run is published once, and what the workers cost.
//!
//! The workers are processes of this very test program. Without arguments the numbers are small;
//! `scripts/study_stress.sh` has the full ones, on file systems without locks and with clocks that differ.

use dalenet::{Feedback, Lesson, Matrix, Rule};
use dalenet_lab::{
    Plan, Registry, Study, StudySettings,
    study::{WorkOptions, work},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::atomic::{AtomicBool, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

/// A number of the environment, or else this one.
fn number(name: &str, or: u64) -> u64 {
    std::env::var(name).map_or(or, |text| text.parse().expect(name))
}

/// Learns nothing, and sleeps in its first lesson: a run that takes time and no processor.
#[derive(Default)]
struct Slow(AtomicBool);

impl Rule for Slow {
    fn name(&self) -> &str {
        "slow"
    }
    fn feedback(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) -> Feedback<'_> {
        if !self.0.swap(true, Ordering::Relaxed) {
            sleep(Duration::from_millis(number("DALENET_STUDY_MILLISECONDS", 20)));
        }
        signal.reshape(lesson.error.rows(), lesson.network.layers()[layer].units());
        Feedback::Written
    }
}

fn registry() -> Registry {
    let mut registry = Registry::default();
    registry.rule("slow", || Box::<Slow>::default());
    registry
}

fn plan(runs: u64) -> Plan {
    let registry = registry();
    let set = [("epochs", "1"), ("layers", "[2]")];
    let set = set.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    let settings = StudySettings { registry: &registry, preset: "paper", file: None, set };
    Plan::compare(&["xor".to_owned()], &["slow".to_owned()], runs, &settings).unwrap()
}

fn spawn_worker(study: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "worker", "--nocapture"]).env("DALENET_STUDY", study);
    if let Ok(preload) = std::env::var("DALENET_STUDY_PRELOAD") {
        command.env("LD_PRELOAD", preload);
    }
    command.stdout(std::process::Stdio::null()).spawn().unwrap()
}

/// Not a test by itself: a worker that the test below starts.
#[test]
#[ignore = "started by the test of many workers"]
fn worker() {
    let Some(study) = std::env::var_os("DALENET_STUDY") else { return };
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let registry = registry();
    let options = WorkOptions { resources: (&registry).into(), ..WorkOptions::default() };
    let worked = work(&PathBuf::from(study), &options, &mut (), &AtomicBool::new(false)).unwrap();
    assert_eq!(worked.unfinished, 0);
    assert!(worked.failed.is_empty(), "{:?}", worked.failed);
}

/// How many second attempts were claimed so far.
fn second_attempts(study: &Path) -> usize {
    let claims = fs::read_dir(study.join(".claims")).into_iter().flatten().flatten();
    let tokens = claims.filter_map(|entry| {
        let name = entry.file_name().into_string().unwrap();
        name.rsplit_once('.')?.1.parse::<u64>().ok()
    });
    tokens.filter(|token| *token > 1).count()
}

/// Starts workers on a new study of so many runs, and checks what they made of it.
fn repeat(repetition: u64, runs: u64, workers: u64) {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    Study::open(&study, plan(runs)).unwrap().save_plan().unwrap();
    let start = Instant::now();
    let mut workers: Vec<_> = (0..workers).map(|_| spawn_worker(&study)).collect();
    // Claims are removed with the last run, so they are counted until then.
    let mut seconds = 0;
    while workers.iter_mut().any(|worker| worker.try_wait().unwrap().is_none()) {
        seconds = seconds.max(second_attempts(&study));
        sleep(Duration::from_millis(50));
    }
    let took = start.elapsed();
    for mut worker in workers {
        assert!(worker.wait().unwrap().success(), "a worker failed");
    }
    for seed in 0..runs {
        assert!(study.join(format!("xor-slow-seed{seed}/result.json")).is_file(), "{seed}");
    }
    let results = fs::read_to_string(study.join("results.jsonl")).unwrap();
    assert_eq!(results.lines().count() as u64, runs);
    assert!(seconds as u64 * 100 < runs, "{seconds} second attempts at {runs} runs");
    println!("repetition {repetition}: {took:.2?}, {seconds} second attempts");
}

#[test]
fn many_workers_publish_every_run_once() {
    let (runs, workers) = (number("DALENET_STUDY_RUNS", 60), number("DALENET_STUDY_WORKERS", 8));
    for repetition in 0..number("DALENET_STUDY_REPETITIONS", 5) {
        repeat(repetition, runs, workers);
    }
}
