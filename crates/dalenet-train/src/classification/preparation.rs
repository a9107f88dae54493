//! How the network's input is made of an image: as it is, standardised, or as a retina would send it.

use super::whitening::Whitening;
use crate::Error;
use dalenet::{Matrix, Shape};
use dalenet_data::Split;
use rayon::prelude::*;
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
    /// ON and OFF channels of local contrast that is decorrelated over 5×5 pixels and all channels.
    Whitened,
}

impl InputKind {
    /// Whether each channel becomes one of ON and one of OFF.
    pub fn is_on_off(self) -> bool {
        matches!(self, Self::OnOff | Self::Contrast | Self::Whitened)
    }
}

/// Pixels on each side of one that its neighbourhood reaches.
const REACH: usize = 3;
/// Added to the deviation, so that flat pieces of an image stay flat.
const FLAT: f32 = 0.3;
/// Samples that the mean and the deviation are taken from at most.
const SAMPLES: usize = 10_000;
/// Images that the whitening filter is found from at most.
const IMAGES: usize = 1000;
/// Channels of an image that can be whitened at most.
const CHANNELS: usize = 16;

/// Prepares samples, by statistics of those to train on.
#[derive(Clone, Debug, PartialEq)]
pub struct Preparation {
    kind: InputKind,
    image: Shape,
    /// Mean and inverse deviation of each channel.
    scales: Vec<(f32, f32)>,
    whitening: Option<Whitening>,
}

impl Preparation {
    /// For samples of the shape `image`; mean, deviation and correlations are those of `train`.
    ///
    /// # Errors
    /// If the samples are to be whitened and are no images, or have more than 16 channels.
    pub fn new(kind: InputKind, image: Shape, train: &Split) -> Result<Self, Error> {
        let scales = if kind == InputKind::Raw { Vec::new() } else { scales(image, train) };
        let mut preparation = Self { kind, image, scales, whitening: None };
        if kind == InputKind::Whitened {
            preparation.whitening = Some(preparation.whiten(train)?);
        }
        Ok(preparation)
    }

    /// The filter that decorrelates the local contrast of `train`.
    fn whiten(&self, train: &Split) -> Result<Whitening, Error> {
        let Shape { height, width, channels } = self.image;
        if self.image.positions() == 1 || channels > CHANNELS {
            return Err(Error::Config(format!(
                "input = \"whitened\" is for images of at most {CHANNELS} channels, and these \
                 samples are {height}×{width}×{channels}: choose another input, such as \"standard\""
            )));
        }
        let mut sample = vec![0.0; self.image.len()];
        let mut scratch = vec![0.0; 2 * self.image.len()];
        let contrasts = (0..train.len().min(IMAGES)).map(|i| {
            train.gather(&[i as u32], &mut sample);
            self.contrast(&mut sample, &mut scratch);
            sample.clone()
        });
        Ok(Whitening::of(contrasts, self.image))
    }

    /// The one with these statistics, as [`Preparation::statistics`] gave them; `None` unless they
    /// are of such a preparation.
    pub fn restore(kind: InputKind, image: Shape, statistics: &[u32]) -> Option<Self> {
        let channels = if kind == InputKind::Raw { 0 } else { image.channels };
        let statistics: Vec<_> = statistics.iter().map(|bits| f32::from_bits(*bits)).collect();
        let (scales, weights) = statistics.split_at_checked(channels.checked_mul(2)?)?;
        let scales = scales.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        let whitening = match kind {
            InputKind::Whitened => Some(Whitening::restore(channels, weights.to_vec())?),
            _ if weights.is_empty() => None,
            _ => return None,
        };
        Some(Self { kind, image, scales, whitening })
    }

    /// Mean and inverse deviation of each channel, then the weights C×C×5×5 of the whitening filter if
    /// there is one, as the bits of the numbers.
    pub fn statistics(&self) -> Vec<u32> {
        let scales = self.scales.iter().flat_map(|(mean, scale)| [*mean, *scale]);
        let weights = self.whitening.iter().flat_map(Whitening::weights).copied();
        scales.chain(weights).map(f32::to_bits).collect()
    }

