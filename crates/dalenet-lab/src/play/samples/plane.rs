//! Where the classes lie in the plane of two inputs.

use super::picture::png;
use dalenet_data::Split;
use dalenet_train::Prediction;
use maud::{Markup, html};

/// Points along each side of the plane.
const SIDE: usize = 160;
/// Samples that are drawn.
const SAMPLES: usize = 2000;
/// Okabe and Ito's palette, which the colour-blind can tell apart.
const COLOURS: [[u8; 3]; 8] = [
    [0, 114, 178],
    [230, 159, 0],
    [0, 158, 115],
    [204, 121, 167],
    [213, 94, 0],
    [86, 180, 233],
    [150, 150, 150],
    [240, 228, 66],
];
/// The drawing: its side, and where the plane begins at the left and ends below.
const SIZE: f32 = 500.0;
const LEFT: f32 = 52.0;
const BELOW: f32 = 46.0;
const TOP: f32 = 8.0;

/// What a network predicts all over a plane.
pub struct Plane {
    /// The least and the largest value of each input.
    pub bounds: [[f32; 2]; 2],
    /// The predictions for [`Plane::points`].
    pub prediction: Prediction,
}

impl Plane {
    /// A rectangle with all samples in it, and a margin.
    pub fn around(samples: &Split) -> [[f32; 2]; 2] {
        let values = values(samples);
        [0, 1].map(|axis| {
            let axis = || values.iter().skip(axis).step_by(2).copied();
            let (low, high) = (axis().fold(f32::MAX, f32::min), axis().fold(f32::MIN, f32::max));
            let margin = if high > low { 0.2 * (high - low) } else { 1.0 };
            [low - margin, high + margin]
        })
    }

    /// The points of the plane, row by row from above: two values each.
    pub fn points([across, up]: [[f32; 2]; 2]) -> Vec<f32> {
        let at =
            |[low, high]: [f32; 2], i: usize| low + (high - low) * (i as f32 + 0.5) / SIDE as f32;
        let point = |i: usize| [at(across, i % SIDE), at(up, SIDE - 1 - i / SIDE)];
        (0..SIDE * SIDE).flat_map(point).collect()
    }

    /// The plane with samples in it, of which some are `wrong`.
    pub(super) fn figure(&self, classes: &[String], split: &Split, wrong: &[bool]) -> Markup {
        let (width, height) = (SIZE - LEFT - TOP, SIZE - BELOW - TOP);
        let values = values(split);
        let samples = values.chunks_exact(2).zip(split.labels()).zip(wrong).take(SAMPLES);
        let x = |value: f32| LEFT + width * share(value, self.bounds[0]);
        let y = |value: f32| TOP + height * (1.0 - share(value, self.bounds[1]));
        html! {
            section {
                h2 { "Decision boundary" }
                p.legend {
                    @for (class, name) in classes.iter().enumerate() {
                        span { i style=(format!("background:{}", css(class))) {} (name) }
                    }
                }
                svg.plane viewBox=(format!("0 0 {SIZE} {SIZE}")) role="img"
                    aria-label="Which class the network gives each point of its two inputs" {
                    image x=(LEFT) y=(TOP) width=(width) height=(height)
                        preserveAspectRatio="none" href=(self.picture()) {}
                    rect x=(LEFT) y=(TOP) width=(width) height=(height) {}
                    @for ((point, class), wrong) in samples {
                        circle cx=(x(point[0])) cy=(y(point[1])) r=(if *wrong { 7 } else { 5 })
                            fill=(css((*class).into())) class=[wrong.then_some("wrong")] {}
                    }
                    @for value in ticks(self.bounds[0]) {
                        text x=(x(value)) y=(SIZE - TOP - BELOW + 26.0) text-anchor="middle" { (figures(value)) }
                    }
                    @for value in ticks(self.bounds[1]) {
                        text x=(LEFT - 6.0) y=(y(value) + 4.0) text-anchor="end" { (figures(value)) }
                    }
                    text x=(LEFT + width / 2.0) y=(SIZE - 6.0) text-anchor="middle" { "first input" }
                    text text-anchor="middle"
                        transform=(format!("translate(12 {}) rotate(-90)", TOP + height / 2.0)) {
                        "second input"
                    }
                }
                p.note {
                    "Colour: the class that is given, the stronger the more probable. Points: samples, "
                    "in the colour of their class; a ring about those that are wrong."
                }
            }
        }
    }

