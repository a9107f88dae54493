//! Environment steps per second of one thread: step, observation (a dense row, or a list of what is
//! not 0), resets, random actions.
//!
//! `cargo bench -p dalenet-craftax --bench steps [classic | full]` prints a line of JSON a game,
//! for `bench/craftax_steps.py` to set beside JAX. Seconds are those that the processor gave (as Linux
//! counts them, to 10 ms; elsewhere those of the clock), so that other programs matter less.

use dalenet_craftax::{Key, classic, full};
use std::{fs, time::Instant};

/// Environments stepped in turn.
const COUNT: usize = 64;
/// How long a measurement takes, in seconds.
const SECONDS: f64 = 3.0;

/// Steps per second, episodes ended per thousand steps, and entries of an observation.
macro_rules! rate {
    ($game:ident, $dense:expr) => {{
        let key = Key::new(0);
        let mut states: Vec<_> =
            (0..COUNT as u32).map(|i| $game::State::new(key.child(i))).collect();
        let (mut row, mut sum) = (Vec::with_capacity($game::NONZERO), 0);
        let mut dense = vec![0.0; COUNT * $game::OBSERVATION];
        let (mut steps, mut ended) = (0u32, 0u32);
        let (start, cpu) = (Instant::now(), cpu_seconds());
        while start.elapsed().as_secs_f64() < SECONDS {
            for (state, dense) in states.iter_mut().zip(dense.chunks_mut($game::OBSERVATION)) {
                let key = state.key;
                let action = key.child(2).integer(0, 0, $game::Action::ALL.len() as i32) as u32;
                let outcome = state.step(key, $game::Action::ALL[action as usize]);
                if outcome.over {
                    ended += 1;
                    state.reset(key.child(3));
                }
                if $dense {
                    state.observe_dense(dense);
                    std::hint::black_box(&dense);
                } else {
                    row.clear();
                    state.observe(|place, value| row.push((place as u32, value)));
                    sum += row.len();
                }
            }
            steps += COUNT as u32;
        }
        let rate = f64::from(steps) / (cpu_seconds() - cpu);
        (rate, 1e3 * f64::from(ended) / f64::from(steps), sum as f64 / f64::from(steps))
    }};
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    for game in ["classic", "full"] {
        if !asked.is_empty() && !asked.iter().any(|a| a == game) {
            continue;
        }
        let classic = game == "classic";
        let (dense, ..) = if classic { rate!(classic, true) } else { rate!(full, true) };
        let (lists, ended, entries) =
            if classic { rate!(classic, false) } else { rate!(full, false) };
        println!(
            r#"{{"engine": "dalenet", "game": "{game}", "steps_per_second": {dense:.0}, "with_lists": {lists:.0}, "episodes_ended_per_1000_steps": {ended:.1}, "entries_per_observation": {entries:.1}}}"#
        );
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
