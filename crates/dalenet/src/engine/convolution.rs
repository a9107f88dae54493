//! Convolutions as products: the patches of a tile of places are gathered into a matrix that
//! stays in the cache, and one single-threaded product makes of it what a dense layer would.

use super::{
    Activation, Geometry,
    bf16::{self, Kernel, Packed},
    elementwise::activate_rows,
    operand::Operand,
    patches::Patches,
    pooling::scatter,
    product::{Factor, PIECE, product_tile, rounded},
    view::{Target, View},
    workspace::{Floats, Halves, Workspace},
};
use crate::tensor::Matrix;
use rayon::prelude::*;
use std::ops::Range;

/// Floats of a tile of patches at most: half a megabyte.
const TILE: usize = 1 << 17;
/// Presynaptic values a tile of a gradient has at most.
const TILE_ROWS: usize = 256;
/// Pieces a gradient is divided into at least, if the batch allows.
const PIECES: usize = 16;

/// Patches of images whose numbers are rounded once, as far as products need that.
pub(super) struct RoundedPatches<'a> {
    patches: &'a Patches<'a>,
    pixels: Pixels<'a>,
    workspace: &'a Workspace,
}

enum Pixels<'a> {
    Given(&'a [f32]),
    Rounded(Floats<'a>),
    Halves(Kernel, Halves<'a>),
}

impl<'a> RoundedPatches<'a> {
    pub fn new(patches: &'a Patches<'a>, workspace: &'a Workspace) -> Self {
        let images = patches.images.as_slice();
        let pixels = match workspace.kernel() {
            None => Pixels::Given(images),
            Some(Kernel::Rounded) => Pixels::Rounded(rounded(images, workspace)),
            Some(kernel) => {
                let mut halves = workspace.halves(images.len());
                let pieces = halves.par_chunks_mut(PIECE).zip(images.par_chunks(PIECE));
                pieces.for_each(|(halves, images)| bf16::round(halves, images));
                Pixels::Halves(kernel, halves)
            }
        };
        Self { patches, pixels, workspace }
    }

    /// The values `columns` of the patches `range`, a row each; or the transpose of that.
    pub fn gather(
        &self,
        range: Range<usize>,
        columns: &Range<usize>,
        transposed: bool,
    ) -> Factor<'_> {
        match &self.pixels {
            Pixels::Given(images) => self.gather_floats(images, range, columns, transposed),
            Pixels::Rounded(images) => self.gather_floats(images, range, columns, transposed),
            Pixels::Halves(kernel, images) => {
                let (inner, start) = (columns.len(), range.start);
                let write = |i: usize, out: &mut [u16]| {
                    self.patches.copy(images, start + i, columns, out);
                };
                let reserve = |lines| self.workspace.lines(lines);
                let pack = if transposed { Packed::left_of_columns } else { Packed::left_of_rows };
                let shape = match transposed {
                    false => [range.len(), inner],
                    true => [inner, range.len()],
                };
                let scratch = |numbers| self.workspace.halves(numbers);
                Factor::packed(*kernel, pack(shape, reserve, scratch, write), shape)
            }
        }
    }

    fn gather_floats(
        &self,
        images: &[f32],
        range: Range<usize>,
        columns: &Range<usize>,
        transposed: bool,
    ) -> Factor<'_> {
        let mut gathered = self.workspace.floats(range.len() * columns.len());
        for (patch, out) in range.zip(gathered.chunks_exact_mut(columns.len())) {
            self.patches.copy(images, patch, columns, out);
        }
        Factor::of_rows(gathered, columns.len(), transposed)
    }

    /// Patches of `values` values, with so many sums each, that a tile has.
    fn tile(&self, values: usize, sums: usize) -> usize {
        match self.pixels {
            Pixels::Halves(..) => (TILE / 2 / values.max(sums)).clamp(64, 1024) / 32 * 32,
            _ => (TILE / values).clamp(256, 1024),
        }
    }
}

/// `out = φ(patches·W + b)`, B×(P·N): `weights`, a matrix or those of a layer, is K×N, `bias` N.
///
/// # Panics
/// Unless the shapes agree.
pub fn convolve<'a>(
    out: &mut Matrix,
    patches: &Patches<'_>,
    weights: impl Into<Operand<'a>>,
    bias: &[f32],
    activation: Activation,
    workspace: &Workspace,
) {
    let weights = weights.into();
    let [inner, units] = weights.shape();
    assert_eq!(inner, patches.values(), "one weight a value of the patch");
    assert_eq!(bias.len(), units, "one bias a unit");
    out.reshape(patches.images.rows(), patches.geometry.output.positions() * units);
    let source = RoundedPatches::new(patches, workspace);
    let tile = source.tile(inner, units);
    let filters = Factor::weights(weights, workspace);
    out.as_mut_slice().par_chunks_mut(tile * units).enumerate().for_each(|(t, out)| {
        let count = out.len() / units;
        let patches = source.gather(t * tile..t * tile + count, &(0..inner), false);
        let respond = |responses: &mut [f32]| {
            let target = Target { at: responses.as_mut_ptr(), stride: units, add: None };
            // SAFETY: it is count×units.
            unsafe { product_tile(target, (&patches, 0..count), (&filters, 0..units)) };
            activate_rows(responses, bias, activation);
        };
        // A fast product that wrote into memory, tile by tile, would wait for it.
        if let Pixels::Halves(..) = source.pixels {
            let mut cached = workspace.floats(out.len());
            respond(&mut cached);
            out.copy_from_slice(&cached);
        } else {
            respond(out);
        }
    });
}

