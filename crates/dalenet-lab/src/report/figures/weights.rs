//! Sizes of the weights by sub-matrix.

use crate::{
    Error,
    analysis::histograms,
    report::{
        canvas::{self, GRID, INK, PALE, colour, font, text},
        chart::significant,
        figure::{Figure, layer_name, range, whose},
        study::Group,
    },
};
use dalenet::Network;
use plotters::prelude::*;

pub fn weights(number: usize, group: &Group, network: &Network) -> Result<Figure, Error> {
    let layers = network.layers();
    let floors: Vec<_> =
        layers.iter().filter_map(|layer| layer.balance()).map(|b| 100.0 * b.floor_share).collect();
    let dale = layers.iter().any(|layer| layer.dale().is_some());
    let title = match range(&floors, |share| format!("{share:.1}")).filter(|_| dale) {
        Some(share) => format!("{share} % of a layer's weights are at the floor"),
        None => "how large the weights are".into(),
    };
    let names = ["W_pp", "W_nn", "W_np", "W_pn", "W"];
    let of = |name: &str| colour(names.iter().position(|known| *known == name).unwrap_or(4));
    let all: Vec<_> = layers.iter().map(histograms).collect();
    let shown: Vec<_> = names
        .iter()
        .filter(|name| all.iter().flatten().any(|histogram| histogram.name == **name))
        .map(|name| ((*name).to_owned(), of(name)))
        .collect();
    let (_, height) = canvas::panels(layers.len());
    let svg = canvas::figure(&whose(&group.label, &title), &shown, height, |area| {
        for (l, panel) in canvas::split(area, layers.len()).iter().enumerate().take(layers.len()) {
            let [low, high] = all[l][0].range.map(|edge| f64::from(edge).log10());
            let width = (high - low) / all[l][0].shares.len() as f64;
            let shares = all[l].iter().flat_map(|histogram| &histogram.shares);
            let top = 105.0 * shares.copied().fold(0.0, f64::max);
            let mut chart = ChartBuilder::on(panel)
                .margin_right(16)
                .margin_top(8)
                .margin_left(6)
                .caption(layer_name(l, layers.len()), text(13, INK))
                .x_label_area_size(40)
                .y_label_area_size(64)
                .build_cartesian_2d(low..high, 0.0..top)?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                .light_line_style(TRANSPARENT)
                .bold_line_style(GRID)
                .axis_style(PALE)
                .label_style(font(12).color(&INK))
                .axis_desc_style(font(13).color(&INK))
                .x_labels(5)
                .y_labels(6)
                .x_desc("size of the weight (logarithmic)")
                .y_desc("% of the sub-matrix")
                .x_label_formatter(&|x| significant(10f64.powf(*x)))
                .y_label_formatter(&|y| significant(*y))
                .draw()?;
            for histogram in &all[l] {
                let steps = histogram.shares.iter().enumerate().flat_map(|(bin, share)| {
                    let left = low + bin as f64 * width;
                    [(left, 100.0 * share), (left + width, 100.0 * share)]
                });
                let style = of(&histogram.name).stroke_width(2);
                chart.draw_series([PathElement::new(steps.collect::<Vec<_>>(), style)])?;
            }
        }
        Ok(())
    })?;
    let caption = "Size of the weights by sub-matrix (first letter: source stream, second: \
                   target) in bins of equal ratio; the first bin holds the weights at the floor. \
                   The run with the smallest seed.";
    Ok(Figure { name: format!("weights-{number}"), caption: caption.into(), svg })
}
