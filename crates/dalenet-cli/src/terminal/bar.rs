//! Bars that are drawn where a line can be drawn again, as wide as the terminal.

use super::{capability::can_redraw, time_left::TimeLeft};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

const STEPS: &str = "{msg} [{wide_bar}] {prefix}";
const BYTES: &str = "[{wide_bar}] {bytes} of {total_bytes}";
/// A bar is drawn no more often.
const BETWEEN: Duration = Duration::from_millis(50);
/// Positions of a full bar.
const PARTS: f64 = 10_000.0;

/// Several bars, a line each.
pub struct Lines(MultiProgress);

impl Lines {
    /// Without a line.
    pub fn new() -> Self {
        Self(MultiProgress::with_draw_target(ProgressDrawTarget::stdout()))
    }

    /// Puts a bar among them, as the last line.
    pub fn last(&self, bar: Bar) -> Bar {
        Bar { bar: bar.bar.map(|bar| self.0.add(bar)), ..bar }
    }
}

/// A bar at the end of what is printed, if there is a terminal for it.
pub struct Bar {
    bar: Option<ProgressBar>,
    drawn: Cell<Option<Instant>>,
}

impl Bar {
    /// Of a training, or of many.
    pub fn of_steps() -> Self {
        Self::new(STEPS)
    }

    /// Of a download.
    pub fn of_bytes() -> Self {
        Self::new(BYTES)
    }

    /// A line more above this one, of one of several trainings.
    pub fn line_above(&self, lines: &Lines) -> Self {
        let bar = self.bar.as_ref().map(|own| {
            let bar = ProgressBar::new(0).with_style(own.style());
            lines.0.insert_before(own, bar)
        });
        Self { bar, drawn: Cell::default() }
    }

    fn new(template: &str) -> Self {
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let target = ProgressDrawTarget::stdout;
        let bar = can_redraw()
            .then(|| ProgressBar::with_draw_target(Some(0), target()).with_style(style));
        Self { bar, drawn: Cell::default() }
    }

    /// Shows how much is done, in a text that is made only where it is drawn.
    pub fn show(&self, share: f64, left: &TimeLeft, text: impl FnOnce() -> String) {
        let Some(bar) = &self.bar else { return };
        if self.drawn.get().is_some_and(|drawn| drawn.elapsed() < BETWEEN) {
            return;
        }
        self.drawn.set(Some(Instant::now()));
        bar.set_length(PARTS as u64);
        bar.set_message(text());
        bar.set_prefix(left.words());
        bar.set_position((PARTS * share) as u64);
    }

    /// Shows so many bytes of all.
    pub fn show_bytes(&self, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            self.drawn.set(Some(Instant::now()));
            bar.set_length(total);
            bar.set_position(done);
        }
    }

    /// Another text beside the same bar.
    pub fn say(&self, text: &str) {
        if let Some(bar) = &self.bar {
            bar.set_prefix("");
            bar.set_message(text.to_owned());
        }
    }

    /// Prints above the bar.
    pub fn above(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) if self.drawn.get().is_some() => bar.suspend(print),
            _ => print(),
        }
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
