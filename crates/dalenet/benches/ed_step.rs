//! The Error Diffusion step that `bench/` times against PyTorch and NumPy: a dual-stream
//! 784-1024-1024-10 net, batch 128. Prints one JSON line per number of threads and precision, with the
//! rates of the products of the forward pass and of the updates (step and projection included).
//!
//! `cargo bench -p dalenet --bench ed_step`

mod common;

use common::{BATCH, median_ms};
use dalenet::{
    Learner, Matrix, Method, centre,
    engine::{self, Folded, Moments, PackedWeights, Precision, Step, Weights, Workspace},
    one_vs_all,
};
const STEPS: usize = 60;

fn main() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for precision in [Precision::F32, Precision::Bf16] {
            pool.install(|| measure(threads, precision));
        }
    }
}

fn measure(threads: usize, precision: Precision) {
    let mut learner = common::learner(precision);
    let (input, labels) = (common::random(BATCH, 784), common::labels());
    let mut error = Matrix::default();
    let step = median_ms(STEPS, || {
        learner.trace.input_mut().clone_from(&input);
        one_vs_all(learner.forward(), &labels, &mut error);
        centre(&mut error);
        learner.learn(&error, 1.0);
    });

    // The parts: all products of the forward pass, and all updates with step and projection.
    let (mut forward, mut update, mut operations) = (0.0, 0.0, 0.0);
    let Learner { network, trace, .. } = &learner;
    let workspace = Workspace::new(precision);
    for (l, layer) in network.layers().iter().enumerate() {
        let (x, u) = (trace.presynaptic(l).dense().expect("dense"), learner.signal(l));
        let mut weights = layer.weights().clone();
        let mut folded = (layer.distinct_inputs() < layer.inputs()).then(Folded::default);
        let (mut moments, mut packed) = (Moments::default(), PackedWeights::default());
        let mut out = Matrix::default();
        let used = layer.operand();
        forward += median_ms(STEPS, || engine::product(&mut out, x, used, &workspace));
        let step = Step { method: Method::Sgd, rate: 1e-3, scale: 1.0, count: 1 };
        update += median_ms(STEPS, || {
            let weights = Weights {
                weights: &mut weights,
                folded: folded.as_mut(),
                signs: layer.signs(),
                moments: &mut moments,
                packed: &mut packed,
            };
            engine::update(weights, x, &u, &step, &workspace);
        });
        operations += 2.0 * (BATCH * x.cols() * u.cols()) as f64;
    }
    let [forward, update] = [forward, update].map(|ms| operations / ms / 1e6);
    println!(
        "{{\"peer\":\"{}\",\"threads\":{threads},\"median_ms\":{step:.3},\
         \"forward_gflops\":{forward:.1},\"update_gflops\":{update:.1}}}",
        common::peer(precision)
    );
}
