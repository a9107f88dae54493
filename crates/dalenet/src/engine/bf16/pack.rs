//! Operands as the kernels read them.

use super::super::{precision::bf16_bits, view::View};
use multiversion::multiversion;
use rayon::prelude::*;

/// Rows of a block of the left operand, and pairs of a line.
pub const BLOCK: usize = 16;
/// Columns of a panel of the right operand.
pub const PANEL: usize = 32;
/// Blocks that are written side by side: a processor keeps the addresses of few pages that it writes to.
const GROUP: usize = 4;
/// Lines above which threads share the work.
const MANY: usize = 1 << 10;

/// 16 pairs of bfloat16, the first of a pair in the lower half.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
pub struct Line(pub [u32; 16]);

/// An operand that is packed: blocks of lines, in the order in which the matrix lies in memory.
pub struct Packed<T> {
    lines: T,
    /// Lines of a block: a row or a column each, or two lines a pair of rows.
    size: usize,
    /// Blocks along k.
    count: usize,
    /// Lines from a block to the next along k, and to the next across.
    along: usize,
    across: usize,
}

/// The blocks along k of some rows, or of some columns.
#[derive(Clone, Copy)]
pub struct Blocks<'a> {
    /// From the first block on.
    pub lines: &'a [Line],
    pub count: usize,
    /// Lines from one to the next.
    pub step: usize,
}

impl<'a> Blocks<'a> {
    /// The lines of block `i`, the first `SIZE`.
    pub fn block<const SIZE: usize>(self, i: usize) -> &'a [Line; SIZE] {
        self.lines[i * self.step..].first_chunk().expect("a whole block")
    }
}

impl<T: AsRef<[Line]> + AsMut<[Line]>> Packed<T> {
    /// The left operand, m×k: a block for every 16 rows and 32 values along k has a line a row.
    /// `reserve` gives the memory for so many lines.
    pub fn left(a: View<'_>, reserve: impl FnOnce(usize) -> T) -> Self {
        let mut packed = Self::new([a.rows, a.cols], BLOCK, BLOCK, a.transposed, reserve);
        packed.fill(a.transposed, |i, lines| match a.transposed {
            false => along_rows(lines.as_chunks_mut().0, a, i * BLOCK),
            true => across_rows_transposed(lines.as_chunks_mut().0, a.transposed(), i * 2 * BLOCK),
        });
        packed
    }

    /// The right operand, k×n: a block for every 32 columns and 32 values along k has two lines a pair
    /// of rows.
    pub fn right(b: View<'_>, reserve: impl FnOnce(usize) -> T) -> Self {
        let mut packed = Self::new([b.cols, b.rows], PANEL, PANEL, !b.transposed, reserve);
        packed.fill(!b.transposed, |i, lines| match b.transposed {
            false => across_rows(lines.as_chunks_mut().0, b, i * 2 * BLOCK),
            true => along_rows_transposed(lines.as_chunks_mut().0, b.transposed(), i * PANEL),
        });
        packed
    }

    /// Memory for `length` rows or columns, `width` in a block, of `inner` values.
    fn new(
        [length, inner]: [usize; 2],
        width: usize,
        size: usize,
        inner_first: bool,
        reserve: impl FnOnce(usize) -> T,
    ) -> Self {
        let (blocks, count) = (length.div_ceil(width), inner.div_ceil(2 * BLOCK));
        let (along, across) = match inner_first {
            true => (blocks * size, size),
            false => (size, count * size),
        };
        Self { lines: reserve(blocks * count * size), size, count, along, across }
    }

    /// Calls `fill` with the lines of every 32 values along k (`inner_first`), or of every block across,
    /// whichever lie side by side.
    fn fill(&mut self, inner_first: bool, fill: impl Fn(usize, &mut [Line]) + Sync) {
        let piece = if inner_first { self.along } else { self.across }.max(1);
        let lines = self.lines.as_mut();
        if lines.len() > MANY {
            lines.par_chunks_mut(piece).enumerate().for_each(|(i, lines)| fill(i, lines));
        } else {
            lines.chunks_mut(piece).enumerate().for_each(|(i, lines)| fill(i, lines));
        }
    }

    /// The blocks along k of rows or columns number `i`.
    pub fn blocks(&self, i: usize) -> Blocks<'_> {
        let lines = self.lines.as_ref();
        let lines = if self.count == 0 { &[] } else { &lines[i * self.across..] };
        // What assembly reads lies within.
        assert!(self.count == 0 || (self.count - 1) * self.along + self.size <= lines.len());
        Blocks { lines, count: self.count, step: self.along }
    }
}

/// The blocks of 16 rows of `m` from row `row` on.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
fn along_rows(blocks: &mut [[Line; BLOCK]], m: View<'_>, row: usize) {
    for (g, group) in blocks.chunks_mut(GROUP).enumerate() {
        for i in 0..BLOCK {
            for (p, lines) in (g * GROUP..).zip(&mut *group) {
                pairs_along(&mut lines[i], &padded(m.run(row + i, p * 2 * BLOCK, 2 * BLOCK)));
            }
        }
    }
}

/// The blocks of 32 columns of the rows of `m` from row `row` on.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
fn across_rows(blocks: &mut [[Line; PANEL]], m: View<'_>, row: usize) {
    for (g, group) in blocks.chunks_mut(GROUP).enumerate() {
        for pair in 0..BLOCK {
            for (j, lines) in (g * GROUP..).zip(&mut *group) {
                let [lower, upper] = [0, 1]
                    .map(|odd| padded::<PANEL>(m.run(row + 2 * pair + odd, j * PANEL, PANEL)));
                let [lower, upper] = [&lower, &upper].map(|run| run.as_chunks::<BLOCK>().0);
                pairs_across(&mut lines[2 * pair], &lower[0], &upper[0]);
                pairs_across(&mut lines[2 * pair + 1], &lower[1], &upper[1]);
            }
        }
    }
}

/// The blocks of 16 columns of the rows of `m` from row `row` on, transposed.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
fn across_rows_transposed(blocks: &mut [[Line; BLOCK]], m: View<'_>, row: usize) {
    for (j, lines) in blocks.iter_mut().enumerate() {
        for pair in 0..BLOCK {
            let [lower, upper] =
                [0, 1].map(|odd| padded(m.run(row + 2 * pair + odd, j * BLOCK, BLOCK)));
            let mut across = Line::default();
            pairs_across(&mut across, &lower, &upper);
            for (line, value) in lines.iter_mut().zip(across.0) {
                line.0[pair] = value;
            }
        }
    }
}

/// The blocks of 32 rows of `m` from row `row` on, transposed.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
fn along_rows_transposed(blocks: &mut [[Line; PANEL]], m: View<'_>, row: usize) {
    for (p, lines) in blocks.iter_mut().enumerate() {
        for i in 0..PANEL {
            let mut along = Line::default();
            pairs_along(&mut along, &padded(m.run(row + i, p * 2 * BLOCK, 2 * BLOCK)));
            for (pair, value) in lines.as_chunks_mut::<2>().0.iter_mut().zip(along.0) {
                pair[i / BLOCK].0[i % BLOCK] = value;
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
