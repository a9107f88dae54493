//! Operands as the kernels read them.

use super::{
    super::view::View,
    line::{
        BLOCK, Line, PANEL, across_rows, across_rows_transposed, along_rows, along_rows_transposed,
        columns_transposed, joined,
    },
};
use rayon::prelude::*;
use std::ops::{DerefMut, Range};

/// Lines above which threads share the work.
const MANY: usize = 1 << 10;

/// An operand that is packed: blocks of lines, in the order in which the matrix lies in memory.
#[derive(Clone, Copy, Debug)]
pub struct Packed<T> {
    lines: T,
    layout: Layout,
}

/// Where the blocks of an operand lie.
#[derive(Clone, Copy, Debug)]
struct Layout {
    /// Lines of a block: a row or a column each, or two lines a pair of rows.
    size: usize,
    /// Blocks along k.
    count: usize,
    /// All lines, and those that lie side by side.
    all: usize,
    run: usize,
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

impl Layout {
    /// Of `length` rows or columns, `size` in a block, of `inner` values. `inner_first`: blocks across
    /// lie side by side.
    fn new([length, inner]: [usize; 2], size: usize, inner_first: bool) -> Self {
        let (blocks, count) = (length.div_ceil(size), inner.div_ceil(2 * BLOCK));
        let (along, across) = match inner_first {
            true => (padded_lines(blocks * size), size),
            false => (size, count * size),
        };
        let [all, run] = match inner_first {
            true => [count * along, blocks * size],
            false => [blocks * across, across],
        };
        Self { size, count, all, run, along, across }
    }
}

impl<T: AsRef<[Line]> + AsMut<[Line]>> Packed<T> {
    fn new(layout: Layout, reserve: impl FnOnce(usize) -> T) -> Self {
        Self { lines: reserve(layout.all), layout }
    }

    /// The left operand, m×k: a block for every 16 rows and 32 values along k has a line a row.
    /// `reserve` gives the memory for so many lines.
    pub fn left(a: View<'_>, reserve: impl FnOnce(usize) -> T) -> Self {
        let layout = Layout::new([a.rows, a.cols], BLOCK, a.transposed);
        let mut packed = Self::new(layout, reserve);
        packed.fill(a.transposed, |i, lines| match a.transposed {
            false => along_rows(lines.as_chunks_mut().0, a, i * BLOCK),
            true => across_rows_transposed(lines.as_chunks_mut().0, a.transposed(), i * 2 * BLOCK),
        });
        packed
    }

    /// The right operand, k×n: a block for every 32 columns and 32 values along k has two lines a pair
    /// of rows.
    pub fn right(b: View<'_>, reserve: impl FnOnce(usize) -> T) -> Self {
        let layout = Layout::new([b.cols, b.rows], PANEL, !b.transposed);
        let mut packed = Self::new(layout, reserve);
        packed.fill(!b.transposed, |i, lines| match b.transposed {
            false => pack_rows(lines, b, i * 2 * BLOCK),
            true => along_rows_transposed(lines.as_chunks_mut().0, b.transposed(), i * PANEL),
        });
        packed
    }

    /// The left operand, m×k, of rows in bfloat16: `write` fills row `i`. `scratch` gives memory for so
    /// many numbers.
    pub fn left_of_rows<S: DerefMut<Target = [u16]>>(
        [rows, inner]: [usize; 2],
        reserve: impl FnOnce(usize) -> T,
        scratch: impl FnOnce(usize) -> S,
        mut write: impl FnMut(usize, &mut [u16]),
    ) -> Self {
        let layout = Layout::new([rows, inner], BLOCK, false);
        let mut packed = Self::new(layout, reserve);
        let mut row = scratch(inner.next_multiple_of(2 * BLOCK));
        row[inner..].fill(0);
        let lines = packed.lines.as_mut();
        for i in 0..rows {
            write(i, &mut row[..inner]);
            let block = &mut lines[i / BLOCK * layout.across..][..layout.across];
            let lines = block[i % BLOCK..].iter_mut().step_by(BLOCK);
            for (line, values) in lines.zip(row.as_chunks::<{ 2 * BLOCK }>().0) {
                line.0 = joined(values);
            }
        }
        packed
    }

