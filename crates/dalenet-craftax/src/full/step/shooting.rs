//! Arrows and spells. Source: `shoot_projectile` and `cast_spell` in `craftax/game_logic.py`.

use crate::full::{Achievement, Action, State};

/// Mana that a spell costs.
const SPELL: i32 = 2;

impl State {
    /// `shoot_projectile`.
    pub(super) fn shoot(&mut self, action: Action) {
        let i = &mut self.inventory;
        if action != Action::ShootArrow || i.bow < 1 || i.arrows < 1 {
            return;
        }
        if self.launch(4) {
            self.inventory.arrows -= 1;
            self.unlock(Achievement::FireBow);
        }
    }

    /// `cast_spell`.
    pub(super) fn cast(&mut self, action: Action) {
        let (spell, projectile, achievement) = match action {
            Action::CastFireball => (0, 2, Achievement::CastFireball),
            Action::CastIceball => (1, 3, Achievement::CastIceball),
            _ => return,
        };
        if self.mana >= SPELL && self.learned_spells[spell] && self.launch(projectile) {
            self.mana -= SPELL;
            self.unlock(achievement);
        }
    }

    /// Whether there was room for one more of the player's projectiles.
    fn launch(&mut self, species: i32) -> bool {
        let (position, way) = (self.position, self.direction.way());
        let mut shots = self.floor_mut().player_projectiles.iter_mut();
        let Some(shot) = shots.find(|shot| !shot.mob.alive) else { return false };
        (shot.mob.position, shot.mob.alive, shot.mob.species) = (position, true, species);
        shot.way = way;
        true
    }
}
