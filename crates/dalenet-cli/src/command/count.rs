//! `dalenet count`.

use crate::{
    args::Count,
    context::Context,
    failure::Failure,
    terminal::{
        say::{self, Ended},
        table::table,
    },
};
use dalenet_hardware::{LayerCount, NetworkCount};
use dalenet_lab::{Error, count_run};
use serde_json::json;
use std::iter::once;

/// A column: its title and what it counts.
type Column = (&'static str, fn(&LayerCount) -> u64);

const COLUMNS: [Column; 9] = [
    ("weights", |layer| layer.weights),
    ("MACs", |layer| layer.multiply_accumulates),
    ("devices, single", |layer| layer.single_devices),
    ("devices, pairs", |layer| layer.pair_devices),
    ("reads", |layer| layer.reads),
    ("transposed reads", |layer| layer.transposed_reads),
    ("feedback MACs", |layer| layer.feedback),
    ("updates", |layer| layer.updates),
    ("activities", |layer| layer.activities),
];

const NOTES: &str = "\
MACs: multiply-accumulates of a forward pass in digital hardware.
devices, single: one a weight and a reference column; pairs: two a weight, as signed weights need.
reads: devices read in a forward pass. A step of learning changes `updates` weights; on top of the forward pass
  Error Diffusion needs no more, Direct Feedback Alignment `feedback MACs`, backpropagation `transposed reads`.";

pub fn run(args: &Count, context: &Context<'_>) -> Result<Ended, Failure> {
    let energy = args.pj_per_mac;
    if let Some(energy) = energy.filter(|energy| !(*energy > 0.0 && energy.is_finite())) {
        return Err(Error::Config(format!(
            "--pj-per-mac {energy} is not possible: give the picojoules of a multiply-accumulate, above 0"
        ))
        .into());
    }
    let count = count_run(&args.run, context.data_dir)?;
    say::line(&rows(&count));
    say::line(&format!("\n{NOTES}"));
    let picojoules = energy.map(|energy| energy * count.total(|l| l.multiply_accumulates) as f64);
    if let Some(picojoules) = picojoules {
        say::line(&format!("energy of a forward pass: {:.3} nJ a sample", picojoules / 1e3));
    }
    say::object(
        context.json,
        || json!({ "run": args.run.to_string_lossy(), "layers": count.layers, "picojoules": picojoules }),
    );
    Ok(Ended::Done)
}

/// A row a layer, and their sum.
fn rows(count: &NetworkCount) -> String {
    let titles = once("layer").chain(COLUMNS.map(|(title, _)| title)).map(str::to_owned);
    let layers = (1..).zip(&count.layers).map(|(l, layer)| {
        let figures = COLUMNS.iter().map(|(_, figure)| grouped(figure(layer)));
        once(format!("{l}")).chain(figures).collect()
    });
    let sums = COLUMNS.iter().map(|(_, figure)| grouped(count.total(figure)));
    let sums = once("sum".to_owned()).chain(sums).collect();
    table(once(titles.collect()).chain(layers).chain(once(sums)))
}

/// A number with its digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_from_the_right() {
        let numbers = [0, 999, 1000, 1234567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "1,234,567"]);
    }
}
