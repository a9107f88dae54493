//! Progress of a study: on a terminal one bar for all of its runs, elsewhere a line a finished run.

use super::{
    bar::Bar,
    interruption::Interruption,
    say,
    time_left::TimeLeft,
    words::{counted, percent},
};
use dalenet_lab::{Ending, Error, Job, Observer, Position, StudyObserver, UpdateMetrics};
use std::time::Instant;

/// Shows a study.
pub struct StudyProgress<F> {
    bar: Bar,
    left: TimeLeft,
    /// All runs, and those that were not finished before.
    runs: usize,
    pending: usize,
    /// The running training.
    name: String,
    /// Runs before it, and how many of them were trained now.
    done: usize,
    trained: usize,
    interruption: Interruption,
    farewell: F,
}

impl<F: FnOnce() + Clone + Send + 'static> StudyProgress<F> {
    /// A study of so many runs, some of them `finished` before, whose interruption ends with
    /// `farewell`.
    pub fn new(runs: usize, finished: usize, interruption: Interruption, farewell: F) -> Self {
        Self {
            bar: Bar::of_steps(),
            left: TimeLeft::default(),
            runs,
            pending: runs - finished.min(runs),
            name: String::new(),
            done: 0,
            trained: 0,
            interruption,
            farewell,
        }
    }

    pub fn finish(&self) {
        self.interruption.something_to_save();
        self.bar.clear();
    }

    /// Shows so large a share of the running training.
    fn show(&mut self, share: f64, what: impl FnOnce() -> String) {
        let trained = (self.trained as f64 + share) / self.pending.max(1) as f64;
        self.left.measure(trained, Instant::now());
        let of_all = (self.done as f64 + share) / self.runs as f64;
        self.bar.show(of_all, &self.left, || format!("{}  {}", self.name, what()));
    }
}

impl<F: FnOnce() + Clone + Send + 'static> Observer for StudyProgress<F> {
    fn trained(&mut self) {
        self.interruption.nothing_to_save(self.farewell.clone());
    }

    fn step(&mut self, position: &Position) {
        let share = position.step as f64 / position.steps as f64;
        self.show(share, || format!("epoch {}/{}", position.epoch, position.epochs));
    }

    fn update(&mut self, metrics: &UpdateMetrics, steps: u64) {
        let share = metrics.steps as f64 / steps as f64;
        self.show(share, || format!("{:.2e} steps", metrics.steps as f64));
    }
}

impl<F: FnOnce() + Clone + Send + 'static> StudyObserver for StudyProgress<F> {
    fn begin(&mut self, job: &Job<'_>) {
        self.interruption.something_to_save();
        self.done = job.number - 1;
        self.name = name(job);
    }

    fn end(&mut self, job: &Job<'_>, outcome: Result<&Ending, &Error>) {
        self.interruption.something_to_save();
        self.trained += 1;
        let said = match outcome {
            Ok(Ending::Classification(outcome)) => format!(
                "{} after {} in {:.1} s",
                percent(outcome.test_accuracy),
                counted(outcome.epochs, "epoch"),
                outcome.train_seconds
            ),
            Ok(Ending::Agent(outcome)) => format!(
                "return {:.1} ± {:.1} after {:.2e} steps in {:.1} s",
                outcome.return_mean,
                outcome.return_std,
                outcome.steps as f64,
                outcome.train_seconds
            ),
            Err(error) => error.to_string(),
        };
        self.bar.above(|| say::line(&format!("{}: {said}", name(job))));
    }
}

/// `3/10 mnist dfa seed 0`.
fn name(job: &Job<'_>) -> String {
    let Job { cell, seed, number, count } = job;
    format!("{number}/{count} {} {} seed {seed}", cell.task(), cell.name)
}
