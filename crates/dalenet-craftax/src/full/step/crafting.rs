//! Tools, armour, arrows and torches. Source: `do_crafting` and
//! `calculate_inventory_achievements` in `craftax/game_logic.py`.

use crate::full::{Achievement, Action, Block, State};

impl State {
    /// `do_crafting`.
    pub(super) fn craft(&mut self, action: Action) {
        use Action::*;
        let i = &self.inventory;
        // wood, stone, coal, iron, diamond
        let (wanted, costs) = match action {
            MakeWoodPickaxe => (i.pickaxe < 1, [1, 0, 0, 0, 0]),
            MakeStonePickaxe => (i.pickaxe < 2, [1, 1, 0, 0, 0]),
            MakeIronPickaxe => (i.pickaxe < 3, [1, 1, 1, 1, 0]),
            MakeDiamondPickaxe => (i.pickaxe < 4, [1, 0, 0, 0, 3]),
            MakeWoodSword => (i.sword < 1, [1, 0, 0, 0, 0]),
            MakeStoneSword => (i.sword < 2, [1, 1, 0, 0, 0]),
            MakeIronSword => (i.sword < 3, [1, 1, 1, 1, 0]),
            MakeDiamondSword => (i.sword < 4, [1, 0, 0, 0, 2]),
            MakeIronArmour => (i.armour.iter().any(|&piece| piece < 1), [0, 0, 3, 3, 0]),
            MakeDiamondArmour => (i.armour.iter().any(|&piece| piece < 2), [0, 0, 0, 0, 3]),
            MakeArrow => (i.arrows < 99, [1, 1, 0, 0, 0]),
            MakeTorch => (i.torches < 99, [1, 0, 1, 0, 0]),
            _ => return,
        };
        let needs_furnace = matches!(action, MakeIronPickaxe | MakeIronSword | MakeIronArmour);
        let has = [i.wood, i.stone, i.coal, i.iron, i.diamond];
        if !wanted
            || has.iter().zip(costs).any(|(&has, cost)| has < cost)
            || !self.is_near(Block::CraftingTable)
            || needs_furnace && !self.is_near(Block::Furnace)
        {
            return;
        }
        let i = &mut self.inventory;
        let materials = [&mut i.wood, &mut i.stone, &mut i.coal, &mut i.iron, &mut i.diamond];
        materials.into_iter().zip(costs).for_each(|(material, cost)| *material -= cost);
        let upgrade = |armour: &mut [i32; 4], to| {
            if let Some(piece) = armour.iter_mut().find(|piece| **piece < to) {
                *piece = to;
            }
        };
        match action {
            MakeWoodPickaxe => i.pickaxe = 1,
            MakeStonePickaxe => i.pickaxe = 2,
            MakeIronPickaxe => i.pickaxe = 3,
            MakeDiamondPickaxe => i.pickaxe = 4,
            MakeWoodSword => i.sword = 1,
            MakeStoneSword => i.sword = 2,
            MakeIronSword => i.sword = 3,
            MakeDiamondSword => i.sword = 4,
            MakeIronArmour => {
                upgrade(&mut i.armour, 1);
                self.unlock(Achievement::MakeIronArmour);
            }
            MakeDiamondArmour => {
                upgrade(&mut i.armour, 2);
                self.unlock(Achievement::MakeDiamondArmour);
            }
            MakeArrow => i.arrows += 2,
            _ => i.torches += 4,
        }
    }

    /// `calculate_inventory_achievements`.
    pub(super) fn unlock_by_inventory(&mut self) {
        use Achievement::*;
        let i = self.inventory;
        let found = [
            (CollectWood, i.wood > 0),
            (CollectStone, i.stone > 0),
            (CollectCoal, i.coal > 0),
            (CollectIron, i.iron > 0),
            (CollectDiamond, i.diamond > 0),
            (CollectRuby, i.ruby > 0),
            (CollectSapphire, i.sapphire > 0),
            (CollectSapling, i.sapling > 0),
            (FindBow, i.bow > 0),
            (MakeArrow, i.arrows > 0),
            (MakeTorch, i.torches > 0),
            (MakeWoodPickaxe, i.pickaxe >= 1),
            (MakeStonePickaxe, i.pickaxe >= 2),
            (MakeIronPickaxe, i.pickaxe >= 3),
            (MakeDiamondPickaxe, i.pickaxe >= 4),
            (MakeWoodSword, i.sword >= 1),
            (MakeStoneSword, i.sword >= 2),
            (MakeIronSword, i.sword >= 3),
            (MakeDiamondSword, i.sword >= 4),
        ];
        for (achievement, _) in found.into_iter().filter(|&(_, found)| found) {
            self.unlock(achievement);
        }
    }
}
