//! The whole state of an episode. Source: `craftax/craftax_state.py`.

use super::{
    Achievement, BOSS_HITS, Block, CLEARED, Direction, EPISODE, FLOORS, Item, SIZE, SPAWN_TURNS,
    world,
};
use crate::{
    classic::Plant,
    daylight,
    fields::{Read, Visitor, Write},
    grid::{Grid, Position},
    threefry::Key,
};

/// A creature of one of three kinds: melee, passive, ranged. Dead ones keep walking unseen, as in
/// the original.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mob {
    /// Where it is.
    pub position: Position,
    /// Points of health.
    pub health: f32,
    /// Whether it is there at all.
    pub alive: bool,
    /// Steps until it can attack again; keeps falling below 0.
    pub cooldown: i32,
    /// Which of its kind, as the original counts: 0 is a zombie, a cow or a skeleton.
    pub species: i32,
}

impl Mob {
    const NONE: Self =
        Self { position: Position::new(0, 0), health: 1.0, alive: false, cooldown: 0, species: 0 };
}

/// Something that flies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projectile {
    /// Where and what: 0 arrow, 1 dagger, 2 fireball, 3 iceball, 4 the player's arrow, 5 slime
    /// ball, 6 fireball, 7 iceball of the elementals.
    pub mob: Mob,
    /// Where it flies.
    pub way: Position,
}

/// One floor and who is on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Floor {
    /// The blocks.
    pub map: Grid<Block, SIZE>,
    /// What is on them.
    pub items: Grid<Item, SIZE>,
    /// Where creatures stand; what the game itself looks at.
    pub occupied: Grid<bool, SIZE>,
    /// How bright it is, from 0 to 1. The player sees cells above 0.05.
    pub light: Grid<f32, SIZE>,
    /// Where the ladder down is.
    pub down_ladder: Position,
    /// Where the ladder up is.
    pub up_ladder: Position,
    /// Whether a chest was opened here.
    pub chest_opened: bool,
    /// Monsters that fell here.
    pub killed: i32,
    /// Zombies and the like.
    pub melee: [Mob; 3],
    /// Cows and the like; to eat.
    pub passive: [Mob; 3],
    /// Skeletons and the like; they shoot.
    pub ranged: [Mob; 2],
    /// What they shot.
    pub mob_projectiles: [Projectile; 3],
    /// What the player shot.
    pub player_projectiles: [Projectile; 3],
}

impl Floor {
    /// Nobody on no blocks.
    pub(super) const EMPTY: Self = {
        let projectile = Projectile { mob: Mob::NONE, way: Position::new(1, 1) };
        Self {
            map: Grid::filled(Block::Invalid),
            items: Grid::filled(Item::None),
            occupied: Grid::filled(false),
            light: Grid::filled(0.0),
            down_ladder: Position::new(0, 0),
            up_ladder: Position::new(0, 0),
            chest_opened: false,
            killed: 0,
            melee: [Mob::NONE; 3],
            passive: [Mob::NONE; 3],
            ranged: [Mob::NONE; 2],
            mob_projectiles: [projectile; 3],
            player_projectiles: [projectile; 3],
        }
    };

    /// Whether enough monsters fell here for the ladder down to be open.
    pub const fn is_cleared(&self) -> bool {
        self.killed >= CLEARED
    }

    fn visit(&mut self, v: &mut impl Visitor) {
        let block = |code| Block::from_code(u32::from(code));
        let item = |code| Item::from_code(u32::from(code));
        v.codes("map", self.map.0.as_flattened_mut(), |block| block as u8, block);
        v.codes("item_map", self.items.0.as_flattened_mut(), |item| item as u8, item);
        v.bits("mob_map", self.occupied.0.as_flattened_mut());
        self.light.0.as_flattened_mut().iter_mut().for_each(|light| v.float("light_map", light));
        v.position("down_ladders", &mut self.down_ladder);
        v.position("up_ladders", &mut self.up_ladder);
        v.flag("chests_opened", &mut self.chest_opened);
        v.int("monsters_killed", &mut self.killed);
        self.melee.iter_mut().for_each(|m| mob(v, "melee_mobs", m));
        self.passive.iter_mut().for_each(|m| mob(v, "passive_mobs", m));
        self.ranged.iter_mut().for_each(|m| mob(v, "ranged_mobs", m));
        let shots = [&mut self.mob_projectiles, &mut self.player_projectiles];
        for (name, shots) in ["mob_projectiles", "player_projectiles"].into_iter().zip(shots) {
            for shot in shots {
                mob(v, name, &mut shot.mob);
                v.position(name, &mut shot.way);
            }
        }
    }
}

