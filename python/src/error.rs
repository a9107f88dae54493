//! Errors of the program as Python's own.

use crate::worker;
use dalenet_lab::Error;
use pyo3::{
    create_exception,
    exceptions::{
        PyArithmeticError, PyFileExistsError, PyFileNotFoundError, PyOSError, PyRuntimeError,
        PyValueError,
    },
    prelude::*,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

create_exception!(
    dalenet,
    InternalError,
    PyRuntimeError,
    "A fault of Dalenet itself; please report it."
);
create_exception!(
    dalenet,
    DivergedError,
    PyArithmeticError,
    "A training whose numbers are no longer finite."
);

/// Runs an entry point: a panic becomes an [`InternalError`] instead of PyO3's `PanicException`, which
/// is no `Exception` and would pass through every handler.
pub fn guard<T>(entry: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(entry)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(InternalError::new_err(format!(
            "a fault of dalenet {}, please report it: {}",
            env!("CARGO_PKG_VERSION"),
            text.unwrap_or("unknown")
        )))
    })
}

/// Panics, on this thread or on one that works, so that tests see what becomes of it.
#[pyfunction]
pub fn _panic(py: Python<'_>, on_worker: bool) -> PyResult<()> {
    guard(|| match on_worker {
        true => worker::interruptible(py, || panic!("on a worker, for a test")),
        false => panic!("for a test"),
    })
}

/// A wrong value, in one sentence.
pub fn value(error: impl ToString) -> PyErr {
    PyValueError::new_err(in_python(&error.to_string()))
}

/// What sentences call commands and options of the program, and what these are called in Python.
const NAMES: [(&str, &str); 9] = [
    ("`dalenet train`", "`dalenet.train`"),
    ("`dalenet list`", "`dalenet.tasks()`, `dalenet.rules()`"),
    ("`dalenet config TASK`", "`dalenet.config(TASK)`"),
    ("by --config ", "in "),
    ("--set ", ""),
    ("--rule ed", "rule=\"ed\""),
    ("--from", "start_from="),
    ("--data ", "data "),
    ("--out", "out="),
];

/// A sentence of the program in Python's names.
fn in_python(sentence: &str) -> String {
    let mut text = sentence.to_owned();
    const RESUME: &str = "`dalenet train --resume ";
    if let Some((before, rest)) = text.split_once(RESUME)
        && let Some((run, after)) = rest.split_once('`')
    {
        text = format!("{before}`dalenet.resume(\"{run}\")`{after}");
    }
    NAMES.iter().fold(text, |text, (program, python)| text.replace(program, python))
}

/// An error of a run as Python's own: files are `OSError` (`FileExistsError`, `FileNotFoundError`), a
/// divergence is [`DivergedError`], the rest are wrong values.
pub fn run(error: Error) -> PyErr {
    let text = in_python(&error.to_string());
    let exists = matches!(error, Error::Exists(_) | Error::InTheWay(_));
    let is_absent = matches!(error, Error::NotARun(_) | Error::Untrained(_));
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    let mut is_file = false;
    while let Some(inner) = cause {
        is_file |= inner.is::<std::io::Error>();
        cause = inner.source();
    }
    match () {
        () if error.is_divergence() => DivergedError::new_err(text),
        () if exists => PyFileExistsError::new_err(text),
        () if is_absent => PyFileNotFoundError::new_err(text),
        () if is_file => PyOSError::new_err(text),
        () => PyValueError::new_err(text),
    }
}
