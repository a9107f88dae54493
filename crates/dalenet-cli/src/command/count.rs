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
use dalenet_hardware::{LayerCount, LearningCount, Mapping, NetworkCount};
use dalenet_lab::{Error, RunCount, count_run};
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

const LEARNING_NOTES: &str = "\
A step of learning from one sample with all weights in arrays: devices read forward (an inference is that), and
devices read to bring the error to the hidden layers. Pairs read both devices of a weight.";

pub fn run(args: &Count, context: &Context<'_>) -> Result<Ended, Failure> {
    let energy = args.pj_per_mac;
    if let Some(energy) = energy.filter(|energy| !(*energy > 0.0 && energy.is_finite())) {
        return Err(Error::Config(format!(
            "--pj-per-mac {energy} is not possible: give the picojoules of a multiply-accumulate, above 0"
        ))
        .into());
    }
    let counts: Vec<_> = args.runs.iter().map(|run| count_run(run, context.data_dir)).collect();
    let counts: Vec<_> = counts.into_iter().collect::<Result<_, _>>()?;
    if let [count] = &counts[..] {
        say::line(&rows(&count.network));
        say::line(&format!("\n{NOTES}\n"));
    }
    say::line(&learning(&counts));
    say::line(&format!("\n{LEARNING_NOTES}"));
    let picojoules = |count: &RunCount| {
        let operations = count.network.total(|layer| layer.multiply_accumulates);
        energy.map(|energy| energy * operations as f64)
    };
    for count in &counts {
        if let Some(picojoules) = picojoules(count) {
            let nanojoules = picojoules / 1e3;
            let whose =
                if counts.len() > 1 { format!("{}: ", count.run.display()) } else { String::new() };
            say::line(&format!("{whose}energy of a forward pass: {nanojoules:.3} nJ a sample"));
        }
    }
    say::object(context.json, || {
        let object = |count: &RunCount| {
            let mut object = json!(count);
            object["picojoules"] = json!(picojoules(count));
            object
        };
        match &counts[..] {
            [count] => object(count),
            counts => json!({ "runs": counts.iter().map(object).collect::<Vec<_>>() }),
        }
    });
    Ok(Ended::Done)
}

/// What learning from one sample costs, a row a run.
fn learning(counts: &[RunCount]) -> String {
    let titles = [
        "run",
        "rule",
        "score",
        "mapping",
        "devices",
        "fixed feedback",
        "reads, forward",
        "reads, feedback",
        "writes",
    ];
    let row = |count: &RunCount| {
        let known = |figure: fn(&LearningCount) -> u64| {
            count.learning.as_ref().map_or("–".into(), |learning| grouped(figure(learning)))
        };
        vec![
            count.run.display().to_string(),
            count.rule.clone(),
            count.score.map_or("–".into(), |score| format!("{score:.2}")),
            match count.mapping {
                Mapping::Single => "single".into(),
                Mapping::Pair => "pairs".into(),
            },
            grouped(count.network.total(|layer| layer.devices(count.mapping))),
            known(|learning| learning.fixed_devices),
            known(|learning| learning.forward_reads),
            known(|learning| learning.feedback_reads),
            known(|learning| learning.updates),
        ]
    };
    table(once(titles.map(str::to_owned).into()).chain(counts.iter().map(row)))
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
