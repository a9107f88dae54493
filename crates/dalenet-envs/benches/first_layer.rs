//! The first layer of a network on what Craftax really shows, dense against sparse: forward, and the
//! gradient of its weights; and what it takes to prepare the sparse input, once for both.
//!
//! `RAYON_NUM_THREADS=1 cargo bench -p dalenet-envs --bench first_layer -- [units …]` prints a line of
//! JSON a game: medians of one run, in microseconds an observation.

use dalenet::{Activation, Generator, Matrix, SparseInput, SparseMatrix, engine};
use dalenet_envs::{Actions, Options, Space, make};
use std::time::Instant;

/// Environments, and so rows of a batch.
const COUNT: usize = 1024;
/// Steps by random actions before the observations are taken.
const STEPS: usize = 100;
const ROUNDS: usize = 21;

fn main() -> Result<(), dalenet_envs::Error> {
    let mut asked: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    if asked.is_empty() {
        asked.push(512);
    }
    for game in ["craftax-classic", "craftax"] {
        let (dense, sparse) = observations(game)?;
        let share = sparse.entries() as f64 / dense.as_slice().len() as f64;
        for &units in &asked {
            let mut generator = Generator::new(1, 0);
            let mut random = |rows, cols| {
                let values = (0..rows * cols).map(|_| generator.uniform() - 0.5).collect();
                Matrix::from_vec(rows, cols, values)
            };
            let (weights, signal) = (random(dense.cols(), units), random(COUNT, units));
            let mut out = Matrix::default();
            let (none, bias) = (Activation::Identity, vec![0.0; units]);
            let (mut input, mut rows) = (SparseInput::default(), Vec::new());
            let workspace = engine::Workspace::default();
            let prepare = time(|| input.fill(&sparse, 0..COUNT));
            let forward = [
                time(|| {
                    engine::product(&mut out, &dense, &weights, &workspace);
                    engine::activate(&mut out, &bias, none);
                }),
                time(|| {
                    engine::forward_sparse(&mut out, &input, &weights, &bias, none, &workspace)
                }),
            ];
            let gradient = [
                time(|| engine::gradient(&mut out, &dense, &signal, &workspace)),
                time(|| engine::gradient_sparse(&mut out, &mut rows, &input, &signal, &workspace)),
            ];
            println!(
                r#"{{"game": "{game}", "units": {units}, "nonzero": {share:.4}, "prepare": {prepare:.2}, {}, {}}}"#,
                formatted("forward", forward),
                formatted("gradient", gradient)
            );
        }
    }
    Ok(())
}

fn observations(game: &str) -> Result<(Matrix, SparseMatrix), dalenet_envs::Error> {
    let mut env = make(game, COUNT, &Options::default())?;
    let choices = match env.action_space() {
        Space::Discrete { n } => *n,
        Space::Continuous { .. } => unreachable!("games have choices"),
    };
    let mut generator = Generator::new(0, 0);
    env.reset(0);
    for _ in 0..STEPS {
        let actions: Vec<u32> = (0..COUNT).map(|_| generator.below(choices) as u32).collect();
        env.step(Actions::Discrete(&actions))?;
    }
    let (width, batch) = (env.observation_space().len(), env.batch());
    Ok((Matrix::from_vec(COUNT, width, batch.observations.clone()), batch.sparse.clone()))
}

/// Median of a few rounds, in microseconds an observation.
fn time(mut work: impl FnMut()) -> f64 {
    work();
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e6 / COUNT as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

fn formatted(name: &str, [dense, sparse]: [f64; 2]) -> String {
    let ratio = dense / sparse;
    format!(r#""{name}": {{"dense": {dense:.2}, "sparse": {sparse:.2}, "ratio": {ratio:.1}}}"#)
}
