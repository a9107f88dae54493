//! A floor and who is on it. Source: `craftax/craftax_state.py`.

use super::{Block, CLEARED, Item, SIZE};
use crate::{
    fields::Visitor,
    grid::{Grid, Position},
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
    /// Species within its kind, as the original numbers them: 0 is a zombie, a cow or a skeleton.
    pub species: i32,
}

impl Mob {
    const NONE: Self =
        Self { position: Position::new(0, 0), health: 1.0, alive: false, cooldown: 0, species: 0 };
}

/// A projectile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projectile {
    /// Position and species: 0 arrow, 1 dagger, 2 fireball, 3 iceball, 4 the player's arrow, 5 slime
    /// ball, 6 fireball, 7 iceball of the elementals.
    pub mob: Mob,
    /// Its direction.
    pub way: Position,
}

/// One floor and who is on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Floor {
    /// The blocks.
    pub map: Grid<Block, SIZE>,
    /// What is on them.
    pub items: Grid<Item, SIZE>,
    /// Which cells creatures stand on, as the game's own rules see it.
    pub occupied: Grid<bool, SIZE>,
    /// How bright it is, from 0 to 1. The player sees cells above 0.05.
    pub light: Grid<f32, SIZE>,
    /// Where the ladder down is.
    pub down_ladder: Position,
    /// Where the ladder up is.
    pub up_ladder: Position,
    /// Whether a chest was opened here.
    pub chest_opened: bool,
    /// Monsters killed here.
    pub killed: i32,
    /// Creatures that fight at close range: zombies and the like.
    pub melee: [Mob; 3],
    /// Creatures that do not fight: cows and the like; food.
    pub passive: [Mob; 3],
    /// Creatures that shoot: skeletons and the like.
    pub ranged: [Mob; 2],
    /// Projectiles of creatures.
    pub mob_projectiles: [Projectile; 3],
    /// Projectiles of the player.
    pub player_projectiles: [Projectile; 3],
}

impl Floor {
    /// Without blocks and creatures.
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

    /// Whether enough monsters were killed here for the ladder down to be open.
    pub const fn is_cleared(&self) -> bool {
        self.killed >= CLEARED
    }

    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
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
