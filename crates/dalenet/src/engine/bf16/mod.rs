//! Products of bfloat16 with sums in `f32`: operands packed for a kernel, the kernels, and which of
//! them this processor has.
//!
//! A product m×k by k×n is cut into tiles of 32×32. Operands are packed once, in pairs along k, the
//! form that every instruction for bfloat16 reads: lines of 16 pairs. Edges are filled up with zeros. Every entry of the result is summed over k in order, whatever the tile it lies in.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod amx;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod bfmmla;
mod kernel;
mod line;
mod pack;
mod portable;
#[cfg(test)]
mod rate;

pub use kernel::Kernel;
pub(super) use line::{Line, PANEL, round};
pub(super) use pack::{Packed, lines_of_rows, pack_rows};

use super::view::Target;
use line::BLOCK;
use pack::Blocks;
use std::ops::Range;

/// Rows and columns of a tile.
const TILE: usize = 32;
/// Values of the left operand that are multiplied by all columns before the next ones, a quarter of a
/// megabyte that stays in the cache; but no fewer rows than so many, between which columns stay.
const LEFT: usize = 1 << 17;
const LEFT_ROWS: usize = 128;

/// What a kernel computes a tile from.
struct Operands<'a> {
    /// Those of the first 16 rows and, if there are more, of the others: a line a row.
    left: [Option<Blocks<'a>>; 2],
    /// Two lines a pair of values along k, for 16 columns each.
    right: Blocks<'a>,
}

/// Where a kernel writes a tile's sums: for each block of rows that there is, 16 rows of 32 numbers,
/// with `stride` numbers between them.
#[derive(Clone, Copy)]
struct Sums {
    at: *mut f32,
    stride: usize,
}

impl Sums {
    /// Row `i`.
    ///
    /// # Safety
    /// The block of the row is there, and nobody else has the row.
    unsafe fn row<'a>(self, i: usize) -> &'a mut [f32; TILE] {
        // SAFETY: the caller's.
        unsafe { &mut *self.at.add(i * self.stride).cast() }
    }
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
    (left, rows): (Packed<&[Line]>, Range<usize>),
    (right, cols): (Packed<&[Line]>, Range<usize>),
) {
    assert!(rows.start.is_multiple_of(BLOCK) && cols.start.is_multiple_of(PANEL), "whole blocks");
    let mut edge = Edge([[0.0; TILE]; TILE]);
    let edge_sums = Sums { at: edge.0.as_mut_ptr().cast(), stride: TILE };
    let _session = kernel.begin();
    let group = (LEFT / left.inner().max(1)).next_multiple_of(TILE).max(LEFT_ROWS);
    for start in rows.clone().step_by(group) {
        for j in cols.clone().step_by(PANEL) {
            let right = right.blocks(j / PANEL);
            for i in (start..rows.end.min(start + group)).step_by(TILE) {
                let blocks = |i: usize| (i < rows.end).then(|| left.blocks(i / BLOCK));
                let operands = Operands { left: [blocks(i), blocks(i + BLOCK)], right };
                let (height, width) = (TILE.min(rows.end - i), TILE.min(cols.end - j));
                // SAFETY: the caller's: `out` covers these entries, which are ours; the kernel is available.
                unsafe {
                    let at = out.at.add((i - rows.start) * out.stride + j - cols.start);
                    let whole = height.is_multiple_of(BLOCK) && width == TILE;
                    if whole && out.add.is_none() {
                        kernel.tile(&operands, Sums { at, stride: out.stride });
                    } else {
                        kernel.tile(&operands, edge_sums);
                        edge.copy(Target { at, ..out }, height, width);
                    }
                }
            }
        }
    }
}

/// The sums of a tile that goes over the edge of the result, or is added to what is there.
#[repr(align(64))]
struct Edge([[f32; TILE]; TILE]);

impl Edge {
    /// # Safety
    /// `out` covers `height`×`width` entries that nobody else touches.
    unsafe fn copy(&self, out: Target, height: usize, width: usize) {
        for (i, sums) in self.0[..height].iter().enumerate() {
            // SAFETY: the caller's.
            let row = unsafe { std::slice::from_raw_parts_mut(out.at.add(i * out.stride), width) };
            match out.add {
                None => row.copy_from_slice(&sums[..width]),
                Some(factor) => {
                    row.iter_mut().zip(sums).for_each(|(out, sum)| *out += factor * sum)
                }
            }
        }
    }
}
