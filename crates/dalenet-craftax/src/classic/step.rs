//! One step of the game. Source: `craftax_classic/game_logic.py`, whose function names the
//! comments give. Where the original does odd things, so does this, to stay equal to it.

use super::{Achievement, Action, Block, Creature, Direction, EPISODE, Map, Plant, SIZE, State};
use crate::{Key, Outcome, daylight, grid::Position};

/// The eight cells around one, for tables and furnaces.
pub(crate) const NEIGHBOURS: [Position; 8] = [
    Position::new(0, -1),
    Position::new(0, 1),
    Position::new(-1, 0),
    Position::new(1, 0),
    Position::new(-1, -1),
    Position::new(-1, 1),
    Position::new(1, -1),
    Position::new(1, 1),
];
/// Steps from the player at which creatures vanish.
const FAR: i32 = 14;
/// When a plant is ripe.
pub(crate) const RIPE: i32 = 600;

impl State {
    /// `env.step(key, state, action)`, without starting anew after the end.
    pub fn step(&mut self, mut key: Key, action: Action) -> Outcome {
        let (achievements, health) = (self.unlocked(), self.health);
        let action = if self.sleeping { Action::Noop } else { action };
        self.craft(action);
        let drawn = key.draw();
        if action == Action::Do {
            self.interact(drawn);
        }
        self.place(action);
        self.walk(action);
        self.move_creatures(key.draw());
        self.spawn(key.draw());
        self.grow();
        self.live(action);
        self.inventory.items().into_iter().for_each(|(_, item)| *item = (*item).min(9));
        let burns = self.map.get(self.position) == Block::Lava;
        self.health = if burns { 0 } else { self.health.max(0) };
        self.time += 1;
        self.light = daylight(self.time);
        self.key = key.child(1);
        let (unlocked, healed) = (self.unlocked() - achievements, self.health - health);
        Outcome { reward: (healed as f32).mul_add(0.1, unlocked as f32), over: self.is_over() }
    }

    /// `is_game_over`: whether the player is dead or the time is up.
    pub fn is_over(&self) -> bool {
        let burns = self.map.get(self.position) == Block::Lava;
        self.time >= EPISODE || burns || self.health <= 0
    }

    fn unlocked(&self) -> i32 {
        self.achievements.iter().map(|&unlocked| i32::from(unlocked)).sum()
    }

    fn unlock(&mut self, achievement: Achievement) {
        self.achievements[achievement as usize] = true;
    }

    /// `is_in_mob`.
    fn in_creature(&self, at: Position) -> bool {
        self.occupied.get(at) || self.position == at
    }

    /// `is_position_in_bounds_not_in_mob_not_colliding`.
    fn is_free(&self, at: Position) -> bool {
        let block = self.map.get(at);
        let ground = !block.is_solid() && block != Block::Lava;
        Map::contains(at) && ground && !self.in_creature(at)
    }

    /// `is_near_block`.
    fn is_near(&self, block: Block) -> bool {
        let around = NEIGHBOURS.iter().map(|&way| self.position + way);
        around.into_iter().any(|at| Map::contains(at) && self.map.get(at) == block)
    }

    /// `do_crafting`.
    fn craft(&mut self, action: Action) {
        use Achievement as A;
        let (achievement, materials) = match action {
            Action::MakeWoodPickaxe => (A::MakeWoodPickaxe, 1),
            Action::MakeWoodSword => (A::MakeWoodSword, 1),
            Action::MakeStonePickaxe => (A::MakeStonePickaxe, 2),
            Action::MakeStoneSword => (A::MakeStoneSword, 2),
            Action::MakeIronPickaxe => (A::MakeIronPickaxe, 4),
            Action::MakeIronSword => (A::MakeIronSword, 4),
            _ => return,
        };
        if !self.is_near(Block::CraftingTable) || materials == 4 && !self.is_near(Block::Furnace) {
            return;
        }
        let i = &mut self.inventory;
        let costs = [&mut i.wood, &mut i.stone, &mut i.coal, &mut i.iron];
        if costs[..materials].iter().any(|material| **material < 1) {
            return;
        }
        costs.into_iter().take(materials).for_each(|material| *material -= 1);
        *match action {
            Action::MakeWoodPickaxe => &mut i.wood_pickaxe,
            Action::MakeWoodSword => &mut i.wood_sword,
            Action::MakeStonePickaxe => &mut i.stone_pickaxe,
            Action::MakeStoneSword => &mut i.stone_sword,
            Action::MakeIronPickaxe => &mut i.iron_pickaxe,
            _ => &mut i.iron_sword,
        } += 1;
        self.unlock(achievement);
    }

