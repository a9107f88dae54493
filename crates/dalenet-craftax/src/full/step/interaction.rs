//! The action `Do`: fights, mines, opens, eats, drinks. Source: `do_action` and
//! `add_items_from_chest` in `craftax/game_logic.py`.

use crate::{
    Key,
    full::{Achievement, Block, GRAVEYARD, SIZE, SPAWN_TURNS, State},
    grid::Grid,
};

impl State {
    /// `do_action`: fights, mines, opens, eats, drinks.
    pub(super) fn interact(&mut self, mut key: Key) {
        use Block::*;
        let target = self.target();
        let damage = self.damage();
        let attacked = self.attack(target, damage, true);
        let level = self.level;
        let block = self.floor().map.get(target);
        let first_chest = !self.floor().chest_opened;
        if block == Chest {
            self.floor_mut().chest_opened = true;
        }
        let hurts = block == Necromancer && level == GRAVEYARD && self.boss_is_vulnerable();
        if hurts {
            self.boss_progress += 1;
            self.boss_spawn_turns = SPAWN_TURNS;
        }
        if attacked || !Grid::<Block, SIZE>::contains(target) {
            return;
        }
        let (sapling, chest) = (key.draw(), key.draw());
        let pickaxe = self.inventory.pickaxe;
        let i = &mut self.inventory;
        let (item, left) = match block {
            Tree => (&mut i.wood, Grass),
            FireTree => (&mut i.wood, FireGrass),
            IceShrub => (&mut i.wood, IceGrass),
            Stone | Stalagmite if pickaxe >= 1 => (&mut i.stone, Path),
            Coal if pickaxe >= 1 => (&mut i.coal, Path),
            Iron if pickaxe >= 2 => (&mut i.iron, Path),
            Diamond if pickaxe >= 3 => (&mut i.diamond, Path),
            Sapphire if pickaxe >= 4 => (&mut i.sapphire, Path),
            Ruby if pickaxe >= 4 => (&mut i.ruby, Path),
            Grass if sapling.uniform(0) < 0.1 => (&mut i.sapling, Grass),
            Furnace | CraftingTable => return self.floor_mut().map.set(target, Path),
            Water | Fountain => {
                self.drink = self.most_need().min(self.drink + 1);
                self.thirst = 0.0;
                return self.unlock(Achievement::CollectDrink);
            }
            RipePlant => {
                self.floor_mut().map.set(target, Block::Plant);
                let eaten = self.plants.iter().position(|plant| plant.position == target);
                self.plants[eaten.unwrap_or(0)].age = 0;
                self.eat(4);
                return self.unlock(Achievement::EatPlant);
            }
            Chest => {
                self.floor_mut().map.set(target, Path);
                self.loot(chest, first_chest);
                return self.unlock(Achievement::OpenChest);
            }
            Necromancer if hurts => return self.unlock(Achievement::DamageNecromancer),
            _ => return,
        };
        *item += 1;
        self.floor_mut().map.set(target, left);
    }

    pub(in crate::full) fn eat(&mut self, food: i32) {
        self.food = self.most_need().min(self.food + food);
        self.hunger = 0.0;
    }

    /// `add_items_from_chest`.
    fn loot(&mut self, mut key: Key, first: bool) {
        let (level, i) = (self.level, &mut self.inventory);
        let [torch, torches, ore, kind, ores, potion, colour, potions] =
            std::array::from_fn(|_| key.draw());
        let [arrow, arrows, tool, which, pickaxe, sword] = std::array::from_fn(|_| key.draw());
        if torch.uniform(0) < 0.6 {
            i.torches += torches.integer(0, 4, 8);
        }
        if ore.uniform(0) < 0.6 {
            match kind.choice([0.3, 0.3, 0.15, 0.125, 0.125]) {
                0 => i.coal += ores.integer(0, 1, 4),
                1 => i.iron += ores.integer(0, 1, 3),
                2 => i.diamond += 1,
                3 => i.sapphire += 1,
                _ => i.ruby += 1,
            }
        }
        if potion.uniform(0) < 0.5 {
            i.potions[colour.integer(0, 0, 6) as usize] += potions.integer(0, 1, 3);
        }
        if arrow.uniform(0) < 0.25 {
            i.arrows += arrows.integer(0, 1, 5);
        }
        let quality = |key: Key| 1 + key.choice([0.4, 0.3, 0.2, 0.1]).min(3) as i32;
        if tool.uniform(0) < 0.2 {
            match which.integer(0, 0, 2) {
                0 => i.pickaxe = i.pickaxe.max(quality(pickaxe)),
                _ => i.sword = i.sword.max(quality(sword)),
            }
        }
        match level {
            1 if first => i.bow = 1,
            3 | 4 if first => i.books += 1,
            _ => (),
        }
    }
}
