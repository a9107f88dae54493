//! What a user may choose: a name of the registry, or a value of their own.

use dalenet_train::Registry;
use pyo3::{prelude::*, types::PyString};

/// A name of the registry, or a user's own.
pub enum Choice<T> {
    /// One of the registry.
    Name(String),
    /// A user's own.
    Own(T),
}

/// A rule or a routing that a user wrote.
pub trait Own: Sized {
    /// The one that a Python object stands for.
    ///
    /// # Errors
    /// `TypeError` if it stands for none, `ValueError` if it has the name of a built-in one.
    fn of(object: &Bound<'_, PyAny>) -> PyResult<Self>;

    /// Its name.
    fn name(&self) -> &str;

    /// Adds it to a registry, under its name.
    fn register(&self, registry: &mut Registry);

    /// The exception that it raised. After that it teaches with NaN, so that a training diverges.
    fn take_error(&self) -> Option<PyErr>;
}

impl<T: Own> Choice<T> {
    /// What a Python object stands for.
    ///
    /// # Errors
    /// As [`Own::of`].
    pub fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        match object.cast::<PyString>() {
            Ok(name) => Ok(Self::Name(name.to_str()?.to_owned())),
            Err(_) => T::of(object).map(Self::Own),
        }
    }

    /// The name that a configuration records.
    pub fn name(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Own(own) => own.name(),
        }
    }

    /// Adds it to a registry, if it is a user's own.
    pub fn register(&self, registry: &mut Registry) {
        if let Self::Own(own) = self {
            own.register(registry);
        }
    }

    /// The exception that it raised, if it is a user's own and did.
    pub fn take_error(&self) -> Option<PyErr> {
        match self {
            Self::Name(_) => None,
            Self::Own(own) => own.take_error(),
        }
    }
}
