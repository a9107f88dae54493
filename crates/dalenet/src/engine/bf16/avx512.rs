//! The kernel by `vdpbf16ps`, the dot product of pairs of AVX-512.

use super::{
    Operands, Sums, TILE,
    line::{BLOCK, Line},
    pack::Blocks,
};
use std::arch::x86_64::*;

/// Rows whose sums are in registers.
const ROWS: usize = 8;

/// # Safety
/// The processor has AVX-512 with BF16; `sums` has the rows of the operands' blocks.
#[target_feature(enable = "avx512f,avx512bf16")]
pub unsafe fn tile(operands: &Operands<'_>, sums: Sums) {
    for (b, left) in operands.left.iter().enumerate() {
        let Some(left) = left else { continue };
        for first in (0..BLOCK).step_by(ROWS) {
            let found = rows(*left, first, operands.right);
            for (i, [low, high]) in found.into_iter().enumerate() {
                // SAFETY: the caller's: this block is there; a row has 32 sums.
                unsafe {
                    let row = sums.row(b * BLOCK + first + i).as_mut_ptr();
                    _mm512_storeu_ps(row, low);
                    _mm512_storeu_ps(row.add(TILE / 2), high);
                }
            }
        }
    }
}

/// The sums of 8 rows of a block from `first` on.
#[target_feature(enable = "avx512f,avx512bf16")]
#[inline]
fn rows(left: Blocks<'_>, first: usize, right: Blocks<'_>) -> [[__m512; 2]; ROWS] {
    let mut sums = [[_mm512_setzero_ps(); 2]; ROWS];
    for p in 0..left.count {
        let rows = left.block::<BLOCK>(p)[first..].first_chunk::<ROWS>().expect("8 rows");
        let columns = right.block::<{ 2 * BLOCK }>(p).as_chunks::<2>().0;
        // Blocks lie far apart, where no processor looks for them by itself.
        let next_rows = beginning(left, p + 1).wrapping_add(first);
        let next_columns = beginning(right, p + 1);
        for (k, columns) in columns.iter().enumerate() {
            prefetch(next_columns.wrapping_add(2 * k));
            prefetch(next_columns.wrapping_add(2 * k + 1));
            if k < ROWS {
                prefetch(next_rows.wrapping_add(k));
            }
            let [low, high] = [load(&columns[0]), load(&columns[1])];
            for (sums, row) in sums.iter_mut().zip(rows) {
                let pair = pairs(_mm512_set1_epi32(row.0[k].cast_signed()));
                sums[0] = _mm512_dpbf16_ps(sums[0], pair, low);
                sums[1] = _mm512_dpbf16_ps(sums[1], pair, high);
            }
        }
    }
    sums
}

/// Where block `i` begins, or would begin if there were one.
fn beginning(blocks: Blocks<'_>, i: usize) -> *const Line {
    blocks.lines.as_ptr().wrapping_add(i * blocks.step)
}

#[target_feature(enable = "avx512f,avx512bf16")]
#[inline]
fn load(line: &Line) -> __m512bh {
    // SAFETY: a line has 64 bytes and is aligned to them.
    pairs(unsafe { _mm512_load_si512(line.0.as_ptr().cast()) })
}

/// Brings a line near, which may lie anywhere: a hint, which reads nothing.
#[target_feature(enable = "avx512f")]
#[inline]
fn prefetch(line: *const Line) {
    _mm_prefetch::<_MM_HINT_T0>(line.cast());
}

fn pairs(bits: __m512i) -> __m512bh {
    // SAFETY: both are 64 bytes that may hold anything.
    unsafe { std::mem::transmute(bits) }
}
