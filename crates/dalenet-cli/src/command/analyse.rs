//! `dalenet analyse`.

use crate::{
    context::Context,
    failure::Failure,
    terminal::{
        progress::Fetching,
        say::{self, Ended},
        table::table,
    },
};
use dalenet_lab::{
    AgentAnalysis, Analysis, Experiment, Histogram, LayerAnalysis, Resources, Run, analyse,
    analyse_agent,
};
use serde_json::json;
use std::{iter::once, path::Path};

/// Classes of a confusion matrix that fits a terminal.
const CLASSES: usize = 20;

pub fn run(run: &Path, context: &Context<'_>) -> Result<Ended, Failure> {
    match Run::open(run)?.experiment()? {
        Experiment::Classification(_) => classification(run, context),
        Experiment::Agent(_) => agent(run, context),
    }
}

fn classification(run: &Path, context: &Context<'_>) -> Result<Ended, Failure> {
    let mut fetching = Fetching::new();
    let analysis = analyse(run, context.data_dir, &mut fetching)?;
    drop(fetching);
    let Analysis { task, rule, seed, samples, evaluation, .. } = &analysis;
    say::line(&format!("{}: {task} by {rule}, seed {seed}", run.display()));
    let right = 100.0 * evaluation.accuracy;
    say::line(&format!("{right:.2} % of {} {samples} samples right\n", evaluation.samples));
    layers(&analysis.layers);
    weights(&analysis.layers);
    classes(&analysis);
    say::object(context.json, || json!(analysis));
    Ok(Ended::Done)
}

fn agent(run: &Path, context: &Context<'_>) -> Result<Ended, Failure> {
    let analysis = analyse_agent(run, Resources::default())?;
    let AgentAnalysis { task, rule, seed, samples, actor, critic, .. } = &analysis;
    say::line(&format!("{}: {task} by {rule}, seed {seed}", run.display()));
    say::line(&format!("on {samples} transitions of a fresh rollout"));
    for (name, network) in [("actor", actor), ("critic", critic)] {
        say::line(&format!("\n{name}\n"));
        layers(network);
        weights(network);
    }
    say::object(context.json, || json!(analysis));
    Ok(Ended::Done)
}

/// What was found in each layer.
fn layers(layers: &[LayerAnalysis]) {
    let titles = [
        "layer",
        "K×N",
        "signal",
        "attenuation",
        "alignment",
        "same signs",
        "dead",
        "saturated",
        "E/I",
    ];
    let row = |(l, layer): (usize, &LayerAnalysis)| {
        let found = &layer.diagnosis;
        let share = |share: f64| format!("{:.1} %", 100.0 * share);
        vec![
            l.to_string(),
            format!("{}×{}", layer.inputs, layer.units),
            format!("{:.2e}", found.signal),
            known(found.attenuation, |times| format!("{times:.1}×")),
            known(found.alignment, |cosine| format!("{cosine:.3}")),
            known(found.sign_agreement, share),
            share(found.dead),
            share(found.saturated),
            known(layer.ei_ratio, |ratio| format!("{ratio:.2}")),
        ]
    };
    let rows = (1..).zip(layers).map(row);
    say::line(&table(once(titles.map(str::to_owned).to_vec()).chain(rows)));
}

/// The sizes of the weights, a bar a bin on a logarithmic axis.
fn weights(layers: &[LayerAnalysis]) {
    for (l, layer) in (1..).zip(layers) {
        let Some([low, high]) = layer.weights.first().map(|histogram| histogram.range) else {
            continue;
        };
        say::line(&format!("\nlayer {l}: sizes of the weights from {low:.1e} to {high:.1e}"));
        for histogram in &layer.weights {
            let floor = layer.diagnosis.floor_share.get(&histogram.name);
            let floor = floor.map(|share| format!("  {:.1} % at the floor", 100.0 * share));
            let name = &histogram.name;
            say::line(&format!("  {name:4} {}{}", bars(histogram), floor.unwrap_or_default()));
        }
    }
}

fn bars(histogram: &Histogram) -> String {
    const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = histogram.shares.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    histogram.shares.iter().map(|share| BARS[(8.0 * share / most).ceil() as usize]).collect()
}

fn classes(analysis: &Analysis) {
    let confusion = &analysis.evaluation.confusion;
    if confusion.len() <= CLASSES {
        say::line("\nclass ↓ given →");
        let head = once(String::new()).chain((0..confusion.len()).map(|class| class.to_string()));
        let row = |(class, row): (usize, &Vec<usize>)| {
            once(class.to_string()).chain(row.iter().map(usize::to_string)).collect()
        };
        let rows = confusion.iter().enumerate().map(row);
        say::line(&table(once(head.collect()).chain(rows)));
    }
    if !analysis.confused.is_empty() {
        let pairs = analysis.confused.iter();
        let pairs: Vec<_> = pairs
            .map(|pair| format!("{} for {} ({})", pair.class, pair.taken_for, pair.samples))
            .collect();
        say::line(&format!("\nmost often confused: {}", pairs.join(", ")));
    }
}

/// A value, or a dash where there is none.
fn known(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map_or("–".into(), show)
}