    /// The same of columns: `write` fills column `i`.
    pub fn left_of_columns<S: DerefMut<Target = [u16]>>(
        [rows, inner]: [usize; 2],
        reserve: impl FnOnce(usize) -> T,
        scratch: impl FnOnce(usize) -> S,
        mut write: impl FnMut(usize, &mut [u16]),
    ) -> Self {
        let layout = Layout::new([rows, inner], BLOCK, true);
        let mut packed = Self::new(layout, reserve);
        let padded = rows.next_multiple_of(BLOCK);
        let mut columns = scratch(2 * BLOCK * padded);
        let groups = packed.lines.as_mut().chunks_mut(layout.along.max(1));
        for (p, lines) in groups.enumerate() {
            for (i, column) in columns.chunks_exact_mut(padded.max(1)).enumerate() {
                match p * 2 * BLOCK + i {
                    at if at < inner => write(at, &mut column[..rows]),
                    _ => column.fill(0),
                }
            }
            columns_transposed(lines[..layout.run].as_chunks_mut().0, &columns);
        }
        packed
    }

    /// Calls `fill` with the lines of every 32 values along k (`inner_first`), or of every block across,
    /// whichever lie side by side.
    fn fill(&mut self, inner_first: bool, fill: impl Fn(usize, &mut [Line]) + Sync) {
        let Layout { along, across, run, .. } = self.layout;
        let piece = if inner_first { along } else { across }.max(1);
        let lines = self.lines.as_mut();
        let fill = |(i, lines): (usize, &mut [Line])| fill(i, &mut lines[..run]);
        if lines.len() > MANY {
            lines.par_chunks_mut(piece).enumerate().for_each(fill);
        } else {
            lines.chunks_mut(piece).enumerate().for_each(fill);
        }
    }
}

impl Packed<Vec<Line>> {
    /// The right operand, k×n, of zeros.
    pub fn zeros([k, n]: [usize; 2]) -> Self {
        Self::new(Layout::new([n, k], PANEL, true), |lines| vec![Line::default(); lines])
    }

    /// All lines: for every 32 rows those that [`pack_rows`] fills.
    pub fn lines_mut(&mut self) -> &mut [Line] {
        &mut self.lines
    }
}

impl<T: AsRef<[Line]>> Packed<T> {
    pub fn borrow(&self) -> Packed<&[Line]> {
        Packed { lines: self.lines.as_ref(), layout: self.layout }
    }
}

impl<'a> Packed<&'a [Line]> {
    /// The values `range` along k, which starts at a multiple of 32.
    ///
    /// # Panics
    /// Unless it does.
    pub fn along(self, range: Range<usize>) -> Self {
        assert!(range.start.is_multiple_of(2 * BLOCK), "whole blocks");
        let (first, count) = (range.start / (2 * BLOCK), range.len().div_ceil(2 * BLOCK));
        let Layout { along, .. } = self.layout;
        let lines = self.lines.get(first * along..).unwrap_or_default();
        Self { lines, layout: Layout { count, ..self.layout } }
    }

    /// Values along k, filled up.
    pub fn inner(self) -> usize {
        self.layout.count * 2 * BLOCK
    }

    /// The blocks along k of rows or columns number `i`.
    pub fn blocks(self, i: usize) -> Blocks<'a> {
        let Layout { size, count, along, across, .. } = self.layout;
        let lines = if count == 0 { &[] } else { &self.lines[i * across..] };
        // What assembly reads lies within.
        assert!(count == 0 || (count - 1) * along + size <= lines.len());
        Blocks { lines, count, step: along }
    }
}

/// Lines of the right operand for every 32 rows.
pub fn lines_of_rows(cols: usize) -> usize {
    padded_lines(cols.next_multiple_of(PANEL))
}

/// A distance of so many lines or a few more: never a multiple of a page, at which few lines share all
/// the places that a cache has for them.
fn padded_lines(lines: usize) -> usize {
    const PAGE: usize = 4096 / size_of::<Line>();
    lines + if lines.is_multiple_of(PAGE) { PANEL } else { 0 }
}

/// The right operand's lines for the rows of `m` from row `row` on, 32 at most.
pub fn pack_rows(lines: &mut [Line], m: View<'_>, row: usize) {
    across_rows(lines[..m.cols.next_multiple_of(PANEL)].as_chunks_mut().0, m, row);
}
