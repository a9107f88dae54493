//! Which key does what. Source: `KEY_MAPPING` in `play_craftax.py` and `play_craftax_classic.py`.

use crossterm::event::KeyCode;
use dalenet_craftax::{classic::Action as Classic, full::Action as Full, render::Style};

/// The code of the action that is none, in both games.
pub const NOTHING: usize = Classic::Noop as usize;

/// A key, the code of its action, and what it does in a word or two. `\t` is the tabulator.
type Binding = (char, usize, &'static str);

/// The same keys in both games.
macro_rules! bindings {
    ($action:ident: $($more:expr),* $(,)?) => {
        &[
            ('w', $action::Up as usize, "up"),
            ('a', $action::Left as usize, "left"),
            ('s', $action::Down as usize, "down"),
            ('d', $action::Right as usize, "right"),
            (' ', $action::Do as usize, "do"),
            ('\t', $action::Sleep as usize, "sleep"),
            ('q', $action::Noop as usize, "wait"),
            ('t', $action::PlaceTable as usize, "place table"),
            ('r', $action::PlaceStone as usize, "place stone"),
            ('f', $action::PlaceFurnace as usize, "place furnace"),
            ('p', $action::PlacePlant as usize, "plant sapling"),
            ('1', $action::MakeWoodPickaxe as usize, "wood pickaxe"),
            ('2', $action::MakeStonePickaxe as usize, "stone pickaxe"),
            ('3', $action::MakeIronPickaxe as usize, "iron pickaxe"),
            $($more),*
        ]
    };
}

const CLASSIC: &[Binding] = bindings![Classic:
    ('4', Classic::MakeWoodSword as usize, "wood sword"),
    ('5', Classic::MakeStoneSword as usize, "stone sword"),
    ('6', Classic::MakeIronSword as usize, "iron sword"),
];

const FULL: &[Binding] = bindings![Full:
    ('4', Full::MakeDiamondPickaxe as usize, "diam. pickaxe"),
    ('5', Full::MakeWoodSword as usize, "wood sword"),
    ('6', Full::MakeStoneSword as usize, "stone sword"),
    ('7', Full::MakeIronSword as usize, "iron sword"),
    ('8', Full::MakeDiamondSword as usize, "diam. sword"),
    ('e', Full::Rest as usize, "rest"),
    (',', Full::Ascend as usize, "climb up"),
    ('.', Full::Descend as usize, "climb down"),
    ('y', Full::MakeIronArmour as usize, "iron armour"),
    ('u', Full::MakeDiamondArmour as usize, "diam. armour"),
    ('i', Full::ShootArrow as usize, "shoot arrow"),
    ('o', Full::MakeArrow as usize, "make arrow"),
    ('g', Full::CastFireball as usize, "cast fireball"),
    ('h', Full::CastIceball as usize, "cast iceball"),
    ('j', Full::PlaceTorch as usize, "place torch"),
    ('z', Full::DrinkPotionRed as usize, "drink red"),
    ('x', Full::DrinkPotionGreen as usize, "drink green"),
    ('c', Full::DrinkPotionBlue as usize, "drink blue"),
    ('v', Full::DrinkPotionPink as usize, "drink pink"),
    ('b', Full::DrinkPotionCyan as usize, "drink cyan"),
    ('n', Full::DrinkPotionYellow as usize, "drink yellow"),
    ('m', Full::ReadBook as usize, "read book"),
    ('k', Full::EnchantSword as usize, "enchant sword"),
    ('l', Full::EnchantArmour as usize, "ench. armour"),
    (';', Full::EnchantBow as usize, "enchant bow"),
    ('[', Full::MakeTorch as usize, "make torch"),
    (']', Full::LevelUpDexterity as usize, "dexterity +"),
    ('-', Full::LevelUpStrength as usize, "strength +"),
    ('=', Full::LevelUpIntelligence as usize, "intelligence +"),
];

fn bindings(style: Style) -> &'static [Binding] {
    match style {
        Style::Classic => CLASSIC,
        Style::Full => FULL,
    }
}

