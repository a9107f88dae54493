//! Work that threads share.

use rayon::{Scope, ThreadPool};
use std::sync::{Mutex, PoisonError};

/// The threads of a step.
#[derive(Clone, Copy)]
pub(super) enum Threads<'a> {
    /// Those of the current rayon pool.
    Current,
    /// The calling thread and, beside it, all but one of the pool's.
    Beside(&'a ThreadPool),
}

impl Threads<'_> {
    fn count(self) -> usize {
        match self {
            Self::Current => rayon::current_num_threads(),
            Self::Beside(pool) => pool.current_num_threads(),
        }
    }

    fn scope<'scope>(self, work: impl FnOnce(&Scope<'scope>)) {
        match self {
            Self::Current => rayon::in_place_scope(work),
            Self::Beside(pool) => pool.in_place_scope(work),
        }
    }

    /// Calls `work` with each of the `count` parts. The calling thread does not wait for others to wake
    /// up: each thread takes the next part that is left.
    pub fn for_each<P>(
        self,
        count: usize,
        parts: impl Iterator<Item = P> + Send,
        work: impl Fn(P) + Sync,
    ) {
        if count <= 1 {
            return parts.for_each(work);
        }
        let parts = Mutex::new(parts);
        let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work_on = || {
            while let Some(part) = next() {
                work(part);
            }
        };
        self.scope(|scope| {
            for _ in 1..count.min(self.count()) {
                scope.spawn(|_| work_on());
            }
            work_on();
        });
    }
}