    /// The shape of a sample.
    pub fn image(&self) -> Shape {
        self.image
    }

    /// Fills `input`, B×D, with the prepared samples of `split` at `indices`; `change` may alter
    /// the raw sample `i` of the batch first.
    pub fn gather(
        &self,
        split: &Split,
        indices: &[u32],
        input: &mut Matrix,
        change: impl Fn(usize, &mut [f32]) + Sync,
    ) {
        let (len, width) = (self.image.len(), self.output().len());
        input.reshape(indices.len(), width);
        let rows = input.as_mut_slice().par_chunks_exact_mut(width);
        rows.zip(indices).enumerate().for_each_init(
            || vec![0.0; len],
            |sample, (i, (row, index))| {
                split.gather(&[*index], sample);
                change(i, sample);
                self.apply(sample, row);
            },
        );
    }

    /// The shape of the input: twice the channels where there are ON and OFF channels.
    pub fn output(&self) -> Shape {
        let copies = if self.kind.is_on_off() { 2 } else { 1 };
        Shape { channels: copies * self.image.channels, ..self.image }
    }

    /// Prepares one sample: `image` is H×W×C, `out` has the length of [`Preparation::output`].
    /// `image` is used up.
    pub fn apply(&self, image: &mut [f32], out: &mut [f32]) {
        match self.kind {
            InputKind::Contrast | InputKind::Whitened => self.contrast(image, out),
            InputKind::Raw | InputKind::Standard | InputKind::OnOff => self.standardise(image),
        }
        if let Some(whitening) = &self.whitening {
            whitening.apply(image, self.image);
        }
        match self.kind.is_on_off() {
            true => on_off(image, self.image.channels, out),
            false => out.copy_from_slice(image),
        }
    }

    /// Mean 0 and deviation 1 in each channel, if the statistics are known.
    fn standardise(&self, image: &mut [f32]) {
        for (i, value) in image.iter_mut().enumerate() {
            if let Some((mean, scale)) = self.scales.get(i % self.image.channels) {
                *value = (*value - mean) * scale;
            }
        }
    }

    /// Local contrast; `scratch` has twice the image's length.
    fn contrast(&self, image: &mut [f32], scratch: &mut [f32]) {
        self.standardise(image);
        local_contrast(image, self.image, scratch);
    }
}

/// Mean and inverse deviation of each channel.
fn scales(image: Shape, train: &Split) -> Vec<(f32, f32)> {
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
fn local_contrast(image: &mut [f32], shape: Shape, scratch: &mut [f32]) {
    let len = shape.len();
    let (mean, rest) = scratch.split_at_mut(len);
    local_mean(image, mean, shape);
    image.iter_mut().zip(&*mean).for_each(|(z, mean)| *z -= mean);

    let pixels = Shape { channels: 1, ..shape };
    let (power, spread) = (&mut rest[..pixels.len()], &mut mean[..pixels.len()]);
    for (power, pixel) in power.iter_mut().zip(image.chunks_exact(shape.channels)) {
        *power = pixel.iter().map(|z| z * z).sum::<f32>() / shape.channels as f32;
    }
    local_mean(power, spread, pixels);
    for (pixel, spread) in image.chunks_exact_mut(shape.channels).zip(&*spread) {
        // A sum that slides over flat pixels can end just below zero.
        let scale = 1.0 / (spread.max(0.0).sqrt() + FLAT);
        pixel.iter_mut().for_each(|z| *z *= scale);
    }
}

/// The mean of each channel over the pixels about each that lie in the image. Sums move along: each
/// step adds the pixels that come into reach and takes off those that leave it.
fn local_mean(image: &[f32], out: &mut [f32], shape: Shape) {
    let Shape { height, width, channels } = shape;
    let row = width * channels;
    let reach = |at: usize, side: usize| (at + REACH + 1).min(side) - at.saturating_sub(REACH);
    let mut columns = vec![0.0; row];
    let mut sum = vec![0.0; channels];
    image.chunks_exact(row).take(REACH).for_each(|row| add(&mut columns, row, 1.0));
    for y in 0..height {
        slide(&mut columns, image.chunks_exact(row), y);
        sum.fill(0.0);
        columns.chunks_exact(channels).take(REACH).for_each(|pixel| add(&mut sum, pixel, 1.0));
        for x in 0..width {
            slide(&mut sum, columns.chunks_exact(channels), x);
            let share = 1.0 / (reach(y, height) * reach(x, width)) as f32;
            let out = &mut out[y * row + x * channels..][..channels];
            out.iter_mut().zip(&sum).for_each(|(out, sum)| *out = share * sum);
        }
    }
}

/// Moves a sum over the `parts` within reach of one to the reach of part `at`.
fn slide<'a>(sum: &mut [f32], mut parts: impl Iterator<Item = &'a [f32]> + Clone, at: usize) {
    if let Some(leaving) = at.checked_sub(REACH + 1).and_then(|i| parts.clone().nth(i)) {
        add(sum, leaving, -1.0);
    }
    if let Some(coming) = parts.nth(at + REACH) {
        add(sum, coming, 1.0);
    }
}