/// The code of the action that a key stands for, if any. Arrows are `w`, `a`, `s`, `d`.
pub fn action(style: Style, code: KeyCode) -> Option<usize> {
    let key = match code {
        KeyCode::Up => 'w',
        KeyCode::Left => 'a',
        KeyCode::Down => 's',
        KeyCode::Right => 'd',
        KeyCode::Tab => '\t',
        KeyCode::Char(key) => key.to_ascii_lowercase(),
        _ => return None,
    };
    let binding = bindings(style).iter().find(|(of, ..)| *of == key);
    binding.map(|&(_, action, _)| action)
}

/// Each key with what it does.
pub fn help(style: Style) -> impl Iterator<Item = (String, &'static str)> {
    bindings(style).iter().map(|&(key, _, does)| match key {
        ' ' => ("space".into(), does),
        '\t' => ("tab".into(), does),
        key => (key.into(), does),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: `KEY_MAPPING` of craftax 1.6.1, as it stands there.
    const CLASSIC_MAPPING: &str = "
        q NOOP w UP d RIGHT s DOWN a LEFT SPACE DO t PLACE_TABLE TAB SLEEP r PLACE_STONE
        f PLACE_FURNACE p PLACE_PLANT 1 MAKE_WOOD_PICKAXE 2 MAKE_STONE_PICKAXE 3 MAKE_IRON_PICKAXE
        4 MAKE_WOOD_SWORD 5 MAKE_STONE_SWORD 6 MAKE_IRON_SWORD";
    const FULL_MAPPING: &str = "
        q NOOP w UP d RIGHT s DOWN a LEFT SPACE DO 1 MAKE_WOOD_PICKAXE 2 MAKE_STONE_PICKAXE
        3 MAKE_IRON_PICKAXE 4 MAKE_DIAMOND_PICKAXE 5 MAKE_WOOD_SWORD 6 MAKE_STONE_SWORD
        7 MAKE_IRON_SWORD 8 MAKE_DIAMOND_SWORD t PLACE_TABLE TAB SLEEP r PLACE_STONE
        f PLACE_FURNACE p PLACE_PLANT e REST , ASCEND . DESCEND y MAKE_IRON_ARMOUR
        u MAKE_DIAMOND_ARMOUR i SHOOT_ARROW o MAKE_ARROW g CAST_FIREBALL h CAST_ICEBALL
        j PLACE_TORCH z DRINK_POTION_RED x DRINK_POTION_GREEN c DRINK_POTION_BLUE
        v DRINK_POTION_PINK b DRINK_POTION_CYAN n DRINK_POTION_YELLOW m READ_BOOK k ENCHANT_SWORD
        l ENCHANT_ARMOUR [ MAKE_TORCH ] LEVEL_UP_DEXTERITY - LEVEL_UP_STRENGTH
        = LEVEL_UP_INTELLIGENCE ; ENCHANT_BOW";

    fn keys_are(style: Style, mapping: &str, names: &[&str]) {
        let words: Vec<_> = mapping.split_whitespace().collect();
        for pair in words.chunks(2) {
            let code = match pair[0] {
                "SPACE" => KeyCode::Char(' '),
                "TAB" => KeyCode::Tab,
                key => KeyCode::Char(key.chars().next().unwrap()),
            };
            let name = names[action(style, code).unwrap()].to_uppercase();
            assert_eq!(name, pair[1].replace('_', ""), "{}", pair[0]);
        }
        assert_eq!((words.len() / 2, names.len()), (names.len(), help(style).count()));
        assert_eq!(action(style, KeyCode::Up), action(style, KeyCode::Char('w')));
        assert_eq!(action(style, KeyCode::Home), None);
    }

    #[test]
    fn keys_are_craftaxs() {
        keys_are(Style::Classic, CLASSIC_MAPPING, &Classic::NAMES);
        keys_are(Style::Full, FULL_MAPPING, &Full::NAMES);
    }
}
