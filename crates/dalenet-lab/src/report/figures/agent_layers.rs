//! Alignment and attenuation of actor and critic, layer by layer, at the end.

use crate::{
    AgentAnalysis, Error, LayerAnalysis,
    report::{
        canvas,
        chart::{self, Axes, Line, Panel, Ticks},
        figure::{Figure, legend, styles},
        study::{Group, Study},
    },
    statistics::Spread,
};

/// A figure of the agents on a task, each with its group and number.
pub fn layers(
    study: &Study,
    number: usize,
    task: &str,
    analyses: &[(usize, &Group, AgentAnalysis)],
) -> Result<Figure, Error> {
    let styles = styles(study);
    type Value = fn(&LayerAnalysis) -> Option<f64>;
    type Layers = fn(&AgentAnalysis) -> &[LayerAnalysis];
    let cosine: Value = |layer| layer.diagnosis.alignment;
    let strength: Value = |layer| layer.diagnosis.strength();
    let actor: Layers = |analysis| &analysis.actor;
    let critic: Layers = |analysis| &analysis.critic;
    let panel = |title: &'static str, y: &'static str, layers: Layers, value: Value| {
        let line = |(i, _, analysis): &(usize, &Group, AgentAnalysis)| {
            Line::new(styles[*i], by_depth(layers(analysis), value))
        };
        let at = Some(if y.starts_with("cosine") { 0.0 } else { 1.0 });
        let axes = Axes { at, ..Axes::new("layer", Ticks::Whole, y) };
        Panel { title, axes, lines: analyses.iter().map(line).collect() }
    };
    let with_gradient = "cosine with the gradient";
    let of_output = "signal / output's signal";
    let rows = [
        [
            panel("actor", with_gradient, actor, cosine),
            panel("critic", with_gradient, critic, cosine),
        ],
        [panel("actor", of_output, actor, strength), panel("critic", of_output, critic, strength)],
    ];
    let title = format!("{task}: alignment and strength of the teaching signals");
    let legend = legend(study, analyses.iter().map(|(i, group, _)| (*i, *group)));
    let height = chart::height(2);
    let svg = canvas::figure(&title, &legend, 2 * height, |area| {
        let (above, below) = area.split_vertically(height);
        chart::draw(&above, &rows[0], true)?;
        chart::draw(&below, &rows[1], true)
    })?;
    let caption = "On a minibatch of a rollout that follows the checkpoint of the run with the smallest seed: \
                   cosine of the rule's gradient of each layer's weights with that of backpropagation from the \
                   same error (above), and root mean square of the gated teaching signal over that of the \
                   output (below). The last layer is the output. Actor and critic share axes.";
    Ok(Figure { name: format!("agent-layers-{number}"), caption: caption.into(), svg })
}

fn by_depth(
    layers: &[LayerAnalysis],
    value: fn(&LayerAnalysis) -> Option<f64>,
) -> Vec<(f64, Spread)> {
    let spread = |layer| Spread::of(&[value(layer)?]);
    let known = (1..).zip(layers).filter_map(|(l, layer)| Some((f64::from(l), spread(layer)?)));
    known.collect()
}
