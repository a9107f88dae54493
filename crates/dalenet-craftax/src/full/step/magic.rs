//! Potions, books, enchantments and skills. Source: `drink_potion`, `read_book`, `enchant` and
//! `level_up_attributes` in `craftax/game_logic.py`.

use crate::{
    Key,
    full::{Achievement, Action, Block, State},
};

/// The most that a skill can rise to.
const BEST_SKILL: i32 = 5;
/// Mana that an enchantment costs.
const ENCHANTMENT: i32 = 9;

impl State {
    pub(super) fn drink_potion(&mut self, action: Action) {
        let colour = (action as usize).wrapping_sub(Action::DrinkPotionRed as usize);
        if self.inventory.potions.get(colour).is_none_or(|&potions| potions <= 0) {
            return;
        }
        self.inventory.potions[colour] -= 1;
        self.unlock(Achievement::DrinkPotion);
        match self.potion_mapping[colour] {
            0 => self.health += 8.0,
            1 => self.health -= 3.0,
            2 => self.mana += 8,
            3 => self.mana -= 3,
            4 => self.energy += 8,
            5 => self.energy -= 3,
            _ => (),
        }
    }

    pub(super) fn read_book(&mut self, key: Key, action: Action) {
        if action != Action::ReadBook || self.inventory.books <= 0 {
            return;
        }
        self.inventory.books -= 1;
        let [fire, ice] = self.learned_spells.map(|known| f32::from(u8::from(!known)));
        let spell = key.child(1).choice([fire / (fire + ice), ice / (fire + ice)]);
        // Who knows both learns nothing new.
        self.unlock(match spell {
            0 => Achievement::LearnFireball,
            _ => Achievement::LearnIceball,
        });
        if let Some(known) = self.learned_spells.get_mut(spell) {
            *known = true;
        }
    }

    pub(super) fn enchant(&mut self, key: Key, action: Action) {
        let block = self.floor().map.get(self.target());
        let i = &mut self.inventory;
        let (element, gems) = match block {
            Block::EnchantmentTableFire => (1, &mut i.ruby),
            Block::EnchantmentTableIce => (2, &mut i.sapphire),
            _ => return,
        };
        if self.mana < ENCHANTMENT || *gems < 1 {
            return;
        }
        match action {
            Action::EnchantBow if i.bow > 0 => self.bow_enchantment = element,
            Action::EnchantSword if i.sword > 0 => {
                self.sword_enchantment = element;
                self.achievements[Achievement::EnchantSword as usize] = true;
            }
            Action::EnchantArmour if i.armour.iter().sum::<i32>() > 0 => {
                let pieces = &mut self.armour_enchantments;
                let bare = pieces.contains(&0);
                let eligible = pieces.map(|piece| match bare {
                    true => piece == 0,
                    false => piece != element,
                });
                let chosen = key.child(1).choice(eligible.map(|yes| f32::from(u8::from(yes))));
                pieces[chosen.min(3)] = element;
                self.achievements[Achievement::EnchantArmour as usize] = true;
            }
            _ => return,
        }
        *gems -= 1;
        self.mana -= ENCHANTMENT;
    }

    /// `level_up_attributes`.
    pub(super) fn level_up(&mut self, action: Action) {
        let skill = match action {
            Action::LevelUpDexterity => &mut self.dexterity,
            Action::LevelUpStrength => &mut self.strength,
            Action::LevelUpIntelligence => &mut self.intelligence,
            _ => return,
        };
        if self.experience >= 1 && *skill < BEST_SKILL {
            *skill += 1;
            self.experience -= 1;
        }
    }
}
