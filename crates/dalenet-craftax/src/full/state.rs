//! The whole state of an episode. Source: `craftax/craftax_state.py`.

use super::{
    Achievement, BOSS_HITS, Direction, EPISODE, FLOORS, Floor, Inventory, SPAWN_TURNS, world,
};
use crate::{classic::Plant, daylight, grid::Position, threefry::Key};

/// An episode of Craftax. A floor is generated when the player first enters it; each has its own
/// key, so that it is the same as if it had been there from the start.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Which floor the player is on, 0 to 8.
    pub level: usize,
    /// Where the player is.
    pub position: Position,
    /// The direction that the player faces.
    pub direction: Direction,
    /// Points of health, up to 8 and the strength; dead at 0.
    pub health: f32,
    /// Points of food, up to 7 and twice the dexterity.
    pub food: i32,
    /// Points of drink, up to 7 and twice the dexterity.
    pub drink: i32,
    /// Points of energy, up to 7 and twice the dexterity.
    pub energy: i32,
    /// Points of mana, which spells and enchantments cost, up to 6 and thrice the intelligence.
    pub mana: i32,
    /// Whether the player sleeps: actions have no effect.
    pub sleeping: bool,
    /// Whether the player rests: actions have no effect.
    pub resting: bool,
    /// Progress to the next point of health: gained above 25, lost below −15.
    pub recover: f32,
    /// Progress to the loss of a point of food, above 25.
    pub hunger: f32,
    /// Progress to the loss of a point of drink, above 20.
    pub thirst: f32,
    /// Progress to the next point of energy: lost above 30, gained below −10.
    pub fatigue: f32,
    /// Progress to the next point of mana, gained above 30.
    pub recover_mana: f32,
    /// Points to raise a skill by.
    pub experience: i32,
    /// 1 to 5.
    pub dexterity: i32,
    /// 1 to 5.
    pub strength: i32,
    /// 1 to 5.
    pub intelligence: i32,
    /// What the player carries.
    pub inventory: Inventory,
    /// 0 none, 1 fire, 2 ice.
    pub sword_enchantment: i32,
    /// 0 none, 1 fire, 2 ice.
    pub bow_enchantment: i32,
    /// Of each piece: 0 none, 1 fire, 2 ice.
    pub armour_enchantments: [i32; 4],
    /// Whether the player can throw fireballs and iceballs.
    pub learned_spells: [bool; 2],
    /// What each colour of potion does in this episode.
    pub potion_mapping: [i32; 6],
    /// How often the necromancer was hit.
    pub boss_progress: i32,
    /// Steps for which the necromancer still raises monsters; keeps falling below 0.
    pub boss_spawn_turns: i32,
    /// Saplings that the player planted, on the first floor.
    pub plants: [Plant; 10],
    /// How bright the day is, from 0 to 1.
    pub light: f32,
    /// Achievements unlocked in this episode, in the order of [`Achievement::ALL`].
    pub achievements: [bool; Achievement::ALL.len()],
    /// The original's `state_rng`; each step replaces it.
    pub key: Key,
    /// Steps since the episode began.
    pub time: i32,
    /// All of them; those in `unseen` are not generated yet.
    pub(super) floors: Vec<Floor>,
    /// The keys of floors that are not generated yet.
    unseen: [Option<Key>; FLOORS],
}

impl State {
    /// The start of an episode: `env.reset(key)`.
    pub fn new(key: Key) -> Self {
        Self::start(key, vec![Floor::EMPTY; FLOORS])
    }

    /// Starts another episode, as [`Self::new`] does, in the same memory.
    pub fn reset(&mut self, key: Key) {
        let floors = std::mem::take(&mut self.floors);
        *self = Self::start(key, floors);
    }

    fn start(key: Key, floors: Vec<Floor>) -> Self {
        let world::Keys { floors: unseen, potions, state: key } = world::keys(key.child(1));
        let mut state = Self {
            level: 0,
            position: world::MIDDLE,
            direction: Direction::Up,
            health: 9.0,
            food: 9,
            drink: 9,
            energy: 9,
            mana: 9,
            sleeping: false,
            resting: false,
            recover: 0.0,
            hunger: 0.0,
            thirst: 0.0,
            fatigue: 0.0,
            recover_mana: 0.0,
            experience: 0,
            dexterity: 1,
            strength: 1,
            intelligence: 1,
            inventory: Inventory::default(),
            sword_enchantment: 0,
            bow_enchantment: 0,
            armour_enchantments: [0; 4],
            learned_spells: [false; 2],
            potion_mapping: potions.permutation().map(i32::from),
            boss_progress: 0,
            boss_spawn_turns: SPAWN_TURNS,
            plants: [Plant::default(); 10],
            light: daylight(0),
            achievements: [false; Achievement::ALL.len()],
            key,
            time: 0,
            floors,
            unseen: unseen.map(Some),
        };
        state.enter(0);
        state
    }

    /// Goes to a floor, which is generated if it is new.
    pub(super) fn enter(&mut self, level: usize) {
        self.level = level.min(FLOORS - 1);
        self.generate(self.level);
    }

    pub(super) fn generate(&mut self, level: usize) {
        if let Some(key) = self.unseen[level].take() {
            world::generate(&mut self.floors[level], level, key);
        }
    }

    /// A floor, from 0 to 8, if the player has been there.
    pub fn visited(&self, level: usize) -> Option<&Floor> {
        let unseen = self.unseen.get(level)?;
        if unseen.is_none() { self.floors.get(level) } else { None }
    }

    /// The floor that the player is on.
    #[inline]
    pub fn floor(&self) -> &Floor {
        &self.floors[self.level]
    }

    #[inline]
    pub(super) fn floor_mut(&mut self) -> &mut Floor {
        &mut self.floors[self.level]
    }

    /// The floor under the sky, where plants grow.
    pub(super) fn overworld_mut(&mut self) -> &mut Floor {
        self.generate(0);
        &mut self.floors[0]
    }

    /// `is_game_over`: whether the player is dead, the necromancer beaten or the time up.
    pub fn is_over(&self) -> bool {
        self.time >= EPISODE || self.health <= 0.0 || self.boss_progress >= BOSS_HITS
    }

    /// Whether an achievement was unlocked in this episode.
    pub fn has(&self, achievement: Achievement) -> bool {
        self.achievements[achievement as usize]
    }
}