    /// The colour of the class that each point is given, as opaque as it is probable.
    fn picture(&self) -> String {
        let Prediction { labels, probabilities } = &self.prediction;
        let classes = probabilities.len() / labels.len().max(1);
        let chance = 1.0 / classes as f32;
        let pixel = |(row, label): (&[f32], &u16)| {
            let certain = (row[usize::from(*label)] - chance) / (1.0 - chance);
            let [red, green, blue] = COLOURS[usize::from(*label) % COLOURS.len()];
            [red, green, blue, (40.0 + 130.0 * certain.clamp(0.0, 1.0)) as u8]
        };
        let rows = probabilities.chunks_exact(classes.max(1));
        let pixels: Vec<u8> = rows.zip(labels).flat_map(pixel).collect();
        png([SIDE, SIDE], png::ColorType::Rgba, &pixels)
    }
}

/// The values of all samples, N×2.
fn values(samples: &Split) -> Vec<f32> {
    let indices: Vec<_> = (0..samples.len() as u32).collect();
    let mut values = vec![0.0; indices.len() * samples.width()];
    samples.gather(&indices, &mut values);
    values
}

/// Where a value is between two others, 0 to 1.
fn share(value: f32, [low, high]: [f32; 2]) -> f32 {
    (value - low) / (high - low)
}

/// Round values that are written at an axis: two to six, 1, 2 or 5 times a power of ten apart.
fn ticks([low, high]: [f32; 2]) -> Vec<f32> {
    let rough = (high - low) / 5.0;
    let power = 10_f32.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
    let step = step.into_iter().find(|step| *step >= rough).unwrap_or(rough);
    let first = (low / step).ceil();
    let values = (0..6).map(|i| step * (first + i as f32));
    values.filter(|value| (low..=high).contains(value)).collect()
}

/// Three figures of a value.
fn figures(value: f32) -> String {
    let size = value.abs();
    match size {
        _ if size >= 1e4 || (size > 0.0 && size < 1e-3) => format!("{value:.1e}"),
        _ if size >= 100.0 => format!("{value:.0}"),
        _ => format!("{value:.2}"),
    }
}

/// The colour of a class.
fn css(class: usize) -> String {
    let [red, green, blue] = COLOURS[class % COLOURS.len()];
    format!("rgb({red} {green} {blue})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_go_row_by_row_from_above() {
        let points = Plane::points([[0.0, 1.0], [10.0, 20.0]]);
        let half = 0.5 / SIDE as f32;
        assert_eq!(points.len(), 2 * SIDE * SIDE);
        for (at, want) in [(0, half), (1, 20.0 - 10.0 * half), (2, 3.0 * half)] {
            assert!((points[at] - want).abs() < 1e-5, "{at}: {}", points[at]);
        }
        assert!((points[2 * SIDE * SIDE - 1] - (10.0 + 10.0 * half)).abs() < 1e-5);
    }

    #[test]
    fn ticks_are_round() {
        for (range, want) in [
            ([-0.2, 1.2], &[0.0, 0.5, 1.0][..]),
            ([-7.0, 31.0], &[0.0, 10.0, 20.0, 30.0]),
            ([-4.6, 4.6], &[-4.0, -2.0, 0.0, 2.0, 4.0]),
        ] {
            assert_eq!(ticks(range), want);
        }
    }

    #[test]
    fn all_samples_are_inside() {
        let samples = Split::from_floats(vec![-1.0, 5.0, 3.0, 5.0], 2, vec![0, 1]).unwrap();
        assert_eq!(Plane::around(&samples), [[-1.8, 3.8], [4.0, 6.0]]);
    }
}
