//! Epochs and updates in lines that fit 80 columns.

use super::{
    time_left::TimeLeft,
    words::{percent, rate},
};
use dalenet_lab::{EpochMetrics, Position, UpdateMetrics};

/// An epoch that is over.
pub fn epoch_line(metrics: &EpochMetrics, epochs: usize, left: &TimeLeft) -> String {
    joined([
        format!("epoch {}/{epochs}", metrics.epoch),
        format!("error {:.3}", metrics.error),
        format!("train {}", percent(metrics.train_accuracy)),
        held_out(metrics.validation_accuracy),
        rate(metrics.samples_per_second),
        left.words(),
    ])
}

/// The epoch that is running, beside a bar; `validation` is of the one before.
pub fn epoch_text(position: &Position, validation: Option<f64>) -> String {
    joined([
        format!("epoch {}/{}", position.epoch, position.epochs),
        format!("train {}", percent(position.accuracy)),
        held_out(validation),
    ])
}

/// An update of an agent.
pub fn update_line(metrics: &UpdateMetrics, steps: u64, left: &TimeLeft) -> String {
    joined([
        done(metrics.steps, steps),
        returned(metrics.recent_return),
        format!("entropy {:.2}", metrics.entropy),
        format!("KL {:.3}", metrics.kl),
        rate(metrics.steps_per_second),
        left.words(),
    ])
}

/// The last update, beside a bar.
pub fn update_text(metrics: &UpdateMetrics, steps: u64) -> String {
    joined([
        done(metrics.steps, steps),
        returned(metrics.recent_return),
        rate(metrics.steps_per_second),
    ])
}

fn held_out(accuracy: Option<f64>) -> String {
    accuracy.map_or_else(String::new, |share| format!("held out {}", percent(share)))
}

fn returned(mean: Option<f64>) -> String {
    mean.map_or_else(String::new, |mean| match mean.abs() < 999.95 {
        true => format!("return {mean:.1}"),
        false => format!("return {mean:.0}"),
    })
}

/// `1.02e6/5e7 steps`.
fn done(steps: u64, all: u64) -> String {
    let short = |steps: u64| {
        let text = format!("{:.2e}", steps as f64);
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
    };
    format!("{}/{} steps", short(steps), short(all))
}

/// The parts that are not empty.
fn joined<const PARTS: usize>(parts: [String; PARTS]) -> String {
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_short() {
        assert_eq!(done(1_024_000, 50_000_000), "1.02e6/5e7 steps");
        assert_eq!(done(0, 12_300), "0e0/1.23e4 steps");
    }
}
