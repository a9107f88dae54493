//! Sizes of the weights by sub-matrix.

use crate::{
    Error,
    analysis::histograms,
    report::{
        canvas::{self, axis, plain, text},
        chart::significant,
        figure::{Figure, layer_name, range, whose},
        palette::{INK, sub_matrix},
        style::Style,
    },
};
use dalenet::Network;
use plotters::prelude::*;

/// A network's weights, in the file `weights-{name}`, under a configuration's label.
pub fn weights(name: &str, label: &str, network: &Network) -> Result<Figure, Error> {
    let layers = network.layers();
    let floors: Vec<_> =
        layers.iter().filter_map(|layer| layer.balance()).map(|b| 100.0 * b.floor_share).collect();
    let dale = layers.iter().any(|layer| layer.dale().is_some());
    let title = match range(&floors, |share| format!("{share:.1}")).filter(|_| dale) {
        Some(share) => format!("{share} % of a layer's weights are at the floor"),
        None => "how large the weights are".into(),
    };
    let names = ["W_pp", "W_nn", "W_np", "W_pn", "W"];
    let all: Vec<_> = layers.iter().map(histograms).collect();
    let shown: Vec<_> = names
        .iter()
        .filter(|name| all.iter().flatten().any(|histogram| histogram.name == **name))
        .map(|name| ((*name).to_owned(), Style::solid(sub_matrix(name))))
        .collect();
    let (_, height) = canvas::panels(layers.len());
    let edges = |end: usize| all.iter().map(move |parts| f64::from(parts[0].range[end]).log10());
    let (left, right) = (edges(0).fold(f64::INFINITY, f64::min), edges(1).fold(-99.0, f64::max));
    let shares = all.iter().flatten().flat_map(|histogram| &histogram.shares);
    let top = 105.0 * shares.copied().fold(0.0, f64::max);
    let svg = canvas::figure(&whose(label, &title), &shown, height, |area| {
        for (l, panel) in canvas::split(area, layers.len()).iter().enumerate().take(layers.len()) {
            let [low, high] = all[l][0].range.map(|edge| f64::from(edge).log10());
            let width = (high - low) / all[l][0].shares.len() as f64;
            let mut chart = ChartBuilder::on(panel)
                .margin_right(18)
                .margin_top(8)
                .margin_left(4)
                .caption(layer_name(l, layers.len()), text(14, INK))
                .x_label_area_size(42)
                .y_label_area_size(62)
                .build_cartesian_2d(axis(left, right), axis(0.0, top))?;
            plain(&mut chart.configure_mesh())
                .x_labels(4)
                .y_labels(5)
                .x_desc("size of the weight")
                .y_desc("% of the sub-matrix")
                .x_label_formatter(&|x| significant(10f64.powf(*x)))
                .y_label_formatter(&|y| significant(*y))
                .draw()?;
            for histogram in &all[l] {
                let steps = histogram.shares.iter().enumerate().flat_map(|(bin, share)| {
                    let left = low + bin as f64 * width;
                    [(left, 100.0 * share), (left + width, 100.0 * share)]
                });
                let style = sub_matrix(&histogram.name).stroke_width(2);
                chart.draw_series([PathElement::new(steps.collect::<Vec<_>>(), style)])?;
            }
        }
        Ok(())
    })?;
    let caption = "Size of the weights by sub-matrix (first letter: source stream, second: \
                   target) in bins of equal ratio, on logarithmic axes that all layers share; the first bin holds \
                   the weights at the floor. The run with the smallest seed.";
    Ok(Figure { name: format!("weights-{name}"), caption: caption.into(), svg })
}