fn add(sum: &mut [f32], part: &[f32], sign: f32) {
    sum.iter_mut().zip(part).for_each(|(sum, value)| *sum += sign * value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use dalenet::Generator;

    fn image(shape: Shape) -> Vec<f32> {
        let mut generator = Generator::new(0, 0);
        (0..shape.len()).map(|_| generator.uniform()).collect()
    }

    /// Oracle: every pixel's neighbours, counted one by one.
    #[test]
    fn the_local_mean_is_that_of_the_pixels_within_reach() {
        for [height, width, channels] in [[1, 1, 1], [1, 9, 2], [3, 3, 1], [8, 11, 3]] {
            let shape = Shape { height, width, channels };
            let image = image(shape);
            let mut out = vec![f32::NAN; image.len()];
            local_mean(&image, &mut out, shape);
            for (i, found) in out.iter().enumerate() {
                let (y, x, c) = (i / channels / width, i / channels % width, i % channels);
                let near: Vec<f64> = (0..height)
                    .flat_map(|v| (0..width).map(move |u| (v, u)))
                    .filter(|(v, u)| v.abs_diff(y) <= 3 && u.abs_diff(x) <= 3)
                    .map(|(v, u)| f64::from(image[(v * width + u) * channels + c]))
                    .collect();
                let want = near.iter().sum::<f64>() / near.len() as f64;
                assert!((f64::from(*found) - want).abs() < 1e-5, "{shape:?}, {i}");
            }
        }
    }

    #[test]
    fn on_and_off_are_the_positive_parts_and_contrast_does_not_know_brightness() {
        let shape = Shape { height: 9, width: 8, channels: 2 };
        let values = image(shape);
        let labels = vec![0];
        let train = Split::from_floats(values.clone(), shape.len(), labels).unwrap();
        let prepared = |kind, scale: f32, offset: f32| {
            let preparation = Preparation::new(kind, shape, &train).unwrap();
            let mut out = vec![f32::NAN; preparation.output().len()];
            let mut image: Vec<f32> = values.iter().map(|v| scale * v + offset).collect();
            preparation.apply(&mut image, &mut out);
            out
        };
        let standard = prepared(InputKind::Standard, 1.0, 0.0);
        for channel in 0..2 {
            let of = standard.iter().skip(channel).step_by(2).map(|z| f64::from(*z));
            let (sum, squares) = of.fold((0.0, 0.0), |(s, q), z| (s + z, q + z * z));
            assert!(sum.abs() < 1e-3 && (squares / 72.0 - 1.0).abs() < 1e-4);
        }
        for kind in [InputKind::OnOff, InputKind::Contrast, InputKind::Whitened] {
            let out = prepared(kind, 1.0, 0.0);
            assert!(out.iter().all(|v| *v >= 0.0) && out.iter().any(|v| *v > 0.0));
            let both = out.chunks_exact(4).any(|p| p[0] * p[2] > 0.0 || p[1] * p[3] > 0.0);
            assert!(!both, "a pixel is above or below");
        }
        let joined = prepared(InputKind::OnOff, 1.0, 0.0);
        let back: Vec<f32> =
            joined.chunks_exact(4).flat_map(|p| [p[0] - p[2], p[1] - p[3]]).collect();
        assert_eq!(back, standard);
        for kind in [InputKind::Contrast, InputKind::Whitened] {
            let [plain, brighter] = [0.0, 5.0].map(|by| prepared(kind, 1.0, by));
            let worst = plain.iter().zip(&brighter).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 1e-3, "{worst}");
        }
    }

    #[test]
    fn statistics_bring_every_preparation_back_and_those_of_another_kind_do_not() {
        use InputKind::{Contrast, OnOff, Raw, Standard, Whitened};
        let shape = Shape { height: 9, width: 8, channels: 2 };
        let train = Split::from_floats(image(shape), shape.len(), vec![0]).unwrap();
        for kind in [Raw, Standard, OnOff, Contrast, Whitened] {
            let made = Preparation::new(kind, shape, &train).unwrap();
            let statistics = made.statistics();
            assert_eq!(Preparation::restore(kind, shape, &statistics), Some(made));
            let other = if kind == Whitened { Contrast } else { Whitened };
            assert_eq!(Preparation::restore(other, shape, &statistics), None, "{kind:?}");
        }
    }

    /// A stroke on a flat ground, as in MNIST: what the sliding sums round must not become NaN.
    #[test]
    fn flat_pieces_of_an_image_have_no_contrast() {
        let shape = Shape { height: 28, width: 28, channels: 1 };
        let stroke = |i: usize| ((i / 28) / 3 == 4 || i % 28 == 9) as u8 as f32;
        let values: Vec<_> = (0..784).map(|i| stroke(i) * (0.3 + i as f32 / 1000.0)).collect();
        let train = Split::from_floats(values.clone(), shape.len(), vec![0]).unwrap();
        let preparation = Preparation::new(InputKind::Contrast, shape, &train).unwrap();
        let (mut image, mut scratch) = (values, vec![0.0; 2 * shape.len()]);
        preparation.contrast(&mut image, &mut scratch);
        assert!(image.iter().all(|z| z.is_finite()), "{image:?}");
        // Four pixels and more from any stroke.
        assert!(image[27 * 28 + 27].abs() < 1e-3, "{}", image[27 * 28 + 27]);
    }

    /// A filter that doubles the channels and exchanges them.
    #[test]
    fn whitened_inputs_are_the_contrast_after_the_filter() {
        let shape = Shape { height: 9, width: 8, channels: 2 };
        let values = image(shape);
        let train = Split::from_floats(values.clone(), shape.len(), vec![0]).unwrap();
        let contrast = Preparation::new(InputKind::Contrast, shape, &train).unwrap();
        let mut filter = [0.0f32; 2 * 2 * 25];
        (filter[25 + 12], filter[50 + 12]) = (2.0, 2.0); // the middle of the other channel
        let mut statistics = contrast.statistics();
        statistics.extend(filter.map(f32::to_bits));
        let whitened = Preparation::restore(InputKind::Whitened, shape, &statistics).unwrap();
        let [plain, filtered] = [&contrast, &whitened].map(|preparation| {
            let mut out = vec![f32::NAN; preparation.output().len()];
            preparation.apply(&mut values.clone(), &mut out);
            out
        });
        for (plain, filtered) in plain.chunks_exact(4).zip(filtered.chunks_exact(4)) {
            assert_eq!(filtered, [1, 0, 3, 2].map(|channel| 2.0 * plain[channel]));
        }
    }

    #[test]
    fn only_images_are_whitened() {
        for channels in [3, 40] {
            let shape = Shape { height: 1, width: 1, channels };
            let train = Split::from_floats(image(shape), shape.len(), vec![0]).unwrap();
            let refused = Preparation::new(InputKind::Whitened, shape, &train).unwrap_err();
            assert!(refused.to_string().contains("is for images"), "{refused}");
        }
    }
}
