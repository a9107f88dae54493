//! The player's needs. Source: `update_player_intrinsics` and `clip_inventory_and_intrinsics` in
//! `craftax/game_logic.py`.

use crate::full::{Achievement, Action, GRAVEYARD, State};

impl State {
    /// `update_player_intrinsics`.
    pub(super) fn update_needs(&mut self, action: Action) {
        let most = self.most_need();
        self.sleeping |= action == Action::Sleep && self.energy < most;
        if self.sleeping && self.energy >= most {
            self.sleeping = false;
            self.unlock(Achievement::WakeUp);
        }
        self.resting |= action == Action::Rest && self.health < self.most_health();
        if self.health >= self.most_health() || self.food <= 0 || self.drink <= 0 {
            self.resting = false;
        }
        // In the graveyard nobody starves.
        let loss = i32::from(self.level != GRAVEYARD);
        let pace = 1.0 - 0.125 * (self.dexterity - 1) as f32;
        let effort = if self.sleeping { 0.5 } else { 1.0 } * pace;
        self.hunger += effort;
        if self.hunger > 25.0 {
            self.hunger = 0.0;
            self.food = 0.max(self.food - loss);
        }
        self.thirst += effort;
        if self.thirst > 20.0 {
            self.thirst = 0.0;
            self.drink = 0.max(self.drink - loss);
        }
        self.fatigue =
            if self.sleeping { (self.fatigue - 1.0).min(0.0) } else { self.fatigue + pace };
        if self.fatigue > 30.0 {
            self.fatigue = 0.0;
            self.energy = 0.max(self.energy - loss);
        }
        if self.fatigue < -10.0 {
            self.fatigue = 0.0;
            self.energy = most.min(self.energy + 1);
        }
        let well = self.food > 0 && self.drink > 0 && (self.energy > 0 || self.sleeping);
        self.recover += match (well, self.sleeping) {
            (true, true) => 2.0,
            (true, false) => 1.0,
            (false, true) => -0.5 * loss as f32,
            (false, false) => -loss as f32,
        };
        if self.recover > 25.0 {
            self.recover = 0.0;
            self.health = self.most_health().min(self.health + 1.0);
        }
        if self.recover < -15.0 {
            self.recover = 0.0;
            self.health -= 1.0;
        }
        let focus = 1.0 + 0.25 * (self.intelligence - 1) as f32;
        self.recover_mana = (self.recover_mana + if self.sleeping { 2.0 } else { 1.0 }) * focus;
        if self.recover_mana > 30.0 {
            self.recover_mana = 0.0;
            self.mana += 1;
        }
    }

    /// `clip_inventory_and_intrinsics`.
    pub(super) fn clip(&mut self) {
        self.inventory.items().into_iter().for_each(|(_, item)| *item = (*item).min(99));
        self.health = self.health.max(0.0).min(self.most_health());
        let most = self.most_need();
        for need in [&mut self.food, &mut self.drink, &mut self.energy] {
            *need = (*need).max(0).min(most);
        }
        self.mana = self.mana.max(0).min(6 + 3 * self.intelligence);
    }
}
