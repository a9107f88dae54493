//! Workers side by side, each with threads of its own.

use crate::Error;
use rayon::ThreadPoolBuilder;

/// Runs `work` so many times at once, the threads of the machine (or `threads` of them) shared out. One
/// worker alone has the program's own threads.
///
/// # Errors
/// The first of a worker.
pub(crate) fn side_by_side(
    workers: usize,
    threads: usize,
    work: &(dyn Fn() -> Result<(), Error> + Sync),
) -> Result<(), Error> {
    if workers == 1 && threads == 0 {
        return work();
    }
    let threads = if threads == 0 { rayon::current_num_threads() } else { threads };
    std::thread::scope(|scope| {
        let workers: Vec<_> = shares(threads, workers)
            .map(|share| scope.spawn(move || pool(share)?.install(work)))
            .collect();
        let mut results = Ok(());
        for worker in workers {
            let worked = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            results = results.and(worked);
        }
        results
    })
}

/// So many threads for each worker, at least one.
fn shares(threads: usize, workers: usize) -> impl Iterator<Item = usize> {
    (0..workers).map(move |i| (threads / workers + usize::from(i < threads % workers)).max(1))
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, Error> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|cause| {
        Error::Config(format!(
            "the system gives no more threads ({cause}); train fewer runs at a time with --jobs"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_is_given_to_a_worker_and_each_has_one() {
        for (threads, workers, expected) in
            [(8, 2, &[4, 4][..]), (7, 3, &[3, 2, 2]), (2, 4, &[1, 1, 1, 1]), (3, 1, &[3])]
        {
            assert!(shares(threads, workers).eq(expected.iter().copied()));
        }
    }
}
