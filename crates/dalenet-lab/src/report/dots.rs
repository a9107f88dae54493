//! Rows of dots on an axis: a value a run, their mean and its interval.

use super::{
    canvas::{Area, Drawn, WIDTH, cut, text, width_of},
    chart::many,
    palette::{GRID, INK, PALE},
    style::Style,
};
use crate::statistics::Estimate;
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

const ROW: i32 = 30;
const AXIS: i32 = 34;
const HEADING: i32 = 26;
/// Letters of a row's label at most.
const LETTERS: usize = 28;

/// A row.
pub struct Row {
    pub label: String,
    pub style: Style,
    /// A value a run.
    pub values: Vec<f64>,
    /// What stands at the right.
    pub text: String,
}

/// Rows that share an axis.
pub struct Section<'a> {
    /// Its heading; none if empty.
    pub title: &'a str,
    pub rows: Vec<Row>,
    /// The values that are possible.
    pub possible: [f64; 2],
    pub unit: &'a str,
}

/// The ends of an axis and the distance of its ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    step: f64,
}

impl Scale {
    /// An axis for values from `low` to `high`: from 0 where that costs less than half of it.
    fn of(low: f64, high: f64, [least, most]: [f64; 2]) -> Self {
        let low = if low > 0.0 && low < 0.5 * high { 0.0 } else { low };
        let high = if high < 0.0 && high > 0.5 * low { 0.0 } else { high };
        let least_width = 0.01 * high.abs().max(0.01);
        let missing = (least_width - (high - low)).max(0.0);
        let (low, high) = (low - missing / 2.0, high + missing / 2.0);
        let step = nice((high - low) / 4.0);
        let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        Self { low: low.max(least), high: high.min(most), step }
    }

    fn ticks(self) -> impl Iterator<Item = f64> {
        let first = (self.low / self.step).ceil();
        let count = ((self.high / self.step).floor() - first).max(0.0) as u32;
        (0..=count).map(move |i| (first + f64::from(i)) * self.step)
    }

    fn label(self, value: f64) -> String {
        let decimals = (-self.step.log10()).ceil().clamp(0.0, 6.0) as usize;
        match value.abs() {
            large if large >= 1e4 => many(value),
            _ => format!("{value:.decimals$}").replace('-', "−"),
        }
    }
}

/// 1, 2 or 5 times a power of 10, at least this.
fn nice(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0];
    power * factors.into_iter().find(|factor| factor * power >= 0.999 * least).unwrap_or(10.0)
}

impl Section<'_> {
    /// Its axis: all values and intervals are on it. `None` if there are no values.
    pub fn scale(&self) -> Option<Scale> {
        let [least, most] = self.possible;
        let interval = |row: &Row| {
            let interval = Estimate::of(&row.values)?.interval?;
            Some([interval[0].max(least), interval[1].min(most)])
        };
        let ends = self.rows.iter().filter_map(interval).flatten();
        let values = self.rows.iter().flat_map(|row| row.values.iter().copied()).chain(ends);
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        (high >= low).then(|| Scale::of(low, high, self.possible))
    }

    fn height(&self) -> i32 {
        let heading = if self.title.is_empty() { 0 } else { HEADING };
        heading + ROW * self.rows.len() as i32 + AXIS
    }
}

/// The height of sections below each other.
pub fn height(sections: &[Section<'_>]) -> i32 {
    sections.iter().map(Section::height).sum::<i32>() + 8
}

/// Draws sections below each other.
pub fn draw(area: &Area<'_>, sections: &[Section<'_>]) -> Drawn {
    let rows = || sections.iter().flat_map(|section| &section.rows);
    let labels = rows().map(|row| width_of(&cut(&row.label, LETTERS), 14));
    let texts = rows().map(|row| width_of(&row.text, 14));
    let left = labels.max().unwrap_or(0) + 30;
    let right = WIDTH as i32 - texts.max().unwrap_or(0) - 30;
    let mut top = 4;
    for section in sections {
        draw_section(area, section, [left, right], top)?;
        top += section.height();
    }
    Ok(())
}

fn draw_section(
    area: &Area<'_>,
    section: &Section<'_>,
    [left, right]: [i32; 2],
    mut top: i32,
) -> Drawn {
    if !section.title.is_empty() {
        let bold = text(14, INK).font.style(FontStyle::Bold);
        area.draw(&Text::new(cut(section.title, 60), (14, top + 4), bold))?;
        top += HEADING;
    }
    let Some(scale) = section.scale() else { return Ok(()) };
    let at = |value: f64| {
        let share = (value - scale.low) / (scale.high - scale.low);
        left + (f64::from(right - left) * share.clamp(0.0, 1.0)).round() as i32
    };
    let bottom = top + ROW * section.rows.len() as i32;
    for value in scale.ticks() {
        let x = at(value);
        area.draw(&PathElement::new([(x, top), (x, bottom)], GRID))?;
        let centred = text(13, INK).pos(Pos::new(HPos::Center, VPos::Center));
        let label = scale.label(value) + section.unit;
        area.draw(&Text::new(label, (x, bottom + 12), centred))?;
    }
    for (i, row) in (0..).zip(&section.rows) {
        let y = top + ROW * i + ROW / 2;
        area.draw(&Text::new(cut(&row.label, LETTERS), (14, y), text(14, INK)))?;
        let colour = if row.values.is_empty() { PALE } else { INK };
        area.draw(&Text::new(row.text.clone(), (right + 14, y), text(14, colour)))?;
        let Some(estimate) = Estimate::of(&row.values) else { continue };
        if let Some([low, high]) = estimate.interval {
            let (low, high) = (at(low), at(high));
            let ink = row.style.colour.stroke_width(2);
            area.draw(&PathElement::new([(low, y), (high, y)], ink))?;
            for end in [low, high] {
                area.draw(&PathElement::new([(end, y - 5), (end, y + 5)], ink))?;
            }
        }
        if row.values.len() > 1 {
            for value in &row.values {
                let ring = row.style.colour.mix(0.7).stroke_width(1);
                area.draw(&Circle::new((at(*value), y + 9), 3, ring))?;
            }
        }
        area.draw(&Circle::new((at(estimate.mean), y), 5, row.style.colour.filled()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_starts_at_0_only_where_that_shows_the_differences() {
        let percent = [0.0, 100.0];
        let near = Scale::of(97.2, 98.9, percent);
        assert_eq!((near.low, near.high), (97.0, 99.0));
        let labels: Vec<_> = near.ticks().map(|tick| near.label(tick)).collect();
        assert_eq!(labels, ["97.0", "97.5", "98.0", "98.5", "99.0"]);
        let far = Scale::of(16.7, 98.9, percent);
        assert_eq!((far.low, far.high), (0.0, 100.0));
        let negative = Scale::of(-41.0, -38.0, [f64::NEG_INFINITY, f64::INFINITY]);
        assert!(negative.low <= -41.0 && negative.high >= -38.0 && negative.high < 0.0);
        let one = Scale::of(3.0, 3.0, percent);
        assert!(one.low <= 3.0 && one.high >= 3.0 && one.high > one.low, "{one:?}");
    }
}
