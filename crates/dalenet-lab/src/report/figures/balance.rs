//! Excitation over inhibition, layer by layer.

use crate::{
    Error,
    report::{
        canvas,
        chart::{Axes, Line, lines},
        figure::{Figure, colours, legend, range},
        study::{Group, Study},
    },
};
use plotters::style::RGBColor;

pub fn balance(study: &Study) -> Result<Option<Figure>, Error> {
    let by_depth = |group: &Group| {
        let last =
            |l: usize| group.spread(|record| record.metrics.last()?.ei_ratio.get(l).copied());
        let values = (0..).map_while(last);
        (1..).zip(values).map(|(l, spread)| (f64::from(l), spread)).collect::<Vec<_>>()
    };
    let drawn: Vec<_> = study
        .groups
        .iter()
        .zip(colours(study))
        .map(|(group, colour)| Line { colour, points: by_depth(group) })
        .filter(|line| !line.points.is_empty())
        .collect();
    let ratios: Vec<_> = drawn.iter().flat_map(|l| &l.points).map(|(_, y)| y.mean).collect();
    let Some(between) = range(&ratios, |ratio| format!("{ratio:.2}")) else { return Ok(None) };
    let title = format!("Excitation over inhibition at the end: {between}");
    let shown = |(_, shade): &(String, RGBColor)| drawn.iter().any(|line| line.colour == *shade);
    let legend: Vec<_> = legend(study).into_iter().filter(shown).collect();
    let svg = canvas::figure(&title, &legend, 280, |area| {
        let y = "E/I ratio of the weights";
        let x = "layer, the last is the output";
        lines(
            area,
            &Axes {
                title: "",
                x,
                y,
                logarithmic: false,
                at: Some(1.0),
                possible: [0.0, f64::INFINITY],
            },
            &drawn,
        )
    })?;
    let caption = "Mean of W_pp and W_nn over mean of W_np and W_pn after the last epoch; 1 is \
                   balance.";
    Ok(Some(Figure { name: "balance".into(), caption: caption.into(), svg }))
}
