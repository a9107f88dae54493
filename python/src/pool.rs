//! The threads that compute: a pool of our own, because rayon's global one hangs in a forked child.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::{
    collections::HashMap,
    process,
    ptr::null_mut,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicPtr, Ordering},
    },
};

/// The pools of one process, by number of threads (0: as many as there are cores, or
/// `RAYON_NUM_THREADS`).
struct Pools {
    process: u32,
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
    let fresh = Box::new(Pools { process: process::id(), by_threads: Mutex::default() });
    let fresh = Box::into_raw(fresh);
    let won = POOLS.compare_exchange(current, fresh, Ordering::AcqRel, Ordering::Acquire);
    // SAFETY: a leaked box; where another thread was faster, the one that it leaked.
    unsafe { &*won.map_or_else(|other| other, |_| fresh) }
}
