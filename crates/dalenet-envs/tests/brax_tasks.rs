//! Oracle: the formulas of Brax's tasks, as `brax/envs/*.py` state them. (Observations and rewards
//! along real trajectories are compared with Brax itself in `brax_conformance.rs`.)

use dalenet::Generator;
use dalenet_envs::brax::{Precision, Simulation, Task};

/// How a number is drawn at a reset.
#[derive(Clone, Copy)]
enum Noise {
    Uniform(f64),
    Normal(f64),
}

impl Noise {
    fn variance(self) -> f64 {
        match self {
            Self::Uniform(scale) => scale * scale / 3.0,
            Self::Normal(deviation) => deviation * deviation,
        }
    }

    /// E[x⁴]/E[x²]²: differs between the two distributions.
    fn kurtosis(self) -> f64 {
        match self {
            Self::Uniform(_) => 1.8,
            Self::Normal(_) => 3.0,
        }
    }
}

fn starts(task: Task) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let mut simulation = Simulation::new(task, Precision::Double);
    let mut generator = Generator::new(6, 1);
    let start = |_| {
        simulation.start(0, &mut generator);
        (simulation.positions(0), simulation.velocities(0))
    };
    (0..4000).map(start).unzip()
}

fn check(what: &str, samples: impl Iterator<Item = f64>, noise: Noise) {
    let samples: Vec<f64> = samples.collect();
    let mean_of =
        |power: i32| samples.iter().map(|x| x.powi(power)).sum::<f64>() / samples.len() as f64;
    let variance = noise.variance();
    let spread = (samples.len() as f64).sqrt().recip(); // of a mean, in standard deviations
    assert!(mean_of(1).abs() < 4.0 * spread * variance.sqrt(), "{what}: mean {}", mean_of(1));
    assert!((mean_of(2) / variance - 1.0).abs() < 6.0 * spread, "{what}: variance {}", mean_of(2));
    let kurtosis = mean_of(4) / mean_of(2).powi(2);
    assert!(
        (kurtosis / noise.kurtosis() - 1.0).abs() < 10.0 * spread,
        "{what}: kurtosis {kurtosis}"
    );
    if let Noise::Uniform(scale) = noise {
        assert!(samples.iter().all(|x| x.abs() <= scale * (1.0 + 1e-12)), "{what}");
    }
}

#[test]
fn resets_draw_from_their_distributions() {
    use Noise::{Normal, Uniform};
    for (task, position, velocity) in [
        (Task::HalfCheetah, Uniform(0.1), Normal(0.1)),
        (Task::Ant, Uniform(0.1), Normal(0.1)),
        (Task::Humanoid, Uniform(0.01), Uniform(0.01)),
        (Task::Hopper, Uniform(0.005), Uniform(0.005)),
        (Task::Walker2d, Uniform(0.005), Uniform(0.005)),
        (Task::InvertedPendulum, Uniform(0.01), Uniform(0.01)),
        (Task::InvertedDoublePendulum, Uniform(0.01), Normal(0.01)),
    ] {
        let (q, qd) = starts(task);
        let init = task.model().init_q;
        let noise = q.iter().flat_map(|q| q.iter().zip(&init).map(|(q, init)| q - init));
        check(&format!("{task:?} q"), noise, position);
        check(&format!("{task:?} qd"), qd.into_iter().flatten(), velocity);
    }
}

/// The target: `0.2·U` from the middle in a direction of `2π·U`.
#[test]
fn reacher_draws_its_target_from_a_disc() {
    let (q, qd) = starts(Task::Reacher);
    let init = Task::Reacher.model().init_q;
    let arm = |i: usize| q.iter().map(move |q| q[i]);
    check("shoulder", arm(0).map(|x| x - init[0]), Noise::Uniform(0.1));
    check("velocity", qd.iter().flat_map(|qd| qd[..2].to_vec()), Noise::Uniform(0.005));
    check("distance", q.iter().map(|q| q[2].hypot(q[3]) - 0.1), Noise::Uniform(0.1));
    let pi = std::f64::consts::PI;
    check("direction", q.iter().map(|q| q[3].atan2(q[2])), Noise::Uniform(pi));
    assert!(qd.iter().all(|qd| qd[2..] == [0.0, 0.0]));
}

/// Where the upper pole's tip is, 0.6 m along its z axis: x and z. (Without contacts, the pipeline's
/// quaternions are not quite of length 1, and stretch what they turn.)
fn tip(simulation: &Simulation) -> [f64; 2] {
    let upper = simulation.poses(0)[2];
    let [w, x, y, z] = upper.rotation;
    let axis = [2.0 * (x * z + w * y), w * w - x * x - y * y + z * z];
    [upper.position[0] + 0.6 * axis[0], upper.position[2] + 0.6 * axis[1]]
}

