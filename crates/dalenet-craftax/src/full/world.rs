//! The floors that a key gives. Source: `craftax/world_gen/world_gen.py` and
//! `world_gen_configs.py`.

use super::{Block, FLOORS, Floor, Item, SIZE};
use crate::{grid::Position, noise::noise, threefry::Key};

/// Where the player begins.
pub(super) const MIDDLE: Position = Position::new(24, 24);

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
        0 => wild(floor, key, &OVERWORLD),
        1 => dungeon(floor, key, &DUNGEON),
        2 => wild(floor, key, &GNOMISH_MINES),
        3 => dungeon(floor, key, &SEWERS),
        4 => dungeon(floor, key, &VAULTS),
        5 => wild(floor, key, &TROLL_MINES),
        6 => wild(floor, key, &FIRE),
        7 => wild(floor, key, &ICE),
        _ => wild(floor, key, &GRAVEYARD),
    }
}

/// `SmoothGenConfig`: what a floor that is no dungeon is made of.
struct Wild {
    ground: Block,
    sea: Block,
    coast: Block,
    mountain: Block,
    path: Block,
    cave: Block,
    /// What turns into which ore with which chance, one after the other.
    ores: [(Block, Block, f32); 5],
    tree_ground: Block,
    tree: Block,
    lava: Block,
    middle: Block,
    ladder_ground: Block,
    has_ladder_up: bool,
    has_ladder_down: bool,
    /// Cells over which mountains begin around the middle, and how much higher they get.
    mountain_distance: f32,
    mountain_most: f32,
    light: f32,
    water_threshold: f32,
    tree_threshold: f32,
    tree_noise_threshold: f32,
}

const OVERWORLD: Wild = Wild {
    ground: Block::Grass,
    sea: Block::Water,
    coast: Block::Sand,
    mountain: Block::Stone,
    path: Block::Path,
    cave: Block::Path,
    ores: ores([0.03, 0.02, 0.001, 0.0, 0.0]),
    tree_ground: Block::Grass,
    tree: Block::Tree,
    lava: Block::Lava,
    middle: Block::Grass,
    ladder_ground: Block::Path,
    has_ladder_up: false,
    has_ladder_down: true,
    mountain_distance: 5.0,
    mountain_most: 1.0,
    light: 1.0,
    water_threshold: 0.7,
    tree_threshold: 0.8,
    tree_noise_threshold: 0.5,
};

const GNOMISH_MINES: Wild = Wild {
    ground: Block::Path,
    coast: Block::Path,
    path: Block::Stone,
    cave: Block::Stone,
    ores: ores([0.04, 0.02, 0.005, 0.0025, 0.0025]),
    tree_ground: Block::Path,
    tree: Block::Stalagmite,
    middle: Block::Path,
    has_ladder_up: true,
    mountain_distance: 17.0,
    mountain_most: 1.5,
    light: 0.0,
    ..OVERWORLD
};

const TROLL_MINES: Wild = Wild { ores: ores([0.04, 0.03, 0.01, 0.01, 0.01]), ..GNOMISH_MINES };

const FIRE: Wild = Wild {
    ground: Block::FireGrass,
    sea: Block::Lava,
    path: Block::Stone,
    cave: Block::Stone,
    ores: ores([0.05, 0.0, 0.0, 0.0, 0.025]),
    tree_ground: Block::FireGrass,
    tree: Block::FireTree,
    middle: Block::FireGrass,
    ladder_ground: Block::FireGrass,
    has_ladder_up: true,
    water_threshold: 0.5,
    ..OVERWORLD
};

const ICE: Wild = Wild {
    ground: Block::IceGrass,
    coast: Block::IceGrass,
    ores: ores([0.0, 0.0, 0.005, 0.02, 0.0]),
    tree_ground: Block::IceGrass,
    tree: Block::IceShrub,
    lava: Block::Water,
    middle: Block::IceGrass,
    ladder_ground: Block::IceGrass,
    water_threshold: 0.5,
    tree_threshold: 0.4,
    ..GNOMISH_MINES
};

