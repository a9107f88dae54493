//! One step of the game: fights, creatures and what flies. Source: `update_mobs` and `spawn_mobs`
//! in `craftax/game_logic.py`, and `craftax/util/game_logic_utils.py`.

use super::{Achievement, Block, FLOORS, Floor, GRAVEYARD, Mob, Projectile, SIZE, State};
use crate::{
    Key,
    classic::{random_way, way_towards},
    grid::{Grid, Position},
};

/// Steps from the player at which creatures vanish.
const FAR: i32 = 14;
/// Damage of, or defence against, force, fire and ice.
type Damage = [f32; 3];
const NONE: Damage = [0.0; 3];

/// Where a creature cannot walk, besides solid blocks.
#[derive(Clone, Copy)]
pub(super) struct Barriers {
    ground: bool,
    water: bool,
    lava: bool,
}

pub(super) const LAND: Barriers = Barriers { ground: false, water: true, lava: true };
const FLYING: Barriers = Barriers { ground: false, water: false, lava: false };
const AQUATIC: Barriers = Barriers { ground: true, water: false, lava: true };
const AMPHIBIAN: Barriers = Barriers { ground: false, water: false, lava: true };

/// What a species of a kind is like.
struct Species {
    health: f32,
    barriers: Barriers,
    defence: Damage,
    kill: Achievement,
}

const fn species(health: f32, kill: Achievement) -> Species {
    Species { health, barriers: LAND, defence: NONE, kill }
}

/// Cow, bat, snail; the others never appear.
const PASSIVE: [Species; 8] = {
    use Achievement::{CollectWood, EatBat, EatCow, EatSnail};
    [
        species(3.0, EatCow),
        Species { barriers: FLYING, ..species(4.0, EatBat) },
        species(6.0, EatSnail),
        species(8.0, CollectWood),
        species(0.0, CollectWood),
        species(0.0, CollectWood),
        species(0.0, CollectWood),
        species(0.0, CollectWood),
    ]
};

/// Zombie, gnome warrior, orc soldier, lizard, knight, troll, pigman, frost troll.
const MELEE: [Species; 8] = {
    use Achievement::*;
    [
        species(5.0, DefeatZombie),
        species(7.0, DefeatGnomeWarrior),
        species(9.0, DefeatOrcSolider),
        Species { barriers: AMPHIBIAN, ..species(11.0, DefeatLizard) },
        Species { defence: [0.5, 0.0, 0.0], ..species(12.0, DefeatKnight) },
        Species { defence: [0.2, 0.0, 0.0], ..species(20.0, DefeatTroll) },
        Species { defence: [0.9, 1.0, 0.0], ..species(20.0, DefeatPigman) },
        Species { defence: [0.9, 0.0, 1.0], ..species(24.0, DefeatFrostTroll) },
    ]
};
/// What each of them does.
const MELEE_DAMAGE: [Damage; 8] = [
    [2.0, 0.0, 0.0],
    [4.0, 0.0, 0.0],
    [3.0, 0.0, 0.0],
    [5.0, 0.0, 0.0],
    [6.0, 0.0, 0.0],
    [6.0, 1.0, 1.0],
    [3.0, 5.0, 0.0],
    [4.0, 0.0, 5.0],
];

/// Skeleton, gnome archer, orc mage, kobold, knight archer, deep thing, fire and ice elemental.
const RANGED: [Species; 8] = {
    use Achievement::*;
    [
        species(3.0, DefeatSkeleton),
        species(5.0, DefeatGnomeArcher),
        species(6.0, DefeatOrcMage),
        species(8.0, DefeatKobold),
        Species { defence: [0.5, 0.0, 0.0], ..species(12.0, DefeatArcher) },
        Species { barriers: AQUATIC, ..species(4.0, DefeatDeepThing) },
        Species {
            barriers: FLYING,
            defence: [0.9, 1.0, 0.0],
            ..species(14.0, DefeatFireElemental)
        },
        Species { barriers: FLYING, defence: [0.9, 0.0, 1.0], ..species(16.0, DefeatIceElemental) },
    ]
};
/// What each of them shoots.
const SHOTS: [i32; 8] = [0, 0, 2, 1, 4, 5, 6, 7];
const DEEP_THING: i32 = 5;

/// What each projectile does: arrow, dagger, fireball, iceball, the player's arrow, slime ball and
/// the elementals' balls.
const SHOT_DAMAGE: [Damage; 8] = [
    [2.0, 0.0, 0.0],
    [4.0, 0.0, 0.0],
    [0.0, 3.0, 0.0],
    [0.0, 0.0, 3.0],
    [5.0, 0.0, 0.0],
    [4.0, 3.0, 3.0],
    [3.0, 5.0, 0.0],
    [4.0, 0.0, 5.0],
];

