//! Craftax, drawn. Source: `craftax/renderer.py`.

use super::{Cell, Count, Game, Sprite, Style, Tile};
use crate::{
    Outcome,
    full::{Achievement, Action, Block, Floor, Item, Mob, Projectile, SIZE, State, VIEW},
    grid::Position,
};

use Tile::*;

const MELEE: [Tile; 8] =
    [Zombie, GnomeWarrior, OrcSoldier, Lizard, Knight, Troll, Pigman, FrostTroll];
const PASSIVE: [Tile; 3] = [Cow, Bat, Snail];
const RANGED: [Tile; 8] =
    [Skeleton, GnomeArcher, OrcMage, Kobold, KnightArcher, DeepThing, FireElemental, IceElemental];
const PROJECTILES: [Tile; 8] =
    [ArrowUp, Dagger, Fireball, Iceball, ArrowUp, Slimeball, Fireball, Iceball];

impl Game for State {
    fn act(&mut self, action: usize) -> Outcome {
        let action = Action::from_code(action as u32).unwrap_or(Action::Noop);
        self.step(self.key, action)
    }

    fn boxed_clone(&self) -> Box<dyn Game> {
        Box::new(self.clone())
    }

    fn style(&self) -> Style {
        Style::Full
    }

    fn actions(&self) -> &'static [&'static str] {
        &Action::NAMES
    }

    fn achievements(&self) -> &'static [&'static str] {
        &Achievement::NAMES
    }

    fn unlocked(&self) -> &[bool] {
        &self.achievements
    }

    fn floors(&self) -> &'static [&'static str] {
        &[
            "Overworld",
            "Dungeon",
            "Gnomish Mines",
            "Sewers",
            "Vault",
            "Troll Mines",
            "Fire Realm",
            "Ice Realm",
            "Graveyard",
        ]
    }

    fn size(&self) -> usize {
        SIZE
    }

    fn view(&self) -> (usize, usize) {
        VIEW
    }

    fn level(&self) -> usize {
        self.level
    }

    fn position(&self) -> Position {
        self.position
    }

    fn floor(&self, level: usize) -> Option<Vec<Cell>> {
        let floor = self.visited(level)?;
        let vulnerable = self.boss_is_vulnerable();
        let blocks = floor.map.0.as_flattened().iter();
        let items = floor.items.0.as_flattened().iter();
        let lights = floor.light.0.as_flattened().iter();
        let cells = blocks.zip(items).zip(lights).map(|((&block, &item), &light)| Cell {
            ground: ground(block, vulnerable),
            item: self::item(item, floor),
            light: (255.0 * light).round() as u8,
        });
        Some(cells.collect())
    }

    fn sprites(&self) -> Vec<Sprite> {
        let floor = self.floor();
        let mut sprites = vec![Sprite::player(self.direction, self.sleeping, self.position)];
        let kinds: [(&[Tile], &[Mob]); 3] =
            [(&MELEE, &floor.melee), (&PASSIVE, &floor.passive), (&RANGED, &floor.ranged)];
        for (tiles, mobs) in kinds {
            let alive = mobs.iter().filter(|mob| mob.alive);
            sprites.extend(alive.map(|mob| Sprite::still(species(tiles, mob), mob.position)));
        }
        for shots in [&floor.mob_projectiles, &floor.player_projectiles] {
            let alive = shots.iter().filter(|shot| shot.mob.alive);
            sprites.extend(alive.map(|Projectile { mob, way }| {
                Sprite::flying(species(&PROJECTILES, mob), mob.position, *way)
            }));
        }
        sprites
    }

    fn daylight(&self) -> f32 {
        if self.level == 0 { self.light } else { 1.0 }
    }

    fn is_sleeping(&self) -> bool {
        self.sleeping
    }

    fn is_idle(&self) -> bool {
        self.sleeping || self.resting
    }

    fn is_dead(&self) -> bool {
        self.health <= 0.0
    }

    fn time(&self) -> usize {
        self.time.max(0) as usize
    }

    fn needs(&self) -> Vec<Count> {
        // As long as there is some health left, it is shown as 1 at least.
        let health = if self.is_dead() { 0 } else { self.health.floor().max(1.0) as i32 };
        vec![
            Count::new("health", Health, health),
            Count::new("food", Food, self.food),
            Count::new("drink", Drink, self.drink),
            Count::new("energy", Energy, self.energy),
            Count::new("mana", Mana, self.mana),
            Count::new("experience", Xp, self.experience),
            Count::new("dexterity", Dexterity, self.dexterity),
            Count::new("strength", Strength, self.strength),
            Count::new("intelligence", Intelligence, self.intelligence),
        ]
    }

    fn inventory(&self) -> Vec<Count> {
        let i = &self.inventory;
        let mut counts = vec![
            Count::new("sapling", Sapling, i.sapling),
            Count::new("wood", Wood, i.wood),
            Count::new("stone", Stone, i.stone),
            Count::new("coal", Coal, i.coal),
            Count::new("iron", Iron, i.iron),
            Count::new("diamond", Diamond, i.diamond),
            Count::new("sapphire", Sapphire, i.sapphire),
            Count::new("ruby", Ruby, i.ruby),
            Count::new("torch", TorchInInventory, i.torches),
            Count::new("arrow", ArrowUp, i.arrows),
            Count::new("book", Book, i.books),
            Count::new("bow", Bow, i.bow),
        ];
        let potions = [
            ("red potion", PotionRed),
            ("green potion", PotionGreen),
            ("blue potion", PotionBlue),
            ("pink potion", PotionPink),
            ("cyan potion", PotionCyan),
            ("yellow potion", PotionYellow),
        ];
        let potions = potions.into_iter().zip(i.potions);
        counts.extend(potions.map(|((name, tile), count)| Count::new(name, tile, count)));
        counts.extend(one_of(i.pickaxe, &PICKAXES));
        counts.extend(one_of(i.sword, &SWORDS));
        counts.extend(one_of(self.sword_enchantment, &SWORD_ENCHANTMENTS));
        counts.extend(one_of(self.bow_enchantment, &BOW_ENCHANTMENTS));
        for piece in 0..4 {
            counts.extend(one_of(i.armour[piece], &ARMOUR[piece]));
            counts.extend(one_of(self.armour_enchantments[piece], &ARMOUR_ENCHANTMENTS[piece]));
        }
        let spells = [("fireball spell", Fireball), ("iceball spell", Iceball)];
        let spells = spells.into_iter().zip(self.learned_spells);
        counts.extend(spells.map(|((name, tile), known)| Count::new(name, tile, known.into())));
        counts
    }
}

