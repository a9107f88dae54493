//! The observation: what the player sees. Source: `render_craftax_symbolic` in `craftax_classic/renderer.py`.

use super::{Block, Creature, SIZE, State};
use crate::grid::{Grid, Position};

/// Rows and columns of the map that the player sees, itself in the middle.
pub const VIEW: (usize, usize) = (7, 9);
/// Of each cell: its block, and whether a zombie, cow, skeleton or arrow is there.
const CHANNELS: usize = Block::ALL.len() + 4;
const CELLS: usize = VIEW.0 * VIEW.1;
/// Numbers in an observation.
pub const OBSERVATION: usize = CELLS * CHANNELS + 22;
/// The most numbers that are not 0: a block a cell, creatures, and all numbers after the map.
pub const NONZERO: usize = CELLS + 11 + 22;

/// n / 10 in half precision, as JAX computes it: n × 0.1.
const TENTHS: [f32; 10] = [
    0.0,
    0.099_975_586,
    0.199_951_17,
    0.299_804_7,
    0.399_902_34,
    0.5,
    0.599_609_4,
    0.699_707_03,
    0.799_804_7,
    0.899_902_34,
];

fn tenth(n: i32) -> f32 {
    TENTHS[n.clamp(0, 9) as usize]
}

impl State {
    /// Writes the observation, as much of it as `out` has room for.
    pub fn observe_dense(&self, out: &mut [f32]) {
        out.fill(0.0);
        self.observe(|place, value| {
            if let Some(out) = out.get_mut(place) {
                *out = value;
            }
        });
    }

    /// Calls `put(column, value)` for each number of the observation that is not 0, each column once.
    #[inline]
    pub fn observe(&self, mut put: impl FnMut(usize, f32)) {
        let corner = self.position - Position::new(VIEW.0 as i32 / 2, VIEW.1 as i32 / 2);
        for row in 0..VIEW.0 {
            for col in 0..VIEW.1 {
                let at = corner + Position::new(row as i32, col as i32);
                let inside = Grid::<Block, SIZE>::contains(at);
                let block = if inside { self.map.get(at) } else { Block::OutOfBounds };
                put((row * VIEW.1 + col) * CHANNELS + block as usize, 1.0);
            }
        }
        let classes: [&[Creature]; 4] = [&self.zombies, &self.cows, &self.skeletons, &self.arrows];
        for (class, creatures) in classes.into_iter().enumerate() {
            let mut cells = [None; 3];
            for (i, creature) in creatures.iter().enumerate() {
                let local = creature.position - corner;
                let Some(cell) = cell_written(local) else { continue };
                // One that is dead or out of view takes away what was seen there before.
                cells.iter_mut().filter(|c| **c == Some(cell)).for_each(|c| *c = None);
                if creature.alive && local.row >= 0 && local.col >= 0 {
                    cells[i] = Some(cell);
                }
            }
            for cell in cells.into_iter().flatten() {
                put(cell * CHANNELS + Block::ALL.len() + class, 1.0);
            }
        }
        let mut inventory = self.inventory;
        let carried = inventory.items().map(|(_, &mut count)| tenth(count));
        let needs = [self.health, self.food, self.drink, self.energy].map(tenth);
        let mut facing = [0.0; 4];
        facing[self.direction as usize] = 1.0;
        let rest = [self.light, f32::from(u8::from(self.sleeping))];
        let numbers = carried.into_iter().chain(needs).chain(facing).chain(rest);
        for (i, value) in numbers.enumerate().filter(|&(_, value)| value != 0.0) {
            put(CELLS * CHANNELS + i, value);
        }
    }
}

/// Which cell of the view JAX writes to, if any.
fn cell_written(local: Position) -> Option<usize> {
    let wrap = |x: i32, n: usize| if x < 0 { x + n as i32 } else { x };
    let (row, col) = (wrap(local.row, VIEW.0), wrap(local.col, VIEW.1));
    let inside = (0..VIEW.0 as i32).contains(&row) && (0..VIEW.1 as i32).contains(&col);
    inside.then(|| row as usize * VIEW.1 + col as usize)
}
