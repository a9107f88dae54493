//! Oracle: Brax itself. `scripts/brax_fixtures.py` wrote trajectories of Brax 0.14.2 in float64;
//! here they must come out of the library, in double precision nearly to the last digit, in
//! single-precision lanes to theirs.
//!
//! `DALENET_FIXTURES=folder` takes the fixtures from elsewhere, written with other seeds.

use dalenet_envs::brax::{Precision, Simulation, Task};
use safetensors::{Dtype, SafeTensors};
use std::{collections::BTreeSet, fs, path::PathBuf};

/// Joint positions after 1 and after 10 steps, in double precision.
const EXACT: (f64, f64) = (1e-9, 1e-7);
/// Joint positions after 1 step, single-precision lanes against double precision.
const SINGLE: f64 = 1e-4;

/// Where fixtures of one's own are. Tests run in the crate's folder; a relative path is meant from
/// the workspace's.
fn others() -> Option<PathBuf> {
    let set = std::env::var_os("DALENET_FIXTURES")?;
    Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(set))
}

/// The trajectories of one task.
struct Fixtures {
    task: Task,
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Fixtures {
    /// Of all tasks; of one's own, of those that there are files of.
    fn all() -> Vec<Self> {
        let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"));
        let folder = others().unwrap_or(own);
        let mut found = Vec::new();
        for task in Task::ALL {
            let path = folder.join(task.name().replace('-', "_") + ".safetensors");
            if others().is_some() && !path.exists() {
                println!("{}: not there, not tested", path.display());
                continue;
            }
            let bytes = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            found.push(Self { task, path, bytes });
        }
        assert!(!found.is_empty(), "{} has fixtures of no task", folder.display());
        found
    }

    fn file(&self) -> SafeTensors<'_> {
        let file = SafeTensors::deserialize(&self.bytes);
        file.unwrap_or_else(|error| panic!("{}: {error}", self.path.display()))
    }

    fn cases(&self) -> Vec<Case<'_>> {
        let file = self.file();
        let names = file.names().into_iter().filter_map(|name| Some(name.split_once('/')?.0));
        let names: BTreeSet<String> = names.map(String::from).collect();
        assert!(!names.is_empty(), "{} holds no case", self.path.display());
        names.into_iter().map(|name| Case { task: self.task, name, fixtures: self }).collect()
    }

    /// A tensor as rows; a vector is one row.
    fn rows(&self, tensor: &str) -> Vec<Vec<f64>> {
        let file = self.file();
        let view = file.tensor(tensor);
        let view = view.unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
        assert_eq!(view.dtype(), Dtype::F64, "{tensor}");
        let cols = *view.shape().last().unwrap();
        let (numbers, _) = view.data().as_chunks();
        let numbers: Vec<f64> = numbers.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect();
        assert!(!numbers.is_empty(), "{}: {tensor} is empty", self.path.display());
        numbers.chunks(cols).map(<[f64]>::to_vec).collect()
    }
}

struct Case<'a> {
    task: Task,
    name: String,
    fixtures: &'a Fixtures,
}

impl Case<'_> {
    fn rows(&self, tensor: &str) -> Vec<Vec<f64>> {
        self.fixtures.rows(&format!("{}/{tensor}", self.name))
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
        let (mut worst, mut steps, mut ended) = ([0.0f64; 5], 0, 0);
        for case in fixtures.cases() {
            let mut simulation = case.double();
            let first = relative(&simulation.observation(0), &case.row("observation0"));
            let (actions, q, qd) = (case.rows("actions"), case.rows("q"), case.rows("qd"));
            let (observations, rewards) = (case.rows("observations"), case.row("rewards"));
            let done = case.row("done");
            let lengths = [q.len(), qd.len(), observations.len(), rewards.len(), done.len()];
            assert_eq!(lengths, [actions.len(); 5], "{} {}", case.task.name(), case.name);
            assert!(others().is_some() || actions.len() == 10);
            (steps, ended) = (steps + done.len(), ended + done.iter().sum::<f64>() as usize);
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
            "{:25} f64 against Brax, {steps} steps: |Δq| {one:.1e} after 1 step, {ten:.1e} after 10; \
             over 10 steps observations {observation:.1e}, velocities {velocity:.1e}, rewards \
             {reward:.1e}; {ended} steps end the task",
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

#[test]
fn resets_begin_where_brax_has_them() {
    for fixtures in Fixtures::all() {
        assert_eq!(fixtures.task.model().init_q, fixtures.rows("init_q")[0]);
    }
}

/// Fixtures that never touch the ground would not test contacts, and those that are never over
/// would not test ends.
#[test]
fn fixtures_have_contacts_and_ends() {
    for fixtures in Fixtures::all() {
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
        let ends = !matches!(fixtures.task, Task::HalfCheetah | Task::Reacher);
        assert!(others().is_some() || (touch > 0 || !walks) && (end > 1 || !ends), "{name}");
    }
}
