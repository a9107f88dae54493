//! Floors that are no dungeons: hills, caves, waters. Source: `generate_smoothworld` in
//! `craftax/world_gen/world_gen.py`, and `craftax/world_gen/world_gen_configs.py`.

use super::cells::{Cells, MIDDLE, for_each, torch_light};
use crate::{
    full::{Block, Floor, Item, SIZE},
    grid::Position,
    noise::noise,
    threefry::Key,
};

/// `SmoothGenConfig`: what a floor that is no dungeon is made of.
pub(super) struct Smooth {
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

pub(super) const OVERWORLD: Smooth = Smooth {
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

pub(super) const GNOMISH_MINES: Smooth = Smooth {
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

pub(super) const TROLL_MINES: Smooth =
    Smooth { ores: ores([0.04, 0.03, 0.01, 0.01, 0.01]), ..GNOMISH_MINES };

pub(super) const FIRE: Smooth = Smooth {
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

pub(super) const ICE: Smooth = Smooth {
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

pub(super) const GRAVEYARD: Smooth = Smooth {
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
pub(super) fn generate(floor: &mut Floor, mut key: Key, config: &Smooth) {
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
