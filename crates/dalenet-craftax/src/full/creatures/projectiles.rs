//! Arrows, fireballs and the like. Source: `update_mobs` in `craftax/game_logic.py`.

use super::species::{Damage, NONE, SHOT_DAMAGE, row};
use crate::{
    full::{Block, Mob, Projectile, SIZE, State},
    grid::Grid,
};

impl State {
    pub(super) fn move_mob_projectile(&mut self, i: usize) {
        let Projectile { mob, way } = self.floor().mob_projectiles[i];
        let to = mob.position + way;
        let block = self.floor().map.get(to);
        let open = Grid::<Block, SIZE>::contains(to) && !block.is_solid();
        let hits = mob.alive && (mob.position == self.position || to == self.position);
        let alive = mob.alive && open && !self.in_creature(to) && !hits;
        let floor = self.floor_mut();
        if mob.alive && matches!(block, Block::Furnace | Block::CraftingTable) {
            floor.map.set(to, Block::Path);
        }
        floor.mob_projectiles[i].mob = Mob { position: to, alive, ..mob };
        if hits {
            self.suffer(*row(&SHOT_DAMAGE, mob.species));
        }
    }

    pub(super) fn move_player_projectile(&mut self, i: usize) {
        let Projectile { mob, way } = self.floor().player_projectiles[i];
        let to = mob.position + way;
        let mut hit = false;
        if mob.alive {
            let damage = self.shot_damage(mob.species);
            hit = self.attack(mob.position, damage, false);
            hit |= self.attack(to, if hit { NONE } else { damage }, false);
        }
        let floor = self.floor_mut();
        let open = Grid::<Block, SIZE>::contains(to) && !floor.map.get(to).is_solid();
        let alive = mob.alive && open && !hit;
        floor.player_projectiles[i].mob = Mob { position: to, alive, ..mob };
    }

    /// The damage of a projectile of the player.
    fn shot_damage(&self, species: i32) -> Damage {
        let mut damage = *row(&SHOT_DAMAGE, species);
        let factor = match species {
            0 | 4 => {
                if let element @ (1 | 2) = self.bow_enchantment {
                    damage[element as usize] += damage[0] / 2.0;
                }
                1.0 + 0.2 * (self.dexterity - 1) as f32
            }
            2 | 3 => 1.0 + 0.5 * (self.intelligence - 1) as f32,
            _ => 1.0,
        };
        damage.map(|x| x * factor)
    }
}
