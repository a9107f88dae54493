//! A convolution whose places are pooled by their largest, as one: the other places are never stored,
//! and only the patches under the largest are met again when it learns.

use super::{
    Activation, Geometry,
    convolution::{RoundedPatches, patches_gradient},
    elementwise::{activate_rows, add_scaled},
    operand::Operand,
    padded::Padded,
    patches::Patches,
    pooling::{largest, scatter_all},
    product::{Factor, product_tile},
    view::Target,
    workspace::Workspace,
};
use crate::tensor::Matrix;
use rayon::prelude::*;

/// Sums of a tile at most: a quarter of a megabyte, so that they are still in the cache when the
/// largest are sought.
const TILE: usize = 1 << 16;
/// Pieces of the batch that a gradient is summed in at most, and samples that each has at least: all
/// pieces are added in the end.
const PIECES: usize = 16;
const SAMPLES: usize = 8;
/// Places of the convolution for one of the pooling from which adding single patches is faster than
/// a product over all places.
const SPARSE: usize = 3;

/// `out = φ(max(patches·W) + b)`, B×(P'·N): of each window of the pooling the largest, unit by unit.
/// `chosen` says at which place of the convolution that is, the first of equals: B×(P'·N).
///
/// # Panics
/// Unless the shapes agree.
pub fn convolve_largest<'a>(
    (out, chosen): (&mut Matrix, &mut Vec<u32>),
    patches: &Patches<'_>,
    weights: impl Into<Operand<'a>>,
    (bias, activation): (&[f32], Activation),
    pooling: &Geometry,
    workspace: &Workspace,
) {
    let weights = weights.into();
    let [inner, units] = weights.shape();
    assert_eq!(inner, patches.values(), "one weight a value of the patch");
    assert_eq!(bias.len(), units, "one bias a unit");
    let [places, pooled] = [pooling.input, pooling.output].map(|shape| shape.positions());
    assert_eq!(places, patches.geometry.output.positions(), "a pooling of this convolution");
    let (images, all) = (patches.images.rows(), pooled * units);
    out.reshape(images, all);
    chosen.resize(images * all, 0);
    let source = RoundedPatches::new(patches, workspace);
    let filters = Factor::weights(weights, workspace);
    // A tile has whole images, and its sums are found for some units at a time.
    let count = (TILE / (places * units).max(1)).clamp(1, 256usize.div_ceil(places));
    let width = (TILE / (count * places) / 32 * 32).max(32);
    let tiles = out.as_mut_slice().par_chunks_mut(count * all);
    tiles.zip(chosen.par_chunks_mut(count * all)).enumerate().for_each(|(t, (out, chosen))| {
        let rows = out.len() / all * places;
        let first = t * count * places;
        let patches = source.gather(first..first + rows, &(0..inner), false);
        let mut sums = workspace.floats(rows * width.min(units));
        for start in (0..units).step_by(width) {
            let columns = start..units.min(start + width);
            let stride = columns.len();
            let target = Target { at: sums.as_mut_ptr(), stride, add: None };
            // SAFETY: the sums have so many rows and columns.
            unsafe { product_tile(target, (&patches, 0..rows), (&filters, columns.clone())) };
            let images = out.chunks_exact_mut(all).zip(chosen.chunks_exact_mut(all));
            for ((out, chosen), sums) in images.zip(sums.chunks_exact(places * stride)) {
                for place in 0..pooled {
                    let at = place * units + columns.start..place * units + columns.end;
                    largest(&mut out[at.clone()], &mut chosen[at], sums, pooling, place);
                }
            }
        }
        activate_rows(out, bias, activation);
    });
}

/// `out = patchesᵀ·u`, K×N, where `u`, B×(P'·N), are signals at the places `chosen` alone.
///
/// Pieces of the batch are summed in a fixed order, so that the result does not depend on the
/// threads.
///
/// # Panics
/// Unless the shapes agree.
pub fn largest_gradient(
    out: &mut Matrix,
    patches: &Patches<'_>,
    u: &Matrix,
    chosen: &[u32],
    workspace: &Workspace,
) {
    let places = patches.geometry.output.positions();
    let units = patches.geometry.output.channels;
    let (images, all) = (u.rows(), u.cols());
    assert_eq!((images, chosen.len()), (patches.images.rows(), images * all), "a place a signal");
    assert!(all.is_multiple_of(units), "a signal a unit");
    if places * units < SPARSE * all {
        let mut everywhere = workspace.floats(images * places * units);
        scatter_all(&mut everywhere, u, chosen, units);
        return patches_gradient(out, patches, &everywhere, workspace);
    }
    let padded = Padded::new(&patches.geometry);
    let pieces = (images / SAMPLES).clamp(1, PIECES);
    let whole = units * padded.lanes();
    let mut sums = workspace.floats(pieces * whole);
    sums.par_chunks_exact_mut(whole).enumerate().for_each(|(piece, sums)| {
        let range = piece * images / pieces..(piece + 1) * images / pieces;
        padded.gradient(sums, patches.images, range, (u, chosen), workspace);
    });

    let (total, later) = sums.split_at_mut(whole);
    total.par_chunks_mut(1 << 12).enumerate().for_each(|(i, total)| {
        for piece in later.chunks_exact(whole) {
            add_scaled(total, &piece[i << 12..][..total.len()], 1.0);
        }
    });
    out.reshape(patches.values(), units);
    padded.transpose(out, total);
}
