//! The colour of each rule, and how further configurations of it are set apart.

use super::palette::colour;
use plotters::prelude::*;

/// The built-in rules and the number of their colours; that of backpropagation is grey.
const RULES: [(&str, usize); 6] =
    [("ed", 0), ("dfa", 1), ("fa", 2), ("sign-symmetric", 3), ("bp-dale", 4), ("bp", 6)];

/// Colours of rules of a user's own, none of which a built-in rule has (Tol's "muted").
const FURTHER: [RGBColor; 8] = [
    RGBColor(136, 34, 85),
    RGBColor(17, 119, 51),
    RGBColor(51, 34, 136),
    RGBColor(153, 153, 51),
    RGBColor(68, 170, 153),
    RGBColor(170, 68, 153),
    RGBColor(102, 17, 0),
    RGBColor(102, 153, 204),
];

/// Lengths of dashes and of the gaps between them, in pixels.
const DASHES: [Option<[i32; 2]>; 4] = [None, Some([7, 4]), Some([2, 3]), Some([12, 3])];

/// How a configuration is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub colour: RGBColor,
    /// Which of the dashes.
    dash: usize,
}

impl Style {
    /// A solid line of this colour.
    pub const fn solid(colour: RGBColor) -> Self {
        Self { colour, dash: 0 }
    }

    /// The same in dots: of training samples, where held-out ones are drawn as well.
    pub const fn dotted(self) -> Self {
        Self { dash: 2, ..self }
    }

    /// Whether its lines have no gaps.
    pub fn is_solid(&self) -> bool {
        DASHES[self.dash % DASHES.len()].is_none()
    }

    /// A path in pixels, `width` wide: its dashes.
    pub fn stroke(&self, path: &[(i32, i32)], width: u32) -> Vec<PathElement<(i32, i32)>> {
        let style = self.colour.stroke_width(width);
        let Some([dash, gap]) = DASHES[self.dash % DASHES.len()] else {
            return vec![PathElement::new(path.to_vec(), style)];
        };
        let pieces = dashes(path, f64::from(dash), f64::from(gap));
        pieces.into_iter().map(|piece| PathElement::new(piece, style)).collect()
    }
}

/// The colour of a rule, the same in every figure whatever stands beside it; of a rule of a user's own, one
/// that depends on its name alone.
pub fn rule_colour(rule: &str) -> RGBColor {
    match RULES.iter().find(|(known, _)| *known == rule) {
        Some((_, number)) => colour(*number),
        None => {
            // FNV-1a.
            let mix = |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
            FURTHER[rule.bytes().fold(2_166_136_261, mix) as usize % FURTHER.len()]
        }
    }
}

/// The style of the `i`-th configuration of a rule on a task: the rule's colour, for further ones in other
/// shades and dashes.
pub fn configuration(rule: &str, i: usize) -> Style {
    Style { colour: shaded(rule_colour(rule), i), dash: i }
}

/// The `i`-th shade of a colour: itself, darker, lighter, darker still, …
fn shaded(RGBColor(r, g, b): RGBColor, i: usize) -> RGBColor {
    let toward = if i % 2 == 1 { 0.0 } else { 255.0 };
    let share = 1.0 - 0.6_f64.powi(i.div_ceil(2) as i32);
    let mix = |value: u8| (f64::from(value) * (1.0 - share) + toward * share) as u8;
    RGBColor(mix(r), mix(g), mix(b))
}

/// A path cut into dashes.
fn dashes(path: &[(i32, i32)], dash: f64, gap: f64) -> Vec<Vec<(i32, i32)>> {
    let (mut pieces, mut piece) = (Vec::new(), Vec::new());
    let (mut drawing, mut left) = (true, dash);
    piece.extend(path.first());
    for ends in path.windows(2) {
        let [(x0, y0), (x1, y1)] = [ends[0], ends[1]].map(|(x, y)| (f64::from(x), f64::from(y)));
        let length = (x1 - x0).hypot(y1 - y0);
        let mut at = 0.0;
        while length - at > left {
            at += left;
            let place = |from: f64, to: f64| (from + (to - from) * at / length).round() as i32;
            let point = (place(x0, x1), place(y0, y1));
            match drawing {
                true => {
                    piece.push(point);
                    pieces.push(std::mem::take(&mut piece));
                }
                false => piece = vec![point],
            }
            drawing = !drawing;
            left = if drawing { dash } else { gap };
        }
        left -= length - at;
        if drawing {
            piece.push(ends[1]);
        }
    }
    if piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn built_in_rules_and_further_ones_have_distinct_colours() {
        let of = |RGBColor(r, g, b): RGBColor| [r, g, b];
        let built_in: HashSet<_> = RULES.iter().map(|(rule, _)| of(rule_colour(rule))).collect();
        assert_eq!(built_in.len(), RULES.len());
        for own in ["mine", "hebb", "ed-overlapping", "three-factor", "my_rule"] {
            assert!(!built_in.contains(&of(rule_colour(own))), "{own}");
        }
    }

    #[test]
    fn configurations_of_a_rule_are_told_apart() {
        let styles: Vec<_> = (0..5).map(|i| configuration("ed", i)).collect();
        assert_eq!(styles[0], Style::solid(rule_colour("ed")));
        for (i, style) in styles.iter().enumerate() {
            assert!(!styles[..i].iter().any(|other| other.colour == style.colour), "{styles:?}");
        }
    }

    #[test]
    fn dashes_cover_their_share_of_a_path() {
        let path = [(0, 0), (50, 0), (50, 50)];
        let pieces = dashes(&path, 6.0, 4.0);
        let length = |piece: &Vec<(i32, i32)>| -> i32 {
            piece.windows(2).map(|p| (p[1].0 - p[0].0).abs() + (p[1].1 - p[0].1).abs()).sum()
        };
        assert_eq!(pieces.iter().map(length).sum::<i32>(), 60);
        assert_eq!((pieces[0][0], pieces.len()), ((0, 0), 10));
    }
}
