//! Excitation over inhibition, layer by layer.

use crate::{
    Error,
    report::{
        canvas,
        chart::{self, Axes, Line, Panel, Ticks},
        figure::{Figure, legend, range, styles},
        study::{Group, Study},
    },
    statistics::Spread,
};

pub fn balance(study: &Study) -> Result<Option<Figure>, Error> {
    let by_depth = |group: &Group| -> Vec<(f64, Spread)> {
        let last = |l: usize| group.spread(|record| record.ei_ratio().get(l).copied());
        (1..).zip((0..).map_while(last)).map(|(l, spread)| (f64::from(l), spread)).collect()
    };
    let styles = styles(study);
    let curves: Vec<_> = study.groups.iter().map(by_depth).collect();
    let shown: Vec<_> = (0..curves.len()).filter(|i| !curves[*i].is_empty()).collect();
    let ratios: Vec<_> = curves.iter().flatten().map(|(_, y)| y.mean).collect();
    let Some(between) = range(&ratios, |ratio| format!("{ratio:.2}")) else { return Ok(None) };
    let title = format!("Excitation over inhibition at the end: {between}");
    let legend = legend(study, shown.iter().map(|i| (*i, &study.groups[*i])));
    let lines = shown.iter().map(|i| Line::new(styles[*i], curves[*i].clone())).collect();
    let axes = Axes {
        at: Some(1.0),
        possible: [0.0, f64::INFINITY],
        ..Axes::new("layer, the last is the output", Ticks::Whole, "E/I ratio of the weights")
    };
    let panel = [Panel { title: "", axes, lines }];
    let draw = |area: &canvas::Area<'_>| chart::draw(area, &panel, true);
    let svg = canvas::figure(&title, &legend, chart::height(1), draw)?;
    let caption = "Mean of W_pp and W_nn over mean of W_np and W_pn at the end, of agents in the actor; 1 is \
                   balance.";
    Ok(Some(Figure { name: "balance".into(), caption: caption.into(), svg }))
}
