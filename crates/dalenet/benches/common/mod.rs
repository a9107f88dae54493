//! What the benches measure: Error Diffusion on a dual-stream 784-1024-1024-10 net, batch 128.

#![allow(dead_code)]

use dalenet::{
    ErrorDiffusion, Generator, Learner, Matrix, Method, Modulo, Network, NetworkSpec, Optimiser,
    engine::Precision,
};
use std::time::Instant;

pub const BATCH: usize = 128;

/// Numbers from U[0, 1).
pub fn random(rows: usize, cols: usize) -> Matrix {
    let mut generator = Generator::new(0, 0);
    let values = (0..rows * cols).map(|_| generator.uniform()).collect();
    Matrix::from_vec(rows, cols, values)
}

/// The net with plain steps, its input filled.
pub fn learner(precision: Precision) -> Learner {
    let mut generator = Generator::new(0, 0);
    let spec = NetworkSpec {
        inputs: 784,
        layers: vec![1024.into(), 1024.into()],
        outputs: 10,
        precision,
        ..NetworkSpec::default()
    };
    let network = Network::new(&spec, &mut generator);
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    let rule = Box::new(ErrorDiffusion::new(Modulo));
    let mut learner = Learner::new(network, rule, optimiser, &mut generator);
    *learner.trace.input_mut() = random(BATCH, 784);
    learner
}

pub fn labels() -> Vec<u16> {
    (0..BATCH).map(|i| (i % 10) as u16).collect()
}

/// What `bench/` calls this library with products of some precision.
pub fn peer(precision: Precision) -> &'static str {
    match precision {
        Precision::F32 => "dalenet",
        Precision::Bf16 => "dalenet bf16",
    }
}

/// The median time of `steps` runs, after some that warm up.
pub fn median_ms(steps: usize, mut run: impl FnMut()) -> f64 {
    for _ in 0..steps.min(5) {
        run();
    }
    let mut times: Vec<f64> = (0..steps)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[steps / 2]
}
