//! Who watches a study.

use crate::{Cell, Ending, EpochMetrics, Error, Observer, Position, UpdateMetrics, sweep::Stage};
use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
    mpsc,
};

/// One run of a study.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What is trained.
    pub cell: &'a Cell,
    /// With which seed.
    pub seed: u64,
    /// Epochs or steps after which it is paused, in a sweep that promotes; none: it is trained to its end.
    pub until: Option<u64>,
    /// The same of the rung from which it was promoted.
    pub(crate) promoted_from: Option<u64>,
    /// Which of the study's runs it is, from 1.
    pub number: usize,
    /// How many there are.
    pub count: usize,
}

impl<'a> Job<'a> {
    pub(crate) fn new(stage: Stage<'a>, number: usize, count: usize) -> Self {
        let Stage { cell, seed, until, promoted_from } = stage;
        Self { cell, seed, until, promoted_from, number, count }
    }

    pub(crate) fn stage(&self) -> Stage<'a> {
        let Self { cell, seed, until, promoted_from, .. } = *self;
        Stage { cell, seed, until, promoted_from }
    }

    /// The name of the run, and of its folder in the study's: `mnist-ed-seed0`.
    pub fn run(&self) -> String {
        self.stage().run()
    }
}

/// Watches a study, of which several runs may be trained at a time. Called by one thread at a time.
pub trait StudyObserver: Send {
    /// Before a run is trained, or resumed.
    fn begin(&mut self, job: &Job<'_>) {
        let _ = job;
    }
    /// After every step of a run that classifies.
    fn step(&mut self, job: &Job<'_>, position: &Position) {
        let _ = (job, position);
    }
    /// After every update of an agent, of a training of so many `steps`.
    fn update(&mut self, job: &Job<'_>, metrics: &UpdateMetrics, steps: u64) {
        let _ = (job, metrics, steps);
    }
    /// Before the final evaluation of a run: every step is made and saved.
    fn trained(&mut self, job: &Job<'_>) {
        let _ = job;
    }
    /// After a run: its outcome, or why it has none; the other runs are trained all the same.
    fn end(&mut self, job: &Job<'_>, outcome: Result<&Ending, &Error>) {
        let _ = (job, outcome);
    }
    /// A run of a sweep is paused on a rung, where it has this score, if any.
    fn pause(&mut self, job: &Job<'_>, score: Option<f64>) {
        let _ = (job, score);
    }
    /// A run is saved and left without an outcome.
    fn leave(&mut self, job: &Job<'_>) {
        let _ = job;
    }
    /// No run is free: so many are trained by other workers, who may die.
    fn wait(&mut self, runs: usize) {
        let _ = runs;
    }
    /// Something the user should know.
    fn warn(&mut self, message: &str) {
        let _ = message;
    }
}

impl StudyObserver for () {}

/// The observer of a study, shared by its workers.
pub(crate) struct Shared<'a>(Mutex<&'a mut dyn StudyObserver>);

impl<'a> Shared<'a> {
    pub fn new(observer: &'a mut dyn StudyObserver) -> Self {
        Self(Mutex::new(observer))
    }

    pub fn lock(&self) -> MutexGuard<'_, &'a mut dyn StudyObserver> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far a training is.
#[derive(Debug, Default)]
pub(crate) struct Reached {
    step: AtomicU64,
    steps: AtomicU64,
}

impl Reached {
    pub fn set(&self, step: u64, steps: u64) {
        self.step.store(step, Ordering::Relaxed);
        self.steps.store(steps, Ordering::Relaxed);
    }

    /// Steps that are made, and steps of the whole training.
    pub fn get(&self) -> (u64, u64) {
        (self.step.load(Ordering::Relaxed), self.steps.load(Ordering::Relaxed))
    }
}

/// Passes what happens in one run on to the study's observer.
pub(crate) struct RunObserver<'a, 'o> {
    pub job: &'a Job<'a>,
    pub shared: &'a Shared<'o>,
    pub reached: &'a Reached,
    /// Sent to at the first step; dropped with the end of the training.
    pub training: mpsc::Sender<()>,
    pub has_begun: bool,
    /// Whether it has been trained for as long as it is to be.
    pub paused: &'a std::cell::Cell<bool>,
}

impl RunObserver<'_, '_> {
    fn reach(&mut self, step: u64, steps: u64) {
        self.reached.set(step, steps);
        if !std::mem::replace(&mut self.has_begun, true) {
            // Nobody listens where the training is over.
            let _ = self.training.send(());
        }
    }

    fn pause_at(&self, length: u64) {
        self.paused.set(self.job.until.is_some_and(|until| length >= until));
    }
}

impl Observer for RunObserver<'_, '_> {
    fn step(&mut self, position: &Position) {
        self.reach(position.step as u64, position.steps as u64);
        self.shared.lock().step(self.job, position);
    }

    fn epoch(&mut self, metrics: &EpochMetrics) {
        self.reached.set(metrics.step, self.reached.get().1);
        self.pause_at(metrics.epoch as u64);
    }

    fn update(&mut self, metrics: &UpdateMetrics, steps: u64) {
        self.reach(metrics.steps, steps);
        self.pause_at(metrics.steps);
        self.shared.lock().update(self.job, metrics, steps);
    }

    fn trained(&mut self) {
        self.shared.lock().trained(self.job);
    }

    fn warn(&mut self, message: &str) {
        self.shared.lock().warn(&format!("{}: {message}", self.job.run()));
    }
}
