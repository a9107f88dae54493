//! The Error Diffusion step of convolutions that `bench/` times against PyTorch and JAX: a
//! dual-stream 3→64→128 net of 5×5 convolutions with 2×2 means, 1024 units, 10 outputs, on
//! 32×32 images, batch 128. Prints one JSON line per number of threads and precision, with the rates of
//! the forward pass and of the weight update (step and projection included) of the wide layers.
//!
//! `cargo bench -p dalenet --bench convolution_step`

mod common;

use common::{BATCH, labels, median_ms, peer, random};
use dalenet::{
    ErrorDiffusion, Generator, Learner, Matrix, Method, Modulo, Network, NetworkSpec, Optimiser,
    Shape, Workspace, centre,
    engine::{self, Moments, PackedWeights, Precision, Step, Weights},
    layer::{Convolution, Gradient, Pooling, PoolingMode},
    one_vs_all,
};

const STEPS: usize = 7;

fn main() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for precision in [Precision::F32, Precision::Bf16] {
            pool.install(|| measure(threads, precision));
        }
    }
}

fn learner(precision: Precision) -> Learner {
    let pooling = Pooling { mode: PoolingMode::Average, size: 2, stride: 2 };
    let convolution = |units| Convolution { units, size: 5, stride: 1, padding: 2 };
    let image = Shape { height: 32, width: 32, channels: 3 };
    let spec = NetworkSpec {
        inputs: image.len(),
        image: Some(image),
        layers: vec![
            convolution(64).into(),
            pooling.into(),
            convolution(128).into(),
            pooling.into(),
            1024.into(),
        ],
        outputs: 10,
        precision,
        ..NetworkSpec::default()
    };
    let mut generator = Generator::new(0, 0);
    let network = Network::new(&spec, &mut generator);
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    let rule = Box::new(ErrorDiffusion::new(Modulo));
    Learner::new(network, rule, optimiser, &mut generator)
}

fn measure(threads: usize, precision: Precision) {
    let mut learner = learner(precision);
    let (input, labels) = (random(BATCH, 32 * 32 * 3), labels());
    let mut error = Matrix::default();
    let step = median_ms(STEPS, || {
        learner.trace.input_mut().clone_from(&input);
        one_vs_all(learner.forward(), &labels, &mut error);
        centre(&mut error);
        learner.learn(&error, 1e-3);
    });

    let Learner { network, trace, .. } = &learner;
    let mut parts = Vec::new();
    let (mut gradient, mut out) = (Gradient::default(), Matrix::default());
    let workspace = Workspace::new(precision);
    for (l, name) in [(1, "convolution"), (2, "dense")] {
        let layer = &network.layers()[l];
        let (x, u) = (trace.presynaptic(l).dense().expect("dense"), learner.signal(l));
        let forward = median_ms(STEPS, || layer.forward(x, &mut out, &workspace));
        let mut weights = layer.weights().clone();
        let (mut moments, mut packed) = (Moments::default(), PackedWeights::default());
        let update = median_ms(STEPS, || {
            let weights = Weights {
                weights: &mut weights,
                folded: None,
                signs: layer.signs(),
                moments: &mut moments,
                packed: &mut packed,
            };
            let step = Step { method: Method::Sgd, rate: 1e-3, scale: 1.0, count: 1 };
            if layer.geometry().is_some() {
                layer.gradient(x, u, &mut gradient, &workspace);
                engine::update_along(weights, &gradient.weights, &step, &workspace);
            } else {
                engine::update(weights, x, &u, &step, &workspace);
            }
        });
        let operations = 2.0 * (u.rows() * u.cols() * layer.inputs()) as f64;
        for (part, ms) in [("forward", forward), ("update", update)] {
            parts.push(format!("\"{name}_{part}_gflops\":{:.1}", operations / ms / 1e6));
        }
    }
    println!(
        "{{\"peer\":\"{}\",\"threads\":{threads},\"median_ms\":{step:.1},{}}}",
        peer(precision),
        parts.join(",")
    );
}
