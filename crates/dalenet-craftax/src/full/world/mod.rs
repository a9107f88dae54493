//! The floors that a key gives. Source: `craftax/world_gen/world_gen.py`.

mod cells;
mod dungeon;
mod smooth;

use super::{FLOORS, Floor};
use crate::threefry::Key;

pub(super) use cells::{MIDDLE, torch_light};

/// What is drawn from the key of a world.
pub(super) struct Keys {
    pub floors: [Key; FLOORS],
    pub potions: Key,
    pub state: Key,
}

/// The keys of all parts of a world.
pub(super) fn keys(key: Key) -> Keys {
    let wild = |i: u32| key.child(i + 1);
    let second = key.child(0);
    let dungeon = |i: u32| second.child(i + 1);
    let mut rest = second.child(0);
    Keys {
        floors: [
            wild(0),
            dungeon(0),
            wild(1),
            dungeon(1),
            dungeon(2),
            wild(2),
            wild(3),
            wild(4),
            wild(5),
        ],
        potions: rest.draw(),
        state: rest.draw(),
    }
}

/// Makes a floor of its key, empty of creatures.
pub(super) fn generate(floor: &mut Floor, level: usize, key: Key) {
    floor.clone_from(&Floor::EMPTY);
    floor.killed = if level == 0 { 10 } else { 0 }; // the first ladder is open
    match level {
        0 => smooth::generate(floor, key, &smooth::OVERWORLD),
        1 => dungeon::generate(floor, key, &dungeon::DUNGEON),
        2 => smooth::generate(floor, key, &smooth::GNOMISH_MINES),
        3 => dungeon::generate(floor, key, &dungeon::SEWERS),
        4 => dungeon::generate(floor, key, &dungeon::VAULTS),
        5 => smooth::generate(floor, key, &smooth::TROLL_MINES),
        6 => smooth::generate(floor, key, &smooth::FIRE),
        7 => smooth::generate(floor, key, &smooth::ICE),
        _ => smooth::generate(floor, key, &smooth::GRAVEYARD),
    }
}
