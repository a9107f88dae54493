//! Environment steps per second of one core: physics, observation, reward, resets, random actions.
//!
//! `cargo bench -p dalenet-envs --bench steps [task …]` prints a line of JSON a task, for
//! `bench/brax_steps.py` to set beside Brax; with `--features mujoco` those by MuJoCo follow.
//! Seconds are those that the processor gave (as Linux counts them, to 10 ms; elsewhere those of
//! the clock), so that other programs matter less.

use dalenet::Generator;
use dalenet_envs::{Actions, NAMES, Options, make};
use std::{fs, time::Instant};

/// Environments stepped together.
const COUNT: usize = 256;
/// How long a measurement takes, in seconds.
const SECONDS: f64 = 1.0;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let tasks = ["half-cheetah", "ant", "humanoid"];
    let by_mujoco = tasks.map(|task| format!("mujoco/{task}"));
    let by_mujoco = by_mujoco.into_iter().filter(|task| NAMES.contains(&task.as_str()));
    let tasks = tasks.map(String::from).into_iter().chain(by_mujoco).collect();
    for task in if asked.is_empty() { tasks } else { asked } {
        match steps_per_second(&task) {
            Ok((rate, ended)) => println!(
                r#"{{"engine": "dalenet", "task": "{task}", "count": {COUNT}, "steps_per_cpu_second": {rate:.0}, "episodes_ended_per_1000_steps": {ended:.1}}}"#
            ),
            Err(error) => eprintln!("{error}"),
        }
    }
}

fn steps_per_second(task: &str) -> Result<(f64, f64), dalenet_envs::Error> {
    let mut env = make(task, COUNT, &Options::default())?;
    let mut generator = Generator::new(0, 0);
    let len = COUNT * env.action_space().len();
    // A few sets of actions in turn, so that drawing them is not what is measured.
    let sets: Vec<Vec<f32>> =
        (0..16).map(|_| (0..len).map(|_| 2.0 * generator.uniform() - 1.0).collect()).collect();
    env.reset(0);
    let (mut steps, mut ended, mut start, clock) = (0, 0, cpu_seconds(), Instant::now());
    let mut warm = false;
    loop {
        for actions in &sets {
            let batch = env.step(Actions::Continuous(actions))?;
            ended += batch.terminated.iter().filter(|&&over| over).count();
        }
        steps += COUNT * sets.len();
        let seconds = cpu_seconds() - start;
        if !warm && clock.elapsed().as_secs_f64() > 0.3 {
            (warm, steps, ended, start) = (true, 0, 0, cpu_seconds());
        } else if warm && seconds > SECONDS {
            return Ok((steps as f64 / seconds, 1e3 * ended as f64 / steps as f64));
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
