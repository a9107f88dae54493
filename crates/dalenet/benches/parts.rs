//! The parts of a training step, each at the shapes of a dual-stream 784-1024-1024-10 network
//! and a batch of 128; the names tell presynaptic × postsynaptic units.
//!
//! `cargo bench -p dalenet --bench parts`, on one thread with `RAYON_NUM_THREADS=1`. Read the
//! medians: the fastest runs are those that nothing else disturbed.

mod common;

use common::{BATCH, labels, learner, random};
use dalenet::{
    Activation, Dale, Matrix, Method, centre,
    engine::{self, Folded, Moments, PackedWeights, Precision, Signs, Step, Weights, Workspace},
    one_vs_all,
};
use divan::{Bencher, counter::ItemsCount};

const SIGMOID: Activation = Activation::Sigmoid { width: 6.0 };

/// (K, N) of the three layers; the first is folded, 2·784 presynaptic units as one.
const LAYERS: [(usize, usize); 3] = [(784, 2048), (2048, 2048), (2048, 10)];

fn main() {
    divan::main();
}

/// Multiplications with an addition.
fn work((k, n): (usize, usize)) -> ItemsCount {
    ItemsCount::new(BATCH * k * n)
}

#[divan::bench(args = LAYERS)]
fn product(bencher: Bencher<'_, '_>, (k, n): (usize, usize)) {
    let (x, w, mut out) = (random(BATCH, k), random(k, n), Matrix::default());
    let workspace = Workspace::default();
    bencher.counter(work((k, n))).bench_local(|| engine::product(&mut out, &x, &w, &workspace));
}

#[divan::bench(args = LAYERS)]
fn product_transposed(bencher: Bencher<'_, '_>, (k, n): (usize, usize)) {
    let (u, w, mut out) = (random(BATCH, n), random(k, n), Matrix::default());
    let (work, workspace) = (work((k, n)), Workspace::default());
    bencher.counter(work).bench_local(|| engine::product_transposed(&mut out, &u, &w, &workspace));
}

fn update(bencher: Bencher<'_, '_>, layer: usize, method: Method) {
    let (k, n) = LAYERS[layer];
    let rows = if layer == 0 { 2 * k } else { k };
    let (x, u, mut weights) = (random(BATCH, k), random(BATCH, n), Matrix::zeros(rows, n));
    let mut folded = (layer == 0).then(Folded::default);
    let mut moments = Moments::new(method, k * n);
    let excitatory_cols = if layer == 2 { n } else { n / 2 };
    let signs = Signs {
        sources: rows,
        excitatory_rows: rows / 2,
        excitatory_cols,
        inputs: rows,
        dale: Dale::default(),
    };
    let step = Step { method, rate: 1.0, scale: 1.0 / BATCH as f32, count: 1 };
    let (workspace, mut packed) = (Workspace::default(), PackedWeights::default());
    bencher.counter(work((k, n))).bench_local(|| {
        let layer = Weights {
            weights: &mut weights,
            folded: folded.as_mut(),
            signs: Some(signs),
            moments: &mut moments,
            packed: &mut packed,
        };
        engine::update(layer, &x, &u, &step, &workspace);
    });
}

#[divan::bench(args = [0, 1, 2])]
fn update_sgd(bencher: Bencher<'_, '_>, layer: usize) {
    update(bencher, layer, Method::Sgd);
}

#[divan::bench(args = [0, 1, 2])]
fn update_momentum(bencher: Bencher<'_, '_>, layer: usize) {
    update(bencher, layer, Method::Momentum { momentum: 0.9 });
}

#[divan::bench(args = [0, 1, 2])]
fn update_adam(bencher: Bencher<'_, '_>, layer: usize) {
    update(bencher, layer, Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
}

#[divan::bench]
fn activate_and_gate(bencher: Bencher<'_, '_>) {
    let (mut a, mut u, bias) = (random(BATCH, 2048), random(BATCH, 2048), vec![0.0; 2048]);
    bencher.counter(ItemsCount::new(BATCH * 2048)).bench_local(|| {
        engine::activate(&mut a, &bias, SIGMOID);
        engine::gate(&mut u, &a, SIGMOID);
    });
}

#[divan::bench]
fn forward(bencher: Bencher<'_, '_>) {
    let mut learner = learner(Precision::F32);
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| learner.forward().as_slice()[0]);
}

/// Error Diffusion routes the error to every hidden unit; nothing goes backwards.
#[divan::bench]
fn teach(bencher: Bencher<'_, '_>) {
    let mut learner = learner(Precision::F32);
    learner.forward();
    let error = random(BATCH, 10);
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| learner.teach(&error));
}

#[divan::bench]
fn whole_step(bencher: Bencher<'_, '_>) {
    let (mut learner, labels, mut error) = (learner(Precision::F32), labels(), Matrix::default());
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        one_vs_all(learner.forward(), &labels, &mut error);
        centre(&mut error);
        learner.learn(&error, 1.0);
    });
}
