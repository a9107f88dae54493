//! A state as 32-bit state words, in the order of the fields in `craftax/craftax_state.py`.

use super::{Direction, FLOORS, State};
use crate::fields::{Read, Visitor, Write};

impl State {
    /// Number of state words that [`Self::save`] appends.
    pub const WORDS: usize = 32_777;

    /// Appends the whole state as [`Self::WORDS`] 32-bit state words; floors not yet visited
    /// included.
    pub fn save(&self, out: &mut Vec<u32>) {
        self.fields(|_, word| out.push(word));
    }

    /// Every state word of [`Self::save`] with the name of its field in the original.
    pub fn fields(&self, each: impl FnMut(&'static str, u32)) {
        self.clone().visit(&mut Read(each));
    }

    /// Restores a state that [`Self::save`] gave; missing state words count as 0.
    pub fn restore(&mut self, state: &[u32]) {
        self.visit(&mut Write(state));
    }

    fn visit(&mut self, v: &mut impl Visitor) {
        (0..FLOORS).for_each(|level| self.generate(level));
        let mut level = self.level as i32;
        v.int("player_level", &mut level);
        self.level = level.clamp(0, FLOORS as i32 - 1) as usize;
        v.position("player_position", &mut self.position);
        let mut direction = self.direction as u32 + 1;
        v.word("player_direction", &mut direction);
        self.direction = Direction::from_code(direction.wrapping_sub(1)).unwrap_or(self.direction);
        v.float("player_health", &mut self.health);
        v.int("player_food", &mut self.food);
        v.int("player_drink", &mut self.drink);
        v.int("player_energy", &mut self.energy);
        v.int("player_mana", &mut self.mana);
        v.flag("is_sleeping", &mut self.sleeping);
        v.flag("is_resting", &mut self.resting);
        v.float("player_recover", &mut self.recover);
        v.float("player_hunger", &mut self.hunger);
        v.float("player_thirst", &mut self.thirst);
        v.float("player_fatigue", &mut self.fatigue);
        v.float("player_recover_mana", &mut self.recover_mana);
        v.int("player_xp", &mut self.experience);
        v.int("player_dexterity", &mut self.dexterity);
        v.int("player_strength", &mut self.strength);
        v.int("player_intelligence", &mut self.intelligence);
        self.inventory.items().into_iter().for_each(|(name, item)| v.int(name, item));
        v.int("sword_enchantment", &mut self.sword_enchantment);
        v.int("bow_enchantment", &mut self.bow_enchantment);
        self.armour_enchantments.iter_mut().for_each(|x| v.int("armour_enchantments", x));
        self.learned_spells.iter_mut().for_each(|x| v.flag("learned_spells", x));
        self.potion_mapping.iter_mut().for_each(|x| v.int("potion_mapping", x));
        v.int("boss_progress", &mut self.boss_progress);
        v.int("boss_timesteps_to_spawn_this_round", &mut self.boss_spawn_turns);
        self.plants.iter_mut().for_each(|plant| plant.visit(v));
        v.float("light_level", &mut self.light);
        v.bits("achievements", &mut self.achievements);
        v.word("state_rng", &mut self.key.0);
        v.word("state_rng", &mut self.key.1);
        v.int("timestep", &mut self.time);
        self.floors.iter_mut().for_each(|floor| floor.visit(v));
    }
}