/// Which species of passive, melee and ranged creatures live on a floor.
const INHABITANTS: [[i32; 3]; FLOORS] = [
    [0, 0, 0],
    [2, 2, 2],
    [1, 1, 1],
    [2, 3, 3],
    [2, 4, 4],
    [1, 5, 5],
    [1, 6, 6],
    [1, 7, 7],
    [0, 0, 0],
];

fn row<T>(table: &[T; 8], species: i32) -> &T {
    &table[species.clamp(0, 7) as usize]
}

/// `get_damage`.
fn dealt(damage: Damage, defence: Damage) -> f32 {
    // Products and sums rounded at once, as XLA compiles them.
    damage.into_iter().zip(defence).fold(0.0, |sum, (x, d)| (1.0 - d).mul_add(x, sum))
}

/// How an attack on one kind of creatures went.
struct Attack {
    hit: bool,
    killed: Option<Achievement>,
}

/// `attack_mob_class`.
fn attack(mobs: &mut [Mob], table: &[Species; 8], at: Position, damage: Damage) -> Attack {
    let Some(mob) = mobs.iter_mut().find(|mob| mob.alive && mob.position == at) else {
        return Attack { hit: false, killed: None };
    };
    let species = row(table, mob.species);
    mob.health -= dealt(damage, species.defence);
    mob.alive = mob.health > 0.0;
    Attack { hit: true, killed: (!mob.alive).then_some(species.kill) }
}

impl State {
    /// `is_in_mob`.
    pub(super) fn in_creature(&self, at: Position) -> bool {
        self.floor().occupied.get(at) || self.position == at
    }

    /// `is_position_in_bounds_not_in_mob_not_colliding`.
    pub(super) fn is_free(&self, at: Position, barriers: Barriers) -> bool {
        let block = self.floor().map.get(at);
        let barred = match block {
            Block::Water => barriers.water,
            Block::Lava => barriers.lava,
            _ => barriers.ground || block.is_solid(),
        };
        Grid::<Block, SIZE>::contains(at) && !barred && !self.in_creature(at)
    }

    fn fights_boss(&self) -> bool {
        self.level == GRAVEYARD
    }

    /// `get_player_damage_vector`.
    pub(super) fn damage(&self) -> Damage {
        let force = [1.0, 2.0, 3.0, 5.0, 8.0][self.inventory.sword.clamp(0, 4) as usize];
        let enchanted = |element| match self.sword_enchantment == element {
            true => force * 0.5 * (1.0 + 0.05 * (self.intelligence - 1) as f32),
            false => 0.0,
        };
        [force * (1.0 + 0.25 * (self.strength - 1) as f32), enchanted(1), enchanted(2)]
    }

    /// `attack_mob`: hurts whoever is there. Whether anyone was.
    pub(super) fn attack(&mut self, at: Position, damage: Damage, can_eat: bool) -> bool {
        let floor = self.floor_mut();
        let melee = attack(&mut floor.melee, &MELEE, at, damage);
        let passive = attack(&mut floor.passive, &PASSIVE, at, damage);
        let ranged = attack(&mut floor.ranged, &RANGED, at, damage);
        if melee.killed.or(ranged.killed).is_some() {
            floor.killed += 1;
        }
        if melee.killed.or(passive.killed).or(ranged.killed).is_some() {
            floor.occupied.set(at, false);
        }
        let eaten = passive.killed.filter(|_| can_eat);
        if eaten.is_some() {
            self.eat(6);
        }
        for achievement in [melee.killed, eaten, ranged.killed].into_iter().flatten() {
            self.unlock(achievement);
        }
        melee.hit || passive.hit || ranged.hit
    }

    /// `get_damage_done_to_player`, taken from the health.
    fn suffer(&mut self, damage: Damage) {
        let worn = |element| {
            let pieces = self.armour_enchantments.iter().filter(|&&piece| piece == element);
            pieces.fold(0.0, |sum, _| sum + 0.2)
        };
        let armour = self.inventory.armour.iter().fold(0.0, |sum, &piece| sum + piece as f32 * 0.1);
        let rage = if self.fights_boss() { 1.5 } else { 1.0 };
        self.health -= dealt(damage.map(|x| x * rage), [armour, worn(1), worn(2)]);
        (self.sleeping, self.resting) = (false, false);
    }

    /// `update_mobs`.
    pub(super) fn move_creatures(&mut self, mut key: Key) {
        key = key.child(0);
        for i in 0..3 {
            self.move_melee(i, &mut key);
        }
        key = key.child(0);
        for i in 0..3 {
            let mob = self.floor().passive[i];
            let to = mob.position + random_way(key.draw(), 8);
            let alive = mob.alive && (mob.position - self.position).steps() < FAR;
            let position = self.walked(mob, to, &PASSIVE);
            self.floor_mut().passive[i] = Mob { position, alive, ..mob };
            self.move_on_map(mob, position, alive);
        }
        key = key.child(0);
        for i in 0..2 {
            self.move_ranged(i, &mut key);
        }
        for i in 0..3 {
            self.move_mob_projectile(i);
        }
        for i in 0..3 {
            self.move_player_projectile(i);
        }
    }

