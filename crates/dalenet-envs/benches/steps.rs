//! Environment steps per second: physics, observation, reward, resets, random actions.
//!
//! `cargo bench -p dalenet-envs --bench steps [task …] [count=256]` prints a line of JSON a task, for
//! `bench/brax_steps.py` to set beside Brax and `bench/gym_steps.py` beside Python; with `--features
//! mujoco` those by MuJoCo follow. There are steps per second of the clock, with all cores, and of the
//! processor (as Linux counts them, to 10 ms; elsewhere those of the clock), for which other programs
//! matter less.

use dalenet::Generator;
use dalenet_envs::{Actions, NAMES, Options, Space, make};
use std::{fs, time::Instant};

/// How long a measurement takes, in seconds.
const SECONDS: f64 = 1.0;

fn main() {
    let asked = std::env::args().skip(1).filter(|a| !a.starts_with('-'));
    let (counts, asked): (Vec<_>, Vec<_>) = asked.partition(|a| a.starts_with("count="));
    let count = counts.last().map_or(256, |a| a["count=".len()..].parse().expect("a number"));
    let tasks = ["half-cheetah", "ant", "humanoid"];
    let by_mujoco = tasks.map(|task| format!("mujoco/{task}"));
    let by_mujoco = by_mujoco.into_iter().filter(|task| NAMES.contains(&task.as_str()));
    let tasks = tasks.map(String::from).into_iter().chain(by_mujoco).collect();
    for task in if asked.is_empty() { tasks } else { asked } {
        match measure(&task, count) {
            Ok(Rates { cpu, clock, ended }) => println!(
                r#"{{"engine": "dalenet", "task": "{task}", "count": {count}, "steps_per_cpu_second": {cpu:.0}, "steps_per_second": {clock:.0}, "episodes_ended_per_1000_steps": {ended:.1}}}"#
            ),
            Err(error) => eprintln!("{error}"),
        }
    }
}

/// Steps per second of the processor and of the clock, and episodes that ended in 1000 steps.
struct Rates {
    cpu: f64,
    clock: f64,
    ended: f64,
}

/// Actions of a step.
enum Drawn {
    Numbers(Vec<f32>),
    Choices(Vec<u32>),
}

fn measure(task: &str, count: usize) -> Result<Rates, dalenet_envs::Error> {
    let mut env = make(task, count, &Options::default())?;
    let mut generator = Generator::new(0, 0);
    let len = count * env.action_space().len();
    let mut draw = || match *env.action_space() {
        Space::Continuous { .. } => {
            Drawn::Numbers((0..len).map(|_| 2.0 * generator.uniform() - 1.0).collect())
        }
        Space::Discrete { n } => {
            Drawn::Choices((0..len).map(|_| generator.below(n) as u32).collect())
        }
    };
    // A few sets of actions in turn, so that drawing them is not what is measured.
    let sets: Vec<_> = (0..16).map(|_| draw()).collect();
    env.reset(0);
    let (mut steps, mut ended, mut cpu, mut clock) = (0, 0, cpu_seconds(), Instant::now());
    let mut warm = false;
    loop {
        for actions in &sets {
            let batch = env.step(match actions {
                Drawn::Numbers(x) => Actions::Continuous(x),
                Drawn::Choices(x) => Actions::Discrete(x),
            })?;
            ended += batch.terminated.iter().filter(|&&over| over).count();
        }
        steps += count * sets.len();
        let seconds = clock.elapsed().as_secs_f64();
        if !warm && seconds > 0.3 {
            (warm, steps, ended, cpu, clock) = (true, 0, 0, cpu_seconds(), Instant::now());
        } else if warm && seconds > SECONDS {
            return Ok(Rates {
                cpu: steps as f64 / (cpu_seconds() - cpu),
                clock: steps as f64 / seconds,
                ended: 1e3 * ended as f64 / steps as f64,
            });
        }
    }
}

/// Seconds of processor time of this program.
fn cpu_seconds() -> f64 {
    /// Linux counts in hundredths of a second.
    const TICKS: f64 = 100.0;
    let ticks = || -> Option<f64> {
        let text = fs::read_to_string("/proc/self/stat").ok()?;
        let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
        Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
    };
    match ticks() {
        Some(ticks) => ticks / TICKS,
        None => std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0.0, |t| t.as_secs_f64()),
    }
}
