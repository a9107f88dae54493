//! The kernel by `vdpbf16ps`, the dot product of pairs of AVX-512.

use super::{
    Operands, TILE, Tile,
    pack::{BLOCK, Line},
};
use std::arch::x86_64::*;

/// Rows whose sums are in registers.
const ROWS: usize = 8;

/// # Safety
/// The processor has AVX-512 with BF16.
#[target_feature(enable = "avx512f,avx512bf16")]
pub unsafe fn tile(operands: &Operands<'_>, out: &mut Tile) {
    for (b, block) in operands.left.iter().enumerate() {
        let Some(block) = block else { continue };
        for first in (0..BLOCK).step_by(ROWS) {
            let sums = rows(block, first, operands.right);
            for (i, [low, high]) in sums.into_iter().enumerate() {
                let (low_out, high_out) = out.0[b * BLOCK + first + i].split_at_mut(TILE / 2);
                // SAFETY: both halves of a row have 16 sums.
                unsafe {
                    _mm512_storeu_ps(low_out.as_mut_ptr(), low);
                    _mm512_storeu_ps(high_out.as_mut_ptr(), high);
                }
            }
        }
    }
}

/// The sums of 8 rows of a block from `first` on.
#[target_feature(enable = "avx512f,avx512bf16")]
#[inline]
fn rows(block: &[Line], first: usize, right: &[Line]) -> [[__m512; 2]; ROWS] {
    let mut sums = [[_mm512_setzero_ps(); 2]; ROWS];
    for (left, right) in block.chunks_exact(BLOCK).zip(right.chunks_exact(2 * BLOCK)) {
        let left: &[Line; ROWS] = left[first..][..ROWS].try_into().expect("8 rows");
        for (p, columns) in right.as_chunks::<2>().0.iter().enumerate() {
            let [low, high] = [0, 1].map(|half| load(&columns[half]));
            for (sums, row) in sums.iter_mut().zip(left) {
                let pair = pairs(_mm512_set1_epi32(row.0[p].cast_signed()));
                sums[0] = _mm512_dpbf16_ps(sums[0], pair, low);
                sums[1] = _mm512_dpbf16_ps(sums[1], pair, high);
            }
        }
    }
    sums
}

#[target_feature(enable = "avx512f,avx512bf16")]
#[inline]
fn load(line: &Line) -> __m512bh {
    // SAFETY: a line has 64 bytes and is aligned to them.
    pairs(unsafe { _mm512_load_si512(line.0.as_ptr().cast()) })
}

fn pairs(bits: __m512i) -> __m512bh {
    // SAFETY: both are 64 bytes that may hold anything.
    unsafe { std::mem::transmute(bits) }
}