/// Whether a task should be over, from where its mechanism is.
fn should_be_over(task: Task, simulation: &mut Simulation) -> bool {
    let observation = simulation.observation(0);
    let (q, qd) = (simulation.positions(0), simulation.velocities(0));
    let height = simulation.poses(0)[0].position[2];
    match task {
        Task::HalfCheetah | Task::Reacher => false,
        Task::Ant => !(0.2..=1.0).contains(&observation[0]),
        Task::Humanoid => !(1.0..=2.0).contains(&observation[0]),
        Task::Hopper => {
            let small = q[2..].iter().chain(&qd).all(|x| x.abs() < 100.0);
            !(height > 0.7 && observation[1].abs() < 0.2 && small)
        }
        Task::Walker2d => !(height > 0.8 && height < 2.0 && observation[1].abs() < 1.0),
        Task::InvertedPendulum => observation[1].abs() > 0.2,
        Task::InvertedDoublePendulum => tip(simulation)[1] <= 1.0,
    }
}

#[test]
fn tasks_end_by_their_formulas() {
    for task in Task::ALL {
        let mut simulation = Simulation::new(task, Precision::Double);
        let model = task.model();
        let motors = model.actuators.len();
        let mut generator = Generator::new(1, 2);
        let mut count = [0, 0];
        for _ in 0..2000 {
            // Near the start, but so far that some have fallen, or are too fast.
            let mut q = model.init_q.clone();
            let last = if matches!(task, Task::Ant | Task::Humanoid) { 3 } else { q.len() };
            for q in &mut q[..last] {
                *q += 1.6 * (f64::from(generator.uniform()) - 0.5);
            }
            let mut qd = vec![0.0; simulation.velocities(0).len()];
            match task {
                Task::Hopper => qd[0] = 200.0 * f64::from(generator.uniform()),
                // On its back, where its legs do not keep it up.
                Task::Ant if generator.uniform() < 0.5 => {
                    q[3..7].copy_from_slice(&[0.0, 1.0, 0.0, 0.0]);
                }
                _ => (),
            }
            simulation.set_joints(0, &q, &qd);
            simulation.step(&vec![0.0; motors]);
            let want = should_be_over(task, &mut simulation);
            assert_eq!(simulation.over(0), want, "{task:?} {:?}", simulation.positions(0));
            count[usize::from(want)] += 1;
        }
        let terminates = !matches!(task, Task::HalfCheetah | Task::Reacher);
        assert!(count[0] > 20 && (count[1] > 20) == terminates, "{task:?} {count:?}");
    }
}

/// Rewards from what can be seen: the way of the torso (Humanoid: of the centre of mass) a second,
/// minus the cost of the action as given, not as clipped.
#[test]
fn rewards_follow_their_formulas() {
    for (task, alive, cost) in [
        (Task::HalfCheetah, 0.0, 0.1),
        (Task::Ant, 1.0, 0.5),
        (Task::Hopper, 1.0, 1e-3),
        (Task::Walker2d, 1.0, 1e-3),
    ] {
        let mut simulation = Simulation::new(task, Precision::Double);
        simulation.start(0, &mut Generator::new(0, 9));
        let model = task.model();
        let seconds = model.time_step * model.frames as f64;
        let actions: Vec<f64> = (0..model.actuators.len()).map(|i| 1.5 - i as f64 * 0.4).collect();
        for _ in 0..5 {
            let before = simulation.poses(0)[0].position[0];
            simulation.step(&actions);
            let speed = (simulation.poses(0)[0].position[0] - before) / seconds;
            let squares: f64 = actions.iter().map(|a| a * a).sum();
            let want = speed + alive - cost * squares;
            assert!((simulation.reward(0) - want).abs() < 1e-12, "{task:?}");
        }
    }
}

/// Ten for standing, minus what the upper tip lacks of its place, minus the joints' velocities.
#[test]
fn the_double_pendulum_is_paid_by_its_tip() {
    let mut simulation = Simulation::new(Task::InvertedDoublePendulum, Precision::Double);
    let mut generator = Generator::new(2, 0);
    let mut fallen = 0;
    for _ in 0..50 {
        let q: Vec<f64> =
            (0..3).map(|i| 0.8 * f64::from(i.min(1)) * f64::from(generator.normal())).collect();
        simulation.set_joints(0, &q, &[0.1, 0.2, -0.3]);
        simulation.step(&[0.4]);
        let [tip_x, tip_z] = tip(&simulation);
        let qd = simulation.velocities(0);
        let stands = if tip_z > 1.0 { 10.0 } else { 0.0 };
        let place = 0.01 * tip_x.powi(2) + (tip_z - 2.0).powi(2);
        let want = stands - place - 1e-3 * qd[1].powi(2) - 5e-3 * qd[2].powi(2);
        assert!((simulation.reward(0) - want).abs() < 1e-9);
        fallen += usize::from(simulation.over(0));
    }
    assert!((5..45).contains(&fallen));
}

/// Beyond ±1 motors give no more.
#[test]
fn motors_clip_their_controls() {
    for task in Task::ALL {
        let run = |size: f64| {
            let mut simulation = Simulation::new(task, Precision::Double);
            let motors = task.model().actuators.len();
            simulation.step(&vec![size; motors]);
            simulation.positions(0)
        };
        assert_eq!(run(1.0), run(7.0), "{task:?}");
        assert_ne!(run(1.0), run(0.5), "{task:?}");
    }
}
