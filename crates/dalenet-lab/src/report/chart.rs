//! Panels of curves with their spread over the seeds.

use super::canvas::{Area, Drawn, GRID, INK, PALE, cut, font, text};
use crate::statistics::Spread;
use plotters::prelude::*;

/// Epochs a curve shows at most.
const POINTS: usize = 300;

pub const UNLIMITED: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

/// A curve with its spread over the seeds.
pub struct Line {
    pub colour: RGBColor,
    pub points: Vec<(f64, Spread)>,
}

/// What a panel's axes say.
pub struct Axes<'a> {
    pub title: &'a str,
    pub x: &'a str,
    pub y: &'a str,
    /// Values y are exponents of 10.
    pub logarithmic: bool,
    /// A line across, drawn faintly.
    pub at: Option<f64>,
    /// The values that are possible, which bands do not leave.
    pub possible: [f64; 2],
}

/// One panel of curves, their mean as a line and ± one standard deviation as a band.
pub fn lines(panel: &Area<'_>, axes: &Axes<'_>, lines: &[Line]) -> Drawn {
    let points = || lines.iter().flat_map(|line| &line.points);
    let [least, most] = axes.possible;
    let below = |y: &Spread| (y.mean - y.deviation).max(least);
    let above = |y: &Spread| (y.mean + y.deviation).min(most);
    let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut low, mut high) = axes.at.map_or((f64::INFINITY, f64::NEG_INFINITY), |at| (at, at));
    for (x, y) in points() {
        (left, right) = (left.min(*x), right.max(*x));
        low = low.min(below(y));
        high = high.max(above(y));
    }
    if right <= left {
        (left, right) = (left - 0.5, right + 0.5);
    }
    let room = (0.06 * (high - low)).max(if axes.logarithmic { 0.02 } else { 1e-3 });
    let (low, high) = (low - room, high + room);
    let mut chart = ChartBuilder::on(panel)
        .margin_right(16)
        .margin_top(8)
        .margin_left(6)
        .caption(cut(axes.title, 38), text(13, INK))
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d(left..right, low..high)?;
    let step = high - low;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(PALE)
        .label_style(font(12).color(&INK))
        .axis_desc_style(font(13).color(&INK))
        .x_labels(6)
        .y_labels(6)
        .x_desc(axes.x)
        .y_desc(axes.y)
        .x_label_formatter(&|x| if x.fract() == 0.0 { format!("{x}") } else { String::new() })
        .y_label_formatter(&|y| match axes.logarithmic {
            true => significant(10f64.powf(*y)),
            false if step < 0.1 => format!("{y:.3}"),
            false if step < 1.0 => format!("{y:.2}"),
            false if step < 10.0 => format!("{y:.1}"),
            false => format!("{y:.0}"),
        })
        .draw()?;
    if let Some(at) = axes.at {
        chart.draw_series([PathElement::new([(left, at), (right, at)], PALE.mix(0.6))])?;
    }
    for Line { colour, points } in lines {
        let upper = points.iter().map(|(x, y)| (*x, above(y)));
        let lower = points.iter().rev().map(|(x, y)| (*x, below(y)));
        if points.len() > 1 && points.iter().any(|(_, y)| y.deviation > 0.0) {
            let band = Polygon::new(upper.chain(lower).collect::<Vec<_>>(), colour.mix(0.18));
            chart.draw_series([band])?;
        }
        let mean: Vec<_> = points.iter().map(|(x, y)| (*x, y.mean)).collect();
        if mean.len() <= 12 {
            let dots = mean.iter().map(|at| Circle::new(*at, 3, colour.filled()));
            chart.draw_series(dots)?;
        }
        chart.draw_series([PathElement::new(mean, colour.stroke_width(2))])?;
    }
    Ok(())
}

/// A number with two significant digits at most.
pub fn significant(x: f64) -> String {
    if x != 0.0 && !(9.9e-5..9.9e3).contains(&x.abs()) {
        return format!("{x:.1e}").replace(".0e", "e");
    }
    let digits = (1.0 - x.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    let text = format!("{x:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// At most [`POINTS`] of a curve, the last one among them.
pub fn thinned(points: Vec<(f64, Spread)>) -> Vec<(f64, Spread)> {
    let stride = points.len().div_ceil(POINTS).max(1);
    let last = points.len().saturating_sub(1);
    let kept = points.into_iter().enumerate();
    kept.filter(|(i, _)| i % stride == 0 || *i == last).map(|(_, point)| point).collect()
}
