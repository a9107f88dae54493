//! Products of bfloat16 with sums in `f32`: operands packed for a kernel, the kernels, and which of
//! them this processor has.
//!
//! A product m×k by k×n is cut into tiles of 32×32. Operands are packed once, in pairs along k, the
//! form that every instruction for bfloat16 reads: [`Lines`](pack::Line) of 16 pairs. Edges are filled
//! up with zeros. Every entry of the result is summed over k in order, whatever the tile it lies in.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod amx;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod kernel;
mod pack;
mod portable;

pub use kernel::Kernel;
pub(super) use pack::{Line, pack_left, pack_right};

use super::product::Target;
use pack::{BLOCK, PANEL};
use std::ops::Range;

/// Rows and columns of a tile.
const TILE: usize = 32;

/// A tile's sums.
#[repr(align(64))]
struct Tile([[f32; TILE]; TILE]);

/// What a kernel computes a tile from.
struct Operands<'a> {
    /// One or two blocks of 16 rows: for every 16 pairs a line a row.
    left: [Option<&'a [Line]>; 2],
    /// A panel of 32 columns: for every pair two lines of 16 columns.
    right: &'a [Line],
}

/// The rows `rows` and columns `cols` of a product of packed operands, on this thread.
///
/// # Safety
/// `out` covers that many entries, and nobody else touches them meanwhile. The kernel is available.
///
/// # Panics
/// Unless `rows` starts at a multiple of 16 and `cols` at one of 32.
pub(super) unsafe fn multiply(
    kernel: Kernel,
    out: Target,
    (left, rows): (&[Line], Range<usize>),
    (right, cols): (&[Line], Range<usize>),
    inner: usize,
) {
    assert!(rows.start.is_multiple_of(BLOCK) && cols.start.is_multiple_of(PANEL), "whole blocks");
    let (block, panel) = (pack::left_block(inner), pack::right_panel(inner));
    let mut tile = Tile([[0.0; TILE]; TILE]);
    let _session = kernel.begin();
    for j in cols.clone().step_by(PANEL) {
        let right = &right[j / PANEL * panel..][..panel];
        for i in rows.clone().step_by(TILE) {
            let blocks = |i: usize| (i < rows.end).then(|| &left[i / BLOCK * block..][..block]);
            let operands = Operands { left: [blocks(i), blocks(i + BLOCK)], right };
            // SAFETY: the caller's: the kernel is available.
            unsafe { kernel.tile(&operands, &mut tile) };
            let (height, width) = (TILE.min(rows.end - i), TILE.min(cols.end - j));
            // SAFETY: the caller's: `out` covers these entries, which are ours.
            unsafe {
                let at = out.at.add((i - rows.start) * out.stride + j - cols.start);
                store(&tile, Target { at, ..out }, height, width);
            }
        }
    }
}

/// # Safety
/// `out` covers `height`×`width` entries that nobody else touches.
unsafe fn store(tile: &Tile, out: Target, height: usize, width: usize) {
    for (i, sums) in tile.0[..height].iter().enumerate() {
        // SAFETY: the caller's.
        let row = unsafe { std::slice::from_raw_parts_mut(out.at.add(i * out.stride), width) };
        match out.add {
            None => row.copy_from_slice(&sums[..width]),
            Some(factor) => row.iter_mut().zip(sums).for_each(|(out, sum)| *out += factor * sum),
        }
    }
}
