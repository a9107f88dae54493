//! Moves of creatures. Source: `update_mobs` in `craftax/game_logic.py`.

use super::species::{Barriers, MELEE, MELEE_DAMAGE, PASSIVE, RANGED, SHOTS, Species, row};
use crate::{
    Key,
    classic::{random_way, way_towards},
    full::{Achievement, Block, DESPAWN_DISTANCE, Mob, Projectile, SIZE, State},
    grid::{Grid, Position},
};

impl State {
    /// `is_in_mob`.
    pub(in crate::full) fn in_creature(&self, at: Position) -> bool {
        self.floor().occupied.get(at) || self.position == at
    }

    /// `is_position_in_bounds_not_in_mob_not_colliding`.
    pub(in crate::full) fn is_free(&self, at: Position, barriers: Barriers) -> bool {
        let block = self.floor().map.get(at);
        let barred = match block {
            Block::Water => barriers.water,
            Block::Lava => barriers.lava,
            _ => barriers.ground || block.is_solid(),
        };
        Grid::<Block, SIZE>::contains(at) && !barred && !self.in_creature(at)
    }

    /// `update_mobs`.
    pub(in crate::full) fn move_creatures(&mut self, mut key: Key) {
        key = key.child(0);
        for i in 0..3 {
            self.move_melee(i, &mut key);
        }
        key = key.child(0);
        for i in 0..3 {
            let mob = self.floor().passive[i];
            let to = mob.position + random_way(key.draw(), 8);
            let alive = mob.alive && (mob.position - self.position).steps() < DESPAWN_DISTANCE;
            let position = self.walked(mob, to, &PASSIVE);
            self.floor_mut().passive[i] = Mob { position, alive, ..mob };
            self.move_on_map(mob, position, alive);
        }
        key = key.child(0);
        for i in 0..2 {
            self.move_ranged(i, &mut key);
        }
        for i in 0..3 {
            self.move_mob_projectile(i);
        }
        for i in 0..3 {
            self.move_player_projectile(i);
        }
    }

    /// Where a creature gets that moves to `to`.
    fn walked(&self, mob: Mob, to: Position, table: &[Species; 8]) -> Position {
        match self.is_free(to, row(table, mob.species).barriers) {
            true => to,
            false => mob.position,
        }
    }

    fn move_on_map(&mut self, before: Mob, position: Position, alive: bool) {
        let occupied = &mut self.floor_mut().occupied;
        if before.alive {
            occupied.set(before.position, false);
        }
        if alive {
            occupied.set(position, true);
        }
    }

    fn move_melee(&mut self, i: usize, key: &mut Key) {
        let mob = self.floor().melee[i];
        let distance = (mob.position - self.position).steps();
        let random = random_way(key.draw(), 4);
        let towards = way_towards(mob.position, self.position, key.draw());
        let hunts = key.draw().uniform(0) < 0.75 && (distance < 10 || self.fights_boss());
        let attacks = distance == 1 && mob.cooldown <= 0 && mob.alive;
        let mut to = mob.position + if hunts { towards } else { random };
        if attacks {
            to = mob.position;
            if self.sleeping {
                self.unlock(Achievement::WakeUp);
            }
            let fury = if self.sleeping { 3.5 } else { 1.0 };
            self.suffer(row(&MELEE_DAMAGE, mob.species).map(|x| x * fury));
        }
        // The original continues with the second child here.
        *key = key.child(1);
        let position = self.walked(mob, to, &MELEE);
        let alive = mob.alive && (distance < DESPAWN_DISTANCE || self.fights_boss());
        let cooldown = if attacks { 5 } else { mob.cooldown - 1 };
        self.floor_mut().melee[i] = Mob { position, alive, cooldown, ..mob };
        self.move_on_map(mob, position, alive);
    }

    fn move_ranged(&mut self, i: usize, key: &mut Key) {
        let mob = self.floor().ranged[i];
        let distance = (mob.position - self.position).steps();
        let random = mob.position + random_way(key.draw(), 4);
        let towards = way_towards(mob.position, self.position, key.draw());
        let wanted = match distance {
            ..=3 => mob.position - towards,
            6.. => mob.position + towards,
            _ => random,
        };
        let mut to = if key.draw().uniform(0) > 0.85 { wanted } else { random };
        let cornered = distance <= 3 && !self.is_free(to, row(&RANGED, mob.species).barriers);
        let aims = (4..=5).contains(&distance) || cornered;
        let attacks = aims && mob.cooldown <= 0 && mob.alive;
        if attacks {
            to = mob.position;
            let mut shots = self.floor_mut().mob_projectiles.iter_mut();
            if let Some(shot) = shots.find(|shot| !shot.mob.alive) {
                let species = *row(&SHOTS, mob.species);
                let flying = Mob { position: mob.position, alive: true, species, ..shot.mob };
                *shot = Projectile { mob: flying, way: towards };
            }
        }
        let position = self.walked(mob, to, &RANGED);
        let alive = mob.alive && (distance < DESPAWN_DISTANCE || self.fights_boss());
        let cooldown = if attacks { 4 } else { mob.cooldown - 1 };
        self.floor_mut().ranged[i] = Mob { position, alive, cooldown, ..mob };
        self.move_on_map(mob, position, alive);
    }
}
