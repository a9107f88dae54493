//! Progress of a study: on a terminal one bar for all of its runs, elsewhere a line a finished run.

use super::{
    interruption::Interruption,
    progress, say,
    words::{counted, percent},
};
use dalenet_lab::{Ending, Error, Job, Observer, Position, StudyObserver, UpdateMetrics};
use indicatif::ProgressBar;
use std::io::{IsTerminal, stdout};

const STUDY: &str = "{msg} [{wide_bar}] {elapsed} of about {duration} ({eta} left)";
/// Parts of the bar that a run has.
const PARTS: f64 = 1000.0;

/// Shows a study.
pub struct StudyProgress<F> {
    bar: Option<ProgressBar>,
    /// The running training.
    name: String,
    /// Runs before it.
    done: usize,
    interruption: Interruption,
    farewell: F,
}

impl<F: FnOnce() + Clone + Send + 'static> StudyProgress<F> {
    /// A study of so many runs, whose interruption ends with `farewell`.
    pub fn new(runs: usize, interruption: Interruption, farewell: F) -> Self {
        let bar = stdout().is_terminal().then(|| progress::bar(STUDY));
        if let Some(bar) = &bar {
            bar.set_length((PARTS * runs as f64) as u64);
        }
        Self { bar, name: String::new(), done: 0, interruption, farewell }
    }

    pub fn finish(&self) {
        self.interruption.something_to_save();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => say::line(text),
        }
    }
}

impl<F: FnOnce() + Clone + Send + 'static> Observer for StudyProgress<F> {
    fn trained(&mut self) {
        self.interruption.nothing_to_save(self.farewell.clone());
    }

    fn step(&mut self, position: &Position) {
        let Some(bar) = &self.bar else { return };
        let share = position.step as f64 / position.steps as f64;
        bar.set_position((PARTS * (self.done as f64 + share)) as u64);
        bar.set_message(format!("{}  epoch {}/{}", self.name, position.epoch, position.epochs));
    }

    fn update(&mut self, metrics: &UpdateMetrics, steps: u64) {
        let Some(bar) = &self.bar else { return };
        let share = metrics.steps as f64 / steps as f64;
        bar.set_position((PARTS * (self.done as f64 + share)) as u64);
        bar.set_message(format!("{}  {:.2e} steps", self.name, metrics.steps as f64));
    }
}

impl<F: FnOnce() + Clone + Send + 'static> StudyObserver for StudyProgress<F> {
    fn begin(&mut self, job: &Job<'_>) {
        self.interruption.something_to_save();
        self.done = job.number - 1;
        // What was finished before says nothing about the time left.
        if let Some(bar) = self.bar.as_ref().filter(|_| self.name.is_empty()) {
            bar.set_position((PARTS * self.done as f64) as u64);
            bar.reset_eta();
        }
        self.name = name(job);
    }

    fn end(&mut self, job: &Job<'_>, outcome: Result<&Ending, &Error>) {
        self.interruption.something_to_save();
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
        self.line(&format!("{}: {said}", name(job)));
    }
}

/// `3/10 mnist dfa seed 0`.
fn name(job: &Job<'_>) -> String {
    let Job { cell, seed, number, count } = job;
    format!("{number}/{count} {} {} seed {seed}", cell.task(), cell.name)
}
