//! What became of runs: `analyse` and `report`.

use crate::{progress, say};
use dalenet_lab::{Analysis, Error, Histogram, LayerAnalysis, analyse, report};
use serde_json::json;
use std::path::{Path, PathBuf};

pub fn show_analysis(run: &Path, data_dir: Option<&Path>, json: bool) -> Result<(), Error> {
    let mut fetching = progress::Fetching::new();
    let analysis = analyse(run, data_dir, &mut fetching)?;
    drop(fetching);
    layers(&analysis);
    weights(&analysis.layers);
    classes(&analysis);
    say::object(json, || json!(analysis));
    Ok(())
}

pub fn write_report(runs: &[PathBuf], out: &Path, json: bool) -> Result<(), Error> {
    let written = report(runs, out)?;
    let (runs, groups) = (written.runs, written.groups);
    say::line(&format!(
        "{}: {runs} run{} of {groups} configuration{}",
        written.page.display(),
        if runs == 1 { "" } else { "s" },
        if groups == 1 { "" } else { "s" },
    ));
    for figure in &written.figures {
        say::line(&format!("  {}", figure.display()));
    }
    say::object(json, || json!(written));
    Ok(())
}

fn layers(analysis: &Analysis) {
    let Analysis { run, task, rule, seed, samples, evaluation, .. } = analysis;
    say::line(&format!("{}: {task} by {rule}, seed {seed}", run.display()));
    let right = 100.0 * evaluation.accuracy;
    say::line(&format!("{right:.2} % of {} {samples} samples right\n", evaluation.samples));
    let mut rows = vec![
        [
            "layer",
            "K×N",
            "signal",
            "attenuation",
            "alignment",
            "same signs",
            "dead",
            "saturated",
            "E/I",
        ]
        .map(str::to_owned),
    ];
    for (l, layer) in (1..).zip(&analysis.layers) {
        let found = &layer.diagnosis;
        let share = |share: f64| format!("{:.1} %", 100.0 * share);
        rows.push([
            l.to_string(),
            format!("{}×{}", layer.inputs, layer.units),
            format!("{:.2e}", found.signal),
            known(found.attenuation, |times| format!("{times:.1}×")),
            known(found.alignment, |cosine| format!("{cosine:.3}")),
            known(found.sign_agreement, share),
            share(found.dead),
            share(found.saturated),
            known(layer.ei_ratio, |ratio| format!("{ratio:.2}")),
        ]);
    }
    table(&rows);
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
    if confusion.len() <= 20 {
        say::line("\nclass ↓ given →");
        let head = (0..confusion.len()).map(|class| class.to_string());
        let mut rows = vec![std::iter::once(String::new()).chain(head).collect::<Vec<_>>()];
        for (class, row) in confusion.iter().enumerate() {
            let counts = row.iter().map(usize::to_string);
            rows.push(std::iter::once(class.to_string()).chain(counts).collect());
        }
        table(&rows);
    }
    if !analysis.confused.is_empty() {
        let pairs = analysis.confused.iter();
        let pairs: Vec<_> = pairs
            .map(|pair| format!("{} for {} ({})", pair.class, pair.taken_for, pair.samples))
            .collect();
        say::line(&format!("\nmost often confused: {}", pairs.join(", ")));
    }
}

/// Rows of cells, right-aligned under the first row.
fn table(rows: &[impl AsRef<[String]>]) {
    let columns = rows.first().map_or(0, |row| row.as_ref().len());
    let width = |column: usize| rows.iter().map(|row| row.as_ref()[column].chars().count()).max();
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for row in rows {
        let cells = row.as_ref().iter().zip(&widths);
        let cells: Vec<_> = cells.map(|(cell, width)| format!("{cell:>width$}")).collect();
        say::line(&cells.join("  "));
    }
}

/// A value, or a dash where there is none.
fn known(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map_or("–".into(), show)
}
