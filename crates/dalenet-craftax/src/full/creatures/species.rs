//! The species of creatures and projectiles. Source: `craftax/constants.py`: `MOB_TYPE_*_MAPPING` of
//! collision, damage, health and defense, `MOB_ACHIEVEMENT_MAP`.

use crate::full::{Achievement, FLOORS};

/// Damage of, or defence against, force, fire and ice.
pub(super) type Damage = [f32; 3];
pub(super) const NONE: Damage = [0.0; 3];

/// Where a creature cannot walk, besides solid blocks: `COLLISION_*`.
#[derive(Clone, Copy)]
pub(in crate::full) struct Barriers {
    pub ground: bool,
    pub water: bool,
    pub lava: bool,
}

pub(in crate::full) const LAND: Barriers = Barriers { ground: false, water: true, lava: true };
pub(super) const FLYING: Barriers = Barriers { ground: false, water: false, lava: false };
pub(super) const AQUATIC: Barriers = Barriers { ground: true, water: false, lava: true };
pub(super) const AMPHIBIAN: Barriers = Barriers { ground: false, water: false, lava: true };

/// The properties of a species.
pub(super) struct Species {
    pub health: f32,
    pub barriers: Barriers,
    pub defence: Damage,
    /// Unlocked by its death.
    pub kill: Achievement,
}

const fn species(health: f32, kill: Achievement) -> Species {
    Species { health, barriers: LAND, defence: NONE, kill }
}

/// Cow, bat, snail; the others never appear.
pub(super) const PASSIVE: [Species; 8] = {
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
pub(super) const MELEE: [Species; 8] = {
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
/// The damage that each of them does.
pub(super) const MELEE_DAMAGE: [Damage; 8] = [
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
pub(super) const RANGED: [Species; 8] = {
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
/// The projectile of each of them: `RANGED_MOB_TYPE_TO_PROJECTILE_TYPE_MAPPING`.
pub(super) const SHOTS: [i32; 8] = [0, 0, 2, 1, 4, 5, 6, 7];
pub(super) const DEEP_THING: i32 = 5;

/// The damage of each projectile: arrow, dagger, fireball, iceball, the player's arrow, slime ball and
/// the elementals' balls.
pub(super) const SHOT_DAMAGE: [Damage; 8] = [
    [2.0, 0.0, 0.0],
    [4.0, 0.0, 0.0],
    [0.0, 3.0, 0.0],
    [0.0, 0.0, 3.0],
    [5.0, 0.0, 0.0],
    [4.0, 3.0, 3.0],
    [3.0, 5.0, 0.0],
    [4.0, 0.0, 5.0],
];

/// Which species of passive, melee and ranged creatures appear on a floor: `FLOOR_MOB_MAPPING`.
pub(super) const INHABITANTS: [[i32; 3]; FLOORS] = [
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

pub(super) fn row<T>(table: &[T; 8], species: i32) -> &T {
    &table[species.clamp(0, 7) as usize]
}
