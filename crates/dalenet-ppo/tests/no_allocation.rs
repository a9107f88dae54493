//! Collecting steps and learning from minibatches takes no memory from the system.

use dalenet::{Activation, Backprop, NetworkSpec};
use dalenet_envs::{Options, make};
use dalenet_ppo::{Networks, Ppo, Settings};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
};

static COUNT: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: the system's allocator, counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The largest number of allocations in one of some updates, after a few that fill the buffers.
fn allocations(task: &str, rollout: usize, epochs: usize) -> usize {
    let spec = NetworkSpec {
        hidden: vec![16],
        dual: false,
        dale: None,
        activations: vec![Activation::Tanh],
        ..NetworkSpec::default()
    };
    let rule = || Box::new(Backprop) as _;
    let networks = Networks { actor: (spec.clone(), rule()), critic: (spec, rule()) };
    let settings = Settings { rollout, epochs, minibatches: 6, ..Settings::default() };
    let mut ppo =
        Ppo::new(make(task, 8, &Options::default()).unwrap(), networks, settings, 0).unwrap();
    let mut update = || {
        let before = COUNT.load(Ordering::Relaxed);
        let episodes = ppo.update().unwrap().episodes.len();
        (COUNT.load(Ordering::Relaxed) - before, episodes)
    };
    (0..5).for_each(|_| drop(update()));
    // An update reports its episodes in a list of its own.
    (0..10).map(|_| update()).filter(|(_, episodes)| *episodes == 0).map(|(n, _)| n).max().unwrap()
}

#[test]
fn neither_steps_nor_minibatches_allocate() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        for task in ["half-cheetah", "cart-pole"] {
            let few = allocations(task, 5, 1);
            let many = allocations(task, 7, 4);
            assert_eq!(few, many, "{task}");
            assert!(few <= 1, "{task}: {few}");
        }
    });
}