/// `out = patchesᵀ·u`, K×N: `u` is B×(P·N), row by row.
///
/// Pieces of the batch are summed in a fixed order, so that the result does not depend on the
/// threads.
///
/// # Panics
/// Unless the shapes agree.
pub fn patches_gradient(out: &mut Matrix, patches: &Patches<'_>, u: &[f32], workspace: &Workspace) {
    let (inner, output) = (patches.values(), patches.geometry.output);
    let (images, places, units) = (patches.images.rows(), output.positions(), output.channels);
    assert_eq!(u.len(), images * output.len(), "one signal a unit and place");
    out.reshape(inner, units);
    let tiles = inner.div_ceil(TILE_ROWS);
    let pieces = PIECES.div_ceil(tiles).min(images).max(1);
    let whole = inner * units;
    let mut partial = workspace.floats((pieces - 1) * whole);

    // A piece of the batch fills a K×N matrix of its own, a tile some rows of it.
    let first = |piece: usize| piece * images / pieces * places;
    let source = RoundedPatches::new(patches, workspace);
    let signals: Vec<_> = (0..pieces)
        .map(|piece| {
            let u = View::rows_of(u, units).rows(first(piece)..first(piece + 1));
            Factor::right(u, workspace)
        })
        .collect();
    let tile_rows = inner.div_ceil(tiles);
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
        let columns = tile * tile_rows..tile * tile_rows + part.len() / units;
        gradient_tile(part, &source, &signals[piece], first(piece)..first(piece + 1), &columns);
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

/// `out = patchesᵀ·u` over some patches, of which `u` are the signals, and some of their values.
fn gradient_tile(
    out: &mut [f32],
    source: &RoundedPatches<'_>,
    u: &Factor<'_>,
    all: Range<usize>,
    columns: &Range<usize>,
) {
    let (rows, units) = (columns.len(), out.len() / columns.len());
    let tile = source.tile(rows, 0);
    out.fill(0.0);
    for start in all.clone().step_by(tile) {
        let range = start..all.end.min(start + tile);
        let out = Target { at: out.as_mut_ptr(), stride: units, add: Some(1.0) };
        let u = u.rows(range.start - all.start..range.end - all.start);
        let patches = source.gather(range, columns, true);
        // SAFETY: out is rows×units.
        unsafe { product_tile(out, (&patches, 0..rows), (&u, 0..units)) };
    }
}

/// `out = u·Wᵀ` brought back from patches to images, B×(H·W·C): `u` is B×(P·N), `weights` K×N. With
/// `chosen`, `u` has the signals at these places alone, as [`convolve_largest`] found them.
///
/// [`convolve_largest`]: super::convolve_largest
///
/// # Panics
/// Unless the shapes agree.
pub fn convolve_transposed(
    out: &mut Matrix,
    geometry: &Geometry,
    (u, chosen): (&Matrix, Option<&[u32]>),
    weights: &Matrix,
    workspace: &Workspace,
) {
    let (places, inner, units) = (geometry.output.positions(), geometry.patch(), weights.cols());
    assert_eq!(weights.rows(), inner, "one weight a value of the patch");
    let all = u.cols();
    match chosen {
        Some(chosen) => assert_eq!(chosen.len(), u.rows() * all, "a place a signal"),
        None => assert_eq!(all, places * units, "one signal a unit and place"),
    }
    out.reshape(u.rows(), geometry.input.len());
    let filters = Factor::right(View::of(weights).transposed(), workspace);
    let images = out.as_mut_slice().par_chunks_exact_mut(geometry.input.len());
    images.enumerate().for_each(|(b, image)| {
        image.fill(0.0);
        let mut patches = workspace.floats(places * inner);
        let everywhere = chosen.map(|chosen| {
            let mut everywhere = workspace.floats(places * units);
            scatter(&mut everywhere, u.row(b), &chosen[b * all..][..all], units);
            everywhere
        });
        let u = everywhere.as_deref().unwrap_or_else(|| u.row(b));
        let out = Target { at: patches.as_mut_ptr(), stride: inner, add: None };
        let u = Factor::left(View::rows_of(u, units), workspace);
        // SAFETY: the patches are places×inner.
        unsafe { product_tile(out, (&u, 0..places), (&filters, 0..inner)) };
        Patches::scatter(geometry, &patches, image);
    });
}
