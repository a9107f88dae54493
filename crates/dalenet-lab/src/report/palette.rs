//! Colours that are no rule's, and the palette of the built-in rules.

use plotters::style::RGBColor;

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

/// The colour of the `i`-th of several things.
pub fn colour(i: usize) -> RGBColor {
    PALETTE[i % PALETTE.len()]
}

/// The colour of layer `l` of `layers`: black for the output, paler the further from it.
pub fn layer_colour(l: usize, layers: usize) -> RGBColor {
    let above = layers.saturating_sub(l + 1);
    let share = above as f64 / layers.max(2) as f64;
    let mix = |full: f64| (20.0 + share * (full - 20.0)) as u8;
    RGBColor(mix(190.0), mix(140.0), mix(250.0))
}

/// The colour of a sub-matrix of the weights: reds and oranges excite, blues inhibit.
pub fn sub_matrix(name: &str) -> RGBColor {
    match name {
        "W_pp" => EXCITATION,
        "W_nn" => PALETTE[4],
        "W_np" => INHIBITION,
        "W_pn" => PALETTE[5],
        _ => PALETTE[6],
    }
}
