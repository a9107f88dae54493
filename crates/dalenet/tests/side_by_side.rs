//! Learners share nothing: side by side on a few threads they learn what each learns alone. A worker
//! that waits for a part of its own work takes up that of another learner in the meantime, so scratch
//! memory that belonged to a thread would be used twice at once.

mod common;

use common::{bits, unsigned};
use dalenet::{
    Backprop, ErrorDiffusion, Generator, Learner, Matrix, Method, Modulo, Network, NetworkSpec,
    Optimiser, Rule, Shape, SignSymmetric, SparseMatrix, Trace, Workspace,
    checkpoint::Checkpoint,
    layer::{Convolution, Divisive, Layer, Pooling, PoolingMode, Skip},
};
use rayon::prelude::*;

const LEARNERS: u64 = 64;
const ROUNDS: usize = 50;
const BATCH: usize = 8;

/// A learner of one of three kinds with its own data.
struct Pupil {
    learner: Learner,
    input: Matrix,
    target: Matrix,
    sparse: bool,
}

impl Pupil {
    fn new(seed: u64) -> Self {
        let mut generator = Generator::new(seed, 0);
        let image = Shape { height: 6, width: 6, channels: 2 };
        let convolution = Convolution { units: 4, size: 3, stride: 1, padding: 1 };
        let layers = match seed % 3 {
            // Wide enough that an update has several tiles.
            0 | 1 => vec![64.into(), 64.into(), Skip { from: 2 }.into()],
            _ => vec![
                convolution.into(),
                Divisive::default().into(),
                Pooling { mode: PoolingMode::Max, size: 2, stride: 2 }.into(),
                24.into(),
            ],
        };
        let inputs = if seed % 3 < 2 { 700 } else { image.len() };
        let spec = NetworkSpec {
            image: (seed % 3 == 2).then_some(image),
            layers,
            ..common::dual(inputs, &[], 4)
        };
        let network = Network::new(&spec, &mut generator);
        let rule: Box<dyn Rule> = match seed % 4 {
            0 | 1 => Box::new(ErrorDiffusion::new(Modulo)),
            2 => Box::new(SignSymmetric),
            _ => Box::new(Backprop),
        };
        let method = match seed % 2 {
            0 => Method::Momentum { momentum: 0.9 },
            _ => Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        };
        let optimiser = Optimiser::new(method, false, &network);
        let mut input = unsigned(BATCH, inputs, &mut generator);
        let sparse = seed.is_multiple_of(3);
        if sparse {
            input.as_mut_slice().iter_mut().for_each(|x| *x = if *x < 0.9 { 0.0 } else { *x });
        }
        let target = unsigned(BATCH, 4, &mut generator);
        let learner = Learner::new(network, rule, optimiser, &mut generator);
        Self { learner, input, target, sparse }
    }

    fn round(&mut self) {
        let Self { learner, input, target, sparse } = self;
        match sparse {
            true => learner.trace.sparse_input_mut().fill(&SparseMatrix::from(&*input), 0..BATCH),
            false => learner.trace.input_mut().clone_from(input),
        }
        let error = common::difference(target, learner.forward());
        learner.learn(&error, 0.01);
    }
}

#[test]
fn learners_side_by_side_learn_the_bits_of_each_alone() {
    let alone: Vec<_> = (0..LEARNERS)
        .map(|seed| {
            let mut pupil = Pupil::new(seed);
            (0..ROUNDS).for_each(|_| pupil.round());
            bits(&pupil.learner.network)
        })
        .collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build().unwrap();
    let together: Vec<_> = pool.install(|| {
        let mut pupils: Vec<_> = (0..LEARNERS).map(Pupil::new).collect();
        for _ in 0..ROUNDS {
            pupils.par_iter_mut().for_each(Pupil::round);
        }
        pupils.iter().map(|pupil| bits(&pupil.learner.network)).collect()
    });
    let differs = (0..LEARNERS as usize).find(|i| alone[*i] != together[*i]);
    assert_eq!(differs, None, "this learner learnt something else");
}

/// One network serves forward passes on many threads, each with a trace of its own.
#[test]
fn everything_may_cross_threads() {
    fn check<T: Send + Sync>() {}
    check::<Learner>();
    check::<Network>();
    check::<Layer>();
    check::<Optimiser>();
    check::<Trace>();
    check::<Workspace>();
    check::<Box<dyn Rule>>();
    check::<Box<dyn dalenet::Routing>>();
    check::<Generator>();
    check::<Checkpoint<'_>>();
}
