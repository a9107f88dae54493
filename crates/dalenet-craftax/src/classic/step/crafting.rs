//! Tools, tables, furnaces, and what is placed. Source: `do_crafting` and `place_block` in
//! `craftax_classic/game_logic.py`.

use crate::classic::{Achievement, Action, Block, Map, Plant, State};

impl State {
    /// `do_crafting`.
    pub(super) fn craft(&mut self, action: Action) {
        use Achievement as A;
        let (achievement, materials) = match action {
            Action::MakeWoodPickaxe => (A::MakeWoodPickaxe, 1),
            Action::MakeWoodSword => (A::MakeWoodSword, 1),
            Action::MakeStonePickaxe => (A::MakeStonePickaxe, 2),
            Action::MakeStoneSword => (A::MakeStoneSword, 2),
            Action::MakeIronPickaxe => (A::MakeIronPickaxe, 4),
            Action::MakeIronSword => (A::MakeIronSword, 4),
            _ => return,
        };
        if !self.is_near(Block::CraftingTable) || materials == 4 && !self.is_near(Block::Furnace) {
            return;
        }
        let i = &mut self.inventory;
        let costs = [&mut i.wood, &mut i.stone, &mut i.coal, &mut i.iron];
        if costs[..materials].iter().any(|material| **material < 1) {
            return;
        }
        costs.into_iter().take(materials).for_each(|material| *material -= 1);
        *match action {
            Action::MakeWoodPickaxe => &mut i.wood_pickaxe,
            Action::MakeWoodSword => &mut i.wood_sword,
            Action::MakeStonePickaxe => &mut i.stone_pickaxe,
            Action::MakeStoneSword => &mut i.stone_sword,
            Action::MakeIronPickaxe => &mut i.iron_pickaxe,
            _ => &mut i.iron_sword,
        } += 1;
        self.unlock(achievement);
    }

    /// `place_block`.
    pub(super) fn place(&mut self, action: Action) {
        let target = self.position + self.direction.way();
        if !Map::contains(target) || self.in_creature(target) {
            return;
        }
        let below = self.map.get(target);
        let (open, i) = (!below.is_solid(), &mut self.inventory);
        let (item, cost, block, achievement) = match action {
            Action::PlaceTable if open => {
                (&mut i.wood, 2, Block::CraftingTable, Achievement::PlaceTable)
            }
            Action::PlaceFurnace if open => {
                (&mut i.stone, 1, Block::Furnace, Achievement::PlaceFurnace)
            }
            Action::PlaceStone if open || below == Block::Water => {
                (&mut i.stone, 1, Block::Stone, Achievement::PlaceStone)
            }
            Action::PlacePlant if below == Block::Grass => {
                (&mut i.sapling, 1, Block::Plant, Achievement::PlacePlant)
            }
            _ => return,
        };
        if *item < cost {
            return;
        }
        *item -= cost;
        self.map.set(target, block);
        self.unlock(achievement);
        if action == Action::PlacePlant
            && let Some(slot) = self.plants.iter_mut().find(|plant| !plant.alive)
        {
            *slot = Plant { position: target, age: 0, alive: true };
        }
    }
}
