//! The action `Do`: fights, mines, eats, drinks. Source: `do_action` in
//! `craftax_classic/game_logic.py`.

use crate::{
    Key,
    classic::{Achievement, Block, Creature, Map, State},
    grid::Position,
};

impl State {
    /// `do_action`: fights, mines, eats, drinks.
    pub(super) fn interact(&mut self, key: Key) {
        use Block::*;
        let target = self.position + self.direction.way();
        let i = &mut self.inventory;
        let damage = 1.max(2 * i.wood_sword).max(3 * i.stone_sword).max(5 * i.iron_sword);
        let zombie = attack(&mut self.zombies, target, damage);
        let cow = attack(&mut self.cows, target, damage);
        let skeleton = attack(&mut self.skeletons, target, damage);
        if zombie.killed {
            self.unlock(Achievement::DefeatZombie);
        }
        if cow.killed {
            self.unlock(Achievement::EatCow);
            self.eat(6);
        }
        if skeleton.killed {
            self.unlock(Achievement::DefeatSkeleton);
        }
        if zombie.killed || cow.killed || skeleton.killed {
            self.occupied.set(target, false);
        }
        if zombie.hit || cow.hit || skeleton.hit || !Map::contains(target) {
            return;
        }
        let i = &mut self.inventory;
        let (item, left, achievement) = match self.map.get(target) {
            Tree => (&mut i.wood, Grass, Achievement::CollectWood),
            Stone if i.wood_pickaxe > 0 => (&mut i.stone, Path, Achievement::CollectStone),
            Coal if i.wood_pickaxe > 0 => (&mut i.coal, Path, Achievement::CollectCoal),
            Iron if i.stone_pickaxe > 0 => (&mut i.iron, Path, Achievement::CollectIron),
            Diamond if i.iron_pickaxe > 0 => (&mut i.diamond, Path, Achievement::CollectDiamond),
            Grass if key.child(1).uniform(0) < 0.1 => {
                (&mut i.sapling, Grass, Achievement::CollectSapling)
            }
            Water => {
                self.drink = 9.min(self.drink + 1);
                self.thirst = 0.0;
                return self.unlock(Achievement::CollectDrink);
            }
            RipePlant => {
                self.map.set(target, Block::Plant);
                let eaten = self.plants.iter().position(|plant| plant.position == target);
                self.plants[eaten.unwrap_or(0)].age = 0;
                self.eat(4);
                return self.unlock(Achievement::EatPlant);
            }
            _ => return,
        };
        *item += 1;
        self.map.set(target, left);
        self.unlock(achievement);
    }

    fn eat(&mut self, food: i32) {
        self.food = 9.min(self.food + food);
        self.hunger = 0.0;
    }
}

/// Result of an attack.
struct Attack {
    hit: bool,
    killed: bool,
}

/// Hurts the first creature that is alive at a place. As in the original, this also revives every
/// creature of its kind that vanished in good health.
fn attack(creatures: &mut [Creature], at: Position, damage: i32) -> Attack {
    let target = creatures.iter().position(|creature| creature.alive && creature.position == at);
    if let Some(target) = target {
        creatures[target].health -= damage;
    }
    let was = creatures[target.unwrap_or(0)].alive;
    creatures.iter_mut().for_each(|creature| creature.alive = creature.health > 0);
    Attack { hit: target.is_some(), killed: was && !creatures[target.unwrap_or(0)].alive }
}
