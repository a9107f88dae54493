//! What all figures have in common: title, legend, panels, colours.

use crate::Error;
use plotters::{
    coord::Shift,
    drawing::DrawingAreaErrorKind,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

/// By this a page or a figure is known to be written by the program, and may be replaced.
pub const MARK: &str = "written by `dalenet report`";

pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Okabe and Ito's palette, which the colour-blind can tell apart, without its pale yellow.
const PALETTE: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(90, 90, 90),
];
pub const EXCITATION: RGBColor = PALETTE[1];
pub const INHIBITION: RGBColor = PALETTE[0];
pub const INK: RGBColor = RGBColor(34, 34, 34);
pub const PALE: RGBColor = RGBColor(110, 110, 110);
pub const GRID: RGBColor = RGBColor(225, 225, 225);

/// Width of every figure in pixels.
pub const WIDTH: u32 = 900;
const MARGIN: i32 = 14;
const LEGEND_LINE: i32 = 21;

/// The colour of the `i`-th of several things.
pub fn colour(i: usize) -> RGBColor {
    PALETTE[i % PALETTE.len()]
}

/// Rules in the order of their colours.
const RULES: [&str; 6] = ["ed", "dfa", "fa", "sign-symmetric", "bp-dale", "bp"];

/// The colour of a rule, the same in every figure; of a rule of a user's own, one of the palette.
pub fn rule_colour(rule: &str) -> RGBColor {
    let known = RULES.iter().position(|known| *known == rule);
    colour(known.unwrap_or_else(|| rule.bytes().map(usize::from).sum()))
}

/// A colour for each of several configurations with these rules: that of its rule, in another
/// shade for each further configuration of the rule. Where there is one rule only, colours set its
/// configurations apart.
pub fn rule_colours(rules: &[String]) -> Vec<RGBColor> {
    let first = rules.first();
    if rules.len() > 1 && rules.iter().all(|rule| Some(rule) == first) {
        return (0..rules.len()).map(colour).collect();
    }
    let shade = |(i, rule): (usize, &String)| {
        let before = rules[..i].iter().filter(|other| *other == rule).count();
        shaded(rule_colour(rule), before)
    };
    rules.iter().enumerate().map(shade).collect()
}

/// The `i`-th shade of a colour: itself, darker, lighter, darker still, …
fn shaded(RGBColor(r, g, b): RGBColor, i: usize) -> RGBColor {
    let toward = if i % 2 == 1 { 0.0 } else { 255.0 };
    let share = 1.0 - 0.6_f64.powi(i.div_ceil(2) as i32);
    let mix = |value: u8| (f64::from(value) * (1.0 - share) + toward * share) as u8;
    RGBColor(mix(r), mix(g), mix(b))
}

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
    legend: &[(String, RGBColor)],
    height: i32,
    paint: impl FnOnce(&Area<'_>) -> Drawn,
) -> Result<String, Error> {
    let lines = wrapped(title, 104);
    let places = places(legend);
    let legend_height = places.last().map_or(0, |(_, y)| y + LEGEND_LINE + 4);
    let head = 14 + 22 * lines.len() as i32 + legend_height;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, (head + height) as u32));
        let area = area.into_drawing_area();
        let drawn = (|| {
            area.fill(&WHITE)?;
            let bold = font(17).style(FontStyle::Bold).color(&INK);
            let bold = bold.pos(Pos::new(HPos::Left, VPos::Center));
            for (i, line) in lines.iter().enumerate() {
                area.draw(&Text::new(line.clone(), (MARGIN, 20 + 22 * i as i32), bold.clone()))?;
            }
            let top = 18 + 22 * lines.len() as i32;
            for ((label, colour), (x, y)) in legend.iter().zip(places) {
                let (x, y) = (MARGIN + x, top + y + 6);
                area.draw(&Rectangle::new([(x, y - 4), (x + 18, y + 3)], colour.filled()))?;
                area.draw(&Text::new(label.clone(), (x + 25, y), text(13, INK)))?;
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

/// Up to three panels a row, each with its title.
pub fn panels(count: usize) -> (usize, i32) {
    let columns = count.clamp(1, 3);
    (columns, (count.div_ceil(columns) * 250) as i32)
}

/// Splits an area into the panels of [`panels`].
pub fn split<'a>(area: &Area<'a>, count: usize) -> Vec<Area<'a>> {
    let (columns, _) = panels(count);
    area.split_evenly((count.div_ceil(columns), columns))
}

/// Where the entries of a legend go, from left to right in as many lines as they need.
fn places(legend: &[(String, RGBColor)]) -> Vec<(i32, i32)> {
    let (mut x, mut y) = (0, 0);
    let mut places = Vec::new();
    for (label, _) in legend {
        let width = 25 + width_of(label, 13) + 22;
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

    fn colours(rules: &[&str]) -> Vec<RGBColor> {
        rule_colours(&rules.iter().map(|rule| (*rule).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_rule_has_one_colour_whatever_stands_beside_it() {
        for rules in [["ed", "bp"], ["bp", "ed"], ["dfa", "ed"]] {
            for (rule, colour) in rules.iter().zip(colours(&rules)) {
                assert_eq!(colour, rule_colour(rule));
            }
        }
        assert_eq!(colours(&["ed"]), [rule_colour("ed")]);
    }

    #[test]
    fn configurations_have_colours_of_their_own() {
        for rules in [["ed", "ed", "bp", "ed"], ["ed"; 4], ["bp", "bp-dale", "bp", "bp-dale"]] {
            let colours = colours(&rules);
            for (i, colour) in colours.iter().enumerate() {
                assert!(!colours[..i].contains(colour), "{rules:?}: {colours:?}");
            }
        }
    }

    #[test]
    fn a_label_is_one_line() {
        assert_eq!(cut("a\nb", 9), "a b");
        assert_eq!(cut("abcdef", 4), "abc…");
    }
}
