//! `dalenet robust`.

use crate::{
    args::Robust,
    context::Context,
    failure::Failure,
    terminal::{
        progress::{Fetching, Pieces},
        say::{self, Ended},
        table::table,
        words::counted,
    },
};
use dalenet_lab::{Effect, Estimate, RobustOptions, Robustness, RobustnessRow, robustness};
use serde_json::json;
use std::iter::once;

pub fn run(args: &Robust, context: &Context<'_>) -> Result<Ended, Failure> {
    let options = RobustOptions {
        chips: args.chips,
        seed: args.chip_seed,
        samples: args.samples.map(|samples| samples as usize),
        figure: &args.out,
    };
    let (mut fetching, mut pieces) = (Fetching::new(), Pieces::new("chip"));
    let mut progress = |done: usize, total: usize| pieces.show(done, total);
    let found = robustness(&args.runs, &options, context.data_dir, &mut fetching, &mut progress)?;
    drop((fetching, pieces));
    let Robustness { task, rule, runs, samples, float, devices, figure, .. } = &found;
    say::line(&format!(
        "{task} by {rule}, {}, {samples} test samples, {devices} devices a network",
        counted(runs.len(), "run")
    ));
    say::line(&format!("in floating point {} % right\n", spread(float)));
    say::line(&rows(&found));
    say::line(&format!("\n{} and .png", figure.display()));
    say::object(context.json, || json!(found));
    Ok(Ended::Done)
}

fn rows(found: &Robustness) -> String {
    let titles = ["effect", "device", "strength", "% right", "95 % interval", "spread of chips"];
    let row = |row: &RobustnessRow| {
        let Estimate { interval, .. } = &row.estimate;
        vec![
            effect(row.effect).to_owned(),
            row.device.clone(),
            row.strength.clone(),
            spread(&row.estimate),
            interval.map_or_else(String::new, |[low, high]| format!("{low:.2} to {high:.2}")),
            if row.accuracies[0].len() > 1 {
                format!("{:.2}", row.chip_std)
            } else {
                String::new()
            },
        ]
    };
    table(once(titles.map(str::to_owned).into()).chain(found.rows.iter().map(row)))
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Bits => "bits",
        Effect::Noise => "programming",
        Effect::Stuck => "stuck",
        Effect::Time => "time",
    }
}

fn spread(estimate: &Estimate) -> String {
    let std = estimate.std.map_or_else(String::new, |std| format!(" ± {std:.2}"));
    format!("{:.2}{std}", estimate.mean)
}
