//! Convolutions as products: the patches of a tile of places are gathered into a matrix that
//! stays in the cache, and one single-threaded product makes of it what a dense layer would.

use super::{
    Activation, Geometry,
    elementwise::activate_rows,
    product::{Factor, product_tile},
    view::{Target, View},
    workspace::Workspace,
};
use crate::tensor::{Matrix, Shape};
use rayon::prelude::*;
use std::ops::Range;

/// Floats of a tile of patches at most: half a megabyte.
const TILE: usize = 1 << 17;
/// Presynaptic values a tile of a gradient has at most.
const TILE_ROWS: usize = 256;
/// Pieces a gradient is divided into at least, if the batch allows.
const PIECES: usize = 16;

/// A batch of images B×(H·W·C) seen through the windows of a convolution: (B·P)×K, never whole in
/// memory. P are the places of the window, K the values in it: row by row, pixel by pixel.
#[derive(Clone, Copy)]
pub struct Patches<'a> {
    images: &'a Matrix,
    geometry: Geometry,
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

    /// Copies the values `columns` of the patches `patches` into `out`.
    fn gather(&self, patches: Range<usize>, columns: Range<usize>, out: &mut [f32]) {
        let Geometry { input, window, .. } = self.geometry;
        let run = window.size * input.channels;
        for (patch, out) in patches.zip(out.chunks_exact_mut(columns.len())) {
            let (image, top, left) = self.locate(patch);
            let image = self.images.row(image);
            let mut rest = out;
            for y in columns.start / run..columns.end.div_ceil(run) {
                let part =
                    columns.start.max(y * run) - y * run..columns.end.min((y + 1) * run) - y * run;
                let (head, tail) = rest.split_at_mut(part.len());
                copy_row(head, image, input, [top + y as isize, left], part);
                rest = tail;
            }
        }
    }

    /// Adds `patches`, P×K, of one image to it: the transpose of gathering.
    fn scatter(geometry: &Geometry, patches: &[f32], image: &mut [f32]) {
        let Geometry { input, window, output } = *geometry;
        let run = window.size * input.channels;
        for (place, patch) in patches.chunks_exact(geometry.patch()).enumerate() {
            let [top, left] = [place / output.width, place % output.width]
                .map(|at| (at * window.stride) as isize - window.padding as isize);
            for (y, row) in patch.chunks_exact(run).enumerate() {
                add_row(image, row, input, [top + y as isize, left]);
            }
        }
    }

    /// The image that patch `patch` lies in, and the patch's first row and column there.
    fn locate(&self, patch: usize) -> (usize, isize, isize) {
        let Geometry { window, output, .. } = self.geometry;
        let (image, place) = (patch / output.positions(), patch % output.positions());
        let [top, left] = [place / output.width, place % output.width]
            .map(|at| (at * window.stride) as isize - window.padding as isize);
        (image, top, left)
    }
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
fn copy_row(
    out: &mut [f32],
    image: &[f32],
    shape: Shape,
    [y, left]: [isize; 2],
    part: Range<usize>,
) {
    if y < 0 || y as usize >= shape.height {
        return out.fill(0.0);
    }
    let (before, within) = overlap(shape, left, part);
    let at = y as usize * shape.width * shape.channels;
    let len = within.len();
    let before = before.min(out.len());
    out[..before].fill(0.0);
    out[before..before + len].copy_from_slice(&image[at + within.start..][..len]);
    out[before + len..].fill(0.0);
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

/// `out = φ(patches·W + b)`, B×(P·N): `weights` is K×N, `bias` N.
///
/// # Panics
/// Unless the shapes agree.
pub fn convolve(
    out: &mut Matrix,
    patches: &Patches<'_>,
    weights: &Matrix,
    bias: &[f32],
    activation: Activation,
    workspace: &Workspace,
) {
    let (inner, units) = (patches.values(), weights.cols());
    assert_eq!(weights.rows(), inner, "one weight a value of the patch");
    assert_eq!(bias.len(), units, "one bias a unit");
    out.reshape(patches.images.rows(), patches.geometry.output.positions() * units);
    let tile = tile_of(inner);
    let filters = Factor::right(View::of(weights), workspace);
    out.as_mut_slice().par_chunks_mut(tile * units).enumerate().for_each(|(t, out)| {
        let count = out.len() / units;
        let mut gathered = workspace.floats(count * inner);
        patches.gather(t * tile..t * tile + count, 0..inner, &mut gathered);
        let target = Target { at: out.as_mut_ptr(), stride: units, add: None };
        let patches = Factor::left(View::rows_of(&gathered, inner), workspace);
        // SAFETY: out is count×units.
        unsafe { product_tile(target, (&patches, 0..count), (&filters, 0..units)) };
        activate_rows(out, bias, activation);
    });
}

/// `out = patchesᵀ·u`, K×N: `u` is B×(P·N).
///
/// Pieces of the batch are summed in a fixed order, so that the result does not depend on the
/// threads.
///
/// # Panics
/// Unless the shapes agree.
pub fn patches_gradient(
    out: &mut Matrix,
    patches: &Patches<'_>,
    u: &Matrix,
    workspace: &Workspace,
) {
    let (inner, places) = (patches.values(), patches.geometry.output.positions());
    let units = u.cols() / places;
    assert_eq!(u.rows() * u.cols(), patches.count() * units, "one signal a unit and place");
    out.reshape(inner, units);
    let tiles = inner.div_ceil(TILE_ROWS);
    let pieces = PIECES.div_ceil(tiles).min(u.rows()).max(1);
    let whole = inner * units;
    let mut partial = workspace.floats((pieces - 1) * whole);

    // A piece of the batch fills a K×N matrix of its own, a tile some rows of it.
    let rows = |all: usize| all.div_ceil(tiles);
    let tile_rows = rows(inner);
    let later = partial.chunks_exact_mut(whole);
    let all: Vec<(usize, usize, &mut [f32])> = std::iter::once(out.as_mut_slice())
        .chain(later)
        .enumerate()
        .flat_map(|(piece, all)| {
            let tiles = all.chunks_mut(tile_rows * units).enumerate();
            tiles.map(move |(tile, part)| (piece, tile, part))
        })
        .collect();
    all.into_par_iter().for_each(|(piece, tile, part)| {
        let first = |piece: usize| piece * u.rows() / pieces * places;
        let columns = tile * tile_rows..tile * tile_rows + part.len() / units;
        gradient_tile(part, patches, u, first(piece)..first(piece + 1), columns, workspace);
    });
    let sums = out.as_mut_slice();
    sums.par_chunks_mut(1 << 14).enumerate().for_each(|(i, sums)| {
        for piece in partial.chunks_exact(whole) {
            for (sum, part) in sums.iter_mut().zip(&piece[i << 14..]) {
                *sum += part;
            }
        }
    });
}

/// `out = patchesᵀ·u` over some patches and some of their values.
fn gradient_tile(
    out: &mut [f32],
    patches: &Patches<'_>,
    u: &Matrix,
    all: Range<usize>,
    columns: Range<usize>,
    workspace: &Workspace,
) {
    let (rows, units) = (columns.len(), out.len() / columns.len());
    let tile = tile_of(rows);
    out.fill(0.0);
    let mut gathered = workspace.floats(tile.min(all.len()) * rows);
    for start in all.clone().step_by(tile) {
        let count = tile.min(all.end - start);
        let gathered = &mut gathered[..count * rows];
        patches.gather(start..start + count, columns.clone(), gathered);
        let out = Target { at: out.as_mut_ptr(), stride: units, add: Some(1.0) };
        let a = Factor::left(View::rows_of(gathered, rows).transposed(), workspace);
        let u = &u.as_slice()[start * units..][..count * units];
        let u = Factor::right(View::rows_of(u, units), workspace);
        // SAFETY: out is rows×units.
        unsafe { product_tile(out, (&a, 0..rows), (&u, 0..units)) };
    }
}

/// `out = u·Wᵀ` brought back from patches to images, B×(H·W·C): `u` is B×(P·N), `weights` K×N.
///
/// # Panics
/// Unless the shapes agree.
pub fn convolve_transposed(
    out: &mut Matrix,
    geometry: &Geometry,
    u: &Matrix,
    weights: &Matrix,
    workspace: &Workspace,
) {
    let (places, inner, units) = (geometry.output.positions(), geometry.patch(), weights.cols());
    assert_eq!(weights.rows(), inner, "one weight a value of the patch");
    assert_eq!(u.cols(), places * units, "one signal a unit and place");
    out.reshape(u.rows(), geometry.input.len());
    let filters = Factor::right(View::of(weights).transposed(), workspace);
    let images = out.as_mut_slice().par_chunks_exact_mut(geometry.input.len());
    images.zip(u.as_slice().par_chunks_exact(places * units)).for_each(|(image, u)| {
        image.fill(0.0);
        let mut patches = workspace.floats(places * inner);
        let out = Target { at: patches.as_mut_ptr(), stride: inner, add: None };
        let u = Factor::left(View::rows_of(u, units), workspace);
        // SAFETY: the patches are places×inner.
        unsafe { product_tile(out, (&u, 0..places), (&filters, 0..inner)) };
        Patches::scatter(geometry, &patches, image);
    });
}

/// Patches a tile has, for patches of `values` values.
fn tile_of(values: usize) -> usize {
    (TILE / values).clamp(256, 1024)
}