type Named = (&'static str, Tile);

const PICKAXES: [Named; 4] = [
    ("wood pickaxe", WoodPickaxe),
    ("stone pickaxe", StonePickaxe),
    ("iron pickaxe", IronPickaxe),
    ("diamond pickaxe", DiamondPickaxe),
];
const SWORDS: [Named; 4] = [
    ("wood sword", WoodSword),
    ("stone sword", StoneSword),
    ("iron sword", IronSword),
    ("diamond sword", DiamondSword),
];
const SWORD_ENCHANTMENTS: [Named; 2] =
    [("sword of fire", SwordFireEnchantment), ("sword of ice", SwordIceEnchantment)];
const BOW_ENCHANTMENTS: [Named; 2] =
    [("arrows of fire", ArrowFireEnchantment), ("arrows of ice", ArrowIceEnchantment)];
const ARMOUR: [[Named; 2]; 4] = [
    [("iron helmet", IronHelmet), ("diamond helmet", DiamondHelmet)],
    [("iron chestplate", IronChestplate), ("diamond chestplate", DiamondChestplate)],
    [("iron leggings", IronPants), ("diamond leggings", DiamondPants)],
    [("iron boots", IronBoots), ("diamond boots", DiamondBoots)],
];
const ARMOUR_ENCHANTMENTS: [[Named; 2]; 4] = [
    [("helmet of fire", HelmetFireEnchantment), ("helmet of ice", HelmetIceEnchantment)],
    [
        ("chestplate of fire", ChestplateFireEnchantment),
        ("chestplate of ice", ChestplateIceEnchantment),
    ],
    [("leggings of fire", PantsFireEnchantment), ("leggings of ice", PantsIceEnchantment)],
    [("boots of fire", BootsFireEnchantment), ("boots of ice", BootsIceEnchantment)],
];

/// Of the things that a level from 1 on tells apart, 1 of that of this level.
fn one_of(level: i32, things: &[Named]) -> impl Iterator<Item = Count> {
    let count = move |this| i32::from(this == level);
    (1..).zip(things).map(move |(this, &(name, tile))| Count::new(name, tile, count(this)))
}

fn ground(block: Block, vulnerable: bool) -> Tile {
    match block {
        Block::Necromancer if vulnerable => NecromancerVulnerable,
        block => Tile::of(block as usize),
    }
}

fn item(item: Item, floor: &Floor) -> Option<Tile> {
    match item {
        Item::None => None,
        Item::LadderDown if !floor.is_cleared() => Some(LadderDownBlocked),
        item => Some(Tile::of(Block::ALL.len() + item as usize - 1)),
    }
}

fn species(tiles: &[Tile], mob: &Mob) -> Tile {
    tiles.get(mob.species as usize).copied().unwrap_or(DebugTile)
}
