//! An episode of a trained agent as a page.

use super::evaluate::load;
use crate::{
    Error, Run, files,
    play::{Recording, page},
};
use std::path::Path;

/// Plays an episode by the agent of the run at `path`, from the start that `seed` gives, and writes
/// it to `out` as a page that needs no other file. Its steps and its return.
///
/// # Errors
/// If the run cannot be used, its task has no bodies to draw, or the page cannot be written.
pub fn play_run(path: &Path, seed: u64, out: &Path) -> Result<(usize, f32), Error> {
    if out.exists() {
        return Err(Error::Exists(out.into()));
    }
    let run = Run::open(path)?;
    let (config, mut agent, mut env) = load(&run)?;
    env.reset(seed);
    if env.shapes().is_empty() {
        let task = config.task;
        return Err(Error::Config(format!(
            "{task} has no bodies to draw; play a run on a task of Brax"
        )));
    }
    let mut recording = Recording::of(env.as_ref(), config.task.clone());
    let rule = config.rule.rule();
    recording.subtitle = vec![
        format!("PPO with {}, seed {}", rule.name(), config.seed),
        format!("{} steps of training asked for", config.steps),
        match env.backend() {
            "mujoco" => "Brax's task by MuJoCo".into(),
            backend => format!("Brax {backend}, native"),
        },
    ];
    let (mut steps, mut ret) = (0, 0.0);
    loop {
        let observations = env.batch().observations.clone();
        let batch = env.step(agent.act(&observations))?;
        let (reward, over) = (batch.rewards[0], batch.terminated[0] || batch.truncated[0]);
        (steps, ret) = (steps + 1, ret + reward);
        if over {
            break;
        }
        recording.push(env.as_ref(), 0, reward);
    }
    files::write(out, page(&recording).as_bytes())?;
    Ok((steps, ret))
}
