//! Exceptions raised by a user's own functions, while Rust waits for their results.

use pyo3::prelude::*;
use std::{
    cell::Cell,
    sync::{Arc, Mutex, PoisonError},
};

/// The first exception of a user's own functions, for the caller of the computation that asked them.
#[derive(Clone, Default)]
pub struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    /// Keeps an exception, unless there is one.
    pub fn put(&self, error: PyErr) {
        self.slot().get_or_insert(error);
    }

    /// Whether there is an exception.
    pub fn is_raised(&self) -> bool {
        self.slot().is_some()
    }

    /// The exception, which is forgotten here.
    pub fn take(&self) -> Option<PyErr> {
        self.slot().take()
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<PyErr>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Calls a user's own function. What it uses is locked by the computation that asks it, so that
/// [`Lock`](crate::lock::Lock) must not wait meanwhile.
pub fn call_user<R>(call: impl FnOnce(Python<'_>) -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            CALLS.set(CALLS.get() - 1);
        }
    }
    CALLS.set(CALLS.get() + 1);
    let _leave = Leave;
    Python::attach(call)
}

/// Whether a user's own function is running on this thread, asked by a computation.
pub fn in_user_function() -> bool {
    CALLS.get() > 0
}
