//! Oracle: Brax's backend `mjx`, a second implementation of MuJoCo. `scripts/brax_fixtures.py
//! --backend mjx` wrote trajectories of Brax 0.14.2 in float64; here the C library must give them.
//!
//! `DALENET_FIXTURES=folder` takes the fixtures from elsewhere, written with other seeds.

#![cfg(feature = "mujoco")]

mod common;

use common::Fixtures;
use dalenet_envs::brax::{Simulation, Task};

fn simulation(task: Task) -> Simulation {
    Simulation::by_mujoco(task).unwrap()
}

#[test]
fn mujoco_is_brax_mjx() {
    for fixtures in Fixtures::all("mujoco") {
        for case in fixtures.cases() {
            let (found, done) = case.differences(case.begin(simulation(case.task)));
            println!(
                "{:?} {} {} {done:?}",
                case.task,
                case.name,
                found.map(|x| format!("{x:8.1e}")).join(" ")
            );
        }
    }
}
