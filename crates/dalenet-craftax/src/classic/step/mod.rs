//! One step of the game. Source: `craftax_classic/game_logic.py`, whose function names the
//! comments give. Oddities of the original are kept, to stay equal to it.

mod crafting;
mod creatures;
mod interaction;
mod needs;
mod spawning;

use super::{Achievement, Action, Block, Direction, EPISODE, Map, NEIGHBOURS, State};
use crate::{Key, Outcome, daylight, grid::Position};

pub(crate) use creatures::{random_way, way_towards};

impl State {
    /// `env.step(key, state, action)`, without a reset when the episode is over.
    pub fn step(&mut self, mut key: Key, action: Action) -> Outcome {
        let (achievements, health) = (self.unlocked(), self.health);
        let action = if self.sleeping { Action::Noop } else { action };
        self.craft(action);
        let drawn = key.draw();
        if action == Action::Do {
            self.interact(drawn);
        }
        self.place(action);
        self.walk(action);
        self.move_creatures(key.draw());
        self.spawn(key.draw());
        self.grow();
        self.update_needs(action);
        self.inventory.items().into_iter().for_each(|(_, item)| *item = (*item).min(9));
        let burns = self.map.get(self.position) == Block::Lava;
        self.health = if burns { 0 } else { self.health.max(0) };
        self.time += 1;
        self.light = daylight(self.time);
        self.key = key.child(1);
        let (unlocked, healed) = (self.unlocked() - achievements, self.health - health);
        Outcome { reward: (healed as f32).mul_add(0.1, unlocked as f32), over: self.is_over() }
    }

    /// `is_game_over`: whether the player is dead or the time is up.
    pub fn is_over(&self) -> bool {
        let burns = self.map.get(self.position) == Block::Lava;
        self.time >= EPISODE || burns || self.health <= 0
    }

    fn unlocked(&self) -> i32 {
        self.achievements.iter().map(|&unlocked| i32::from(unlocked)).sum()
    }

    fn unlock(&mut self, achievement: Achievement) {
        self.achievements[achievement as usize] = true;
    }

    /// `is_in_mob`.
    fn in_creature(&self, at: Position) -> bool {
        self.occupied.get(at) || self.position == at
    }

    /// `is_position_in_bounds_not_in_mob_not_colliding`.
    fn is_free(&self, at: Position) -> bool {
        let block = self.map.get(at);
        let ground = !block.is_solid() && block != Block::Lava;
        Map::contains(at) && ground && !self.in_creature(at)
    }

    /// `is_near_block`.
    fn is_near(&self, block: Block) -> bool {
        let around = NEIGHBOURS.iter().map(|&way| self.position + way);
        around.into_iter().any(|at| Map::contains(at) && self.map.get(at) == block)
    }

    /// `move_player`.
    fn walk(&mut self, action: Action) {
        let code = (action as u32).wrapping_sub(Action::Left as u32);
        let Some(direction) = Direction::from_code(code) else { return };
        let target = self.position + direction.way();
        if self.is_free(target) || self.map.get(target) == Block::Lava {
            self.position = target;
        }
        self.direction = direction;
    }
}
