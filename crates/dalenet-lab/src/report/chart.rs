//! Panels of curves with their spread over the seeds.

use super::{
    canvas::{Area, Drawn, axis, chart_on, panels, plain, split},
    palette::PALE,
    style::Style,
};
use crate::statistics::Spread;
use plotters::prelude::*;

/// Points a curve shows at most.
const POINTS: usize = 300;
/// A curve of no more points than this has a dot at each.
const DOTS: usize = 12;

pub const UNLIMITED: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

/// A curve, with its spread over the seeds if it has one.
pub struct Line {
    pub style: Style,
    /// Thin, and without its spread.
    pub faint: bool,
    pub points: Vec<(f64, Spread)>,
}

impl Line {
    /// A curve of the points that are finite.
    pub fn new(style: Style, mut points: Vec<(f64, Spread)>) -> Self {
        points.retain(|(x, y)| [*x, y.mean, y.deviation].iter().all(|value| value.is_finite()));
        Self { style, faint: false, points: thinned(points) }
    }

    /// The same dotted and thin.
    pub fn faint(style: Style, points: Vec<(f64, Spread)>) -> Self {
        Self { faint: true, ..Self::new(style.dotted(), points) }
    }
}

/// What an axis counts.
#[derive(Clone, Copy, PartialEq)]
pub enum Ticks {
    /// Whole numbers: epochs, layers.
    Whole,
    /// Many: 500k, 1.5M.
    Many,
}

/// What a panel's axes say.
#[derive(Clone, Copy)]
pub struct Axes<'a> {
    pub x: &'a str,
    pub ticks: Ticks,
    pub y: &'a str,
    /// Values y are exponents of 10.
    pub logarithmic: bool,
    /// A line across, drawn faintly.
    pub at: Option<f64>,
    /// The values that are possible, which bands do not leave.
    pub possible: [f64; 2],
}

impl<'a> Axes<'a> {
    /// Linear axes without limits.
    pub fn new(x: &'a str, ticks: Ticks, y: &'a str) -> Self {
        Self { x, ticks, y, logarithmic: false, at: None, possible: UNLIMITED }
    }
}

/// A panel: title, axes and curves.
pub struct Panel<'a> {
    pub title: &'a str,
    pub axes: Axes<'a>,
    pub lines: Vec<Line>,
}

/// From where to where the axes go.
#[derive(Clone, Copy)]
struct Extent {
    x: [f64; 2],
    y: [f64; 2],
}

impl Extent {
    const NOTHING: Self =
        Self { x: [f64::INFINITY, f64::NEG_INFINITY], y: [f64::INFINITY, f64::NEG_INFINITY] };

    fn of(panel: &Panel<'_>) -> Self {
        let mut extent = Self::NOTHING;
        extent.y = panel.axes.at.map_or(extent.y, |at| [at, at]);
        for line in &panel.lines {
            for (x, y) in &line.points {
                let band = if line.faint { [y.mean, y.mean] } else { band(y, panel.axes.possible) };
                extent = extent.join(Self { x: [*x, *x], y: band });
            }
        }
        extent
    }

    fn join(self, other: Self) -> Self {
        let join = |a: [f64; 2], b: [f64; 2]| [a[0].min(b[0]), a[1].max(b[1])];
        Self { x: join(self.x, other.x), y: join(self.y, other.y) }
    }

    /// With some room around the values.
    fn roomy(self, logarithmic: bool) -> Self {
        let Self { x: [left, right], y: [low, high] } = self;
        let x = if right > left { [left, right] } else { [left - 0.5, left + 0.5] };
        let least = if logarithmic { 0.02 } else { 1e-9_f64.max(1e-3 * high.abs().max(low.abs())) };
        let room = (0.06 * (high - low)).max(least);
        Self { x, y: [low - room, high + room] }
    }
}

/// Mean ± one standard deviation, within what is possible.
fn band(y: &Spread, [least, most]: [f64; 2]) -> [f64; 2] {
    [(y.mean - y.deviation).max(least), (y.mean + y.deviation).min(most)]
}

/// The height of so many panels.
pub fn height(count: usize) -> i32 {
    panels(count).1
}

/// Panels of curves; those that compare have `common` axes.
pub fn draw(area: &Area<'_>, drawn: &[Panel<'_>], common: bool) -> Drawn {
    let all = drawn.iter().map(Extent::of).fold(Extent::NOTHING, Extent::join);
    for (area, panel) in split(area, drawn.len()).iter().zip(drawn) {
        let extent = if common { all } else { Extent::of(panel) };
        draw_panel(area, panel, extent.roomy(panel.axes.logarithmic))?;
    }
    Ok(())
}

