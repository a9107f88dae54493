//! Dungeons: rooms and ways between them. Source: `generate_dungeon` in
//! `craftax/world_gen/world_gen.py`, and `craftax/world_gen/world_gen_configs.py`.

use super::cells::{Cells, for_each};
use crate::{
    full::{Block, Floor, Item, SIZE},
    threefry::Key,
};

/// `DungeonConfig`.
pub(super) struct Dungeon {
    special: Block,
    fountain: Block,
    rare_path: Block,
}

pub(super) const DUNGEON: Dungeon =
    Dungeon { special: Block::Path, fountain: Block::Fountain, rare_path: Block::Path };
pub(super) const SEWERS: Dungeon = Dungeon {
    special: Block::EnchantmentTableIce,
    fountain: Block::Water,
    rare_path: Block::Water,
};
pub(super) const VAULTS: Dungeon = Dungeon {
    special: Block::EnchantmentTableFire,
    fountain: Block::Fountain,
    rare_path: Block::Path,
};

const ROOMS: usize = 8;
/// Rooms have sides of 5 to 9 cells; this many more cells surround the map while it is dug.
const MARGIN: usize = 10;
const PADDED: usize = SIZE + 2 * MARGIN;

/// `generate_dungeon`: rooms in eight of nine parts of the map, and ways between them.
pub(super) fn generate(floor: &mut Floor, key: Key, config: &Dungeon) {
    let sizes_key = key.child(2);
    let mut key = key.child(0);
    let mut map = [[Block::Invalid; PADDED]; PADDED];
    for row in &mut map[MARGIN..MARGIN + SIZE] {
        row[MARGIN..MARGIN + SIZE].fill(Block::Wall);
    }
    let mut items = [[Item::None; PADDED]; PADDED];

    let mut rooms = [(0, 0); ROOMS];
    let mut room_key = key.draw();
    let mut free = [1.0; 9];
    for (i, room) in rooms.iter_mut().enumerate() {
        let size = [0, 1].map(|side| sizes_key.integer((2 * i + side) as u32, 5, 10));
        let chunk = room_key.draw().choice(free).min(8);
        free[chunk] = 0.0;
        let place = room_key.draw();
        let row = chunk % 3 * 16 + MARGIN + place.integer(0, 0, 11) as usize;
        let col = chunk / 3 * 16 + MARGIN + place.integer(1, 0, 11) as usize;
        let (height, width) = (size[0] as usize, size[1] as usize);
        for cells in &mut map[row..row + height] {
            cells[col..col + width].fill(Block::Path);
        }
        for (i, j) in [(0, 0), (height - 1, 0), (0, width - 1), (height - 1, width - 1)] {
            items[row + i][col + j] = Item::Torch;
        }
        let inside = |key: Key, side: usize| key.integer(side as u32, 1, size[side] - 1) as usize;
        let chest = room_key.draw();
        map[row + inside(chest, 0)][col + inside(chest, 1)] = Block::Chest;
        let (fountain, chance) = (room_key.child(1), room_key.child(2));
        room_key = room_key.child(0);
        if chance.uniform(0) > 0.5 {
            map[row + inside(fountain, 0)][col + inside(fountain, 1)] = config.fountain;
        }
        *room = (row, col);
    }

    let mut path_key = key.draw();
    let mut linked = [0.0; ROOMS];
    linked[ROOMS - 1] = 1.0;
    for (i, from) in rooms.into_iter().enumerate() {
        let to = rooms[path_key.draw().choice(linked).min(ROOMS - 1)];
        if to.1 != from.1 {
            map[from.0][from.1.min(to.1)..=from.1.max(to.1)].iter_mut().for_each(dig);
        }
        if to.0 != from.0 {
            let rows = from.0.min(to.0)..=from.0.max(to.0);
            map[rows].iter_mut().for_each(|row| dig(&mut row[to.1]));
        }
        path_key = path_key.child(1);
        linked[i] = 1.0;
    }
    map[rooms[0].0 + 2][rooms[0].1 + 2] = config.special;

    let rare_key = key.draw();
    let open = |row: usize, col: usize| map[row][col] != Block::Wall;
    for_each(&mut floor.map.0, |i, row, col, block| {
        let rare = 1.0 - rare_key.uniform(i) > 0.9;
        let (y, x) = (row + MARGIN, col + MARGIN);
        let around = [
            (true, y, x),
            (row > 0, y - 1, x),
            (row < SIZE - 1, y + 1, x),
            (col > 0, y, x - 1),
            (col < SIZE - 1, y, x + 1),
        ];
        floor.items.0[row][col] = items[y][x];
        *block = match map[y][x] {
            _ if !around.into_iter().any(|(inside, y, x)| inside && open(y, x)) => Block::Darkness,
            Block::Wall if rare => Block::WallMoss,
            Block::Path if rare && items[y][x] == Item::None => config.rare_path,
            block => block,
        };
    });
    floor.light.0.as_flattened_mut().fill(1.0);

    let ground = Cells::of(floor, Block::Path);
    floor.down_ladder = ground.choose(key.draw(), 1.0 / ground.count as f32);
    floor.items.set(floor.down_ladder, Item::LadderDown);
    floor.up_ladder = ground.choose(key.draw(), 1.0);
    floor.items.set(floor.up_ladder, Item::LadderUp);
}

fn dig(block: &mut Block) {
    if *block == Block::Wall {
        *block = Block::Path;
    }
}
