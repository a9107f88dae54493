//! Progress of a study: on a terminal one bar for all of its runs, and one more for each where several are
//! trained at a time; elsewhere a line a finished run.

use super::{
    bar::{Bar, Lines},
    interruption::Interruption,
    say,
    time_left::TimeLeft,
    words::{counted, percent},
};
use dalenet_lab::{Ending, Error, Job, Position, StudyObserver, UpdateMetrics};
use std::{collections::BTreeMap, time::Instant};

/// Shows a study.
pub struct StudyProgress<F> {
    /// Of all runs; the last line.
    bar: Bar,
    /// Where several runs are trained at a time.
    lines: Option<Lines>,
    left: TimeLeft,
    /// All runs, and those that were not finished before.
    runs: usize,
    pending: usize,
    /// Runs that were trained now.
    trained: usize,
    /// The running trainings by their number.
    running: BTreeMap<usize, Running>,
    /// Runs of other workers that it waits for.
    waiting: usize,
    /// Whether it is a sweep, of which test accuracies are not shown.
    is_sweep: bool,
    interruption: Interruption,
    farewell: F,
}

/// A running training.
struct Running {
    bar: Option<Bar>,
    left: TimeLeft,
    share: f64,
    /// Every step is made and saved.
    is_trained: bool,
}

impl<F: FnOnce() + Clone + Send + 'static> StudyProgress<F> {
    /// A study of so many runs, some of them `finished` before, `jobs` of them trained at a time, whose
    /// interruption ends with `farewell`.
    pub fn new(
        runs: usize,
        finished: usize,
        jobs: usize,
        is_sweep: bool,
        interruption: Interruption,
        farewell: F,
    ) -> Self {
        let lines = (jobs > 1).then(Lines::new);
        let bar = Bar::of_steps();
        Self {
            bar: lines.iter().fold(bar, |bar, lines| lines.last(bar)),
            lines,
            left: TimeLeft::default(),
            runs,
            pending: runs - finished.min(runs),
            trained: 0,
            running: BTreeMap::new(),
            waiting: 0,
            is_sweep,
            interruption,
            farewell,
        }
    }

    pub fn finish(&mut self) {
        self.interruption.something_to_save();
        self.running.values().filter_map(|run| run.bar.as_ref()).for_each(Bar::clear);
        self.bar.clear();
    }

    /// Shows so large a share of a running training.
    fn show(&mut self, job: &Job<'_>, share: f64, what: impl FnOnce() -> String) {
        let now = Instant::now();
        let Some(run) = self.running.get_mut(&job.number) else { return };
        run.share = share;
        run.left.measure(share, now);
        let text = || format!("{}  {}", name(job), what());
        let whole = match &run.bar {
            Some(bar) => {
                bar.show(share, &run.left, text);
                None
            }
            None => Some(text),
        };
        let shares: f64 = self.running.values().map(|run| run.share).sum();
        let trained = self.trained as f64 + shares;
        self.left.measure(trained / self.pending.max(1) as f64, now);
        let finished = self.runs - self.pending;
        let of_all = (finished as f64 + trained) / self.runs as f64;
        match whole {
            Some(text) => self.bar.show(of_all, &self.left, text),
            None => self.bar.show(of_all, &self.left, || {
                format!("{} of {}", finished + self.trained, counted(self.runs, "run"))
            }),
        }
    }

    /// Takes a training away that has ended or was left.
    fn remove(&mut self, job: &Job<'_>) {
        if let Some(Running { bar: Some(bar), .. }) = self.running.remove(&job.number) {
            bar.clear();
        }
        self.allow_interruption();
    }

    /// While no training has anything to save, Ctrl-C ends the program.
    fn allow_interruption(&self) {
        let mut running = self.running.values().peekable();
        match running.peek().is_some() && running.all(|run| run.is_trained) {
            true => self.interruption.nothing_to_save(self.farewell.clone()),
            false => self.interruption.something_to_save(),
        }
    }
}

impl<F: FnOnce() + Clone + Send + 'static> StudyObserver for StudyProgress<F> {
    fn begin(&mut self, job: &Job<'_>) {
        let bar = self.lines.as_ref().map(|lines| self.bar.line_above(lines));
        let run = Running { bar, left: TimeLeft::default(), share: 0.0, is_trained: false };
        self.running.insert(job.number, run);
        self.waiting = 0;
        self.allow_interruption();
    }

    fn step(&mut self, job: &Job<'_>, position: &Position) {
        let share = position.step as f64 / position.steps as f64;
        self.show(job, share, || format!("epoch {}/{}", position.epoch, position.epochs));
    }

    fn update(&mut self, job: &Job<'_>, metrics: &UpdateMetrics, steps: u64) {
        let share = metrics.steps as f64 / steps as f64;
        self.show(job, share, || format!("{:.2e} steps", metrics.steps as f64));
    }

    fn trained(&mut self, job: &Job<'_>) {
        if let Some(run) = self.running.get_mut(&job.number) {
            run.is_trained = true;
        }
        self.allow_interruption();
    }

    fn end(&mut self, job: &Job<'_>, outcome: Result<&Ending, &Error>) {
        self.remove(job);
        self.trained += 1;
        let said = match outcome {
            Ok(Ending::Classification(outcome)) => format!(
                "{} after {} in {:.1} s",
                match outcome.validation_accuracy {
                    Some(held_out) if self.is_sweep => percent(held_out),
                    _ => percent(outcome.test_accuracy),
                },
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

    fn pause(&mut self, job: &Job<'_>, score: Option<f64>) {
        self.remove(job);
        self.trained += 1;
        let score = score.map_or("no score".into(), |score| format!("{score:.2}"));
        self.bar.above(|| say::line(&format!("{}: {score}, paused", name(job))));
    }

    fn leave(&mut self, job: &Job<'_>) {
        self.remove(job);
    }

    fn wait(&mut self, runs: usize) {
        if self.running.is_empty() && self.waiting == 0 {
            let runs = counted(runs, "run");
            self.bar.above(|| say::note(&format!("waiting for {runs} of other workers")));
        }
        self.waiting = runs;
    }

    fn warn(&mut self, message: &str) {
        self.bar.above(|| say::note(&format!("warning: {message}")));
    }
}

/// `3/10 mnist dfa seed 0`.
fn name(job: &Job<'_>) -> String {
    let Job { cell, seed, number, count, .. } = job;
    let until = job.until.map_or(String::new(), |until| format!(" up to {until}"));
    format!("{number}/{count} {} {} seed {seed}{until}", cell.task(), cell.name)
}
