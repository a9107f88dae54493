//! Moves of zombies, cows, skeletons and arrows. Source: `update_mobs` in
//! `craftax_classic/game_logic.py`.

use crate::{
    Key,
    classic::{Achievement, Block, Creature, DESPAWN_DISTANCE, Direction, Map, State},
    grid::Position,
};

impl State {
    /// `update_mobs`.
    pub(super) fn move_creatures(&mut self, mut key: Key) {
        key = key.child(0);
        for i in 0..self.zombies.len() {
            self.move_zombie(i, &mut key);
        }
        key = key.child(0);
        for i in 0..self.cows.len() {
            let Creature { position: from, alive: was, .. } = self.cows[i];
            let to = from + random_way(key.draw(), 8);
            let alive = was && (from - self.position).steps() < DESPAWN_DISTANCE;
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
        // The original continues with the second child here.
        *key = key.child(1);
        let to = if self.is_free(to) { to } else { from };
        let alive = zombie.alive && distance < DESPAWN_DISTANCE;
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
        let alive = skeleton.alive && distance < DESPAWN_DISTANCE;
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
