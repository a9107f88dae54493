//! Stepping takes no memory from the system, resets of episodes included.

use dalenet_envs::{Actions, Autoreset, NAMES, Options, Space, make};
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
        COUNT.set(COUNT.get() + 1);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_step_allocates_nothing() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        let modes = [Autoreset::SameStep, Autoreset::NextStep];
        for (&name, autoreset) in NAMES.iter().flat_map(|name| modes.map(|mode| (name, mode))) {
            let options = Options { episode_length: Some(10), autoreset, ..Options::default() };
            let mut env = make(name, 40, &options).unwrap();
            let len = 40 * env.action_space().len();
            let (numbers, choices) = (vec![0.2; len], vec![1; len]);
            let actions = match env.action_space() {
                Space::Continuous { .. } => Actions::Continuous(&numbers),
                Space::Discrete { .. } => Actions::Discrete(&choices),
            };
            env.step(actions).unwrap();
            let before = COUNT.get();
            for _ in 0..30 {
                env.step(actions).unwrap();
            }
            assert_eq!(COUNT.get() - before, 0, "{name}");
        }
    });
}
