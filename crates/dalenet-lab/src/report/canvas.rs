//! What all figures have in common: title, legend, panels, colours.

use super::{
    palette::{GRID, INK, PALE},
    style::Style,
};
use crate::Error;
use plotters::{
    chart::MeshStyle,
    coord::{Shift, types::RangedCoordf64},
    drawing::DrawingAreaErrorKind,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use std::ops::Range;

/// By this a page or a figure is known to be written by the program, and may be replaced.
pub const MARK: &str = "written by `dalenet report`";

pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// The mesh of a chart of numbers.
type Mesh<'a, 'b, 'c> = MeshStyle<'a, 'b, RangedCoordf64, RangedCoordf64, SVGBackend<'c>>;

/// The mesh of every chart: horizontal lines alone, pale axes, letters of 14 pixels.
pub fn plain<'m, 'a, 'b, 'c>(mesh: &'m mut Mesh<'a, 'b, 'c>) -> &'m mut Mesh<'a, 'b, 'c> {
    mesh.disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(PALE)
        .label_style(font(14).color(&INK))
        .axis_desc_style(font(14).color(&INK))
}

/// An axis from `low` to `high`, or from 0 to 1 where one of them is not finite: plotters would look for
/// ticks for ever, as it would on an axis too short for its numbers, which is made longer.
pub fn axis(low: f64, high: f64) -> Range<f64> {
    if !(high - low).is_finite() {
        return 0.0..1.0;
    }
    let room = 1e-9 * low.abs().max(high.abs());
    let missing = (room - (high - low)).max(0.0);
    low - missing..high + missing
}

/// A chart with room for the labels of its axes, under its title if it has one.
pub fn chart_on<'a, 'b>(
    area: &'a Area<'b>,
    title: &str,
) -> ChartBuilder<'a, 'static, SVGBackend<'b>> {
    let mut chart = ChartBuilder::on(area);
    if !title.is_empty() {
        chart.caption(cut(title, 38), text(14, INK));
    }
    chart.margin_right(26).margin_top(8).margin_left(4);
    chart.x_label_area_size(44).y_label_area_size(66);
    chart
}

/// Width of every figure in pixels: narrow, so that its letters are readable on a small page.
pub const WIDTH: u32 = 640;
const MARGIN: i32 = 14;
const LEGEND_LINE: i32 = 21;
const TITLE_LINE: i32 = 21;
/// Letters of a title's line.
const TITLE_LETTERS: usize = 62;
const PANEL_HEIGHT: usize = 236;

/// A font whose letters are `size` pixels high in the SVG: the backend divides by 1.24.
pub fn font(size: i32) -> FontDesc<'static> {
    ("sans-serif", 1.24 * f64::from(size)).into_font()
}

/// A text of this size, its anchor at the left and in the middle of its height.
pub fn text(size: i32, colour: RGBColor) -> TextStyle<'static> {
    font(size).color(&colour).pos(Pos::new(HPos::Left, VPos::Center))
}

/// A rough width of a text in pixels: there are no fonts to ask.
pub fn width_of(text: &str, size: i32) -> i32 {
    (text.chars().count() as f64 * f64::from(size) * 0.56).ceil() as i32
}

/// A figure of this height below its title and legend, painted by `paint`.
pub fn figure(
    title: &str,
    legend: &[(String, Style)],
    height: i32,
    paint: impl FnOnce(&Area<'_>) -> Drawn,
) -> Result<String, Error> {
    let lines = wrapped(title, TITLE_LETTERS);
    let places = places(legend);
    let legend_height = places.last().map_or(0, |(_, y)| y + LEGEND_LINE + 4);
    let head = 14 + TITLE_LINE * lines.len() as i32 + legend_height;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, (head + height) as u32));
        let area = area.into_drawing_area();
        let drawn = (|| {
            area.fill(&WHITE)?;
            let bold = font(17).style(FontStyle::Bold).color(&INK);
            let bold = bold.pos(Pos::new(HPos::Left, VPos::Center));
            for (i, line) in lines.iter().enumerate() {
                area.draw(&Text::new(
                    line.clone(),
                    (MARGIN, 20 + TITLE_LINE * i as i32),
                    bold.clone(),
                ))?;
            }
            let top = 18 + TITLE_LINE * lines.len() as i32;
            for ((label, style), (x, y)) in legend.iter().zip(places) {
                let (x, y) = (MARGIN + x, top + y + 6);
                if style.is_solid() {
                    let swatch = [(x, y - 4), (x + 18, y + 3)];
                    area.draw(&Rectangle::new(swatch, style.colour.filled()))?;
                }
                let dashes = style.stroke(&[(x, y), (x + 19, y)], 4);
                for dash in dashes.iter().filter(|_| !style.is_solid()) {
                    area.draw(dash)?;
                }
                area.draw(&Text::new(label.clone(), (x + 26, y), text(14, INK)))?;
            }
            paint(&area.split_vertically(head).1)?;
            area.present()
        })();
        drawn.map_err(|cause: DrawingAreaErrorKind<std::io::Error>| {
            Error::Config(format!("the figure \"{title}\" cannot be drawn: {cause}"))
        })?;
    }
    Ok(finished(&svg, title))
}

/// The SVG with its mark and, for those who do not see it, its title.
pub fn finished(svg: &str, title: &str) -> String {
    let start = svg.find("<svg").unwrap_or(0);
    let (head, body) = svg[start..].split_once('>').unwrap_or((svg, ""));
    let title = maud::html! { (title) }.into_string();
    format!("{head} role=\"img\"><title>{title}</title><desc>{MARK}</desc>{body}")
}

/// Up to two panels a row, each with its title: how many, and the height of all rows.
pub fn panels(count: usize) -> (usize, i32) {
    let columns = count.clamp(1, 2);
    let height = if count <= 1 { PANEL_HEIGHT + 34 } else { PANEL_HEIGHT };
    (columns, (count.div_ceil(columns) * height) as i32)
}

/// Splits an area into the panels of [`panels`].
pub fn split<'a>(area: &Area<'a>, count: usize) -> Vec<Area<'a>> {
    let (columns, _) = panels(count);
    area.split_evenly((count.div_ceil(columns), columns))
}

/// Where the entries of a legend go, from left to right in as many lines as they need.
fn places(legend: &[(String, Style)]) -> Vec<(i32, i32)> {
    let (mut x, mut y) = (0, 0);
    let mut places = Vec::new();
    for (label, _) in legend {
        let width = 26 + width_of(label, 14) + 20;
        if x > 0 && x + width > WIDTH as i32 - 2 * MARGIN {
            (x, y) = (0, y + LEGEND_LINE);
        }
        places.push((x, y));
        x += width;
    }
    places
}

/// A text in lines of at most `most` characters, parted at spaces.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > most {
            lines.push(word.into());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// A text in one line, cut to `most` characters.
pub fn cut(text: &str, most: usize) -> String {
    let text = text.replace(char::is_control, " ");
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_ends_and_a_length() {
        assert_eq!(axis(-1.0, 2.5), -1.0..2.5);
        for ends in [[f64::NEG_INFINITY, 1.0], [0.0, f64::NAN], [-f64::MAX, f64::MAX]] {
            assert_eq!(axis(ends[0], ends[1]), 0.0..1.0);
        }
        let short = axis(1e9, 1e9 + 1e-6);
        assert!(short.contains(&1e9) && (1.0..3.0).contains(&(short.end - short.start)));
    }

    #[test]
    fn a_label_is_one_line() {
        assert_eq!(cut("a\nb", 9), "a b");
        assert_eq!(cut("abcdef", 4), "abc…");
    }
}
