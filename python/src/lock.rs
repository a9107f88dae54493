//! What several Python threads may use: one at a time, on the package's own threads.

use crate::{pool, raised};
use pyo3::{exceptions::PyRuntimeError, prelude::*};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// A value that one thread uses at a time. Threads wait detached from the interpreter.
pub struct Lock<T>(Mutex<T>);

impl<T: Send> Lock<T> {
    pub fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// The value, which no other thread can have.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Computes on the value, detached from the interpreter, on the package's threads.
    ///
    /// # Errors
    /// Those of `compute`, and as [`Lock::lock`].
    pub fn compute<R: Send>(
        &self,
        py: Python<'_>,
        compute: impl FnOnce(&mut T) -> PyResult<R> + Send,
    ) -> PyResult<R> {
        self.compute_on(py, 0, compute)
    }

    /// [`Lock::compute`] on so many threads; 0: all there are.
    ///
    /// # Errors
    /// As [`Lock::compute`].
    pub fn compute_on<R: Send>(
        &self,
        py: Python<'_>,
        threads: usize,
        compute: impl FnOnce(&mut T) -> PyResult<R> + Send,
    ) -> PyResult<R> {
        py.detach(|| {
            let mut value = self.lock()?;
            let value = &mut *value;
            pool::of(threads).install(|| compute(value))
        })
    }

    /// Waits until no other thread uses the value; only while detached from the interpreter.
    ///
    /// # Errors
    /// `RuntimeError` where that would be for ever: in a user's rule, called by the very computation
    /// that uses the value.
    pub fn lock(&self) -> PyResult<MutexGuard<'_, T>> {
        match self.0.try_lock() {
            Ok(guard) => Ok(guard),
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if raised::in_user_function() => {
                Err(PyRuntimeError::new_err(
                    "a rule cannot use the learner or the network that it is teaching: everything \
                     that it needs is in its lesson",
                ))
            }
            Err(TryLockError::WouldBlock) => {
                Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }
}
