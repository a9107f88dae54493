//! Oracle: Brax itself. `scripts/brax_fixtures.py` wrote trajectories of Brax 0.14.2 in float64;
//! here they must come out of the library, in double precision nearly to the last digit, in
//! single-precision lanes to theirs.
//!
//! `DALENET_FIXTURES=folder` takes the fixtures from elsewhere, written with other seeds.

use dalenet_envs::brax::{Precision, Simulation, Task};
use safetensors::SafeTensors;
use std::{collections::BTreeSet, fs, path::PathBuf};

/// Joint positions after 1 and after 10 steps, in double precision.
const EXACT: (f64, f64) = (1e-9, 1e-7);
/// Joint positions after 1 step, single-precision lanes against double precision.
const SINGLE: f64 = 1e-4;

/// The trajectories of one task.
struct Fixtures {
    task: Task,
    bytes: Vec<u8>,
}

impl Fixtures {
    /// Of all tasks that there are files of.
    fn all() -> Vec<Self> {
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
        let set = std::env::var_os("DALENET_FIXTURES");
        // Tests run in the crate's folder; a relative path is meant from the workspace's.
        let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let folder = set.as_ref().map_or(own.into(), |set| root.join(set));
        let read = |task: Task| {
            let path = folder.join(task.name().replace('-', "_") + ".safetensors");
            Some(Self { task, bytes: fs::read(path).ok()? })
        };
        let found: Vec<Self> = Task::ALL.into_iter().filter_map(read).collect();
        let complete = if set.is_some() { !found.is_empty() } else { found.len() == 8 };
        assert!(complete, "fixtures of {} tasks in {}", found.len(), folder.display());
        found
    }

    fn cases(&self) -> Vec<Case<'_>> {
        let file = SafeTensors::deserialize(&self.bytes).unwrap();
        let names = file.names().into_iter().filter_map(|name| Some(name.split_once('/')?.0));
        let names: BTreeSet<String> = names.map(String::from).collect();
        let case = |name| Case { task: self.task, name, bytes: &self.bytes };
        names.into_iter().map(case).collect()
    }
}

struct Case<'a> {
    task: Task,
    name: String,
    bytes: &'a [u8],
}

impl Case<'_> {
    /// A tensor as rows; a vector is one row.
    fn rows(&self, tensor: &str) -> Vec<Vec<f64>> {
        let file = SafeTensors::deserialize(self.bytes).unwrap();
        let view = file.tensor(&format!("{}/{tensor}", self.name)).unwrap();
        let cols = *view.shape().last().unwrap();
        let numbers =
            view.data().chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap()));
        let numbers: Vec<f64> = numbers.collect();
        numbers.chunks(cols).map(<[f64]>::to_vec).collect()
    }

    fn row(&self, tensor: &str) -> Vec<f64> {
        self.rows(tensor).remove(0)
    }

    /// Puts every lane of a simulation where the case begins.
    fn begin(&self, mut simulation: Simulation) -> Simulation {
        for lane in 0..simulation.lanes() {
            simulation.set_joints(lane, &self.row("q0"), &self.row("qd0"));
        }
        simulation
    }

    fn double(&self) -> Simulation {
        self.begin(Simulation::new(self.task, Precision::Double))
    }
}

/// One step of all lanes by the same actions.
fn step(simulation: &mut Simulation, actions: &[f64]) {
    simulation.step(&actions.repeat(simulation.lanes()));
}

/// The largest difference; infinite where one is NaN.
fn distance(found: &[f64], want: &[f64]) -> f64 {
    assert_eq!(found.len(), want.len());
    let differences = found.iter().zip(want).map(|(a, b)| (a - b).abs());
    differences.map(|d| if d.is_nan() { f64::INFINITY } else { d }).fold(0.0, f64::max)
}

/// The largest difference, each in units of the larger of 1 and the number.
fn relative(found: &[f64], want: &[f64]) -> f64 {
    let scaled = |x: &[f64]| x.iter().zip(want).map(|(x, w)| x / w.abs().max(1.0)).collect();
    let (found, want): (Vec<f64>, Vec<f64>) = (scaled(found), scaled(want));
    distance(&found, &want)
}

