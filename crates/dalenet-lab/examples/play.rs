//! Writes a page of a body that moves its joints in sines:
//! `cargo run --release -p dalenet-lab --example play -- humanoid play.html`.

use dalenet_envs::{Actions, Options, make};
use dalenet_lab::play::{Caption, brax::Recording};
use std::{env::args, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let task = args().nth(1).unwrap_or("ant".into());
    let out = args().nth(2).unwrap_or("play.html".into());
    let mut env = make(&task, 1, &Options::default())?;
    env.reset(0);
    let caption = Caption { title: task, subtitle: vec!["sinusoidal actions".into()] };
    let mut recording = Recording::of(env.as_ref(), caption);
    let dt = recording.dt;
    for step in 0..1000 {
        let angle = |i| 10.0 * dt * f64::from(step) + f64::from(i);
        let size = env.action_space().len() as u32;
        let actions: Vec<_> = (0..size).map(|i| 0.6 * angle(i).sin() as f32).collect();
        let batch = env.step(Actions::Continuous(&actions))?;
        if batch.terminated[0] || batch.truncated[0] {
            break;
        }
        let reward = batch.rewards[0];
        recording.push(env.as_ref(), 0, reward);
    }
    fs::write(&out, recording.page())?;
    println!("{out}: {} frames", recording.rewards.len());
    Ok(())
}
