//! The observation: what the player sees. Source: `render_craftax_symbolic` in `craftax/renderer.py`.

use super::{Block, Floor, Item, Mob, SIZE, State};
use crate::grid::{Grid, Position};

/// Rows and columns of the map that the player sees, itself in the middle.
pub const VIEW: (usize, usize) = (9, 11);
/// Kinds of creatures: melee, passive, ranged, their projectiles, the player's.
const CLASSES: usize = 5;
const SPECIES: usize = 8;
const MOBS: usize = Block::ALL.len() + Item::ALL.len();
/// Of each cell: its block, its item, who is there, and whether it is lit.
const CHANNELS: usize = MOBS + CLASSES * SPECIES + 1;
const CELLS: usize = VIEW.0 * VIEW.1;
const REST: usize = 51;
/// Numbers in an observation.
pub const OBSERVATION: usize = CELLS * CHANNELS + REST;
/// The most numbers that are not 0: block, item and light of each cell, creatures, and all
/// numbers after the map.
pub const NONZERO: usize = 3 * CELLS + 14 + REST;

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
        let floor = self.floor();
        let corner = self.position - Position::new(VIEW.0 as i32 / 2, VIEW.1 as i32 / 2);
        let mut lit = [false; CELLS];
        for (cell, lit) in lit.iter_mut().enumerate() {
            let at = corner + Position::new((cell / VIEW.1) as i32, (cell % VIEW.1) as i32);
            // Beyond the edges there is no light.
            *lit = Grid::<f32, SIZE>::contains(at) && floor.light.get(at) > 0.05;
            if *lit {
                put(cell * CHANNELS + floor.map.get(at) as usize, 1.0);
                put(cell * CHANNELS + Block::ALL.len() + floor.items.get(at) as usize, 1.0);
                put((cell + 1) * CHANNELS - 1, 1.0);
            }
        }
        let shots = [&floor.mob_projectiles, &floor.player_projectiles];
        let [theirs, own] = shots.map(|shots| shots.map(|shot| shot.mob));
        let classes: [&[Mob]; CLASSES] =
            [&floor.melee, &floor.passive, &floor.ranged, &theirs, &own];
        for (class, mobs) in classes.into_iter().enumerate() {
            let mut places = [None; 3];
            for (i, mob) in mobs.iter().enumerate() {
                let local = mob.position - corner;
                let Some(cell) = cell_written(local) else { continue };
                let channel = class as i32 * SPECIES as i32 + mob.species;
                let place = cell * CHANNELS + MOBS + channel.clamp(0, 39) as usize;
                // One that is dead or out of view takes away what was seen there before.
                places.iter_mut().filter(|p| **p == Some(place)).for_each(|p| *p = None);
                if mob.alive && local.row >= 0 && local.col >= 0 && lit[cell] {
                    places[i] = Some(place);
                }
            }
            places.into_iter().flatten().for_each(|place| put(place, 1.0));
        }
        for (i, &value) in self.numbers(floor).iter().enumerate() {
            if value != 0.0 {
                put(CELLS * CHANNELS + i, value);
            }
        }
    }

    /// The numbers of the observation after the map.
    fn numbers(&self, floor: &Floor) -> [f32; REST] {
        let i = &self.inventory;
        let root = |n: i32| (n as f32).sqrt() * 0.1;
        let tenth = |n: i32| n as f32 * 0.1;
        let flag = |flag: bool| f32::from(u8::from(flag));
        let mut numbers = [0.0; REST];
        let mut rest = numbers.iter_mut();
        let mut push = |values: &[f32]| {
            values.iter().zip(&mut rest).for_each(|(&value, number)| *number = value);
        };
        let amounts = [
            i.wood, i.stone, i.coal, i.iron, i.diamond, i.sapphire, i.ruby, i.sapling, i.torches,
            i.arrows,
        ];
        push(&amounts.map(root));
        push(&[i.books as f32 / 2.0, i.pickaxe as f32 / 4.0, i.sword as f32 / 4.0]);
        push(&[self.sword_enchantment, self.bow_enchantment, i.bow].map(|n| n as f32));
        push(&i.potions.map(root));
        push(&[self.health * 0.1]);
        push(&[self.food, self.drink, self.energy, self.mana].map(tenth));
        let skills = [self.experience, self.dexterity, self.strength, self.intelligence];
        push(&skills.map(tenth));
        push(&std::array::from_fn::<f32, 4, _>(|i| flag(self.direction as usize == i)));
        push(&i.armour.map(|n| n as f32 / 2.0));
        push(&self.armour_enchantments.map(|n| n as f32));
        push(&[self.light, flag(self.sleeping), flag(self.resting)]);
        push(&self.learned_spells.map(flag));
        push(&[self.level as f32 * 0.1, flag(floor.is_cleared())]);
        push(&[flag(self.boss_is_vulnerable())]);
        numbers
    }
}

/// Which cell of the view JAX writes to, if any.
fn cell_written(local: Position) -> Option<usize> {
    let wrap = |x: i32, n: usize| if x < 0 { x + n as i32 } else { x };
    let (row, col) = (wrap(local.row, VIEW.0), wrap(local.col, VIEW.1));
    let inside = (0..VIEW.0 as i32).contains(&row) && (0..VIEW.1 as i32).contains(&col);
    inside.then(|| row as usize * VIEW.1 + col as usize)
}
