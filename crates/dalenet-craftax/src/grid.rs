//! Square maps, read and written as JAX indexes arrays.

use std::ops::{Add, Sub};

/// A cell of a map, or the step from one to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Downwards.
    pub row: i32,
    /// To the right.
    pub col: i32,
}

impl Position {
    /// The cell at a row and a column.
    pub const fn new(row: i32, col: i32) -> Self {
        Self { row, col }
    }

    /// `|row| + |col|`: the distance in steps.
    pub const fn steps(self) -> i32 {
        self.row.abs() + self.col.abs()
    }
}

impl Add for Position {
    type Output = Self;

    fn add(self, way: Self) -> Self {
        Self::new(self.row + way.row, self.col + way.col)
    }
}

impl Sub for Position {
    type Output = Self;

    fn sub(self, from: Self) -> Self {
        Self::new(self.row - from.row, self.col - from.col)
    }
}

/// A map of N×N cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid<T, const N: usize>(pub [[T; N]; N]);

impl<T: Copy, const N: usize> Grid<T, N> {
    /// The same everywhere.
    pub const fn filled(with: T) -> Self {
        Self([[with; N]; N])
    }

    /// Whether there is such a cell.
    #[inline]
    pub fn contains(at: Position) -> bool {
        let inside = |x: i32| (0..N as i32).contains(&x);
        inside(at.row) && inside(at.col)
    }

    /// Indices below 0 count from the end, as in JAX.
    #[inline]
    fn wrapped(at: Position) -> Position {
        let wrap = |x: i32| if x < 0 { x + N as i32 } else { x };
        Position::new(wrap(at.row), wrap(at.col))
    }

    /// The cell's value. Beyond the edges as JAX reads: indices below 0 count from the end, further
    /// ones mean the nearest cell.
    #[inline]
    pub fn get(&self, at: Position) -> T {
        let Position { row, col } = Self::wrapped(at);
        let clamp = |x: i32| x.clamp(0, N as i32 - 1) as usize;
        self.0[clamp(row)][clamp(col)]
    }

    /// Sets the cell's value. Beyond the edges as JAX writes: indices below 0 count from the end,
    /// further ones change nothing.
    #[inline]
    pub fn set(&mut self, at: Position, value: T) {
        let at = Self::wrapped(at);
        if Self::contains(at) {
            self.0[at.row as usize][at.col as usize] = value;
        }
    }
}
