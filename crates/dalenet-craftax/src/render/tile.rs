//! The pictures. Source: `load_all_textures_given_size` in the `constants.py` of both games.

use crate::codes;

/// Rows and columns of a tile, in pixels.
pub const TILE: usize = 16;
/// How many tiles the atlas has side by side.
pub const ATLAS_COLUMNS: usize = 16;
/// All tiles as one PNG of 8 bits red, green, blue and alpha, row by row in the order of
/// [`Tile::ALL`]. `scripts/craftax_tiles.py` made it of the files of craftax.
pub const ATLAS: &[u8] = include_bytes!("../../assets/tiles.png");

codes! {
    /// A picture, by the name of its file in craftax. The first are the full game's blocks, then
    /// its items, in the order of their codes.
    Tile {
        DebugTile, OutOfBounds, Grass, Water, Stone, Tree, Wood, Path, Coal, Iron, Diamond, Table,
        Furnace, Sand, Lava, PlantOnGrass, RipePlantOnGrass, Wall2, Darkness, WallMoss, Stalagmite,
        Sapphire, Ruby, Chest, Fountain, FireGrass, IceGrass, Gravel, FireTree, IceShrub,
        EnchantmentTableFire, EnchantmentTableIce, Necromancer, Grave, Grave2, Grave3,
        NecromancerVulnerable,
        TorchInInventory, LadderDown, LadderUp, LadderDownBlocked,
        PlayerLeft, PlayerRight, PlayerUp, PlayerDown, PlayerSleep,
        Zombie, GnomeWarrior, OrcSoldier, Lizard, Knight, Troll, Pigman, FrostTroll,
        Cow, Bat, Snail,
        Skeleton, GnomeArcher, OrcMage, Kobold, KnightArcher, DeepThing, FireElemental,
        IceElemental,
        ArrowUp, Dagger, Fireball, Iceball, Slimeball,
        Health, Food, Drink, Energy, Mana, Xp, Dexterity, Strength, Intelligence,
        Sapling, Bow, Book, PotionRed, PotionGreen, PotionBlue, PotionPink, PotionCyan,
        PotionYellow,
        WoodPickaxe, StonePickaxe, IronPickaxe, DiamondPickaxe,
        WoodSword, StoneSword, IronSword, DiamondSword,
        IronHelmet, IronChestplate, IronPants, IronBoots,
        DiamondHelmet, DiamondChestplate, DiamondPants, DiamondBoots,
        SwordFireEnchantment, SwordIceEnchantment, ArrowFireEnchantment, ArrowIceEnchantment,
        HelmetFireEnchantment, ChestplateFireEnchantment, PantsFireEnchantment,
        BootsFireEnchantment, HelmetIceEnchantment, ChestplateIceEnchantment, PantsIceEnchantment,
        BootsIceEnchantment,
    }
}

impl Tile {
    /// The top left pixel of the tile in the atlas, by row and column.
    pub const fn corner(self) -> (usize, usize) {
        let code = self as usize;
        (code / ATLAS_COLUMNS * TILE, code % ATLAS_COLUMNS * TILE)
    }

    /// The tile of a code, which there is.
    pub(super) const fn of(code: usize) -> Self {
        if code < Self::ALL.len() { Self::ALL[code] } else { Self::DebugTile }
    }
}
