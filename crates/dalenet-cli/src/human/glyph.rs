//! Letters for pictures: of everything where there are no colours, and on top of the colours where
//! a tile has too few pixels to be known by.

use dalenet_craftax::render::Tile;

/// The letter of a tile, and whether its colours alone tell what it is.
pub fn glyph(tile: Tile) -> (char, bool) {
    use Tile::*;
    match tile {
        Grass | FireGrass | IceGrass => ('.', true),
        Sand | Gravel => (':', true),
        Path => (' ', true),
        Water => ('~', true),
        Lava => ('^', true),
        Stone | Stalagmite => ('#', true),
        Wall2 | WallMoss | OutOfBounds => ('%', true),
        Tree | FireTree | IceShrub => ('&', true),
        Wood => ('=', true),
        DebugTile | Darkness => (' ', true),
        Coal => ('c', false),
        Iron => ('i', false),
        Diamond => ('d', false),
        Sapphire => ('s', false),
        Ruby => ('r', false),
        Table => ('T', false),
        Furnace => ('F', false),
        PlantOnGrass => ('p', false),
        RipePlantOnGrass => ('P', false),
        Chest => ('H', false),
        Fountain => ('U', false),
        EnchantmentTableFire | EnchantmentTableIce => ('E', false),
        Necromancer => ('N', false),
        NecromancerVulnerable => ('n', false),
        Grave | Grave2 | Grave3 => ('+', false),
        TorchInInventory => ('!', false),
        LadderDown => ('>', false),
        LadderUp => ('<', false),
        LadderDownBlocked => ('x', false),
        PlayerLeft => ('◀', false),
        PlayerRight => ('▶', false),
        PlayerUp => ('▲', false),
        PlayerDown => ('▼', false),
        PlayerSleep => ('z', false),
        Zombie => ('Z', false),
        Skeleton => ('S', false),
        Cow => ('C', false),
        Bat => ('B', false),
        Snail => ('@', false),
        GnomeWarrior | GnomeArcher => ('G', false),
        OrcSoldier | OrcMage => ('O', false),
        Lizard => ('L', false),
        Kobold => ('K', false),
        Knight | KnightArcher => ('A', false),
        Troll | FrostTroll => ('R', false),
        DeepThing => ('D', false),
        Pigman => ('M', false),
        FireElemental | IceElemental => ('W', false),
        _ => ('*', false), // what flies
    }
}