fn mob(v: &mut impl Visitor, name: &'static str, mob: &mut Mob) {
    v.position(name, &mut mob.position);
    v.float(name, &mut mob.health);
    v.flag(name, &mut mob.alive);
    v.int(name, &mut mob.cooldown);
    v.int(name, &mut mob.species);
}

/// What the player carries, 0 to 99 of each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)] // the game's own words
pub struct Inventory {
    pub wood: i32,
    pub stone: i32,
    pub coal: i32,
    pub iron: i32,
    pub diamond: i32,
    pub sapphire: i32,
    pub ruby: i32,
    pub sapling: i32,
    pub torches: i32,
    pub arrows: i32,
    pub books: i32,
    /// 0 none, 1 of wood, 2 of stone, 3 of iron, 4 of diamond.
    pub pickaxe: i32,
    /// 0 none, 1 of wood, 2 of stone, 3 of iron, 4 of diamond.
    pub sword: i32,
    /// 0 or 1.
    pub bow: i32,
    /// Red, green, blue, pink, cyan, yellow.
    pub potions: [i32; 6],
    /// Four pieces: 0 none, 1 of iron, 2 of diamond.
    pub armour: [i32; 4],
}

impl Inventory {
    /// Names and numbers in the order of the fields.
    pub(super) fn items(&mut self) -> [(&'static str, &mut i32); 24] {
        let [red, green, blue, pink, cyan, yellow] = &mut self.potions;
        let [a, b, c, d] = &mut self.armour;
        [
            ("wood", &mut self.wood),
            ("stone", &mut self.stone),
            ("coal", &mut self.coal),
            ("iron", &mut self.iron),
            ("diamond", &mut self.diamond),
            ("sapphire", &mut self.sapphire),
            ("ruby", &mut self.ruby),
            ("sapling", &mut self.sapling),
            ("torches", &mut self.torches),
            ("arrows", &mut self.arrows),
            ("books", &mut self.books),
            ("pickaxe", &mut self.pickaxe),
            ("sword", &mut self.sword),
            ("bow", &mut self.bow),
            ("potions", red),
            ("potions", green),
            ("potions", blue),
            ("potions", pink),
            ("potions", cyan),
            ("potions", yellow),
            ("armour", a),
            ("armour", b),
            ("armour", c),
            ("armour", d),
        ]
    }
}

/// An episode of Craftax. Floors come into being when the player first sets foot on them; each has
/// its own key, so that they are the same as if they had been there from the start.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Which floor the player is on, 0 to 8.
    pub level: usize,
    /// Where the player is.
    pub position: Position,
    /// Where the player looks.
    pub direction: Direction,
    /// Points of health, up to 8 and the strength; dead at 0.
    pub health: f32,
    /// How sated the player is, up to 7 and twice the dexterity.
    pub food: i32,
    /// How well watered the player is, up to 7 and twice the dexterity.
    pub drink: i32,
    /// How awake the player is, up to 7 and twice the dexterity.
    pub energy: i32,
    /// What spells and enchantments take, up to 6 and thrice the intelligence.
    pub mana: i32,
    /// Whether the player sleeps, and so does nothing.
    pub sleeping: bool,
    /// Whether the player rests, and so does nothing.
    pub resting: bool,
    /// Towards the next point of health: won above 25, lost below −15.
    pub recover: f32,
    /// Towards the next point of food, lost above 25.
    pub hunger: f32,
    /// Towards the next point of drink, lost above 20.
    pub thirst: f32,
    /// Towards the next point of energy: lost above 30, won below −10.
    pub fatigue: f32,
    /// Towards the next point of mana, won above 30.
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
    /// Steps in which the necromancer still raises monsters; keeps falling below 0.
    pub boss_spawn_turns: i32,
    /// What the player planted, on the first floor.
    pub plants: [Plant; 10],
    /// How bright the day is, from 0 to 1.
    pub light: f32,
    /// What was unlocked in this episode, in the order of [`Achievement::ALL`].
    pub achievements: [bool; Achievement::ALL.len()],
    /// The original's `state_rng`, which a step replaces and nothing reads.
    pub key: Key,
    /// Steps since the episode began.
    pub time: i32,
    /// All of them; those in `unseen` are still to be made.
    floors: Vec<Floor>,
    /// The keys of floors that are not there yet.
    unseen: [Option<Key>; FLOORS],
}

