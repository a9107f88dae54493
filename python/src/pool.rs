//! The threads that compute: a pool of our own, because rayon's global one hangs in a forked child.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::{
    collections::HashMap,
    process,
    ptr::null_mut,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicPtr, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// The pools of one process, by number of threads (0: as many as there are cores, or
/// `RAYON_NUM_THREADS`).
struct Pools {
    process: u32,
    /// Calls of [`beside`] under way.
    calls: AtomicUsize,
    by_threads: Mutex<HashMap<usize, Arc<ThreadPool>>>,
}

static POOLS: AtomicPtr<Pools> = AtomicPtr::new(null_mut());

/// The pool of so many threads in this process. That of a parent is leaked: its threads do not exist
/// here, and waiting for them would never end.
pub fn of(threads: usize) -> Arc<ThreadPool> {
    let mut pools = pools().by_threads.lock().unwrap_or_else(PoisonError::into_inner);
    let pool =
        pools.entry(threads).or_insert_with(|| Arc::new(new(threads).expect("threads start")));
    pool.clone()
}

/// How long threads stay awake for the next call of [`beside`]: to wake one up takes as long as a step
/// of a few environments, and the interpreter calls again within some microseconds.
const AWAKE: Duration = Duration::from_micros(100);

/// Does short work that comes again and again, on this thread and beside it on those of a pool.
pub fn beside<T>(threads: usize, work: impl FnOnce(&ThreadPool) -> T) -> T {
    let (pool, calls) = (of(threads), &pools().calls);
    calls.fetch_add(1, Ordering::AcqRel);
    let result = work(&pool);
    calls.fetch_sub(1, Ordering::AcqRel);
    for _ in 1..pool.current_num_threads() {
        pool.spawn(|| {
            let start = Instant::now();
            while calls.load(Ordering::Acquire) == 0 && start.elapsed() < AWAKE {
                thread::yield_now();
            }
        });
    }
    result
}

/// A pool of so many threads for one piece of work that keeps it busy for long.
///
/// # Errors
/// If the system gives no threads.
pub fn new(threads: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    let builder = ThreadPoolBuilder::new().num_threads(threads);
    builder.thread_name(|i| format!("dalenet-{i}")).build()
}

fn pools() -> &'static Pools {
    let current = POOLS.load(Ordering::Acquire);
    // SAFETY: null, or a leaked box, which is never freed.
    if let Some(pools) = unsafe { current.as_ref() }
        && pools.process == process::id()
    {
        return pools;
    }
    let fresh = Box::new(Pools {
        process: process::id(),
        calls: AtomicUsize::new(0),
        by_threads: Mutex::default(),
    });
    let fresh = Box::into_raw(fresh);
    let won = POOLS.compare_exchange(current, fresh, Ordering::AcqRel, Ordering::Acquire);
    // SAFETY: a leaked box; where another thread was faster, the one that it leaked.
    unsafe { &*won.map_or_else(|other| other, |_| fresh) }
}
