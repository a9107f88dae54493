//! Progress on a terminal, and plain lines elsewhere.

use super::{interruption::Interruption, say};
use dalenet_lab::{EpochMetrics, Position, UpdateMetrics};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stdout};

const TRAINING: &str = "{msg} [{bar:30}] {elapsed} of about {duration} ({eta} left)";
const DOWNLOAD: &str = "{msg} [{bar:30}] {bytes} of {total_bytes} ({eta} left)";

/// Shows a training.
pub struct Training<F> {
    interruption: Interruption,
    farewell: F,
    bar: Option<ProgressBar>,
    validation: Option<f64>,
    /// The epoch the training began at, for the time left.
    position: Option<Position>,
    start: std::time::Instant,
    first_epoch: Option<usize>,
    agent: Agent,
}

/// What an agent's training was like so far.
#[derive(Default)]
struct Agent {
    /// The last return that is known.
    returns: Option<[f64; 2]>,
    /// Steps when it was first shown.
    first: Option<u64>,
    /// When a line was last written.
    said: Option<std::time::Instant>,
}

/// Updates of an agent are many: a line so often where there is no bar.
const BETWEEN_LINES: std::time::Duration = std::time::Duration::from_secs(5);

impl<F: FnOnce() + Clone + Send + 'static> Training<F> {
    /// A training whose interruption ends with `farewell`.
    pub fn new(interruption: Interruption, farewell: F) -> Self {
        let bar = stdout().is_terminal().then(|| bar(TRAINING));
        let start = std::time::Instant::now();
        let agent = Agent::default();
        Self {
            interruption,
            farewell,
            bar,
            validation: None,
            position: None,
            start,
            first_epoch: None,
            agent,
        }
    }

    pub fn finish(&self) {
        self.interruption.something_to_save();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl<F: FnOnce() + Clone + Send + 'static> dalenet_lab::Observer for Training<F> {
    fn step(&mut self, position: &Position) {
        self.first_epoch.get_or_insert(position.epoch);
        self.position = Some(*position);
        let Some(bar) = &self.bar else { return };
        if bar.length() != Some(position.steps as u64) {
            bar.set_length(position.steps as u64);
            bar.reset_eta();
        }
        bar.set_position(position.step as u64);
        let validation = held_out(self.validation);
        bar.set_message(format!(
            "epoch {}/{}  error {:.4}  train {:.2} %{validation}  {:.0} samples/s",
            position.epoch,
            position.epochs,
            position.error,
            100.0 * position.accuracy,
            position.samples_per_second,
        ));
    }

    fn epoch(&mut self, metrics: &EpochMetrics) {
        self.validation = metrics.validation_accuracy;
        if self.bar.is_some() {
            return;
        }
        let epochs = self.position.map_or(metrics.epoch, |position| position.epochs);
        let done = metrics.epoch + 1 - self.first_epoch.unwrap_or(1);
        let left =
            self.start.elapsed().as_secs_f64() / done as f64 * (epochs - metrics.epoch) as f64;
        say::line(&format!(
            "epoch {}/{}  error {:.4}  train {:.2} %{}  {:.0} samples/s  {:.0} s left",
            metrics.epoch,
            epochs,
            metrics.error,
            100.0 * metrics.train_accuracy,
            held_out(metrics.validation_accuracy),
            metrics.samples_per_second,
            left,
        ));
    }

    fn update(&mut self, metrics: &UpdateMetrics, steps: u64) {
        self.agent.returns =
            metrics.return_mean.zip(metrics.return_std).map(<[_; 2]>::from).or(self.agent.returns);
        let first = *self.agent.first.get_or_insert(metrics.steps);
        let returns = self
            .agent
            .returns
            .map_or(String::new(), |[mean, std]| format!("  return {mean:.1} ± {std:.1}"));
        let explained =
            metrics.explained_variance.map_or(String::new(), |ev| format!("  explained {ev:.2}"));
        let text = format!(
            "{:.2e} steps{returns}  entropy {:.2}  KL {:.3}  clipped {:.1} %{explained}  {:.0} steps/s",
            metrics.steps as f64,
            metrics.entropy,
            metrics.kl,
            100.0 * metrics.clip_fraction,
            metrics.steps_per_second,
        );
        match &self.bar {
            Some(bar) => {
                if bar.length() != Some(steps) {
                    bar.set_length(steps);
                    bar.set_position(first);
                    bar.reset_eta();
                }
                bar.set_position(metrics.steps);
                bar.set_message(text);
            }
            None => {
                let ended = metrics.steps >= steps;
                if ended || self.agent.said.is_none_or(|said| said.elapsed() >= BETWEEN_LINES) {
                    let done = (metrics.steps - first) as f64;
                    let left = steps.saturating_sub(metrics.steps) as f64;
                    let left = self.start.elapsed().as_secs_f64() * left / done.max(1.0);
                    let left =
                        if done > 0.0 { format!("  {left:.0} s left") } else { String::new() };
                    say::line(&format!("{text}{left}"));
                    self.agent.said = Some(std::time::Instant::now());
                }
            }
        }
    }

    fn trained(&mut self) {
        if let Some(bar) = &self.bar {
            bar.set_message("evaluating");
        }
        self.interruption.nothing_to_save(self.farewell.clone());
    }

    fn warn(&mut self, message: &str) {
        match &self.bar {
            Some(bar) => bar.println(format!("warning: {message}")),
            None => say::note(&format!("warning: {message}")),
        }
    }
}

fn held_out(accuracy: Option<f64>) -> String {
    accuracy.map_or(String::new(), |share| format!("  held out {:.2} %", 100.0 * share))
}

/// Shows the fetching of data.
pub struct Fetching {
    bar: Option<ProgressBar>,
}

impl Fetching {
    pub fn new() -> Self {
        Self { bar: stdout().is_terminal().then(|| bar(DOWNLOAD)) }
    }
}

impl dalenet_data::Observer for Fetching {
    fn note(&mut self, message: &str) {
        match &self.bar {
            Some(bar) => bar.println(message),
            None => say::note(message),
        }
    }

    fn bytes(&mut self, done: u64, total: Option<u64>) {
        if let (Some(bar), Some(total)) = (&self.bar, total) {
            bar.set_length(total);
            bar.set_position(done);
        }
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

pub fn bar(template: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stdout()).with_style(style)
}
