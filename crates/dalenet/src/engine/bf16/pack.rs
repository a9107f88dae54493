//! Operands as the kernels read them.

use super::super::{precision::bf16_bits, product::View};
use multiversion::multiversion;
use rayon::prelude::*;

/// Rows of a block of the left operand, and pairs of a line.
pub const BLOCK: usize = 16;
/// Columns of a panel of the right operand.
pub const PANEL: usize = 32;
/// Lines above which threads share the work.
const MANY: usize = 1 << 10;

/// 16 pairs of bfloat16, the first of a pair in the lower half.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
pub struct Line(pub [u32; 16]);

/// Lines along `inner` values: pairs, 16 of them in a line, even their number.
fn lines_along(inner: usize) -> usize {
    inner.div_ceil(2 * BLOCK)
}

/// Lines of a block of the left operand.
pub fn left_block(inner: usize) -> usize {
    lines_along(inner) * BLOCK
}

/// Lines of a panel of the right operand.
pub fn right_panel(inner: usize) -> usize {
    lines_along(inner) * BLOCK * (PANEL / BLOCK)
}

/// Packs the left operand, m×k: a block for every 16 rows; in it, for every 32 values along k, a line
/// a row. `reserve` gives the memory for so many lines.
pub fn pack_left<T: AsMut<[Line]>>(a: View<'_>, reserve: impl FnOnce(usize) -> T) -> T {
    let block = left_block(a.cols);
    let mut lines = reserve(a.rows.div_ceil(BLOCK) * block);
    each(lines.as_mut(), block, |i, lines| match a.is_transposed() {
        false => along_rows(lines.as_chunks_mut().0, a, i * BLOCK),
        true => across_rows_transposed(lines.as_chunks_mut().0, a.transposed(), i * BLOCK),
    });
    lines
}

/// Packs the right operand, k×n: a panel for every 32 columns; in it two lines a pair of rows.
pub fn pack_right<T: AsMut<[Line]>>(b: View<'_>, reserve: impl FnOnce(usize) -> T) -> T {
    let panel = right_panel(b.rows);
    let mut lines = reserve(b.cols.div_ceil(PANEL) * panel);
    each(lines.as_mut(), panel, |j, lines| match b.is_transposed() {
        false => across_rows(lines.as_chunks_mut().0, b, j * PANEL),
        true => along_rows_transposed(lines.as_chunks_mut().0, b.transposed(), j * PANEL),
    });
    lines
}

/// Calls `fill` with every piece of the lines.
fn each(lines: &mut [Line], piece: usize, fill: impl Fn(usize, &mut [Line]) + Sync) {
    if lines.len() > MANY {
        lines.par_chunks_mut(piece.max(1)).enumerate().for_each(|(i, lines)| fill(i, lines));
    } else {
        lines.chunks_mut(piece.max(1)).enumerate().for_each(|(i, lines)| fill(i, lines));
    }
}

/// A block of 16 rows of `m`, of which row `row` is the first.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
fn along_rows(block: &mut [[Line; BLOCK]], m: View<'_>, row: usize) {
    for (p, lines) in block.iter_mut().enumerate() {
        for (i, line) in lines.iter_mut().enumerate() {
            pairs_along(line, &padded(m.run(row + i, p * 2 * BLOCK, 2 * BLOCK)));
        }
    }
}

/// A panel of 32 columns of `m`, of which column `column` is the first.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
fn across_rows(panel: &mut [[Line; 2]], m: View<'_>, column: usize) {
    for (p, [low, high]) in panel.iter_mut().enumerate() {
        let [lower, upper] = [0, 1].map(|odd| padded::<PANEL>(m.run(2 * p + odd, column, PANEL)));
        let [lower, upper] = [&lower, &upper].map(|run| run.as_chunks::<BLOCK>().0);
        pairs_across(low, &lower[0], &upper[0]);
        pairs_across(high, &lower[1], &upper[1]);
    }
}

/// A block of 16 rows of the transpose of `m`: its columns from `column` on.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
fn across_rows_transposed(block: &mut [[Line; BLOCK]], m: View<'_>, column: usize) {
    for (p, lines) in block.iter_mut().enumerate() {
        for (i, line) in lines.iter_mut().enumerate() {
            let [lower, upper] =
                [0, 1].map(|odd| padded(m.run(2 * (p * BLOCK + i) + odd, column, BLOCK)));
            pairs_across(line, &lower, &upper);
        }
        transpose(lines);
    }
}

/// A panel of 32 columns of the transpose of `m`: its rows from `row` on.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
fn along_rows_transposed(panel: &mut [[Line; PANEL]], m: View<'_>, row: usize) {
    for (p, lines) in panel.iter_mut().enumerate() {
        for half in 0..2 {
            let mut block = [Line::default(); BLOCK];
            for (i, line) in block.iter_mut().enumerate() {
                let run = m.run(row + half * BLOCK + i, p * 2 * BLOCK, 2 * BLOCK);
                pairs_along(line, &padded(run));
            }
            transpose(&mut block);
            for (i, line) in block.iter().enumerate() {
                lines[2 * i + half] = *line;
            }
        }
    }
}

/// So many numbers: the run, and zeros where it ends early.
#[inline(always)]
fn padded<const N: usize>(run: &[f32]) -> [f32; N] {
    run.try_into().unwrap_or_else(|_| {
        let mut padded = [0.0; N];
        padded[..run.len()].copy_from_slice(run);
        padded
    })
}

/// Neighbours as pairs.
#[inline(always)]
fn pairs_along(line: &mut Line, run: &[f32; 2 * BLOCK]) {
    for (pair, [lower, upper]) in line.0.iter_mut().zip(run.as_chunks::<2>().0) {
        *pair = bf16_bits(*lower) | bf16_bits(*upper) << 16;
    }
}

/// Numbers of one row and of the next as pairs.
#[inline(always)]
fn pairs_across(line: &mut Line, lower: &[f32; BLOCK], upper: &[f32; BLOCK]) {
    for i in 0..BLOCK {
        line.0[i] = bf16_bits(lower[i]) | bf16_bits(upper[i]) << 16;
    }
}

/// By blocks of 1, 2, 4 and 8, whose off-diagonal ones change places.
#[inline(always)]
fn transpose(lines: &mut [Line; BLOCK]) {
    for size in [1, 2, 4, 8] {
        for i in 0..BLOCK {
            if i & size == 0 {
                for j in 0..BLOCK {
                    if j & size == 0 {
                        let (a, b) = (lines[i].0[j + size], lines[i + size].0[j]);
                        (lines[i].0[j + size], lines[i + size].0[j]) = (b, a);
                    }
                }
            }
        }
    }
}
