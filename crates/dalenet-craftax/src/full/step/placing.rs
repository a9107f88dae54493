//! What the player places: blocks, torches, plants. Source: `place_block` and `update_plants` in
//! `craftax/game_logic.py`.

use crate::{
    classic::{Plant, RIPE},
    full::{Achievement, Action, Block, Item, SIZE, State, world::torch_light},
    grid::{Grid, Position},
};

impl State {
    /// `place_block`.
    pub(super) fn place(&mut self, action: Action) {
        let target = self.target();
        if !Grid::<Block, SIZE>::contains(target) || self.in_creature(target) {
            return;
        }
        let floor = self.floor();
        let (below, bare) = (floor.map.get(target), floor.items.get(target) == Item::None);
        let open = bare && !below.is_solid();
        let i = &mut self.inventory;
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
            Action::PlaceTorch if bare && below.holds_items() => {
                (&mut i.torches, 1, below, Achievement::PlaceTorch)
            }
            Action::PlacePlant if bare && below == Block::Grass => {
                (&mut i.sapling, 1, Block::Plant, Achievement::PlacePlant)
            }
            _ => return,
        };
        if *item < cost {
            return;
        }
        *item -= cost;
        self.floor_mut().map.set(target, block);
        self.unlock(achievement);
        match action {
            Action::PlaceTorch => self.light_torch(target),
            Action::PlacePlant => {
                if let Some(slot) = self.plants.iter_mut().find(|plant| !plant.alive) {
                    *slot = Plant { position: target, age: 0, alive: true };
                }
            }
            _ => (),
        }
    }

    fn light_torch(&mut self, at: Position) {
        let floor = self.floor_mut();
        floor.items.set(at, Item::Torch);
        for i in 0..9 {
            for j in 0..9 {
                let cell = at + Position::new(i as i32 - 4, j as i32 - 4);
                if Grid::<f32, SIZE>::contains(cell) {
                    let light = floor.light.get(cell) + torch_light(i, j);
                    floor.light.set(cell, light.clamp(0.0, 1.0));
                }
            }
        }
    }

    /// `update_plants`.
    pub(super) fn grow(&mut self) {
        for i in 0..self.plants.len() {
            let plant = &mut self.plants[i];
            plant.age = if plant.alive { plant.age + 1 } else { 0 };
            if plant.age >= RIPE {
                let at = plant.position;
                self.overworld_mut().map.set(at, Block::RipePlant);
            }
        }
    }
}