/// One panel of curves, their mean as a line and ± one standard deviation as a band.
fn draw_panel(area: &Area<'_>, panel: &Panel<'_>, extent: Extent) -> Drawn {
    let Panel { title, axes, lines } = panel;
    let Extent { x: [left, right], y: [low, high] } = extent;
    let mut chart = chart_on(area, title).build_cartesian_2d(axis(left, right), axis(low, high))?;
    let step = high - low;
    plain(&mut chart.configure_mesh())
        .x_labels(5)
        .y_labels(6)
        .x_desc(axes.x)
        .y_desc(axes.y)
        .x_label_formatter(&|x| match axes.ticks {
            Ticks::Many => many(*x),
            Ticks::Whole if x.fract() == 0.0 => format!("{x}"),
            Ticks::Whole => String::new(),
        })
        .y_label_formatter(&|y| match axes.logarithmic {
            true => significant(10f64.powf(*y)),
            false => rounded(*y, step),
        })
        .draw()?;
    if let Some(at) = axes.at {
        chart.draw_series([PathElement::new([(left, at), (right, at)], PALE.mix(0.6))])?;
    }
    for Line { style, faint, points } in lines {
        let bands: Vec<_> = points.iter().map(|(x, y)| (*x, band(y, axes.possible))).collect();
        if !faint && points.len() > 1 && points.iter().any(|(_, y)| y.deviation > 0.0) {
            let upper = bands.iter().map(|(x, [_, high])| (*x, *high));
            let lower = bands.iter().rev().map(|(x, [low, _])| (*x, *low));
            let outline: Vec<_> = upper.chain(lower).collect();
            chart.draw_series([Polygon::new(outline, style.colour.mix(0.18))])?;
        }
        let mean: Vec<_> = points.iter().map(|(x, y)| (*x, y.mean)).collect();
        if mean.len() <= DOTS && !faint {
            let dots = mean.iter().map(|at| Circle::new(*at, 3, style.colour.filled()));
            chart.draw_series(dots)?;
        }
        let pixels: Vec<_> = mean.iter().map(|at| chart.backend_coord(at)).collect();
        let origin = area.get_base_pixel();
        let pixels: Vec<_> = pixels.iter().map(|(x, y)| (x - origin.0, y - origin.1)).collect();
        for dash in style.stroke(&pixels, if *faint { 1 } else { 2 }) {
            area.draw(&dash)?;
        }
    }
    Ok(())
}

/// A number as an axis of this width needs it.
fn rounded(y: f64, width: f64) -> String {
    let decimals = (1.0 - width.log10()).ceil().clamp(0.0, 6.0) as usize;
    match y.abs() {
        large if large >= 1e4 => many(y),
        _ => format!("{y:.decimals$}").replace('-', "−"),
    }
}

/// A large number in thousands, millions or billions, with three digits at most: `301k`, `1.5M`.
pub fn many(x: f64) -> String {
    let (unit, suffix) = match x.abs() {
        small if small < 1e3 => (1.0, ""),
        thousands if thousands < 1e6 => (1e3, "k"),
        millions if millions < 1e9 => (1e6, "M"),
        _ => (1e9, "G"),
    };
    let number = x / unit;
    let decimals = (2.0 - number.abs().max(1.0).log10().floor()).max(0.0) as usize;
    let text = format!("{number:.decimals$}").replace('-', "−");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    text.to_owned() + suffix
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
fn thinned(points: Vec<(f64, Spread)>) -> Vec<(f64, Spread)> {
    let stride = points.len().div_ceil(POINTS).max(1);
    let last = points.len().saturating_sub(1);
    let kept = points.into_iter().enumerate();
    kept.filter(|(i, _)| i % stride == 0 || *i == last).map(|(_, point)| point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_that_are_not_finite_are_left_out() {
        let values = [0.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 2.5];
        let points = (1..).zip(values).map(|(x, y)| (f64::from(x), Spread::of(&[y]).unwrap()));
        let line = Line::new(Style::solid(PALE), points.collect());
        let shown: Vec<_> = line.points.iter().map(|(x, y)| (*x, y.mean)).collect();
        assert_eq!(shown, [(1.0, 0.5), (5.0, 2.5)]);
    }

    #[test]
    fn ticks_are_short() {
        let numbers = [500.0, 301_056.0, 1.5e6, -2e4, 0.0];
        assert_eq!(numbers.map(many), ["500", "301k", "1.5M", "−20k", "0"]);
        assert_eq!(rounded(97.25, 1.2), "97.2");
        assert_eq!(rounded(0.125, 0.05), "0.125");
        assert_eq!(rounded(480.0, 500.0), "480");
    }
}
