//! Oracle: Brax's backend `mjx`, which does in JAX what MuJoCo does in C. `scripts/brax_fixtures.py
//! --backend mjx` wrote trajectories of Brax 0.14.2 in float64; the library must give them to
//! rounding, whatever version it is of.
//!
//! `DALENET_FIXTURES=folder` takes the fixtures from elsewhere, written with other seeds.

#![cfg(feature = "mujoco")]

mod common;

use common::{Fixtures, others};
use dalenet_envs::brax::{Simulation, Task};

/// Joint positions after 1 and over 10 steps, then observations, velocities and rewards over all.
const EXACT: [f64; 5] = [1e-13, 1e-11, 1e-10, 1e-10, 1e-11];

fn simulation(task: Task) -> Simulation {
    Simulation::by_mujoco(task).unwrap()
}

#[test]
fn mujoco_is_brax_mjx() {
    let all = Fixtures::all("mujoco");
    let failures: Vec<_> = all.iter().flat_map(|f| f.compare(simulation, EXACT)).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn links_stand_where_brax_has_them() {
    Fixtures::all("mujoco").iter().for_each(|f| f.compare_links(simulation, 1e-11));
}

/// Fixtures that never touch the ground would not test contacts.
#[test]
fn fixtures_have_contacts() {
    for task in [Task::Ant, Task::HalfCheetah, Task::Hopper, Task::Humanoid, Task::Walker2d] {
        let all = Fixtures::all("mujoco");
        let cases = all.iter().find(|f| f.task == task).map_or(Vec::new(), Fixtures::cases);
        let touching = cases.iter().filter(|case| case.row("gap").iter().any(|&gap| gap < 0.0));
        let count = touching.count();
        assert!(count > 1 || others().is_some(), "{task:?} touches the ground in {count} cases");
    }
}