const GRAVEYARD: Wild = Wild {
    sea: Block::Path,
    mountain: Block::Wall,
    path: Block::Wall,
    cave: Block::Wall,
    ores: [
        (Block::Wall, Block::WallMoss, 0.1),
        (Block::Grave, Block::Grave2, 0.333),
        (Block::Grave, Block::Grave3, 0.5),
        (Block::Wall, Block::Sapphire, 0.0),
        (Block::Wall, Block::Ruby, 0.0),
    ],
    tree: Block::Grave,
    lava: Block::Wall,
    middle: Block::Necromancer,
    has_ladder_up: false,
    has_ladder_down: false,
    mountain_distance: 10.0,
    mountain_most: 10.0,
    tree_threshold: 0.95,
    tree_noise_threshold: -1.0,
    ..GNOMISH_MINES
};

const fn ores(chances: [f32; 5]) -> [(Block, Block, f32); 5] {
    use Block::{Coal, Diamond, Iron, Ruby, Sapphire, Stone};
    let [coal, iron, diamond, sapphire, ruby] = chances;
    [
        (Stone, Coal, coal),
        (Stone, Iron, iron),
        (Stone, Diamond, diamond),
        (Stone, Sapphire, sapphire),
        (Stone, Ruby, ruby),
    ]
}

/// `generate_smoothworld`.
fn wild(floor: &mut Floor, mut key: Key, config: &Wild) {
    let distance = |row: usize, col: usize| {
        let (x, y) = (row as i32 - MIDDLE.row, col as i32 - MIDDLE.col);
        ((x * x + y * y) as f32).sqrt()
    };
    let map = &mut floor.map;

    let water = noise::<SIZE>(key.draw(), (3, 3));
    key.draw();
    let mountains = noise::<SIZE>(key.draw(), (3, 3));
    let paths = noise::<SIZE>(key.draw(), (6, 24));
    key.draw();
    let trees = noise::<SIZE>(key.draw(), (12, 12));
    let mut mountain = [[0.0; SIZE]; SIZE];
    for_each(&mut map.0, |i, row, col, block| {
        let (distance, mountain) = (distance(row, col), &mut mountain[row][col]);
        let water = water.plus(row, col, (distance / 5.0).clamp(0.0, 1.0)) - 1.0;
        *block = match water {
            _ if water > config.water_threshold => config.sea,
            _ if water > 0.6 => config.coast,
            _ => config.ground,
        };
        let rise = (distance / config.mountain_distance).clamp(0.0, config.mountain_most);
        *mountain = mountains.plus(row, col, 0.05) + rise - 1.0;
        if *mountain > 0.7 {
            *block = config.mountain;
            if paths.at(row, col) > 0.8 || paths.at(col, row) > 0.8 {
                *block = config.path;
            }
        }
        if *mountain > 0.85 && water > 0.4 {
            *block = config.cave;
        }
        // The original draws the trees from the key that it goes on with.
        if *block == config.tree_ground
            && trees.at(row, col) > config.tree_noise_threshold
            && key.uniform(i) > config.tree_threshold
        {
            *block = config.tree;
        }
    });
    let mut ores = key.draw();
    for (ground, ore, chance) in config.ores {
        let key = ores.draw();
        if chance > 0.0 {
            for_each(&mut map.0, |i, _, _, block| {
                if *block == ground && key.uniform(i) < chance {
                    *block = ore;
                }
            });
        }
    }
    let is_lava = |row: usize, col: usize| mountain[row][col] > 0.85 && trees.at(row, col) > 0.7;
    for_each(&mut map.0, |_, row, col, block| {
        if is_lava(row, col) {
            *block = config.lava;
        }
    });
    // Where the original could put a diamond, it puts stone on stone; without any, in a corner.
    key.draw();
    if !map.0.as_flattened().contains(&Block::Stone) {
        map.set(Position::new(0, 0), Block::Stone);
    }
    map.set(MIDDLE, config.middle);

    let ground = Cells::of(floor, config.ladder_ground);
    let (down, up) = (ground.choose(key.draw(), 1.0), ground.choose(key.draw(), 1.0));
    (floor.down_ladder, floor.up_ladder) = (down, up);
    if config.has_ladder_down {
        floor.items.set(down, Item::LadderDown);
    }
    if config.has_ladder_up {
        floor.items.set(up, Item::LadderUp);
    }

    // Light around the ladder up, cut as `dynamic_update_slice` does, and around lava.
    let light = &mut floor.light.0;
    light.as_flattened_mut().fill(config.light);
    let corner = |x: i32| (if x < 4 { x - 4 + SIZE as i32 } else { x - 4 }).min(SIZE as i32 - 9);
    for (i, row) in light.iter_mut().skip(corner(up.row) as usize).take(9).enumerate() {
        for (j, light) in row.iter_mut().skip(corner(up.col) as usize).take(9).enumerate() {
            *light = torch_light(i, j) * (1.0 - config.light) + config.light;
        }
    }
    if config.lava == Block::Lava && config.light < 1.0 {
        for (row, lights) in light.iter_mut().enumerate() {
            for (col, light) in lights.iter_mut().enumerate() {
                let mut glow = 0.0;
                for i in row.saturating_sub(1)..=(row + 1).min(SIZE - 1) {
                    for j in col.saturating_sub(1)..=(col + 1).min(SIZE - 1) {
                        let steps = i.abs_diff(row) + j.abs_diff(col);
                        glow += if is_lava(i, j) { [1.0, 0.7, 0.2][steps] } else { 0.0 };
                    }
                }
                *light = (*light + glow).clamp(0.0, 1.0);
            }
        }
    }
}

