//! Patches of images: what the windows of a convolution see.

use super::Geometry;
use crate::tensor::{Matrix, Shape};
use rayon::prelude::*;
use std::ops::Range;

/// A batch of images B×(H·W·C) seen through the windows of a convolution: (B·P)×K, never whole in
/// memory. P are the places of the window, K the values in it: row by row, pixel by pixel.
#[derive(Clone, Copy)]
pub struct Patches<'a> {
    pub(super) images: &'a Matrix,
    pub(super) geometry: Geometry,
}

impl<'a> Patches<'a> {
    /// The patches of `images`, B×(H·W·C).
    ///
    /// # Panics
    /// Unless the images are those of the geometry.
    pub fn new(images: &'a Matrix, geometry: Geometry) -> Self {
        assert_eq!(images.cols(), geometry.input.len(), "images of the geometry");
        Self { images, geometry }
    }

    /// Values in a patch K.
    pub fn values(&self) -> usize {
        self.geometry.patch()
    }

    /// How many patches: B·P.
    pub fn count(&self) -> usize {
        self.images.rows() * self.geometry.output.positions()
    }

    /// Mean squared length of a patch, `⟨|x|²⟩`.
    pub fn mean_squared_norm(&self) -> f32 {
        let Geometry { input, window, output } = self.geometry;
        // How many windows see each row and each column.
        let seen = |side: usize, places: usize| {
            let mut seen = vec![0.0f32; side];
            for place in 0..places {
                let from = place * window.stride;
                for at in from..from + window.size {
                    if let Some(count) =
                        at.checked_sub(window.padding).and_then(|i| seen.get_mut(i))
                    {
                        *count += 1.0;
                    }
                }
            }
            seen
        };
        let (rows, cols) = (seen(input.height, output.height), seen(input.width, output.width));
        let image = |values: &[f32]| -> f64 {
            let pixels = values.chunks_exact(input.channels).enumerate();
            let weighted = pixels.map(|(i, pixel)| {
                let squares: f32 = pixel.iter().map(|x| x * x).sum();
                f64::from(rows[i / input.width] * cols[i % input.width] * squares)
            });
            weighted.sum()
        };
        let sums: Vec<f64> =
            self.images.as_slice().par_chunks_exact(input.len().max(1)).map(image).collect();
        (sums.iter().sum::<f64>() / self.count().max(1) as f64) as f32
    }

    /// Copies the values `columns` of patch `patch` of `images` into `out`.
    pub(super) fn copy<V: Copy + Default>(
        &self,
        images: &[V],
        patch: usize,
        columns: &Range<usize>,
        out: &mut [V],
    ) {
        let Geometry { input, window, .. } = self.geometry;
        let run = window.size * input.channels;
        let places = self.geometry.output.positions();
        let (image, [top, left]) = (patch / places, corner(&self.geometry, patch % places));
        let image = &images[image * input.len()..][..input.len()];
        let mut rest = out;
        for y in columns.start / run..columns.end.div_ceil(run) {
            let part =
                columns.start.max(y * run) - y * run..columns.end.min((y + 1) * run) - y * run;
            let (head, tail) = rest.split_at_mut(part.len());
            copy_row(head, image, input, [top + y as isize, left], part);
            rest = tail;
        }
    }

    /// Adds `patches`, P×K, of one image to it: the transpose of gathering.
    pub(super) fn scatter(geometry: &Geometry, patches: &[f32], image: &mut [f32]) {
        let Geometry { input, window, .. } = *geometry;
        let run = window.size * input.channels;
        for (place, patch) in patches.chunks_exact(geometry.patch()).enumerate() {
            let [top, left] = corner(geometry, place);
            for (y, row) in patch.chunks_exact(run).enumerate() {
                add_row(image, row, input, [top + y as isize, left]);
            }
        }
    }
}

/// First row and column of the patch at place `place`, in the image without its padding.
fn corner(geometry: &Geometry, place: usize) -> [isize; 2] {
    geometry.corner(place).map(|at| at as isize - geometry.window.padding as isize)
}

/// Where the values `part` of a window's row that starts at pixel `left` lie in an image's row:
/// how many are before it, and which are in it.
fn overlap(image: Shape, left: isize, part: Range<usize>) -> (usize, Range<usize>) {
    let len = (image.width * image.channels) as isize;
    let [from, to] = [part.start, part.end].map(|at| left * image.channels as isize + at as isize);
    let [start, end] = [from, to].map(|at| at.clamp(0, len));
    ((start - from) as usize, start as usize..end as usize)
}

/// Copies the values `part` of a window's row at pixel `[y, left]`; zeros beyond the image.
fn copy_row<V: Copy + Default>(
    out: &mut [V],
    image: &[V],
    shape: Shape,
    [y, left]: [isize; 2],
    part: Range<usize>,
) {
    if y < 0 || y as usize >= shape.height {
        return out.fill(V::default());
    }
    let (before, within) = overlap(shape, left, part);
    let at = y as usize * shape.width * shape.channels;
    let len = within.len();
    let before = before.min(out.len());
    out[..before].fill(V::default());
    out[before..before + len].copy_from_slice(&image[at + within.start..][..len]);
    out[before + len..].fill(V::default());
}

/// Adds a whole row of a window at pixel `[y, left]` to the image.
fn add_row(image: &mut [f32], row: &[f32], shape: Shape, [y, left]: [isize; 2]) {
    if y < 0 || y as usize >= shape.height {
        return;
    }
    let (before, within) = overlap(shape, left, 0..row.len());
    let at = y as usize * shape.width * shape.channels;
    let len = within.len();
    let image = &mut image[at + within.start..][..len];
    for (sum, value) in image.iter_mut().zip(&row[before.min(row.len())..]) {
        *sum += value;
    }
}
