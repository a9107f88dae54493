//! Progress of a training and of a download: lines that stay, and on a terminal a bar below them.

use super::{
    bar::Bar,
    interruption::Interruption,
    lines::{epoch_line, epoch_text, update_line, update_text},
    say,
    time_left::TimeLeft,
};
use dalenet_lab::{EpochMetrics, Position, UpdateMetrics};
use std::time::{Duration, Instant};

/// At most so many epochs, or updates of an agent, leave a line.
const LINES: usize = 100;
/// Updates of an agent leave a line no more often.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Shows a training.
pub struct Training<F> {
    interruption: Interruption,
    farewell: F,
    bar: Bar,
    left: TimeLeft,
    /// Share of the held-out samples that were right after the last epoch.
    validation: Option<f64>,
    /// The last epoch, where it has left no line.
    unsaid: Option<EpochMetrics>,
    epochs: usize,
    /// When an agent's training last left a line, and after how many steps.
    said: Option<(Instant, u64)>,
}

impl<F: FnOnce() + Clone + Send + 'static> Training<F> {
    /// A training whose interruption ends with `farewell`.
    pub fn new(interruption: Interruption, farewell: F) -> Self {
        Self {
            interruption,
            farewell,
            bar: Bar::of_steps(),
            left: TimeLeft::default(),
            validation: None,
            unsaid: None,
            epochs: 0,
            said: None,
        }
    }

    pub fn finish(&mut self) {
        self.interruption.something_to_save();
        self.say_unsaid(&TimeLeft::default());
        self.bar.clear();
    }

    fn say_unsaid(&mut self, left: &TimeLeft) {
        if let Some(metrics) = self.unsaid.take() {
            let line = epoch_line(&metrics, self.epochs.max(metrics.epoch), left);
            self.bar.above(|| say::line(&line));
        }
    }
}

impl<F: FnOnce() + Clone + Send + 'static> dalenet_lab::Observer for Training<F> {
    fn step(&mut self, position: &Position) {
        self.epochs = position.epochs;
        let share = position.step as f64 / position.steps as f64;
        self.left.measure(share, Instant::now());
        self.bar.show(share, &self.left, || epoch_text(position, self.validation));
    }

    fn epoch(&mut self, metrics: &EpochMetrics) {
        self.validation = metrics.validation_accuracy;
        self.unsaid = Some(metrics.clone());
        if metrics.epoch.is_multiple_of(self.epochs.div_ceil(LINES).max(1)) {
            let left = self.left;
            self.say_unsaid(&left);
        }
    }

    fn update(&mut self, metrics: &UpdateMetrics, steps: u64) {
        let now = Instant::now();
        let share = metrics.steps as f64 / steps as f64;
        self.left.measure(share, now);
        self.bar.show(share, &self.left, || update_text(metrics, steps));
        let due = self.said.is_none_or(|(said, before)| {
            let enough = (metrics.steps - before) as f64 >= steps as f64 / LINES as f64;
            enough && now.duration_since(said) >= BETWEEN_LINES
        });
        if due || metrics.steps >= steps {
            let line = update_line(metrics, steps, &self.left);
            self.bar.above(|| say::line(&line));
            self.said = Some((now, metrics.steps));
        }
    }

    fn trained(&mut self) {
        // It may have ended before its last epoch.
        self.say_unsaid(&TimeLeft::default());
        self.bar.say("evaluating");
        self.interruption.nothing_to_save(self.farewell.clone());
    }

    fn warn(&mut self, message: &str) {
        self.bar.above(|| say::note(&format!("warning: {message}")));
    }
}

/// Shows how many of some pieces of work are done.
pub struct Pieces {
    bar: Bar,
    left: TimeLeft,
    what: &'static str,
}

impl Pieces {
    /// Of pieces that are called `what`.
    pub fn new(what: &'static str) -> Self {
        Self { bar: Bar::of_steps(), left: TimeLeft::default(), what }
    }

    pub fn show(&mut self, done: usize, total: usize) {
        let share = done as f64 / total as f64;
        self.left.measure(share, Instant::now());
        self.bar.show(share, &self.left, || format!("{} {done} of {total}", self.what));
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.bar.clear();
    }
}

/// Shows the fetching of data.
pub struct Fetching(Bar);

impl Fetching {
    pub fn new() -> Self {
        Self(Bar::of_bytes())
    }
}

impl dalenet_data::Observer for Fetching {
    fn note(&mut self, message: &str) {
        self.0.above(|| say::note(message));
    }

    fn bytes(&mut self, done: u64, total: Option<u64>) {
        if let Some(total) = total {
            self.0.show_bytes(done, total);
        }
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        self.0.clear();
    }
}