    /// `do_action`: fights, mines, eats, drinks.
    fn interact(&mut self, key: Key) {
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

    /// `place_block`.
    fn place(&mut self, action: Action) {
        let target = self.position + self.direction.way();
        if !Map::contains(target) || self.in_creature(target) {
            return;
        }
        let below = self.map.get(target);
        let (open, i) = (!below.is_solid(), &mut self.inventory);
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
            Action::PlacePlant if below == Block::Grass => {
                (&mut i.sapling, 1, Block::Plant, Achievement::PlacePlant)
            }
            _ => return,
        };
        if *item < cost {
            return;
        }
        *item -= cost;
        self.map.set(target, block);
        self.unlock(achievement);
        if action == Action::PlacePlant
            && let Some(slot) = self.plants.iter_mut().find(|plant| !plant.alive)
        {
            *slot = Plant { position: target, age: 0, alive: true };
        }
    }

    /// `move_player`.
    fn walk(&mut self, action: Action) {
        let code = (action as u32).wrapping_sub(Action::Left as u32);
        let Some(direction) = Direction::from_code(code) else { return };
        let target = self.position + direction.way();
        if self.is_free(target) || self.map.get(target) == Block::Lava {
            self.position = target;
        }
        self.direction = direction;
    }

    /// `update_mobs`.
    fn move_creatures(&mut self, mut key: Key) {
        key = key.child(0);
        for i in 0..self.zombies.len() {
            self.move_zombie(i, &mut key);
        }
        key = key.child(0);
        for i in 0..self.cows.len() {
            let Creature { position: from, alive: was, .. } = self.cows[i];
            let to = from + random_way(key.draw(), 8);
            let alive = was && (from - self.position).steps() < FAR;
            let to = if self.is_free(to) { to } else { from };
            self.cows[i] = Creature { position: to, alive, ..self.cows[i] };
            self.move_on_map(from, to, was, alive);
        }
        key = key.child(0);
        for i in 0..self.skeletons.len() {
            self.move_skeleton(i, &mut key);
        }
        for i in 0..self.arrows.len() {
            self.move_arrow(i);
        }
    }

    fn move_zombie(&mut self, i: usize, key: &mut Key) {
        let zombie = self.zombies[i];
        let from = zombie.position;
        let distance = (from - self.position).steps();
        let random = random_way(key.draw(), 4);
        let towards = way_towards(from, self.position, key.draw());
        let hunts = key.draw().uniform(0) < 0.75 && distance < 10;
        let attacks = distance == 1 && zombie.cooldown <= 0 && zombie.alive;
        let mut to = from + if hunts { towards } else { random };
        if attacks {
            to = from;
            self.health -= if self.sleeping { 7 } else { 2 };
            if self.sleeping {
                self.unlock(Achievement::WakeUp);
            }
            self.sleeping = false;
        }
        // The original goes on with the second child here.
        *key = key.child(1);
        let to = if self.is_free(to) { to } else { from };
        let alive = zombie.alive && distance < FAR;
        let cooldown = if attacks { 5 } else { zombie.cooldown - 1 };
        self.zombies[i] = Creature { position: to, alive, cooldown, ..zombie };
        self.move_on_map(from, to, zombie.alive, alive);
    }

