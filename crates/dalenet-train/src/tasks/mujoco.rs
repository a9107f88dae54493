//! Brax's tasks by MuJoCo, with the feature `mujoco` only.

use super::{Environment, brax};

pub(super) fn entries() -> Vec<Environment> {
    let by_mujoco = |entry: Environment| {
        let name = entry.name.replace("brax/", "mujoco/");
        Environment::built_in(&name, &format!("as {}, by MuJoCo", entry.name))
    };
    let tasks = brax::entries().into_iter().map(by_mujoco);
    if cfg!(feature = "mujoco") { tasks.collect() } else { Vec::new() }
}
