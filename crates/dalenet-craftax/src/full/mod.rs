//! `Craftax-Symbolic-v1`: the full game, nine floors of 48×48.
//!
//! Source: `craftax` of craftax 1.6.1, its folder `craftax`.

mod codes;
mod creatures;
mod floor;
mod inventory;
mod observation;
mod saved;
mod state;
mod step;
mod world;

pub use crate::classic::Direction;
pub use codes::{ACHIEVABLE, Achievement, Action, Block, Item};
pub use floor::{Floor, Mob, Projectile};
pub use inventory::Inventory;
pub use observation::{NONZERO, OBSERVATION, VIEW};
pub use state::State;

/// Number of floors.
pub const FLOORS: usize = 9;
/// Rows and columns of a floor.
pub const SIZE: usize = 48;
/// Steps until an episode is over.
pub const EPISODE: i32 = 100_000;
/// The floor of the necromancer.
const GRAVEYARD: usize = FLOORS - 1;
/// Monsters to kill before the ladder down opens: `MONSTERS_KILLED_TO_CLEAR_LEVEL` in
/// `craftax/constants.py`.
const CLEARED: i32 = 8;
/// Steps in which monsters rise after the necromancer is hit: `BOSS_FIGHT_SPAWN_TURNS` in
/// `craftax/constants.py`.
const SPAWN_TURNS: i32 = 7;
/// Hits that the necromancer takes.
const BOSS_HITS: i32 = 8;
/// Steps from the player at which creatures vanish: `mob_despawn_distance` in
/// `craftax/craftax_state.py`.
const DESPAWN_DISTANCE: i32 = 14;
