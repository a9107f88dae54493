//! New creatures. Source: `spawn_mobs` in `craftax_classic/game_logic.py`.

use crate::{
    Key,
    classic::{Block, Creature, DESPAWN_DISTANCE, SIZE, State},
    grid::Position,
};

impl State {
    /// `spawn_mobs`.
    pub(super) fn spawn(&mut self, mut key: Key) {
        let night = 1.0 - self.light;
        let cows = Spawning { chance: 0.1, beyond: 3, health: 3, grass: true, path: false };
        let chance = (night * night).mul_add(0.1, 0.02);
        let zombies = Spawning { chance, beyond: 9, health: 5, grass: true, path: true };
        let skeletons = Spawning { chance: 0.05, beyond: 9, health: 3, grass: false, path: true };
        self.spawn_one(&mut key, cows, |state| &mut state.cows);
        self.spawn_one(&mut key, zombies, |state| &mut state.zombies);
        self.spawn_one(&mut key, skeletons, |state| &mut state.skeletons);
    }

    fn spawn_one<const N: usize>(
        &mut self,
        key: &mut Key,
        rules: Spawning,
        slots: impl Fn(&mut Self) -> &mut [Creature; N],
    ) {
        let (chance, place) = (key.draw(), key.draw());
        let free = slots(self).iter().position(|creature| !creature.alive);
        let slot = free.unwrap_or(0);
        if free.is_some()
            && chance.uniform(0) < rules.chance
            && let Some(position) = self.place_for(place, rules)
        {
            let creature = &mut slots(self)[slot];
            *creature = Creature { position, health: rules.health, alive: true, ..*creature };
        }
        let Creature { position, alive, .. } = slots(self)[slot];
        if alive {
            self.occupied.set(position, true);
        }
    }

    /// One of the free cells that are neither too near nor too far.
    fn place_for(&self, key: Key, rules: Spawning) -> Option<Position> {
        let (mut cells, mut count) = ([0; 365], 0); // so many are less than 14 steps away
        let last = SIZE as i32 - 1;
        let Position { row, col } = self.position;
        for y in (row - DESPAWN_DISTANCE + 1).max(0)..=(row + DESPAWN_DISTANCE - 1).min(last) {
            let width = DESPAWN_DISTANCE - 1 - (y - row).abs();
            for x in (col - width).max(0)..=(col + width).min(last) {
                let at = Position::new(y, x);
                let block = self.map.get(at);
                let ground =
                    rules.grass && block == Block::Grass || rules.path && block == Block::Path;
                let near = (at - self.position).steps() <= rules.beyond;
                if ground && !near && !self.occupied.get(at) {
                    cells[count] = (y * SIZE as i32 + x) as u16;
                    count += 1;
                }
            }
        }
        let cells = &cells[..count];
        let cell = (count > 0).then(|| key.choice_among(1.0 / count as f32, cells) as i32)?;
        Some(Position::new(cell / SIZE as i32, cell % SIZE as i32))
    }
}

/// Where, how often and how strong creatures of a kind appear.
#[derive(Clone, Copy)]
struct Spawning {
    chance: f32,
    /// More steps away than this.
    beyond: i32,
    health: i32,
    grass: bool,
    path: bool,
}
