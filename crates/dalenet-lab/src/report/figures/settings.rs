//! Scores over the values of a setting.

use crate::{
    Error,
    report::{
        canvas::{self, Area, Drawn, axis, chart_on, cut, panels, plain, split},
        chart::significant,
        style::Style,
    },
};
use plotters::prelude::*;

/// What the axis of a setting has.
pub enum Axis {
    /// Numbers at equal distances.
    Numbers,
    /// Exponents of 10.
    Exponents,
    /// Names, which stand at 0, 1, 2, …
    Names(Vec<String>),
}

/// A configuration in a panel.
pub struct Dot {
    pub x: f64,
    pub y: f64,
    pub style: Style,
    /// Whether it was trained to its end.
    pub ended: bool,
}

/// The scores over one setting.
pub struct SettingPanel {
    pub title: String,
    /// The setting.
    pub x: String,
    pub axis: Axis,
    pub dots: Vec<Dot>,
}

/// A figure of scores, a panel a setting; configurations that were not trained to their end are rings.
pub fn settings_figure(
    title: &str,
    legend: &[(String, Style)],
    y: &str,
    drawn: &[SettingPanel],
) -> Result<String, Error> {
    let draw = |area: &Area<'_>| -> Drawn {
        for (area, panel) in split(area, drawn.len()).iter().zip(drawn) {
            draw_panel(area, panel, y)?;
        }
        Ok(())
    };
    canvas::figure(title, legend, panels(drawn.len()).1, draw)
}

fn draw_panel(area: &Area<'_>, panel: &SettingPanel, y: &str) -> Drawn {
    let [left, right] = roomy(range(panel.dots.iter().map(|dot| dot.x)), 0.5);
    let [low, high] = roomy(range(panel.dots.iter().map(|dot| dot.y)), 0.01);
    let mut chart =
        chart_on(area, &panel.title).build_cartesian_2d(axis(left, right), axis(low, high))?;
    let names = match &panel.axis {
        Axis::Names(names) => names.len() + 2,
        _ => 5,
    };
    plain(&mut chart.configure_mesh())
        .x_labels(names)
        .y_labels(6)
        .x_desc(cut(&panel.x, 38))
        .y_desc(y)
        .x_label_formatter(&|x| label(&panel.axis, *x))
        .y_label_formatter(&|y| significant_of(*y, high - low))
        .draw()?;
    for Dot { x, y, style, ended } in &panel.dots {
        let fill = match ended {
            true => style.colour.mix(0.7).filled(),
            false => style.colour.mix(0.5).stroke_width(1),
        };
        chart.draw_series([Circle::new((*x, *y), 4, fill)])?;
    }
    Ok(())
}

fn label(axis: &Axis, x: f64) -> String {
    match axis {
        Axis::Numbers => significant(x).replace('-', "−"),
        Axis::Exponents => significant(10f64.powf(x)),
        Axis::Names(names) => {
            let known = (x.fract() == 0.0 && x >= 0.0).then(|| names.get(x as usize)).flatten();
            known.map_or(String::new(), |name| cut(name, 14))
        }
    }
}

/// A score as an axis of this width needs it.
fn significant_of(y: f64, width: f64) -> String {
    let decimals = (1.0 - width.log10()).ceil().clamp(0.0, 6.0) as usize;
    format!("{y:.decimals$}").replace('-', "−")
}

fn range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
        [low.min(value), high.max(value)]
    })
}

/// With some room at both ends, at least `least`.
fn roomy([low, high]: [f64; 2], least: f64) -> [f64; 2] {
    let room = match high > low {
        true => 0.08 * (high - low),
        false => least,
    };
    [low - room, high + room]
}
