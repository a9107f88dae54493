//! `Craftax-Classic-Symbolic-v1`: Crafter on one map of 64×64.
//!
//! Source: `craftax_classic` of craftax 1.6.1.

mod codes;
mod observation;
mod state;
mod step;
mod world;

pub use codes::{Achievement, Action, Block, Direction};
pub use observation::{NONZERO, OBSERVATION, VIEW};
pub use state::{Creature, Inventory, Map, Plant, State};

/// Rows and columns of the map.
pub const SIZE: usize = 64;
/// Time steps until an episode ends.
pub const EPISODE: i32 = 10_000;
/// What all achievements are worth together: each 1.
pub const ACHIEVABLE: i32 = Achievement::ALL.len() as i32;

pub(crate) use step::{NEIGHBOURS, RIPE, random_way, way_towards};
