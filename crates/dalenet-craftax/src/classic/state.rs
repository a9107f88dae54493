//! The whole state of an episode. Source: `craftax_classic/envs/craftax_state.py`.

use super::{Achievement, Block, Direction, SIZE, world};
use crate::{
    daylight,
    fields::{Read, Visitor, Write},
    grid::{Grid, Position},
    threefry::Key,
};

/// The map's blocks.
pub type Map = Grid<Block, SIZE>;

/// A zombie, cow, skeleton or arrow. Dead ones keep walking unseen, as in the original.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Creature {
    /// Where it is.
    pub position: Position,
    /// Points of health.
    pub health: i32,
    /// Whether it is there at all.
    pub alive: bool,
    /// Steps until it can attack again; keeps falling below 0.
    pub cooldown: i32,
}

/// A sapling that grows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Plant {
    /// Where it grows.
    pub position: Position,
    /// Steps since it was planted or eaten; ripe at 600.
    pub age: i32,
    /// Whether it is there at all.
    pub alive: bool,
}

impl Plant {
    pub(crate) fn visit(&mut self, v: &mut impl Visitor) {
        v.position("growing_plants_positions", &mut self.position);
        v.int("growing_plants_age", &mut self.age);
        v.flag("growing_plants_mask", &mut self.alive);
    }
}

/// What the player carries, 0 to 9 of each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)] // named as in the game
pub struct Inventory {
    pub wood: i32,
    pub stone: i32,
    pub coal: i32,
    pub iron: i32,
    pub diamond: i32,
    pub sapling: i32,
    pub wood_pickaxe: i32,
    pub stone_pickaxe: i32,
    pub iron_pickaxe: i32,
    pub wood_sword: i32,
    pub stone_sword: i32,
    pub iron_sword: i32,
}

impl Inventory {
    /// Names and numbers in the order of the observation.
    pub(crate) fn items(&mut self) -> [(&'static str, &mut i32); 12] {
        [
            ("wood", &mut self.wood),
            ("stone", &mut self.stone),
            ("coal", &mut self.coal),
            ("iron", &mut self.iron),
            ("diamond", &mut self.diamond),
            ("sapling", &mut self.sapling),
            ("wood_pickaxe", &mut self.wood_pickaxe),
            ("stone_pickaxe", &mut self.stone_pickaxe),
            ("iron_pickaxe", &mut self.iron_pickaxe),
            ("wood_sword", &mut self.wood_sword),
            ("stone_sword", &mut self.stone_sword),
            ("iron_sword", &mut self.iron_sword),
        ]
    }
}

/// An episode of Craftax-Classic.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The blocks.
    pub map: Map,
    /// Which cells creatures stand on, as the game's own rules see it.
    pub occupied: Grid<bool, SIZE>,
    /// Where the player is.
    pub position: Position,
    /// The direction that the player faces.
    pub direction: Direction,
    /// Points of health, 0 to 9; dead at 0.
    pub health: i32,
    /// Points of food, 0 to 9.
    pub food: i32,
    /// Points of drink, 0 to 9.
    pub drink: i32,
    /// Points of energy, 0 to 9.
    pub energy: i32,
    /// Whether the player sleeps: actions have no effect.
    pub sleeping: bool,
    /// Progress to the next point of health: gained above 25, lost below −15.
    pub recover: f32,
    /// Progress to the loss of a point of food, above 25.
    pub hunger: f32,
    /// Progress to the loss of a point of drink, above 20.
    pub thirst: f32,
    /// Progress to the next point of energy: lost above 30, gained below −10.
    pub fatigue: f32,
    /// What the player carries.
    pub inventory: Inventory,
    /// Zombies: on grass, mostly at night.
    pub zombies: [Creature; 3],
    /// Cows: on grass; food.
    pub cows: [Creature; 3],
    /// Skeletons: in caves; they shoot.
    pub skeletons: [Creature; 2],
    /// Arrows that skeletons shot.
    pub arrows: [Creature; 3],
    /// Direction of each arrow.
    pub arrow_ways: [Position; 3],
    /// Saplings that the player planted.
    pub plants: [Plant; 10],
    /// How bright the day is, from 0 to 1.
    pub light: f32,
    /// Achievements unlocked in this episode, in the order of [`Achievement::ALL`].
    pub achievements: [bool; Achievement::ALL.len()],
    /// The original's `state_rng`; each step replaces it.
    pub key: Key,
    /// Steps since the episode began.
    pub time: i32,
}