    /// Where a creature that wants to go somewhere gets.
    fn walked(&self, mob: Mob, to: Position, table: &[Species; 8]) -> Position {
        match self.is_free(to, row(table, mob.species).barriers) {
            true => to,
            false => mob.position,
        }
    }

    fn move_on_map(&mut self, before: Mob, position: Position, alive: bool) {
        let occupied = &mut self.floor_mut().occupied;
        if before.alive {
            occupied.set(before.position, false);
        }
        if alive {
            occupied.set(position, true);
        }
    }

    fn move_melee(&mut self, i: usize, key: &mut Key) {
        let mob = self.floor().melee[i];
        let distance = (mob.position - self.position).steps();
        let random = random_way(key.draw(), 4);
        let towards = way_towards(mob.position, self.position, key.draw());
        let hunts = key.draw().uniform(0) < 0.75 && (distance < 10 || self.fights_boss());
        let attacks = distance == 1 && mob.cooldown <= 0 && mob.alive;
        let mut to = mob.position + if hunts { towards } else { random };
        if attacks {
            to = mob.position;
            if self.sleeping {
                self.unlock(Achievement::WakeUp);
            }
            let fury = if self.sleeping { 3.5 } else { 1.0 };
            self.suffer(row(&MELEE_DAMAGE, mob.species).map(|x| x * fury));
        }
        // The original goes on with the second child here.
        *key = key.child(1);
        let position = self.walked(mob, to, &MELEE);
        let alive = mob.alive && (distance < FAR || self.fights_boss());
        let cooldown = if attacks { 5 } else { mob.cooldown - 1 };
        self.floor_mut().melee[i] = Mob { position, alive, cooldown, ..mob };
        self.move_on_map(mob, position, alive);
    }

    fn move_ranged(&mut self, i: usize, key: &mut Key) {
        let mob = self.floor().ranged[i];
        let distance = (mob.position - self.position).steps();
        let random = mob.position + random_way(key.draw(), 4);
        let towards = way_towards(mob.position, self.position, key.draw());
        let wanted = match distance {
            ..=3 => mob.position - towards,
            6.. => mob.position + towards,
            _ => random,
        };
        let mut to = if key.draw().uniform(0) > 0.85 { wanted } else { random };
        let cornered = distance <= 3 && !self.is_free(to, row(&RANGED, mob.species).barriers);
        let aims = (4..=5).contains(&distance) || cornered;
        let attacks = aims && mob.cooldown <= 0 && mob.alive;
        if attacks {
            to = mob.position;
            let mut shots = self.floor_mut().mob_projectiles.iter_mut();
            if let Some(shot) = shots.find(|shot| !shot.mob.alive) {
                let species = *row(&SHOTS, mob.species);
                let flying = Mob { position: mob.position, alive: true, species, ..shot.mob };
                *shot = Projectile { mob: flying, way: towards };
            }
        }
        let position = self.walked(mob, to, &RANGED);
        let alive = mob.alive && (distance < FAR || self.fights_boss());
        let cooldown = if attacks { 4 } else { mob.cooldown - 1 };
        self.floor_mut().ranged[i] = Mob { position, alive, cooldown, ..mob };
        self.move_on_map(mob, position, alive);
    }

    fn move_mob_projectile(&mut self, i: usize) {
        let Projectile { mob, way } = self.floor().mob_projectiles[i];
        let to = mob.position + way;
        let block = self.floor().map.get(to);
        let open = Grid::<Block, SIZE>::contains(to) && !block.is_solid();
        let hits = mob.alive && (mob.position == self.position || to == self.position);
        let alive = mob.alive && open && !self.in_creature(to) && !hits;
        let floor = self.floor_mut();
        if mob.alive && matches!(block, Block::Furnace | Block::CraftingTable) {
            floor.map.set(to, Block::Path);
        }
        floor.mob_projectiles[i].mob = Mob { position: to, alive, ..mob };
        if hits {
            self.suffer(*row(&SHOT_DAMAGE, mob.species));
        }
    }

    fn move_player_projectile(&mut self, i: usize) {
        let Projectile { mob, way } = self.floor().player_projectiles[i];
        let to = mob.position + way;
        let mut hit = false;
        if mob.alive {
            let damage = self.shot_damage(mob.species);
            hit = self.attack(mob.position, damage, false);
            hit |= self.attack(to, if hit { NONE } else { damage }, false);
        }
        let floor = self.floor_mut();
        let open = Grid::<Block, SIZE>::contains(to) && !floor.map.get(to).is_solid();
        let alive = mob.alive && open && !hit;
        floor.player_projectiles[i].mob = Mob { position: to, alive, ..mob };
    }

