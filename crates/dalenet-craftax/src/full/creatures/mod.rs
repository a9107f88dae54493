//! One step of the game: creatures, fights and what flies. Source: `update_mobs` and `spawn_mobs`
//! in `craftax/game_logic.py`, and `craftax/util/game_logic_utils.py`.

mod combat;
mod movement;
mod projectiles;
mod spawning;
mod species;

pub(super) use species::LAND;
