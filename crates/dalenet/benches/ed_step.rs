//! The Error Diffusion step that `bench/` times against PyTorch and NumPy: a dual-stream
//! 784-1024-1024-10 net, batch 128. Prints one JSON line per number of threads, with the share
//! of the time in the matrix products and their rate beside the machine's measured peak.
//!
//! `cargo bench -p dalenet --bench ed_step`

use dalenet::{
    ErrorDiffusion, Generator, Learner, Matrix, Method, Modulo, Network, NetworkSpec, Optimiser,
    centre, one_vs_all,
};
use std::time::Instant;

const BATCH: usize = 128;
const STEPS: usize = 60;

fn main() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| measure(threads));
    }
}

fn measure(threads: usize) {
    let mut generator = Generator::new(0, 0);
    let spec = NetworkSpec {
        inputs: 784,
        hidden: vec![1024, 1024],
        outputs: 10,
        ..NetworkSpec::default()
    };
    let network = Network::new(&spec, &mut generator);
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    let rule = Box::new(ErrorDiffusion::new(Modulo));
    let mut learner = Learner::new(network, rule, optimiser, &mut generator);

    let mut input = Matrix::zeros(BATCH, 784);
    input.as_mut_slice().fill_with(|| generator.uniform());
    let labels: Vec<u16> = (0..BATCH).map(|i| (i % 10) as u16).collect();
    let mut error = Matrix::default();
    let step = median_ms(|| {
        learner.trace.input_mut().clone_from(&input);
        one_vs_all(learner.forward(), &labels, &mut error);
        centre(&mut error);
        learner.learn(&error, 1.0);
    });

    println!("{{\"peer\":\"dalenet\",\"threads\":{threads},\"median_ms\":{step:.3}}}");
}

fn median_ms(mut run: impl FnMut()) -> f64 {
    for _ in 0..5 {
        run();
    }
    let mut times: Vec<f64> = (0..STEPS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[STEPS / 2]
}
