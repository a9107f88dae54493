//! What a network sees of an image: as it is, standardised, or as a retina would send it.

use dalenet::layer::Image;
use dalenet_data::Split;
use serde::{Deserialize, Serialize};

/// How inputs are prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// As they are: bytes as 0 to 1.
    Raw,
    /// z, of mean 0 and deviation 1 in each channel of the training samples.
    Standard,
    /// ON and OFF channels max(z, 0) and max(−z, 0): non-negative, like the activity of neurons.
    OnOff,
    /// ON and OFF channels of local contrast: z less its mean over the 7×7 pixels about it, over
    /// the deviation of all channels there. What a retina sends (Jarrett et al. 2009).
    Contrast,
}

/// Pixels on each side of one that its neighbourhood reaches.
const REACH: usize = 3;
/// Added to the deviation, so that flat pieces of an image stay flat.
const FLAT: f32 = 0.3;
/// Samples that the mean and the deviation are taken from at most.
const SAMPLES: usize = 10_000;

/// Prepares the samples of a task.
#[derive(Clone, Debug)]
pub struct Preparation {
    kind: InputKind,
    image: Image,
    /// Mean and inverse deviation of each channel.
    scales: Vec<(f32, f32)>,
}

impl Preparation {
    /// For samples of the shape `image`; mean and deviation are those of `train`.
    pub fn new(kind: InputKind, image: Image, train: &Split) -> Self {
        let scales = if kind == InputKind::Raw { Vec::new() } else { scales(image, train) };
        Self { kind, image, scales }
    }

    /// What the network sees: twice the channels where there are ON and OFF channels.
    pub fn output(&self) -> Image {
        let copies = match self.kind {
            InputKind::Raw | InputKind::Standard => 1,
            InputKind::OnOff | InputKind::Contrast => 2,
        };
        Image { channels: copies * self.image.channels, ..self.image }
    }

    /// Prepares one sample: `image` is H×W×C, `out` has the length of [`Preparation::output`].
    /// `image` is used up.
    pub fn apply(&self, image: &mut [f32], out: &mut [f32]) {
        for (i, value) in image.iter_mut().enumerate() {
            if let Some((mean, scale)) = self.scales.get(i % self.image.channels) {
                *value = (*value - mean) * scale;
            }
        }
        match self.kind {
            InputKind::Raw | InputKind::Standard => out.copy_from_slice(image),
            InputKind::OnOff => on_off(image, self.image.channels, out),
            InputKind::Contrast => {
                local_contrast(image, self.image, out);
                on_off(image, self.image.channels, out);
            }
        }
    }
}

/// Mean and inverse deviation of each channel.
fn scales(image: Image, train: &Split) -> Vec<(f32, f32)> {
    let mut sums = vec![(0.0f64, 0.0f64); image.channels];
    let mut sample = vec![0.0; image.len()];
    let count = train.len().min(SAMPLES);
    for i in 0..count {
        train.gather(&[i as u32], &mut sample);
        for pixel in sample.chunks_exact(image.channels) {
            for ((sum, squares), value) in sums.iter_mut().zip(pixel) {
                *sum += f64::from(*value);
                *squares += f64::from(*value).powi(2);
            }
        }
    }
    let values = (count * image.positions()).max(1) as f64;
    let scale = |(sum, squares): (f64, f64)| {
        let mean = sum / values;
        let deviation = (squares / values - mean * mean).max(0.0).sqrt();
        // A channel that never changes tells nothing at any scale.
        (mean as f32, if deviation > 1e-6 { deviation.recip() as f32 } else { 1.0 })
    };
    sums.into_iter().map(scale).collect()
}

/// Pixel by pixel the positive parts of all channels, then those of their negatives.
fn on_off(image: &[f32], channels: usize, out: &mut [f32]) {
    for (pixel, out) in image.chunks_exact(channels).zip(out.chunks_exact_mut(2 * channels)) {
        let (on, off) = out.split_at_mut(channels);
        for ((on, off), z) in on.iter_mut().zip(off).zip(pixel) {
            (*on, *off) = (z.max(0.0), (-z).max(0.0));
        }
    }
}

/// Takes the local mean off each channel and divides by the local deviation of all of them.
fn local_contrast(image: &mut [f32], shape: Image, scratch: &mut [f32]) {
    let len = shape.len();
    let (mean, rest) = scratch.split_at_mut(len);
    local_mean(image, mean, shape);
    image.iter_mut().zip(&*mean).for_each(|(z, mean)| *z -= mean);

    let pixels = Image { channels: 1, ..shape };
    let (power, spread) = (&mut rest[..pixels.len()], &mut mean[..pixels.len()]);
    for (power, pixel) in power.iter_mut().zip(image.chunks_exact(shape.channels)) {
        *power = pixel.iter().map(|z| z * z).sum::<f32>() / shape.channels as f32;
    }
    local_mean(power, spread, pixels);
    for (pixel, spread) in image.chunks_exact_mut(shape.channels).zip(&*spread) {
        let scale = 1.0 / (spread.sqrt() + FLAT);
        pixel.iter_mut().for_each(|z| *z *= scale);
    }
}

/// The mean of each channel over the pixels about each that lie in the image.
fn local_mean(image: &[f32], out: &mut [f32], shape: Image) {
    let Image { height, width, channels } = shape;
    let about = |at: usize, side: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(side);
    // Along columns into `sums`, then along rows.
    let mut sums = vec![0.0f32; width * channels];
    for y in 0..height {
        let rows = about(y, height);
        sums.fill(0.0);
        for row in rows.clone() {
            let row = &image[row * width * channels..][..width * channels];
            sums.iter_mut().zip(row).for_each(|(sum, z)| *sum += z);
        }
        for x in 0..width {
            let columns = about(x, width);
            let share = 1.0 / (rows.len() * columns.len()) as f32;
            let out = &mut out[(y * width + x) * channels..][..channels];
            out.fill(0.0);
            for column in columns {
                let pixel = &sums[column * channels..][..channels];
                out.iter_mut().zip(pixel).for_each(|(out, sum)| *out += share * sum);
            }
        }
    }
}
