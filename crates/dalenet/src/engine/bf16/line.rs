//! Lines of pairs, and how numbers become lines.

use super::super::{precision::bf16_bits, view::View};
use multiversion::multiversion;

/// Rows of a block of the left operand, and pairs of a line.
pub const BLOCK: usize = 16;
/// Columns of a panel of the right operand.
pub const PANEL: usize = 32;
/// Blocks that are written side by side: a processor keeps the addresses of few pages that it writes to.
const GROUP: usize = 8;

/// 16 pairs of bfloat16, the first of a pair in the lower half.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub struct Line(pub [u32; 16]);

/// The blocks of 16 rows of `m` from row `row` on.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
pub fn along_rows(blocks: &mut [[Line; BLOCK]], m: View<'_>, row: usize) {
    for (g, group) in blocks.chunks_mut(GROUP).enumerate() {
        for i in 0..BLOCK {
            let run = Run::of(m, row + i, g * GROUP * 2 * BLOCK);
            for (p, lines) in group.iter_mut().enumerate() {
                pairs_along(&mut lines[i], &run.part(p));
            }
        }
    }
}

/// The blocks of 32 columns of the rows of `m` from row `row` on.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
pub fn across_rows(blocks: &mut [[Line; PANEL]], m: View<'_>, row: usize) {
    for (g, group) in blocks.chunks_mut(GROUP).enumerate() {
        for pair in 0..BLOCK {
            let [lower, upper] =
                [0, 1].map(|odd| Run::of(m, row + 2 * pair + odd, g * GROUP * PANEL));
            for (j, lines) in group.iter_mut().enumerate() {
                for half in 0..2 {
                    let [lower, upper] = [&lower, &upper].map(|run| run.part(2 * j + half));
                    pairs_across(&mut lines[2 * pair + half], &lower, &upper);
                }
            }
        }
    }
}

/// The blocks of 16 columns of the rows of `m` from row `row` on, transposed.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
pub fn across_rows_transposed(blocks: &mut [[Line; BLOCK]], m: View<'_>, row: usize) {
    let rows: [_; 2 * BLOCK] = std::array::from_fn(|i| Run::of(m, row + i, 0));
    for (j, lines) in blocks.iter_mut().enumerate() {
        for (line, [lower, upper]) in lines.iter_mut().zip(rows.as_chunks::<2>().0) {
            pairs_across(line, &lower.part(j), &upper.part(j));
        }
        transpose(lines);
    }
}

/// The blocks of 32 rows of `m` from row `row` on, transposed.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
pub fn along_rows_transposed(blocks: &mut [[Line; PANEL]], m: View<'_>, row: usize) {
    let rows: [_; PANEL] = std::array::from_fn(|i| Run::of(m, row + i, 0));
    for (p, lines) in blocks.iter_mut().enumerate() {
        for (half, rows) in rows.as_chunks::<BLOCK>().0.iter().enumerate() {
            let mut columns = [Line::default(); BLOCK];
            for (line, run) in columns.iter_mut().zip(rows) {
                pairs_along(line, &run.part(p));
            }
            transpose(&mut columns);
            for (pair, line) in lines.as_chunks_mut::<2>().0.iter_mut().zip(columns) {
                pair[half] = line;
            }
        }
    }
}

/// The blocks of 16 rows of 32 columns in bfloat16.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
pub fn columns_transposed(blocks: &mut [[Line; BLOCK]], columns: &[u16]) {
    let length = blocks.len() * BLOCK;
    for (j, lines) in blocks.iter_mut().enumerate() {
        for (pair, line) in lines.iter_mut().enumerate() {
            let [lower, upper] = [0, 1].map(|odd| {
                let column = &columns[(2 * pair + odd) * length..][j * BLOCK..];
                column.first_chunk::<BLOCK>().expect("16 numbers")
            });
            for i in 0..BLOCK {
                line.0[i] = u32::from(lower[i]) | u32::from(upper[i]) << 16;
            }
        }
        transpose(lines);
    }
}

/// Transposes 16 lines: interleaving those that lie 8 apart turns the bits of a pair's place by one, and
/// four times one swaps line and place.
#[inline(always)]
fn transpose(lines: &mut [Line; BLOCK]) {
    const HALF: usize = BLOCK / 2;
    for _ in 0..4 {
        let before = *lines;
        for i in 0..HALF {
            let (a, b) = (&before[i].0, &before[i + HALF].0);
            for j in 0..HALF {
                (lines[2 * i].0[2 * j], lines[2 * i].0[2 * j + 1]) = (a[j], b[j]);
                (lines[2 * i + 1].0[2 * j], lines[2 * i + 1].0[2 * j + 1]) =
                    (a[j + HALF], b[j + HALF]);
            }
        }
    }
}

/// Rounds numbers to bfloat16.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw", "x86_64+avx2+fma", "aarch64+neon"))]
pub fn round(out: &mut [u16], numbers: &[f32]) {
    for (out, x) in out.iter_mut().zip(numbers) {
        *out = bf16_bits(*x) as u16;
    }
}

/// Neighbours in bfloat16 as pairs.
#[inline(always)]
pub fn joined(values: &[u16; 2 * BLOCK]) -> [u32; BLOCK] {
    std::array::from_fn(|i| u32::from(values[2 * i]) | u32::from(values[2 * i + 1]) << 16)
}

/// Numbers of a row from a column on; zeros where it ends, and beyond the last row.
#[derive(Clone, Copy)]
struct Run<'a>(&'a [f32]);

impl<'a> Run<'a> {
    #[inline(always)]
    fn of(m: View<'a>, row: usize, from: usize) -> Self {
        Self(m.row(row).get(from..).unwrap_or_default())
    }

    /// The numbers from `N·i` on.
    #[inline(always)]
    fn part<const N: usize>(self, i: usize) -> [f32; N] {
        if let Some(whole) = self.0.get(N * i..N * i + N) {
            return whole.try_into().expect("N numbers");
        }
        let rest = self.0.get(N * i..).unwrap_or_default();
        let mut padded = [0.0; N];
        padded[..rest.len()].copy_from_slice(rest);
        padded
    }
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
