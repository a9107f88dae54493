//! `Craftax-Classic-Symbolic-v1`: Crafter on one map of 64×64.
//!
//! Source: `craftax_classic` of craftax 1.6.1.

mod codes;
mod observation;
mod state;
mod step;
mod world;

use crate::grid::Position;

pub use codes::{Achievement, Action, Block, Direction};
pub use observation::{NONZERO, OBSERVATION, VIEW};
pub use state::{Creature, Inventory, Map, Plant, State};

/// Rows and columns of the map.
pub const SIZE: usize = 64;
/// Steps until an episode is over.
pub const EPISODE: i32 = 10_000;
/// Total reward of all achievements, 1 for each.
pub const ACHIEVABLE: i32 = Achievement::ALL.len() as i32;

/// Steps to the eight cells around one, for tables and furnaces: `CLOSE_BLOCKS` in
/// `craftax_classic/constants.py`.
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
/// Steps from the player at which creatures vanish: `mob_despawn_distance` in
/// `craftax_classic/envs/craftax_state.py`.
const DESPAWN_DISTANCE: i32 = 14;
/// Age in steps from which a plant is ripe.
pub(crate) const RIPE: i32 = 600;

pub(crate) use step::{random_way, way_towards};
