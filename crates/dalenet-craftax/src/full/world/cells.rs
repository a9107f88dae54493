//! Cells of a floor that is made, and the light around them.

use crate::{
    full::{Block, Floor, SIZE},
    grid::Position,
    threefry::Key,
};

/// Where the player begins.
pub(in crate::full) const MIDDLE: Position = Position::new(24, 24);

/// How bright a torch makes cell (i, j) of the 9×9 around it: `TORCH_LIGHT_MAP` in
/// `craftax/constants.py`.
pub(in crate::full) fn torch_light(i: usize, j: usize) -> f32 {
    let (x, y) = (i.abs_diff(4), j.abs_diff(4));
    (1.0 - ((x * x + y * y) as f32).sqrt() * 0.2).clamp(0.0, 1.0)
}

/// Cells of one kind of block, in order.
pub(super) struct Cells {
    cells: [u16; SIZE * SIZE],
    pub count: usize,
}

impl Cells {
    pub fn of(floor: &Floor, wanted: Block) -> Self {
        let mut found = Self { cells: [0; SIZE * SIZE], count: 0 };
        for (i, _) in floor.map.0.as_flattened().iter().enumerate().filter(|x| *x.1 == wanted) {
            found.cells[found.count] = i as u16;
            found.count += 1;
        }
        found
    }

    pub fn choose(&self, key: Key, weight: f32) -> Position {
        let cell = key.choice_among(weight, &self.cells[..self.count]);
        Position::new((cell / SIZE) as i32, (cell % SIZE) as i32)
    }
}

/// Visits every cell, row by row, with its number, row and column.
pub(super) fn for_each(
    map: &mut [[Block; SIZE]; SIZE],
    mut visit: impl FnMut(u32, usize, usize, &mut Block),
) {
    for (i, block) in map.as_flattened_mut().iter_mut().enumerate() {
        visit(i as u32, i / SIZE, i % SIZE, block);
    }
}
