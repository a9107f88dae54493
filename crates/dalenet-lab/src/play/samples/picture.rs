//! Samples as small pictures.

use base64::{Engine, prelude::BASE64_STANDARD};
use dalenet_data::{Shape, Split};
use maud::{Markup, html};

/// Some samples of a split, all on the same scale.
pub(super) struct Pictures {
    shape: Shape,
    /// Samples × H·W·C.
    values: Vec<f32>,
    /// What is black and what is white.
    range: [f32; 2],
}

impl Pictures {
    pub fn new(shape: Shape, split: &Split, indices: &[u32]) -> Self {
        let mut values = vec![0.0; indices.len() * split.width()];
        split.gather(indices, &mut values);
        let fold = |start, pick: fn(f32, f32) -> f32| values.iter().copied().fold(start, pick);
        // Pixels of images that are all dark or all bright are not stretched.
        let range = [fold(0.0, f32::min), fold(1.0, f32::max)];
        Self { shape, values, range }
    }

    /// An image, or a row of squares from dark to bright; two values in figures.
    pub fn of(&self, index: usize) -> Markup {
        let values = &self.values[index * self.shape.len()..][..self.shape.len()];
        if let [first, second] = values {
            return html! { p.point { (format!("{first:.3}, {second:.3}")) } };
        }
        let Shape { height, width, channels } = self.shape;
        let is_image = height > 1 && width > 1;
        let [height, width, channels] =
            if is_image { [height, width, channels] } else { [1, self.shape.len(), 1] };
        let pixels: Vec<u8> = values.chunks_exact(channels).flat_map(|p| self.colour(p)).collect();
        let kind = if is_image { "image" } else { "row" };
        html! { img class=(kind) alt="" src=(png([width, height], png::ColorType::Rgb, &pixels)); }
    }

    /// Red, green and blue of a pixel: its own where it has three channels, else their mean.
    fn colour(&self, channels: &[f32]) -> [u8; 3] {
        let [low, high] = self.range;
        let byte = |value: f32| (255.0 * (value - low) / (high - low)).round() as u8;
        match *channels {
            [red, green, blue] => [red, green, blue].map(byte),
            _ => [byte(channels.iter().sum::<f32>() / channels.len() as f32); 3],
        }
    }
}

/// A PNG as the address of an image.
pub(super) fn png([width, height]: [usize; 2], colour: png::ColorType, pixels: &[u8]) -> String {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(colour);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(pixels));
    written.expect("as many pixels as the picture has, into a vector");
    format!("data:image/png;base64,{}", BASE64_STANDARD.encode(bytes))
}
