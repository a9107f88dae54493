//! Attacks on creatures and on the player. Source: `craftax/util/game_logic_utils.py`.

use super::species::{Damage, MELEE, PASSIVE, RANGED, Species, row};
use crate::{
    full::{Achievement, GRAVEYARD, Mob, State},
    grid::Position,
};

/// `get_damage`.
fn dealt(damage: Damage, defence: Damage) -> f32 {
    // Products and sums rounded at once, as XLA compiles them.
    damage.into_iter().zip(defence).fold(0.0, |sum, (x, d)| (1.0 - d).mul_add(x, sum))
}

/// Result of an attack on one kind of creatures.
struct Attack {
    hit: bool,
    killed: Option<Achievement>,
}

/// `attack_mob_class`.
fn attack(mobs: &mut [Mob], table: &[Species; 8], at: Position, damage: Damage) -> Attack {
    let Some(mob) = mobs.iter_mut().find(|mob| mob.alive && mob.position == at) else {
        return Attack { hit: false, killed: None };
    };
    let species = row(table, mob.species);
    mob.health -= dealt(damage, species.defence);
    mob.alive = mob.health > 0.0;
    Attack { hit: true, killed: (!mob.alive).then_some(species.kill) }
}

impl State {
    pub(super) fn fights_boss(&self) -> bool {
        self.level == GRAVEYARD
    }

    /// `get_player_damage_vector`.
    pub(in crate::full) fn damage(&self) -> Damage {
        let force = [1.0, 2.0, 3.0, 5.0, 8.0][self.inventory.sword.clamp(0, 4) as usize];
        let enchanted = |element| match self.sword_enchantment == element {
            true => force * 0.5 * (1.0 + 0.05 * (self.intelligence - 1) as f32),
            false => 0.0,
        };
        [force * (1.0 + 0.25 * (self.strength - 1) as f32), enchanted(1), enchanted(2)]
    }

    /// `attack_mob`: hurts the creature there. Whether there was one.
    pub(in crate::full) fn attack(&mut self, at: Position, damage: Damage, can_eat: bool) -> bool {
        let floor = self.floor_mut();
        let melee = attack(&mut floor.melee, &MELEE, at, damage);
        let passive = attack(&mut floor.passive, &PASSIVE, at, damage);
        let ranged = attack(&mut floor.ranged, &RANGED, at, damage);
        if melee.killed.or(ranged.killed).is_some() {
            floor.killed += 1;
        }
        if melee.killed.or(passive.killed).or(ranged.killed).is_some() {
            floor.occupied.set(at, false);
        }
        let eaten = passive.killed.filter(|_| can_eat);
        if eaten.is_some() {
            self.eat(6);
        }
        for achievement in [melee.killed, eaten, ranged.killed].into_iter().flatten() {
            self.unlock(achievement);
        }
        melee.hit || passive.hit || ranged.hit
    }

    /// `get_damage_done_to_player`, taken from the health.
    pub(super) fn suffer(&mut self, damage: Damage) {
        let worn = |element| {
            let pieces = self.armour_enchantments.iter().filter(|&&piece| piece == element);
            pieces.fold(0.0, |sum, _| sum + 0.2)
        };
        let armour = self.inventory.armour.iter().fold(0.0, |sum, &piece| sum + piece as f32 * 0.1);
        let rage = if self.fights_boss() { 1.5 } else { 1.0 };
        self.health -= dealt(damage.map(|x| x * rage), [armour, worn(1), worn(2)]);
        (self.sleeping, self.resting) = (false, false);
    }
}
