//! Blocks, actions and achievements, and their codes. Source: `craftax_classic/constants.py`.

use crate::{codes, grid::Position};

codes! {
    /// What a cell of the map is made of.
    Block {
        Invalid, OutOfBounds, Grass, Water, Stone, Tree, Wood, Path, Coal, Iron, Diamond,
        CraftingTable, Furnace, Sand, Lava, Plant, RipePlant,
    }
}

impl Block {
    /// Whether creatures and the player cannot walk there.
    #[inline]
    pub const fn is_solid(self) -> bool {
        use Block::*;
        matches!(
            self,
            Water
                | Stone
                | Tree
                | Coal
                | Iron
                | Diamond
                | CraftingTable
                | Furnace
                | Plant
                | RipePlant
        )
    }
}

codes! {
    /// What the player can do in a step.
    Action {
        Noop, Left, Right, Up, Down, Do, Sleep, PlaceStone, PlaceTable, PlaceFurnace, PlacePlant,
        MakeWoodPickaxe, MakeStonePickaxe, MakeIronPickaxe, MakeWoodSword, MakeStoneSword,
        MakeIronSword,
    }
}

codes! {
    /// Achievements, each rewarded by 1 once in an episode.
    Achievement {
        CollectWood, PlaceTable, EatCow, CollectSapling, CollectDrink, MakeWoodPickaxe,
        MakeWoodSword, PlacePlant, DefeatZombie, CollectStone, PlaceStone, EatPlant,
        DefeatSkeleton, MakeStonePickaxe, MakeStoneSword, WakeUp, PlaceFurnace, CollectCoal,
        CollectIron, CollectDiamond, MakeIronPickaxe, MakeIronSword,
    }
}

codes! {
    /// The direction that the player faces; its code is 1 less than that of the action.
    Direction { Left, Right, Up, Down }
}

impl Direction {
    /// The step to the next cell.
    #[inline]
    pub const fn way(self) -> Position {
        [Position::new(0, -1), Position::new(0, 1), Position::new(-1, 0), Position::new(1, 0)]
            [self as usize]
    }
}
