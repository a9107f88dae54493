//! Plants and the player's needs. Source: `update_plants` and `update_player_intrinsics` in
//! `craftax_classic/game_logic.py`.

use crate::classic::{Achievement, Action, Block, RIPE, State};

impl State {
    /// `update_plants`.
    pub(super) fn grow(&mut self) {
        for plant in &mut self.plants {
            plant.age = if plant.alive { plant.age + 1 } else { 0 };
            if plant.age >= RIPE {
                self.map.set(plant.position, Block::RipePlant);
            }
        }
    }

    /// `update_player_intrinsics`.
    pub(super) fn update_needs(&mut self, action: Action) {
        if action == Action::Sleep && self.energy < 9 {
            self.sleeping = true;
        }
        if self.sleeping && self.energy >= 9 {
            self.sleeping = false;
            self.unlock(Achievement::WakeUp);
        }
        let effort = if self.sleeping { 0.5 } else { 1.0 };
        self.hunger += effort;
        if self.hunger > 25.0 {
            self.hunger = 0.0;
            self.food = 0.max(self.food - 1);
        }
        self.thirst += effort;
        if self.thirst > 20.0 {
            self.thirst = 0.0;
            self.drink = 0.max(self.drink - 1);
        }
        self.fatigue =
            if self.sleeping { (self.fatigue - 1.0).min(0.0) } else { self.fatigue + 1.0 };
        if self.fatigue > 30.0 {
            self.fatigue = 0.0;
            self.energy = 0.max(self.energy - 1);
        }
        if self.fatigue < -10.0 {
            self.fatigue = 0.0;
            self.energy = 9.min(self.energy + 1);
        }
        let well = self.food > 0 && self.drink > 0 && (self.energy > 0 || self.sleeping);
        self.recover += match (well, self.sleeping) {
            (true, true) => 2.0,
            (true, false) => 1.0,
            (false, true) => -0.5,
            (false, false) => -1.0,
        };
        if self.recover > 25.0 {
            self.recover = 0.0;
            self.health = 9.min(self.health + 1);
        }
        if self.recover < -15.0 {
            self.recover = 0.0;
            self.health -= 1;
        }
    }
}