impl State {
    /// The start of an episode: `env.reset(key)`.
    pub fn new(key: Key) -> Self {
        Self::start(key, vec![Floor::EMPTY; FLOORS])
    }

    /// Begins anew at another key, as [`Self::new`] does, in the same memory.
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

    /// Goes to a floor, which comes into being if it is new.
    pub(super) fn enter(&mut self, level: usize) {
        self.level = level.min(FLOORS - 1);
        self.see(self.level);
    }

    fn see(&mut self, level: usize) {
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
        self.see(0);
        &mut self.floors[0]
    }

    /// `is_game_over`: whether the player is dead, the necromancer beaten or the time up.
    pub fn is_over(&self) -> bool {
        self.time >= EPISODE || self.health <= 0.0 || self.boss_progress >= BOSS_HITS
    }

    /// Whether something was unlocked in this episode.
    pub fn has(&self, achievement: Achievement) -> bool {
        self.achievements[achievement as usize]
    }

    /// How many words [`Self::save`] gives.
    pub const WORDS: usize = 32_777;

    /// Everything as [`Self::WORDS`] 32-bit words, for [`Self::restore`]; floors that are still to
    /// come included.
    pub fn save(&self, out: &mut Vec<u32>) {
        self.fields(|_, word| out.push(word));
    }

    /// Every word of [`Self::save`] with the name of the field that it belongs to.
    pub fn fields(&self, each: impl FnMut(&'static str, u32)) {
        self.clone().visit(&mut Read(each));
    }

    /// Takes over the words that [`Self::save`] gave. Missing ones count as 0.
    pub fn restore(&mut self, words: &[u32]) {
        self.visit(&mut Write(words));
    }

    fn visit(&mut self, v: &mut impl Visitor) {
        (0..FLOORS).for_each(|level| self.see(level));
        let mut level = self.level as i32;
        v.int("player_level", &mut level);
        self.level = level.clamp(0, FLOORS as i32 - 1) as usize;
        v.position("player_position", &mut self.position);
        let mut direction = self.direction as u32 + 1;
        v.word("player_direction", &mut direction);
        self.direction = Direction::from_code(direction.wrapping_sub(1)).unwrap_or(self.direction);
        v.float("player_health", &mut self.health);
        v.int("player_food", &mut self.food);
        v.int("player_drink", &mut self.drink);
        v.int("player_energy", &mut self.energy);
        v.int("player_mana", &mut self.mana);
        v.flag("is_sleeping", &mut self.sleeping);
        v.flag("is_resting", &mut self.resting);
        v.float("player_recover", &mut self.recover);
        v.float("player_hunger", &mut self.hunger);
        v.float("player_thirst", &mut self.thirst);
        v.float("player_fatigue", &mut self.fatigue);
        v.float("player_recover_mana", &mut self.recover_mana);
        v.int("player_xp", &mut self.experience);
        v.int("player_dexterity", &mut self.dexterity);
        v.int("player_strength", &mut self.strength);
        v.int("player_intelligence", &mut self.intelligence);
        self.inventory.items().into_iter().for_each(|(name, item)| v.int(name, item));
        v.int("sword_enchantment", &mut self.sword_enchantment);
        v.int("bow_enchantment", &mut self.bow_enchantment);
        self.armour_enchantments.iter_mut().for_each(|x| v.int("armour_enchantments", x));
        self.learned_spells.iter_mut().for_each(|x| v.flag("learned_spells", x));
        self.potion_mapping.iter_mut().for_each(|x| v.int("potion_mapping", x));
        v.int("boss_progress", &mut self.boss_progress);
        v.int("boss_timesteps_to_spawn_this_round", &mut self.boss_spawn_turns);
        self.plants.iter_mut().for_each(|plant| plant.visit(v));
        v.float("light_level", &mut self.light);
        v.bits("achievements", &mut self.achievements);
        v.word("state_rng", &mut self.key.0);
        v.word("state_rng", &mut self.key.1);
        v.int("timestep", &mut self.time);
        self.floors.iter_mut().for_each(|floor| floor.visit(v));
    }
}