#[test]
fn double_precision_is_brax() {
    let mut failures = Vec::new();
    for fixtures in Fixtures::all() {
        let mut worst = [0.0f64; 5];
        for case in fixtures.cases() {
            let mut simulation = case.double();
            let first = relative(&simulation.observation(0), &case.row("observation0"));
            let (actions, q, qd) = (case.rows("actions"), case.rows("q"), case.rows("qd"));
            let (observations, rewards) = (case.rows("observations"), case.row("rewards"));
            let done = case.row("done");
            let mut found = [0.0, 0.0, first, 0.0, 0.0];
            for t in 0..actions.len() {
                step(&mut simulation, &actions[t]);
                let dq = distance(&simulation.positions(0), &q[t]);
                if t == 0 {
                    found[0] = dq;
                }
                if t < 10 {
                    found[1] = dq.max(found[1]);
                }
                found[2] = relative(&simulation.observation(0), &observations[t]).max(found[2]);
                found[3] = relative(&simulation.velocities(0), &qd[t]).max(found[3]);
                found[4] = relative(&[simulation.reward(0)], &[rewards[t]]).max(found[4]);
                if f64::from(u8::from(simulation.over(0))) != done[t] {
                    failures.push(format!("{} {} done at {t}", case.task.name(), case.name));
                }
            }
            let limits = [EXACT.0, EXACT.1, 1e-6, 1e-6, 1e-6];
            for (i, (found, limit)) in found.iter().zip(limits).enumerate() {
                if *found > limit {
                    let which = ["Δq 1", "Δq 10", "Δobservation", "Δqd", "Δreward"][i];
                    failures.push(format!(
                        "{} {} {which} {found:.1e}",
                        case.task.name(),
                        case.name
                    ));
                }
                worst[i] = worst[i].max(*found);
            }
        }
        let [one, ten, observation, velocity, reward] = worst;
        println!(
            "{:25} f64 against Brax: |Δq| {one:.1e} after 1 step, {ten:.1e} after 10; over 10 steps \
             observations {observation:.1e}, velocities {velocity:.1e}, rewards {reward:.1e}",
            fixtures.task.name()
        );
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn compare_single(kind: &str, make: impl Fn(Task) -> Simulation) {
    for fixtures in Fixtures::all() {
        let (mut one, mut reward, mut observation) = (0.0f64, 0.0f64, 0.0f64);
        for case in fixtures.cases() {
            let (mut single, mut double) = (case.begin(make(case.task)), case.double());
            let actions = case.row("actions");
            step(&mut single, &actions);
            step(&mut double, &actions);
            for lane in 0..single.lanes() {
                one = one.max(distance(&single.positions(lane), &double.positions(0)));
                let found = relative(&single.observation(lane), &double.observation(0));
                observation = observation.max(found);
                reward = reward.max((single.reward(lane) - double.reward(0)).abs());
            }
            assert!(one <= SINGLE, "{} {} |Δq| {one:.1e}", case.task.name(), case.name);
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
    for fixtures in Fixtures::all() {
        for case in fixtures.cases() {
            let mut simulation = case.double();
            for actions in case.rows("actions") {
                step(&mut simulation, &actions);
            }
            let poses = simulation.poses(0);
            let (positions, rotations) = (case.rows("positions"), case.rows("rotations"));
            assert_eq!(poses.len(), positions.len());
            for ((pose, position), rotation) in poses.iter().zip(&positions).zip(&rotations) {
                let worst = distance(&pose.position, position);
                let worst = worst.max(distance(&pose.rotation, rotation));
                assert!(worst < 1e-6, "{} {}: {worst:.1e}", case.task.name(), case.name);
            }
        }
    }
}

/// Fixtures that never touch the ground would not test contacts.
#[test]
fn fixtures_have_contacts() {
    let walks = |task: Task| {
        let model = task.model();
        model.shapes.iter().any(|shape| shape.friction.is_some())
    };
    for fixtures in Fixtures::all().into_iter().filter(|f| walks(f.task)) {
        let cases = fixtures.cases();
        let touching = |case: &&Case<'_>| case.row("gap").iter().any(|gap| gap.abs() < 1e-4);
        let count = cases.iter().filter(touching).count();
        println!("{:25} {count} of {} cases touch the ground", fixtures.task.name(), cases.len());
        let own = std::env::var_os("DALENET_FIXTURES").is_none();
        assert!(count > 0 || !own, "{}", fixtures.task.name());
    }
}
