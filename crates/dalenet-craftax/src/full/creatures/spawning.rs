//! New creatures. Source: `spawn_mobs` in `craftax/game_logic.py`.

use super::species::{DEEP_THING, INHABITANTS, MELEE, PASSIVE, RANGED, Species, row};
use crate::{
    Key,
    full::{Block, DESPAWN_DISTANCE, Floor, Mob, SIZE, State},
    grid::Position,
};

impl State {
    /// `spawn_mobs`.
    pub(in crate::full) fn spawn(&mut self, mut key: Key) {
        let (level, boss) = (self.level, self.fights_boss());
        let weight = match self.floor().is_cleared() {
            true => 1.0,
            false => 3.0,
        } * match boss {
            true if self.boss_spawn_turns >= 1 => 1000.0,
            true => 0.0,
            false => 1.0,
        };
        let monsters = if boss { self.boss_progress.clamp(0, 8) as usize } else { level };
        let [cow, _, _] = INHABITANTS[level];
        let [_, melee, ranged] = INHABITANTS[monsters];
        // As squares of distances.
        let near = 3 * 3;
        let (from, to) =
            if boss { (-1, 6 * 6) } else { (9 * 9, DESPAWN_DISTANCE * DESPAWN_DISTANCE - 1) };
        let ground: fn(Block) -> bool = if boss { Block::is_grave } else { Block::is_ground };

        let chance = if boss || level == 7 { 0.0 } else { 0.1 };
        let place =
            Place { from: near, to: DESPAWN_DISTANCE * DESPAWN_DISTANCE - 1, on: Block::is_ground };
        self.spawn_one(&mut key, chance, place, (cow, &PASSIVE), |floor| &mut floor.passive);

        let night = 1.0 - self.light;
        let chance = if level == 0 { (night * night).mul_add(0.1, 0.02) } else { 0.06 };
        let place = Place { from, to, on: ground };
        self.spawn_one(&mut key, chance * weight, place, (melee, &MELEE), |floor| &mut floor.melee);

        let on = match ranged {
            DEEP_THING if !boss => |block| block == Block::Water,
            _ => ground,
        };
        let place = Place { on, ..place };
        self.spawn_one(&mut key, 0.05 * weight, place, (ranged, &RANGED), |floor| {
            &mut floor.ranged
        });
    }

    fn spawn_one<const N: usize>(
        &mut self,
        key: &mut Key,
        chance: f32,
        place: Place,
        (species, table): (i32, &[Species; 8]),
        slots: impl Fn(&mut Floor) -> &mut [Mob; N],
    ) {
        let (luck, cell) = (key.draw(), key.draw());
        let free = slots(self.floor_mut()).iter().position(|mob| !mob.alive);
        let slot = free.unwrap_or(0);
        let lucky = free.is_some() && luck.uniform(0) < chance;
        let position = if lucky { self.place_for(cell, place) } else { None };
        let mob = &mut slots(self.floor_mut())[slot];
        // The original changes the species even where nobody appears.
        mob.species = species;
        if let Some(position) = position {
            let health = row(table, species).health;
            *mob = Mob { position, health, alive: true, ..*mob };
        }
        let Mob { position, alive, .. } = *mob;
        if alive {
            self.floor_mut().occupied.set(position, true);
        }
    }

    /// One of the free cells that are neither too near nor too far.
    fn place_for(&self, key: Key, place: Place) -> Option<Position> {
        let floor = self.floor();
        let (mut cells, mut count) = ([0; 27 * 27], 0);
        let last = SIZE as i32 - 1;
        let reach = DESPAWN_DISTANCE - 1;
        let Position { row, col } = self.position;
        for y in (row - reach).max(0)..=(row + reach).min(last) {
            for x in (col - reach).max(0)..=(col + reach).min(last) {
                let distance = (y - row) * (y - row) + (x - col) * (x - col);
                let (i, j) = (y as usize, x as usize);
                if distance > place.from
                    && distance <= place.to
                    && (place.on)(floor.map.0[i][j])
                    && !floor.occupied.0[i][j]
                {
                    cells[count] = (i * SIZE + j) as u16;
                    count += 1;
                }
            }
        }
        let cells = &cells[..count];
        let cell = (count > 0).then(|| key.choice_among(1.0 / count as f32, cells))?;
        Some(Position::new((cell / SIZE) as i32, (cell % SIZE) as i32))
    }
}

/// Where creatures of a kind appear.
#[derive(Clone, Copy)]
struct Place {
    /// Squares of distances to the player: more than this,
    from: i32,
    /// and at most this.
    to: i32,
    on: fn(Block) -> bool,
}
