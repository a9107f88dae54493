//! The kernel by `bfmmla`, the product of 2×4 by 4×2 values of ARM's BF16 extension. Rust has no stable
//! intrinsic for it, hence the assembly.

use super::{
    Operands, Sums, TILE,
    line::{BLOCK, Line},
    pack::Blocks,
};
use std::arch::{aarch64::*, asm};

/// Rows, and columns, whose sums are in registers: pairs of each.
const SIDE: usize = 8;
const PAIRS: usize = SIDE / 2;

/// # Safety
/// The processor has BF16; `sums` has the rows of the operands' blocks.
#[target_feature(enable = "neon,bf16")]
pub unsafe fn tile(operands: &Operands<'_>, sums: Sums) {
    for (b, left) in operands.left.iter().enumerate() {
        let Some(left) = left else { continue };
        for row in (0..BLOCK).step_by(SIDE) {
            for col in (0..TILE).step_by(SIDE) {
                for (i, squares) in square((*left, row), (operands.right, col)).iter().enumerate() {
                    // SAFETY: the caller's: this block is there; a row has 32 sums.
                    let [upper, lower] =
                        [0, 1].map(|odd| unsafe { sums.row(b * BLOCK + row + 2 * i + odd) });
                    for (j, [one, two]) in squares.as_chunks::<2>().0.iter().enumerate() {
                        let at = col + 4 * j;
                        let above = vcombine_f32(vget_low_f32(*one), vget_low_f32(*two));
                        let below = vcombine_f32(vget_high_f32(*one), vget_high_f32(*two));
                        // SAFETY: four numbers of each row.
                        unsafe {
                            vst1q_f32(upper[at..at + 4].as_mut_ptr(), above);
                            vst1q_f32(lower[at..at + 4].as_mut_ptr(), below);
                        }
                    }
                }
            }
        }
    }
}

/// The sums of 8 rows and 8 columns, each vector those of two rows and two columns.
#[target_feature(enable = "neon,bf16")]
#[inline]
fn square(
    (left, row): (Blocks<'_>, usize),
    (right, col): (Blocks<'_>, usize),
) -> [[float32x4_t; PAIRS]; PAIRS] {
    let mut sums = [[vdupq_n_f32(0.0); PAIRS]; PAIRS];
    for p in 0..left.count {
        let rows = &left.block::<BLOCK>(p)[row..row + SIDE];
        let columns = right.block::<{ 2 * BLOCK }>(p);
        // Two lines a pair of values along k; two such pairs are multiplied at once.
        let line = |k: usize| &columns[2 * k + col / BLOCK].0[col % BLOCK..][..SIDE];
        for k in (0..BLOCK).step_by(2) {
            let mut of_columns = [vdupq_n_u32(0); PAIRS];
            for (j, columns) in of_columns.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let [one, two] = [line(k), line(k + 1)].map(|line| load(&line[4 * j..]));
                *columns = [vzip1q_u32(one, two), vzip2q_u32(one, two)];
            }
            for (sums, rows) in sums.iter_mut().zip(rows.as_chunks::<2>().0) {
                let rows = values(rows, k);
                for (sum, columns) in sums.iter_mut().zip(of_columns) {
                    *sum = multiplied(*sum, rows, columns);
                }
            }
        }
    }
    sums
}

/// The pairs `k` and `k + 1` of two rows.
#[target_feature(enable = "neon")]
#[inline]
fn values(rows: &[Line; 2], k: usize) -> uint32x4_t {
    let [one, two] = rows.each_ref().map(|line| {
        let pairs = &line.0[k..k + 2];
        // SAFETY: two pairs.
        unsafe { vld1_u32(pairs.as_ptr()) }
    });
    vcombine_u32(one, two)
}

/// The first four pairs.
#[target_feature(enable = "neon")]
#[inline]
fn load(pairs: &[u32]) -> uint32x4_t {
    // SAFETY: four pairs.
    unsafe { vld1q_u32(pairs[..4].as_ptr()) }
}

/// `sums + rows·columnsᵀ`: two rows and two columns of four values each.
#[target_feature(enable = "neon,bf16")]
#[inline]
fn multiplied(mut sums: float32x4_t, rows: uint32x4_t, columns: uint32x4_t) -> float32x4_t {
    // SAFETY: the instruction is there, and touches registers alone.
    unsafe {
        asm!(
            "bfmmla {sums:v}.4s, {rows:v}.8h, {columns:v}.8h",
            sums = inout(vreg) sums,
            rows = in(vreg) rows,
            columns = in(vreg) columns,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    sums
}
