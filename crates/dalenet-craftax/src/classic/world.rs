//! The world that a key gives. Source: `craftax_classic/world_gen.py`.

use super::{Block, Map, SIZE};
use crate::{
    grid::{Grid, Position},
    noise::noise,
    threefry::Key,
};

/// Where the player begins.
const MIDDLE: Position = Position::new(32, 32);

/// The blocks, and the state's key.
pub(super) fn generate(mut key: Key) -> (Map, Key) {
    use Block::*;
    let mut map = Grid::filled(Grass);
    // 0 where the player begins, 1 from 5 steps on.
    let proximity = |at: Position| ((at - MIDDLE).steps() as f32 * 0.2).clamp(0.0, 1.0);

    let waters = noise::<SIZE>(key.draw(), (4, 4));
    let mut water = [[0.0; SIZE]; SIZE];
    for_each(&mut map, |_, at, block| {
        let water = &mut water[at.row as usize][at.col as usize];
        *water = waters.plus(at.row as usize, at.col as usize, proximity(at)) - 1.0;
        if *water > 0.7 {
            *block = Water;
        } else if *water > 0.6 && *water < 0.75 {
            *block = Sand;
        }
    });
    key.draw();
    let mountains = noise::<SIZE>(key.draw(), (4, 4));
    let paths = noise::<SIZE>(key.draw(), (8, 32));
    let mut mountain = [[0.0; SIZE]; SIZE];
    key.draw();
    for_each(&mut map, |_, at, block| {
        let (row, col) = (at.row as usize, at.col as usize);
        let mountain = &mut mountain[row][col];
        *mountain = mountains.plus(row, col, 0.05) + proximity(at) - 1.0;
        if *mountain > 0.7 {
            *block = Stone;
            let cave = *mountain > 0.85 && water[row][col] > 0.4;
            if cave || paths.at(row, col) > 0.8 || paths.at(col, row) > 0.8 {
                *block = Path;
            }
        }
    });
    for (ore, chance, depth) in [(Coal, 0.04, 0.7), (Iron, 0.03, 0.7), (Diamond, 0.005, 0.8)] {
        let key = key.draw();
        for_each(&mut map, |i, at, block| {
            let deep = mountain[at.row as usize][at.col as usize] > depth;
            if *block == Stone && deep && key.uniform(i) < chance {
                *block = ore;
            }
        });
    }
    // The original draws the trees from the key that it goes on with.
    let trees = noise::<SIZE>(key.draw(), (16, 16));
    for_each(&mut map, |i, at, block| {
        let (row, col) = (at.row as usize, at.col as usize);
        if *block == Grass && trees.at(row, col) > 0.5 && key.uniform(i) > 0.8 {
            *block = Tree;
        }
        if mountain[row][col] > 0.85 && trees.at(row, col) > 0.7 {
            *block = Lava;
        }
    });
    map.set(MIDDLE, Grass);

    let mut stones = [0; SIZE * SIZE];
    let mut count = 0;
    for (i, _) in map.0.as_flattened().iter().enumerate().filter(|&(_, &block)| block == Stone) {
        stones[count] = i as u16;
        count += 1;
    }
    let diamond = key.draw().choice_among(1.0 / count as f32, &stones[..count]);
    map.0.as_flattened_mut()[diamond] = Diamond;
    (map, key.child(1))
}

/// Visits every cell, row by row, with its number.
fn for_each(map: &mut Map, mut visit: impl FnMut(u32, Position, &mut Block)) {
    for (i, block) in map.0.as_flattened_mut().iter_mut().enumerate() {
        visit(i as u32, Position::new((i / SIZE) as i32, (i % SIZE) as i32), block);
    }
}
