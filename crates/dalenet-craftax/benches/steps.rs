//! Environment steps per second of one thread: step, sparse observation, resets, random actions.
//!
//! `cargo bench -p dalenet-craftax --bench steps [classic | full]` prints a line of JSON a game,
//! for `bench/craftax_steps.py` to set beside JAX. Seconds are those of the clock.

use dalenet_craftax::{Key, classic, full};
use std::time::Instant;

/// Environments stepped in turn.
const COUNT: usize = 64;
/// How long a measurement takes, in seconds.
const SECONDS: f64 = 3.0;

/// Steps per second, and episodes ended per thousand steps.
macro_rules! rate {
    ($game:ident) => {{
        let key = Key::new(0);
        let mut states: Vec<_> =
            (0..COUNT as u32).map(|i| $game::State::new(key.child(i))).collect();
        let (mut row, mut sum) = (Vec::with_capacity($game::NONZERO), 0);
        let (mut steps, mut ended) = (0u32, 0u32);
        let start = Instant::now();
        while start.elapsed().as_secs_f64() < SECONDS {
            for state in &mut states {
                let key = state.key;
                let action = key.child(2).integer(0, 0, $game::Action::ALL.len() as i32) as u32;
                let outcome = state.step(key, $game::Action::ALL[action as usize]);
                if outcome.over {
                    ended += 1;
                    state.reset(key.child(3));
                }
                row.clear();
                state.observe(|place, value| row.push((place as u32, value)));
                sum += row.len();
            }
            steps += COUNT as u32;
        }
        let rate = f64::from(steps) / start.elapsed().as_secs_f64();
        (rate, 1e3 * f64::from(ended) / f64::from(steps), sum as f64 / f64::from(steps))
    }};
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    for game in ["classic", "full"] {
        if !asked.is_empty() && !asked.iter().any(|a| a == game) {
            continue;
        }
        let (rate, ended, entries) = if game == "classic" { rate!(classic) } else { rate!(full) };
        println!(
            r#"{{"engine": "dalenet", "game": "{game}", "steps_per_second": {rate:.0}, "episodes_ended_per_1000_steps": {ended:.1}, "entries_per_observation": {entries:.1}}}"#
        );
    }
}
