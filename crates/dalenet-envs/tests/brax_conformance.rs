//! Oracle: Brax itself. `scripts/brax_fixtures.py` wrote trajectories of Brax 0.14.2 in float64;
//! here they must come out of the library, in double precision nearly to the last digit, in
//! single-precision lanes to theirs.
//!
//! `DALENET_FIXTURES=folder` takes the fixtures from elsewhere, written with other seeds.

mod common;

use common::{Case, Fixtures, distance, others, relative, step};
use dalenet_envs::brax::{Precision, Simulation, Task};

/// Joint positions after 1 and over 10 steps, then observations, velocities and rewards over all,
/// in double precision.
const EXACT: [f64; 5] = [1e-9, 1e-7, 1e-6, 1e-6, 1e-6];
/// Joint positions after 1 step, single-precision lanes against double precision.
const SINGLE: f64 = 1e-4;

fn double(task: Task) -> Simulation {
    Simulation::new(task, Precision::Double)
}

#[test]
fn double_precision_is_brax() {
    let all = Fixtures::all("");
    let failures: Vec<_> = all.iter().flat_map(|f| f.compare(double, EXACT)).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn compare_single(kind: &str, make: impl Fn(Task) -> Simulation) {
    for fixtures in Fixtures::all("") {
        let (mut one, mut reward, mut observation) = (0.0f64, 0.0f64, 0.0f64);
        for case in fixtures.cases() {
            let (mut single, mut double) =
                (case.begin(make(fixtures.task)), case.begin(double(fixtures.task)));
            let actions = case.row("actions");
            step(&mut single, &actions);
            step(&mut double, &actions);
            for lane in 0..single.lanes() {
                one = one.max(distance(&single.positions(lane), &double.positions(0)));
                let found = relative(&single.observation(lane), &double.observation(0));
                observation = observation.max(found);
                reward = reward.max((single.reward(lane) - double.reward(0)).abs());
            }
            assert!(one <= SINGLE, "{} {} |Δq| {one:.1e}", fixtures.task.name(), case.name);
        }
        println!(
            "{:25} f32 in {kind} against f64 after 1 step: |Δq| {one:.1e}, observations \
             {observation:.1e}, reward {reward:.1e}",
            fixtures.task.name()
        );
    }
}

#[test]
fn single_precision_follows() {
    compare_single("this machine's lanes", |task| Simulation::new(task, Precision::Single));
    compare_single("plain lanes", Simulation::plain);
}

#[test]
fn links_stand_where_brax_has_them() {
    Fixtures::all("").iter().for_each(|f| f.compare_links(double, 1e-6));
}

#[test]
fn resets_begin_where_brax_has_them() {
    for fixtures in Fixtures::all("") {
        assert_eq!(fixtures.task.model().init_q, fixtures.rows("init_q")[0]);
    }
}

/// Fixtures that never touch the ground would not test contacts, and those that are never over
/// would not test terminations.
#[test]
fn fixtures_have_contacts_and_ends() {
    for fixtures in Fixtures::all("") {
        let (name, cases) = (fixtures.task.name(), fixtures.cases());
        let touching = |case: &&Case<'_>| case.row("gap").iter().any(|gap| gap.abs() < 1e-4);
        let ending = |case: &&Case<'_>| {
            let done = case.row("done");
            done.contains(&0.0) && done.contains(&1.0)
        };
        let touch = cases.iter().filter(touching).count();
        let end = cases.iter().filter(ending).count();
        println!("{name:25} {touch} of {} cases touch the ground, {end} meet an end", cases.len());
        let walks = fixtures.task.model().shapes.iter().any(|shape| shape.friction.is_some());
        let terminates = !matches!(fixtures.task, Task::HalfCheetah | Task::Reacher);
        assert!(others().is_some() || (touch > 0 || !walks) && (end > 1 || !terminates), "{name}");
    }
}