impl State {
    /// The start of an episode: `env.reset(key)`.
    pub fn new(key: Key) -> Self {
        let (map, key) = world::generate(key);
        let creature = |health| Creature { health, ..Creature::default() };
        Self {
            map,
            occupied: Grid::filled(false),
            position: Position::new(32, 32),
            direction: Direction::Up,
            health: 9,
            food: 9,
            drink: 9,
            energy: 9,
            sleeping: false,
            recover: 0.0,
            hunger: 0.0,
            thirst: 0.0,
            fatigue: 0.0,
            inventory: Inventory::default(),
            zombies: [creature(1); 3],
            cows: [creature(3); 3],
            skeletons: [creature(0); 2],
            arrows: [creature(0); 3],
            arrow_ways: [Position::new(1, 1); 3],
            plants: [Plant::default(); 10],
            light: daylight(0),
            achievements: [false; Achievement::ALL.len()],
            key,
            time: 0,
        }
    }

    /// Starts another episode, as [`Self::new`] does.
    pub fn reset(&mut self, key: Key) {
        *self = Self::new(key);
    }

    /// Whether an achievement was unlocked in this episode.
    pub fn has(&self, achievement: Achievement) -> bool {
        self.achievements[achievement as usize]
    }

    /// Number of state words that [`Self::save`] appends.
    pub const WORDS: usize = 1282;

    /// Appends the whole state as [`Self::WORDS`] 32-bit state words.
    pub fn save(&self, out: &mut Vec<u32>) {
        self.clone().visit(&mut Read(|_, word| out.push(word)));
    }

    /// Every state word of [`Self::save`] with the name of its field in the original.
    pub fn fields(&self, mut each: impl FnMut(&'static str, u32)) {
        self.clone().visit(&mut Read(&mut each));
    }

    /// Restores a state that [`Self::save`] gave; missing state words count as 0.
    pub fn restore(&mut self, state: &[u32]) {
        self.visit(&mut Write(state));
    }

    fn visit(&mut self, v: &mut impl Visitor) {
        let block = |code| Block::from_code(u32::from(code));
        v.codes("map", self.map.0.as_flattened_mut(), |block| block as u8, block);
        v.bits("mob_map", self.occupied.0.as_flattened_mut());
        v.position("player_position", &mut self.position);
        let mut direction = self.direction as u32 + 1;
        v.word("player_direction", &mut direction);
        self.direction = Direction::from_code(direction.wrapping_sub(1)).unwrap_or(self.direction);
        v.int("player_health", &mut self.health);
        v.int("player_food", &mut self.food);
        v.int("player_drink", &mut self.drink);
        v.int("player_energy", &mut self.energy);
        v.flag("is_sleeping", &mut self.sleeping);
        v.float("player_recover", &mut self.recover);
        v.float("player_hunger", &mut self.hunger);
        v.float("player_thirst", &mut self.thirst);
        v.float("player_fatigue", &mut self.fatigue);
        self.inventory.items().into_iter().for_each(|(name, item)| v.int(name, item));
        creatures(v, "zombies", &mut self.zombies);
        creatures(v, "cows", &mut self.cows);
        creatures(v, "skeletons", &mut self.skeletons);
        creatures(v, "arrows", &mut self.arrows);
        self.arrow_ways.iter_mut().for_each(|way| v.position("arrow_directions", way));
        self.plants.iter_mut().for_each(|plant| plant.visit(v));
        v.float("light_level", &mut self.light);
        v.bits("achievements", &mut self.achievements);
        v.word("state_rng", &mut self.key.0);
        v.word("state_rng", &mut self.key.1);
        v.int("timestep", &mut self.time);
    }
}

fn creatures(v: &mut impl Visitor, name: &'static str, creatures: &mut [Creature]) {
    for creature in creatures {
        v.position(name, &mut creature.position);
        v.int(name, &mut creature.health);
        v.flag(name, &mut creature.alive);
        v.int(name, &mut creature.cooldown);
    }
}