    /// What a projectile of the player does.
    fn shot_damage(&self, species: i32) -> Damage {
        let mut damage = *row(&SHOT_DAMAGE, species);
        let factor = match species {
            0 | 4 => {
                if let element @ (1 | 2) = self.bow_enchantment {
                    damage[element as usize] += damage[0] / 2.0;
                }
                1.0 + 0.2 * (self.dexterity - 1) as f32
            }
            2 | 3 => 1.0 + 0.5 * (self.intelligence - 1) as f32,
            _ => 1.0,
        };
        damage.map(|x| x * factor)
    }

    /// `spawn_mobs`.
    pub(super) fn spawn(&mut self, mut key: Key) {
        let (level, boss) = (self.level, self.fights_boss());
        let weight = match self.floor().is_cleared() {
            true => 1.0,
            false => 3.0,
        } * match boss {
            true if self.boss_spawn_turns >= 1 => 1000.0,
            true => 0.0,
            false => 1.0,
        };
        let monsters = if boss { self.boss_progress.clamp(0, 8) as usize } else { level };
        let [cow, _, _] = INHABITANTS[level];
        let [_, melee, ranged] = INHABITANTS[monsters];
        // As squares of distances.
        let near = 3 * 3;
        let (from, to) = if boss { (-1, 6 * 6) } else { (9 * 9, FAR * FAR - 1) };
        let ground: fn(Block) -> bool = if boss { Block::is_grave } else { Block::is_ground };

        let chance = if boss || level == 7 { 0.0 } else { 0.1 };
        let place = Place { from: near, to: FAR * FAR - 1, on: Block::is_ground };
        self.spawn_one(&mut key, chance, place, (cow, &PASSIVE), |floor| &mut floor.passive);

        let night = 1.0 - self.light;
        let chance = if level == 0 { (night * night).mul_add(0.1, 0.02) } else { 0.06 };
        let place = Place { from, to, on: ground };
        self.spawn_one(&mut key, chance * weight, place, (melee, &MELEE), |floor| &mut floor.melee);

        let on = match ranged {
            DEEP_THING if !boss => |block| block == Block::Water,
            _ => ground,
        };
        let place = Place { on, ..place };
        self.spawn_one(&mut key, 0.05 * weight, place, (ranged, &RANGED), |floor| {
            &mut floor.ranged
        });
    }

    fn spawn_one<const N: usize>(
        &mut self,
        key: &mut Key,
        chance: f32,
        place: Place,
        (species, table): (i32, &[Species; 8]),
        slots: impl Fn(&mut Floor) -> &mut [Mob; N],
    ) {
        let (luck, cell) = (key.draw(), key.draw());
        let free = slots(self.floor_mut()).iter().position(|mob| !mob.alive);
        let slot = free.unwrap_or(0);
        let lucky = free.is_some() && luck.uniform(0) < chance;
        let position = if lucky { self.place_for(cell, place) } else { None };
        let mob = &mut slots(self.floor_mut())[slot];
        // The original changes the species even where nobody appears.
        mob.species = species;
        if let Some(position) = position {
            let health = row(table, species).health;
            *mob = Mob { position, health, alive: true, ..*mob };
        }
        let Mob { position, alive, .. } = *mob;
        if alive {
            self.floor_mut().occupied.set(position, true);
        }
    }

    /// One of the free cells that are neither too near nor too far.
    fn place_for(&self, key: Key, place: Place) -> Option<Position> {
        let floor = self.floor();
        let (mut cells, mut count) = ([0; 27 * 27], 0);
        let last = SIZE as i32 - 1;
        let reach = FAR - 1;
        let Position { row, col } = self.position;
        for y in (row - reach).max(0)..=(row + reach).min(last) {
            for x in (col - reach).max(0)..=(col + reach).min(last) {
                let distance = (y - row) * (y - row) + (x - col) * (x - col);
                let (i, j) = (y as usize, x as usize);
                if distance > place.from
                    && distance <= place.to
                    && (place.on)(floor.map.0[i][j])
                    && !floor.occupied.0[i][j]
                {
                    cells[count] = (i * SIZE + j) as u16;
                    count += 1;
                }
            }
        }
        let cells = &cells[..count];
        let cell = (count > 0).then(|| key.choice_among(1.0 / count as f32, cells))?;
        Some(Position::new((cell / SIZE) as i32, (cell % SIZE) as i32))
    }
}

/// Where creatures of a kind appear.
#[derive(Clone, Copy)]
struct Place {
    /// Squares of distances to the player: more than this,
    from: i32,
    /// and at most this.
    to: i32,
    on: fn(Block) -> bool,
}
