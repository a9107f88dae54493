//! `dalenet._core`: what the Python package computes with. Private; the package on top of it has the
//! types and the documentation.

mod arrays;
mod env;
mod error;
mod pool;

use pyo3::prelude::*;

#[pymodule(module = "dalenet")]
mod _core {
    #[pymodule_export]
    use crate::env::{Environments, environment_name, environments};
    #[pymodule_export]
    use crate::error::{DivergedError, InternalError};

    /// Version of the package and of the program it was built with.
    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