    fn move_skeleton(&mut self, i: usize, key: &mut Key) {
        let skeleton = self.skeletons[i];
        let from = skeleton.position;
        let distance = (from - self.position).steps();
        let random = from + random_way(key.draw(), 4);
        let towards = way_towards(from, self.position, key.draw());
        let wanted = match distance {
            ..=3 => from - towards,
            10.. => from + towards,
            _ => random,
        };
        let mut to = if key.draw().uniform(0) > 0.85 { wanted } else { random };
        let cornered = distance <= 3 && !self.is_free(to);
        let aims = (4..=5).contains(&distance) || cornered;
        let attacks = aims && skeleton.cooldown <= 0 && skeleton.alive;
        if attacks {
            to = from;
            if let Some(arrow) = self.arrows.iter().position(|arrow| !arrow.alive) {
                self.arrows[arrow] = Creature { position: from, alive: true, ..self.arrows[arrow] };
                self.arrow_ways[arrow] = towards;
            }
        }
        let to = if self.is_free(to) { to } else { from };
        let alive = skeleton.alive && distance < FAR;
        let cooldown = if attacks { 4 } else { skeleton.cooldown - 1 };
        self.skeletons[i] = Creature { position: to, alive, cooldown, ..skeleton };
        self.move_on_map(from, to, skeleton.alive, alive);
    }

    fn move_arrow(&mut self, i: usize) {
        let arrow = self.arrows[i];
        let to = arrow.position + self.arrow_ways[i];
        let block = self.map.get(to);
        let open = Map::contains(to) && (!block.is_solid() || block == Block::Water);
        let goes_on = open && !self.in_creature(to);
        if arrow.alive && matches!(block, Block::Furnace | Block::CraftingTable) {
            self.map.set(to, Block::Path);
        }
        if arrow.alive && to == self.position {
            self.health -= 2;
            self.sleeping = false;
        }
        self.arrows[i] = Creature { position: to, alive: goes_on && arrow.alive, ..arrow };
    }

    fn move_on_map(&mut self, from: Position, to: Position, was: bool, is: bool) {
        if was {
            self.occupied.set(from, false);
        }
        if is {
            self.occupied.set(to, true);
        }
    }

    /// `spawn_mobs`.
    fn spawn(&mut self, mut key: Key) {
        let night = 1.0 - self.light;
        let cows = Spawning { chance: 0.1, beyond: 3, health: 3, grass: true, path: false };
        let chance = (night * night).mul_add(0.1, 0.02);
        let zombies = Spawning { chance, beyond: 9, health: 5, grass: true, path: true };
        let skeletons = Spawning { chance: 0.05, beyond: 9, health: 3, grass: false, path: true };
        self.spawn_one(&mut key, cows, |state| &mut state.cows);
        self.spawn_one(&mut key, zombies, |state| &mut state.zombies);
        self.spawn_one(&mut key, skeletons, |state| &mut state.skeletons);
    }

    fn spawn_one<const N: usize>(
        &mut self,
        key: &mut Key,
        rules: Spawning,
        slots: impl Fn(&mut Self) -> &mut [Creature; N],
    ) {
        let (chance, place) = (key.draw(), key.draw());
        let free = slots(self).iter().position(|creature| !creature.alive);
        let slot = free.unwrap_or(0);
        if free.is_some()
            && chance.uniform(0) < rules.chance
            && let Some(position) = self.place_for(place, rules)
        {
            let creature = &mut slots(self)[slot];
            *creature = Creature { position, health: rules.health, alive: true, ..*creature };
        }
        let Creature { position, alive, .. } = slots(self)[slot];
        if alive {
            self.occupied.set(position, true);
        }
    }

