//! Craftax-Classic, drawn. Source: `craftax_classic/renderer.py`.

use super::{Cell, Count, Game, Sprite, Style, Tile};
use crate::{
    Outcome,
    classic::{Achievement, Action, SIZE, State, VIEW},
    grid::Position,
};

impl Game for State {
    fn act(&mut self, action: usize) -> Outcome {
        let action = Action::from_code(action as u32).unwrap_or(Action::Noop);
        self.step(self.key, action)
    }

    fn boxed_clone(&self) -> Box<dyn Game> {
        Box::new(self.clone())
    }

    fn style(&self) -> Style {
        Style::Classic
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
        &["Overworld"]
    }

    fn size(&self) -> usize {
        SIZE
    }

    fn view(&self) -> (usize, usize) {
        VIEW
    }

    fn level(&self) -> usize {
        0
    }

    fn position(&self) -> Position {
        self.position
    }

    fn floor(&self, level: usize) -> Option<Vec<Cell>> {
        let cell = |&block| Cell { ground: Tile::of(block as usize), item: None, light: 255 };
        (level == 0).then(|| self.map.0.as_flattened().iter().map(cell).collect())
    }

    fn sprites(&self) -> Vec<Sprite> {
        let mut sprites = vec![Sprite::player(self.direction, self.sleeping, self.position)];
        let kinds = [
            (Tile::Zombie, &self.zombies[..]),
            (Tile::Cow, &self.cows),
            (Tile::Skeleton, &self.skeletons),
        ];
        for (tile, creatures) in kinds {
            let alive = creatures.iter().filter(|creature| creature.alive);
            sprites.extend(alive.map(|creature| Sprite::still(tile, creature.position)));
        }
        let arrows = self.arrows.iter().zip(self.arrow_ways).filter(|(arrow, _)| arrow.alive);

        sprites
            .extend(arrows.map(|(arrow, way)| Sprite::flying(Tile::ArrowUp, arrow.position, way)));
        sprites
    }

    fn daylight(&self) -> f32 {
        self.light
    }

    fn is_sleeping(&self) -> bool {
        self.sleeping
    }

    fn is_idle(&self) -> bool {
        self.sleeping
    }

    fn is_dead(&self) -> bool {
        self.health <= 0
    }

    fn time(&self) -> usize {
        self.time.max(0) as usize
    }

    fn needs(&self) -> Vec<Count> {
        vec![
            Count::new("health", Tile::Health, self.health),
            Count::new("food", Tile::Food, self.food),
            Count::new("drink", Tile::Drink, self.drink),
            Count::new("energy", Tile::Energy, self.energy),
        ]
    }

    fn inventory(&self) -> Vec<Count> {
        let i = &self.inventory;
        vec![
            Count::new("sapling", Tile::Sapling, i.sapling),
            Count::new("wood", Tile::Wood, i.wood),
            Count::new("stone", Tile::Stone, i.stone),
            Count::new("coal", Tile::Coal, i.coal),
            Count::new("iron", Tile::Iron, i.iron),
            Count::new("diamond", Tile::Diamond, i.diamond),
            Count::new("wood pickaxe", Tile::WoodPickaxe, i.wood_pickaxe),
            Count::new("stone pickaxe", Tile::StonePickaxe, i.stone_pickaxe),
            Count::new("iron pickaxe", Tile::IronPickaxe, i.iron_pickaxe),
            Count::new("wood sword", Tile::WoodSword, i.wood_sword),
            Count::new("stone sword", Tile::StoneSword, i.stone_sword),
            Count::new("iron sword", Tile::IronSword, i.iron_sword),
        ]
    }
}
