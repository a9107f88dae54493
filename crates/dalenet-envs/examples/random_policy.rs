//! Returns of random actions: the baseline of every agent.
//!
//! `cargo run --release -p dalenet-envs --example random_policy craftax-classic 1000 3` prints the
//! mean return of 1000 episodes for each of 3 seeds, as a line of JSON.

use dalenet::Generator;
use dalenet_envs::{Actions, Observe, Options, Space, make};

fn main() -> Result<(), dalenet_envs::Error> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let task = asked.first().map_or("craftax-classic", String::as_str);
    let number = |i: usize, usual| asked.get(i).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (episodes, seeds) = (number(1, 1000).max(1), number(2, 3));
    for seed in 0..seeds as u64 {
        let [ret, length] = play(task, episodes, seed)?;
        println!(
            r#"{{"task": "{task}", "seed": {seed}, "episodes": {episodes}, "return_mean": {ret:.3}, "episode_steps": {length:.1}}}"#
        );
    }
    Ok(())
}

/// Mean return and length of so many episodes, one an environment.
fn play(task: &str, episodes: usize, seed: u64) -> Result<[f64; 2], dalenet_envs::Error> {
    let options = Options { observe: Observe::Sparse, ..Options::default() };
    let mut env = make(task, episodes, &options)?;
    env.reset(seed);
    let space = env.action_space().clone();
    let mut generator = Generator::new(seed, 0);
    let (mut ended, mut sum, mut steps) = (vec![false; episodes], 0.0, 0);
    let (mut numbers, mut choices) = (Vec::new(), Vec::new());
    while ended.contains(&false) {
        let actions = match &space {
            Space::Discrete { n } => {
                choices.clear();
                choices.extend((0..episodes).map(|_| generator.below(*n) as u32));
                Actions::Discrete(&choices)
            }
            Space::Continuous { low, high } => {
                let bounds = low.iter().zip(high).cycle().take(episodes * low.len());
                numbers.clear();
                numbers.extend(bounds.map(|(low, high)| low + (high - low) * generator.uniform()));
                Actions::Continuous(&numbers)
            }
        };
        let batch = env.step(actions)?;
        for (i, ended) in ended.iter_mut().enumerate().filter(|(_, ended)| !**ended) {
            sum += f64::from(batch.rewards[i]);
            steps += 1;
            *ended = batch.terminated[i] || batch.truncated[i];
        }
    }
    Ok([sum / episodes as f64, f64::from(steps) / episodes as f64])
}