    /// One of the free cells that are neither too near nor too far.
    fn place_for(&self, key: Key, rules: Spawning) -> Option<Position> {
        let (mut cells, mut count) = ([0; 365], 0); // so many are less than 14 steps away
        let last = SIZE as i32 - 1;
        let Position { row, col } = self.position;
        for y in (row - FAR + 1).max(0)..=(row + FAR - 1).min(last) {
            let width = FAR - 1 - (y - row).abs();
            for x in (col - width).max(0)..=(col + width).min(last) {
                let at = Position::new(y, x);
                let block = self.map.get(at);
                let ground =
                    rules.grass && block == Block::Grass || rules.path && block == Block::Path;
                let near = (at - self.position).steps() <= rules.beyond;
                if ground && !near && !self.occupied.get(at) {
                    cells[count] = (y * SIZE as i32 + x) as u16;
                    count += 1;
                }
            }
        }
        let cells = &cells[..count];
        let cell = (count > 0).then(|| key.choice_among(1.0 / count as f32, cells) as i32)?;
        Some(Position::new(cell / SIZE as i32, cell % SIZE as i32))
    }

    /// `update_plants`.
    fn grow(&mut self) {
        for plant in &mut self.plants {
            plant.age = if plant.alive { plant.age + 1 } else { 0 };
            if plant.age >= RIPE {
                self.map.set(plant.position, Block::RipePlant);
            }
        }
    }

    /// `update_player_intrinsics`.
    fn live(&mut self, action: Action) {
        if action == Action::Sleep && self.energy < 9 {
            self.sleeping = true;
        }
        if self.sleeping && self.energy >= 9 {
            self.sleeping = false;
            self.unlock(Achievement::WakeUp);
        }
        let effort = if self.sleeping { 0.5 } else { 1.0 };
        self.hunger += effort;
        if self.hunger > 25.0 {
            self.hunger = 0.0;
            self.food = 0.max(self.food - 1);
        }
        self.thirst += effort;
        if self.thirst > 20.0 {
            self.thirst = 0.0;
            self.drink = 0.max(self.drink - 1);
        }
        self.fatigue =
            if self.sleeping { (self.fatigue - 1.0).min(0.0) } else { self.fatigue + 1.0 };
        if self.fatigue > 30.0 {
            self.fatigue = 0.0;
            self.energy = 0.max(self.energy - 1);
        }
        if self.fatigue < -10.0 {
            self.fatigue = 0.0;
            self.energy = 9.min(self.energy + 1);
        }
        let well = self.food > 0 && self.drink > 0 && (self.energy > 0 || self.sleeping);
        self.recover += match (well, self.sleeping) {
            (true, true) => 2.0,
            (true, false) => 1.0,
            (false, true) => -0.5,
            (false, false) => -1.0,
        };
        if self.recover > 25.0 {
            self.recover = 0.0;
            self.health = 9.min(self.health + 1);
        }
        if self.recover < -15.0 {
            self.recover = 0.0;
            self.health -= 1;
        }
    }
}

/// Where, how often and how strong creatures of a kind appear.
#[derive(Clone, Copy)]
struct Spawning {
    chance: f32,
    /// More steps away than this.
    beyond: i32,
    health: i32,
    grass: bool,
    path: bool,
}

/// How an attack went.
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

/// One of the first `n` rows of the original's directions, of which only four lead anywhere.
pub(crate) fn random_way(key: Key, n: i32) -> Position {
    Direction::from_code(key.integer(0, 0, n) as u32).map_or(Position::default(), Direction::way)
}

/// One step along the longer of the two ways to the player, by chance if they are equal.
pub(crate) fn way_towards(from: Position, player: Position, key: Key) -> Position {
    let way = player - from;
    let (rows, cols) = (way.row.abs(), way.col.abs());
    let share = |longest: bool| f32::from(u8::from(longest)) / way.steps() as f32;
    match key.choice([share(rows >= cols), share(cols >= rows)]) {
        0 => Position::new(way.row.signum(), 0),
        _ => Position::new(0, way.col.signum()),
    }
}
