//! The figure of accuracies on devices.

use super::{
    robust_series::Effect,
    robustness::{Robustness, RobustnessRow},
};
use crate::{
    Error,
    report::{Axes, Line, Panel, Style, Ticks, colour, panels},
    statistics::Spread,
};

/// A panel an effect: accuracy over its strength, means with their standard deviation.
pub fn figure(of: &Robustness) -> Result<String, Error> {
    let mut legend = Vec::new();
    let drawn: Vec<_> = EFFECTS
        .iter()
        .map(|(effect, title, x)| {
            let axes = Axes {
                at: Some(of.float.mean),
                possible: [0.0, 100.0],
                ..Axes::new(x, Ticks::Whole, "% right")
            };
            Panel { title, axes, lines: lines(of, *effect, &mut legend) }
        })
        .collect();
    let title = format!(
        "{} by {} on devices; in floating point {:.2} % are right (pale line)",
        of.task, of.rule, of.float.mean
    );
    panels(&title, &legend, &drawn)
}

const EFFECTS: [(Effect, &str, &str); 4] = [
    (Effect::Bits, "few bits", "bits a weight"),
    (Effect::Noise, "errors of programming", "% of the largest conductance"),
    (Effect::Stuck, "stuck devices", "% of the devices"),
    (Effect::Time, "presets over time", "log₁₀ of seconds"),
];

/// A line a device.
fn lines(of: &Robustness, effect: Effect, legend: &mut Vec<(String, Style)>) -> Vec<Line> {
    let rows: Vec<_> = of.rows.iter().filter(|row| row.effect == effect).collect();
    let mut names: Vec<&str> = rows.iter().map(|row| row.device.as_str()).collect();
    names.dedup();
    let mut line = |name: &&str| {
        let place = legend.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            legend.push(((*name).to_owned(), Style::solid(colour(legend.len()))));
            legend.len() - 1
        });
        let points = rows.iter().filter(|row| row.device == *name).map(|row| point(row));
        Line::new(legend[place].1, points.collect())
    };
    names.iter().map(&mut line).collect()
}

fn point(row: &RobustnessRow) -> (f64, Spread) {
    let x = if row.effect == Effect::Time { row.x.max(1.0).log10() } else { row.x };
    let deviation = row.estimate.std.unwrap_or(0.0);
    (x, Spread { mean: row.estimate.mean, deviation, count: row.accuracies.len() })
}
