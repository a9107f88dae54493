//! Strength and alignment of the teaching signal, layer by layer, over epochs.

use crate::{
    EpochMetrics, Error,
    report::{
        canvas,
        chart::{self, Axes, Line, Panel, Ticks, significant},
        figure::{Figure, layer_name, range},
        palette::layer_colour,
        study::{Group, Study},
        style::Style,
    },
};

pub fn attenuation(study: &Study) -> Result<Option<Figure>, Error> {
    let first = first_layer(study, |metrics| metrics.layers[0].strength());
    let title = match range(&first, significant) {
        Some(times) => {
            format!("The teaching signal of the first layer is {times} times the output's")
        }
        None => "The teaching signal, layer by layer".into(),
    };
    let y = "signal / output's signal";
    let svg = by_layer(study, (&title, y, true), |metrics, l| metrics.layers.get(l)?.strength())?;
    let caption = "Root mean square of the gated teaching signal of each layer over that of the \
                   output, on a probe of held-out samples (training samples where none are held \
                   out). The axes are the same for all configurations, logarithmic where the values span \
                   more than a decade.";
    Ok(svg.map(|svg| Figure { name: "attenuation".into(), caption: caption.into(), svg }))
}

pub fn alignment(study: &Study) -> Result<Option<Figure>, Error> {
    let first = first_layer(study, |metrics| metrics.layers[0].alignment);
    let title = match range(&first, |cosine| format!("{cosine:.2}")) {
        Some(cosine) => {
            format!("The first layer's update has a cosine of {cosine} with the true gradient")
        }
        None => "Alignment with the true gradient, layer by layer".into(),
    };
    let y = "cosine with the true gradient";
    let svg = by_layer(study, (&title, y, false), |metrics, l| metrics.layers.get(l)?.alignment)?;
    let caption = "Cosine between the rule's gradient of the weights and that of backpropagation \
                   from the same error on the same network: 1 is the steepest descent, 0 is at \
                   right angles to it. The teaching signal of the output layer is the error itself. The axes \
                   are the same for all configurations.";
    Ok(svg.map(|svg| Figure { name: "alignment".into(), caption: caption.into(), svg }))
}

/// A figure with a panel for each group whose layers were measured and a line for each layer.
fn by_layer(
    study: &Study,
    (title, y, ratio): (&str, &str, bool),
    value: impl Fn(&EpochMetrics, usize) -> Option<f64>,
) -> Result<Option<String>, Error> {
    let groups: Vec<_> = study.groups.iter().filter(|group| group.layers() > 0).collect();
    let Some(layers) = groups.iter().map(|group| group.layers()).max() else { return Ok(None) };
    let style = |l: usize| Style::solid(layer_colour(l, layers));
    let names: Vec<_> = (0..layers).map(|l| (layer_name(l, layers), style(l))).collect();
    let logarithmic = ratio && decades(&groups, &value);
    let shown = |metrics: &EpochMetrics, l: usize| match logarithmic {
        true => Some(value(metrics, l)?.log10()),
        false => value(metrics, l),
    };
    let at = Some(if ratio && !logarithmic { 1.0 } else { 0.0 });
    let panel = |group: &&'_ Group| {
        let last = group.layers() - 1;
        // The output of a shallower network has the style of all outputs.
        let style = |l: usize| style(if l == last { layers - 1 } else { l });
        let line = |l| Line::new(style(l), group.curve(|metrics| shown(metrics, l)));
        (0..=last).map(line).collect::<Vec<_>>()
    };
    let axes = Axes { logarithmic, at, ..Axes::new("epoch", Ticks::Whole, y) };
    let panels: Vec<_> = groups
        .iter()
        .map(|group| {
            let title = if groups.len() > 1 { group.label.as_str() } else { "" };
            Panel { title, axes, lines: panel(group) }
        })
        .collect();
    let draw = |area: &canvas::Area<'_>| chart::draw(area, &panels, true);
    canvas::figure(title, &names, chart::height(panels.len()), draw).map(Some)
}

/// Whether the means of a positive value over all groups, layers and epochs are more than a decade apart.
fn decades(groups: &[&Group], value: impl Fn(&EpochMetrics, usize) -> Option<f64>) -> bool {
    let layers = groups.iter().flat_map(|group| (0..group.layers()).map(move |l| (group, l)));
    let curves = layers.flat_map(|(group, l)| group.curve(|metrics| value(metrics, l)));
    let means: Vec<_> = curves.map(|(_, spread)| spread.mean).collect();
    let least = means.iter().copied().fold(f64::INFINITY, f64::min);
    means.iter().any(|mean| *mean > 10.0 * least)
}

/// Of all groups: the mean over seeds of a value of layer 1 after the last epoch in which layers were measured.
fn first_layer(study: &Study, value: impl Fn(&EpochMetrics) -> Option<f64>) -> Vec<f64> {
    let last = |group: &Group| {
        group.spread(|record| {
            record.metrics.iter().rev().find(|metrics| !metrics.layers.is_empty()).and_then(&value)
        })
    };
    let deep = study.groups.iter().filter(|group| group.layers() > 1);
    deep.filter_map(last).map(|spread| spread.mean).collect()
}
