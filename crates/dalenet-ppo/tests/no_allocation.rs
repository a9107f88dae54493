//! Collecting steps and learning from minibatches takes no memory from the system.

use dalenet::{
    Activation, Backprop, Generator, LayerSpec, Learner, Matrix, Method, Network, NetworkSpec,
    Optimiser,
};
use dalenet_envs::{Options, make};
use dalenet_ppo::{Networks, Ppo, Settings};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    /// Allocations of this thread: the test harness has threads of its own.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: the system's allocator, counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Buffers of numbers. The matrix products of `gemm` allocate aligned ones and flags of their own.
        if (4..=16).contains(&layout.align()) {
            COUNT.set(COUNT.get() + 1);
        }
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(mut action: impl FnMut()) -> usize {
    let before = COUNT.get();
    action();
    COUNT.get() - before
}

fn spec() -> NetworkSpec {
    NetworkSpec {
        layers: LayerSpec::dense_list(&[16], false),
        dual: false,
        dale: None,
        activations: vec![Activation::Tanh],
        output: Activation::Identity,
        ..NetworkSpec::default()
    }
}

/// Allocations of a step of a bare network: what its products take.
fn of_a_learner(inputs: usize, outputs: usize, samples: usize) -> usize {
    let mut generator = Generator::new(0, 0);
    let network = Network::new(&NetworkSpec { inputs, outputs, ..spec() }, &mut generator);
    let method = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-5 };
    let optimiser = Optimiser::new(method, false, &network);
    let mut learner = Learner::new(network, Box::new(Backprop), optimiser, &mut generator);
    let error = Matrix::zeros(samples, outputs);
    let mut step = || {
        learner.trace.input_mut().reshape(samples, inputs);
        learner.forward();
        learner.gradient(&error);
        learner.step(1.0, 1e-3);
    };
    (0..3).for_each(|_| step());
    count(step)
}

/// The largest number of allocations in an update, of some after a few that fill the buffers.
fn of_an_update(task: &str, rollout: usize, epochs: usize) -> usize {
    let rule = || Box::new(Backprop) as _;
    let networks = Networks { actor: (spec(), rule()), critic: (spec(), rule()) };
    let settings = Settings { rollout, epochs, minibatches: 6, ..Settings::default() };
    let env = make(task, 8, &Options::default()).unwrap();
    let mut ppo = Ppo::new(env, networks, settings, 0).unwrap();
    let mut update = || {
        let mut episodes = 0;
        (count(|| episodes = ppo.update().unwrap().episodes.len()), episodes)
    };
    for _ in 0..5 {
        update();
    }
    // An update reports its episodes in a list of its own.
    (0..10).map(|_| update()).filter(|(_, episodes)| *episodes == 0).map(|(n, _)| n).max().unwrap()
}

/// Beyond what the networks' products take in a minibatch, nothing depends on how many steps or
/// minibatches there are.
#[test]
fn neither_steps_nor_minibatches_allocate() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        for (task, observed, outputs) in [("half-cheetah", 17, 6), ("cart-pole", 4, 2)] {
            let networks = of_a_learner(observed, outputs, 8) + of_a_learner(observed, 1, 8);
            for (rollout, epochs) in [(6, 1), (12, 1), (6, 4)] {
                let found = of_an_update(task, rollout, epochs);
                assert_eq!(
                    found,
                    6 * epochs * networks,
                    "{task}, {rollout} steps, {epochs} epochs"
                );
            }
        }
    });
}
