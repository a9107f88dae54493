//! One step of the game: what the player does. Source: `craftax/game_logic.py`, whose function
//! names the comments give. Oddities of the original are kept, to stay equal to it.

mod crafting;
mod interaction;
mod magic;
mod movement;
mod needs;
mod placing;
mod shooting;

use super::{Achievement, Action, BOSS_HITS, Block, GRAVEYARD, SIZE, State};
use crate::{
    Key, Outcome,
    classic::NEIGHBOURS,
    daylight,
    grid::{Grid, Position},
};

impl State {
    /// `env.step(key, state, action)`, without a reset when the episode is over.
    pub fn step(&mut self, mut key: Key, action: Action) -> Outcome {
        let (before, health) = (self.achievements, self.health);
        let action = if self.sleeping || self.resting { Action::Noop } else { action };
        self.change_floor(action);
        self.craft(action);
        let drawn = key.draw();
        if action == Action::Do {
            self.interact(drawn);
        }
        self.place(action);
        self.shoot(action);
        self.cast(action);
        self.drink_potion(action);
        self.read_book(key.draw(), action);
        self.enchant(key.draw(), action);
        if self.boss_progress >= BOSS_HITS {
            self.unlock(Achievement::DefeatNecromancer);
        }
        if self.level == GRAVEYARD {
            self.boss_spawn_turns -= 1;
        }
        self.level_up(action);
        self.walk(action);
        self.move_creatures(key.draw());
        self.spawn(key.draw());
        self.grow();
        self.update_needs(action);
        self.clip();
        self.unlock_by_inventory();
        self.time += 1;
        self.light = daylight(self.time);
        self.key = key.child(1);
        let new = |a: &Achievement| self.has(*a) && !before[*a as usize];
        let unlocked: i32 = Achievement::ALL.iter().filter(|a| new(a)).map(|a| a.reward()).sum();
        Outcome {
            reward: (self.health - health).mul_add(0.1, unlocked as f32),
            over: self.is_over(),
        }
    }

    pub(super) fn unlock(&mut self, achievement: Achievement) {
        self.achievements[achievement as usize] = true;
    }

    /// `is_boss_vulnerable`.
    pub(crate) fn boss_is_vulnerable(&self) -> bool {
        let floor = self.floor();
        let mut monsters = floor.melee.iter().chain(&floor.ranged);
        !monsters.any(|mob| mob.alive) && self.boss_spawn_turns <= 0
    }

    pub(super) fn most_health(&self) -> f32 {
        (8 + self.strength) as f32
    }

    /// Of food, drink and energy.
    pub(super) fn most_need(&self) -> i32 {
        7 + 2 * self.dexterity
    }

    fn target(&self) -> Position {
        self.position + self.direction.way()
    }

    /// `is_near_block`.
    fn is_near(&self, block: Block) -> bool {
        let map = &self.floor().map;
        let around = NEIGHBOURS.iter().map(|&way| self.position + way);
        around.into_iter().any(|at| Grid::<Block, SIZE>::contains(at) && map.get(at) == block)
    }
}
