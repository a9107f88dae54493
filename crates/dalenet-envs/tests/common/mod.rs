//! What Brax did, written by `scripts/brax_fixtures.py`.

use dalenet_envs::brax::{Simulation, Task};
use safetensors::{Dtype, SafeTensors};
use std::{collections::BTreeSet, fs, path::PathBuf};

/// Where fixtures of one's own are. Tests run in the crate's folder; a relative path is meant from
/// the workspace's.
pub fn others() -> Option<PathBuf> {
    let set = std::env::var_os("DALENET_FIXTURES")?;
    Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(set))
}

/// The trajectories of one task.
pub struct Fixtures {
    pub task: Task,
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Fixtures {
    /// Of all tasks, in `folder` of our own fixtures; of one's own, of those that there are files of.
    pub fn all(folder: &str) -> Vec<Self> {
        let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"));
        let folder = others().unwrap_or(own.join(folder));
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

    pub fn cases(&self) -> Vec<Case<'_>> {
        let file = self.file();
        let names = file.names().into_iter().filter_map(|name| Some(name.split_once('/')?.0));
        let names: BTreeSet<String> = names.map(String::from).collect();
        assert!(!names.is_empty(), "{} holds no case", self.path.display());
        names.into_iter().map(|name| Case { name, fixtures: self }).collect()
    }

    /// A tensor as rows; a vector is one row.
    pub fn rows(&self, tensor: &str) -> Vec<Vec<f64>> {
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

    /// What of a simulation differs from the trajectories by more than `limits`: joint positions
    /// after 1 and over 10 steps, then observations, velocities and rewards over all.
    pub fn compare(
        &self,
        simulation: impl Fn(Task) -> Simulation,
        limits: [f64; 5],
    ) -> Vec<String> {
        let (mut failures, mut worst) = (Vec::new(), [0.0f64; 5]);
        let (mut steps, mut ended) = (0, 0);
        let name = self.task.name();
        for case in self.cases() {
            let done = case.row("done");
            (steps, ended) = (steps + done.len(), ended + done.iter().sum::<f64>() as usize);
            let (found, done) = case.differences(case.begin(simulation(self.task)));
            failures.extend(done.map(|t| format!("{name} {} done at {t}", case.name)));
            for (i, (found, limit)) in found.iter().zip(limits).enumerate() {
                if *found > limit {
                    let which = ["Δq 1", "Δq 10", "Δobservation", "Δqd", "Δreward"][i];
                    failures.push(format!("{name} {} {which} {found:.1e}", case.name));
                }
                worst[i] = worst[i].max(*found);
            }
        }
        let [one, ten, observation, velocity, reward] = worst;
        println!(
            "{name:25} f64 against Brax, {steps} steps: |Δq| {one:.1e} after 1 step, {ten:.1e} after \
             10; over 10 steps observations {observation:.1e}, velocities {velocity:.1e}, rewards \
             {reward:.1e}; {ended} steps end the task"
        );
        failures
    }

    /// Whether a simulation's links are within `limit` of where they were after the last step.
    pub fn compare_links(&self, simulation: impl Fn(Task) -> Simulation, limit: f64) {
        for case in self.cases() {
            let mut simulation = case.begin(simulation(self.task));
            for actions in case.rows("actions") {
                step(&mut simulation, &actions);
            }
            let poses = simulation.poses(0);
            let (positions, rotations) = (case.rows("positions"), case.rows("rotations"));
            assert_eq!(poses.len(), positions.len());
            for ((pose, position), rotation) in poses.iter().zip(&positions).zip(&rotations) {
                let worst = distance(&pose.position, position);
                let worst = worst.max(distance(&pose.rotation, rotation));
                assert!(worst < limit, "{} {}: {worst:.1e}", self.task.name(), case.name);
            }
        }
    }
}

/// One trajectory.
pub struct Case<'a> {
    pub name: String,
    fixtures: &'a Fixtures,
}

impl Case<'_> {
    /// A tensor as rows; a vector is one row.
    pub fn rows(&self, tensor: &str) -> Vec<Vec<f64>> {
        self.fixtures.rows(&format!("{}/{tensor}", self.name))
    }

    pub fn row(&self, tensor: &str) -> Vec<f64> {
        self.rows(tensor).remove(0)
    }

    /// Puts every lane of a simulation where the case begins.
    pub fn begin(&self, mut simulation: Simulation) -> Simulation {
        for lane in 0..simulation.lanes() {
            simulation.set_joints(lane, &self.row("q0"), &self.row("qd0"));
        }
        simulation
    }

    /// The differences that [`Fixtures::compare`] limits, and the first step at which one is done
    /// and the other not.
    fn differences(&self, mut simulation: Simulation) -> ([f64; 5], Option<usize>) {
        let first = relative(&simulation.observation(0), &self.row("observation0"));
        let (actions, q, qd) = (self.rows("actions"), self.rows("q"), self.rows("qd"));
        let (observations, rewards) = (self.rows("observations"), self.row("rewards"));
        let done = self.row("done");
        let lengths = [q.len(), qd.len(), observations.len(), rewards.len(), done.len()];
        assert_eq!(lengths, [actions.len(); 5], "{}", self.name);
        assert!(others().is_some() || actions.len() == 10, "{}", self.name);
        let (mut found, mut otherwise) = ([0.0, 0.0, first, 0.0, 0.0], None);
        for (t, done) in done.into_iter().enumerate() {
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
            if f64::from(u8::from(simulation.over(0))) != done {
                otherwise = otherwise.or(Some(t));
            }
        }
        (found, otherwise)
    }
}

/// One step of all lanes by the same actions.
pub fn step(simulation: &mut Simulation, actions: &[f64]) {
    simulation.step(&actions.repeat(simulation.lanes()));
}

/// The largest difference; infinite where one is NaN.
pub fn distance(found: &[f64], want: &[f64]) -> f64 {
    assert_eq!(found.len(), want.len());
    let differences = found.iter().zip(want).map(|(a, b)| (a - b).abs());
    differences.map(|d| if d.is_nan() { f64::INFINITY } else { d }).fold(0.0, f64::max)
}

/// The largest difference, each in units of the larger of 1 and the number.
pub fn relative(found: &[f64], want: &[f64]) -> f64 {
    let scaled = |x: &[f64]| x.iter().zip(want).map(|(x, w)| x / w.abs().max(1.0)).collect();
    let (found, want): (Vec<f64>, Vec<f64>) = (scaled(found), scaled(want));
    distance(&found, &want)
}