/// How bright a torch makes cell (i, j) of the 9×9 around it.
pub(super) fn torch_light(i: usize, j: usize) -> f32 {
    let (x, y) = (i.abs_diff(4), j.abs_diff(4));
    (1.0 - ((x * x + y * y) as f32).sqrt() * 0.2).clamp(0.0, 1.0)
}

/// Cells of one kind of block, in order.
struct Cells {
    cells: [u16; SIZE * SIZE],
    count: usize,
}

impl Cells {
    fn of(floor: &Floor, wanted: Block) -> Self {
        let mut found = Self { cells: [0; SIZE * SIZE], count: 0 };
        for (i, _) in floor.map.0.as_flattened().iter().enumerate().filter(|x| *x.1 == wanted) {
            found.cells[found.count] = i as u16;
            found.count += 1;
        }
        found
    }

    fn choose(&self, key: Key, weight: f32) -> Position {
        let cell = key.choice_among(weight, &self.cells[..self.count]);
        Position::new((cell / SIZE) as i32, (cell % SIZE) as i32)
    }
}

/// Visits every cell, row by row, with its number, row and column.
fn for_each(map: &mut [[Block; SIZE]; SIZE], mut visit: impl FnMut(u32, usize, usize, &mut Block)) {
    for (i, block) in map.as_flattened_mut().iter_mut().enumerate() {
        visit(i as u32, i / SIZE, i % SIZE, block);
    }
}

/// `DungeonConfig`.
struct Dungeon {
    special: Block,
    fountain: Block,
    rare_path: Block,
}

const DUNGEON: Dungeon =
    Dungeon { special: Block::Path, fountain: Block::Fountain, rare_path: Block::Path };
const SEWERS: Dungeon = Dungeon {
    special: Block::EnchantmentTableIce,
    fountain: Block::Water,
    rare_path: Block::Water,
};
const VAULTS: Dungeon = Dungeon {
    special: Block::EnchantmentTableFire,
    fountain: Block::Fountain,
    rare_path: Block::Path,
};

const ROOMS: usize = 8;
/// Rooms have sides of 5 to 9 cells; this many more cells surround the map while it is dug.
const MARGIN: usize = 10;
const PADDED: usize = SIZE + 2 * MARGIN;

/// `generate_dungeon`: rooms in eight of nine parts of the map, and ways between them.
fn dungeon(floor: &mut Floor, key: Key, config: &Dungeon) {
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
