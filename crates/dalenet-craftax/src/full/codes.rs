//! Blocks, actions and achievements, and their codes. Source: `craftax/constants.py`.

use crate::codes;

codes! {
    /// What a cell of a floor is made of.
    Block {
        Invalid, OutOfBounds, Grass, Water, Stone, Tree, Wood, Path, Coal, Iron, Diamond,
        CraftingTable, Furnace, Sand, Lava, Plant, RipePlant, Wall, Darkness, WallMoss, Stalagmite,
        Sapphire, Ruby, Chest, Fountain, FireGrass, IceGrass, Gravel, FireTree, IceShrub,
        EnchantmentTableFire, EnchantmentTableIce, Necromancer, Grave, Grave2, Grave3,
        NecromancerVulnerable,
    }
}

impl Block {
    /// Whether creatures and the player cannot walk there.
    #[inline]
    pub const fn is_solid(self) -> bool {
        use Block::*;
        matches!(
            self,
            Stone
                | Tree
                | Coal
                | Iron
                | Diamond
                | CraftingTable
                | Furnace
                | Plant
                | RipePlant
                | Wall
                | WallMoss
                | Stalagmite
                | Ruby
                | Sapphire
                | Chest
                | Fountain
                | FireTree
                | EnchantmentTableFire
                | EnchantmentTableIce
                | Grave
                | Grave2
                | Grave3
                | Necromancer
        )
    }

    /// Whether a torch can stand there.
    pub(super) const fn holds_items(self) -> bool {
        use Block::*;
        matches!(self, Grass | Sand | Path | FireGrass | IceGrass)
    }

    /// Whether creatures appear there.
    pub(super) const fn is_ground(self) -> bool {
        use Block::*;
        matches!(self, Grass | Path | FireGrass | IceGrass)
    }

    pub(super) const fn is_grave(self) -> bool {
        matches!(self, Block::Grave | Block::Grave2 | Block::Grave3)
    }
}

codes! {
    /// What lies or stands on a block.
    Item { None, Torch, LadderDown, LadderUp, LadderDownBlocked }
}

codes! {
    /// What the player can do in a step.
    Action {
        Noop, Left, Right, Up, Down, Do, Sleep, PlaceStone, PlaceTable, PlaceFurnace, PlacePlant,
        MakeWoodPickaxe, MakeStonePickaxe, MakeIronPickaxe, MakeWoodSword, MakeStoneSword,
        MakeIronSword, Rest, Descend, Ascend, MakeDiamondPickaxe, MakeDiamondSword,
        MakeIronArmour, MakeDiamondArmour, ShootArrow, MakeArrow, CastFireball, CastIceball,
        PlaceTorch, DrinkPotionRed, DrinkPotionGreen, DrinkPotionBlue, DrinkPotionPink,
        DrinkPotionCyan, DrinkPotionYellow, ReadBook, EnchantSword, EnchantArmour, MakeTorch,
        LevelUpDexterity, LevelUpStrength, LevelUpIntelligence, EnchantBow,
    }
}

codes! {
    /// Achievements, each rewarded by [`Achievement::reward`] once in an episode.
    Achievement {
        CollectWood, PlaceTable, EatCow, CollectSapling, CollectDrink, MakeWoodPickaxe,
        MakeWoodSword, PlacePlant, DefeatZombie, CollectStone, PlaceStone, EatPlant,
        DefeatSkeleton, MakeStonePickaxe, MakeStoneSword, WakeUp, PlaceFurnace, CollectCoal,
        CollectIron, CollectDiamond, MakeIronPickaxe, MakeIronSword, MakeArrow, MakeTorch,
        PlaceTorch, MakeDiamondSword, MakeIronArmour, MakeDiamondArmour, EnterGnomishMines,
        EnterDungeon, EnterSewers, EnterVault, EnterTrollMines, EnterFireRealm, EnterIceRealm,
        EnterGraveyard, DefeatGnomeWarrior, DefeatGnomeArcher, DefeatOrcSolider, DefeatOrcMage,
        DefeatLizard, DefeatKobold, DefeatTroll, DefeatDeepThing, DefeatPigman,
        DefeatFireElemental, DefeatFrostTroll, DefeatIceElemental, DamageNecromancer,
        DefeatNecromancer, EatBat, EatSnail, FindBow, FireBow, CollectSapphire, LearnFireball,
        CastFireball, LearnIceball, CastIceball, CollectRuby, MakeDiamondPickaxe, OpenChest,
        DrinkPotion, EnchantSword, EnchantArmour, DefeatKnight, DefeatArcher,
    }
}

/// Total reward of all achievements.
pub const ACHIEVABLE: i32 = {
    let (mut sum, mut i) = (0, 0);
    while i < Achievement::ALL.len() {
        sum += Achievement::ALL[i].reward();
        i += 1;
    }
    sum
};

impl Achievement {
    /// Its reward: `achievement_mapping` in `craftax/constants.py`.
    pub const fn reward(self) -> i32 {
        use Achievement::*;
        match self {
            _ if self as u8 <= PlaceTorch as u8 => 1,
            CollectSapphire | CollectRuby | MakeDiamondPickaxe | MakeDiamondSword
            | MakeIronArmour | MakeDiamondArmour | EnterGnomishMines | EnterDungeon
            | DefeatGnomeWarrior | DefeatGnomeArcher | DefeatOrcSolider | DefeatOrcMage
            | EatBat | EatSnail | FindBow | FireBow | OpenChest | DrinkPotion => 3,
            EnterFireRealm | EnterIceRealm | EnterGraveyard | DefeatPigman
            | DefeatFireElemental | DefeatFrostTroll | DefeatIceElemental | DamageNecromancer
            | DefeatNecromancer => 8,
            _ => 5,
        }
    }
}
