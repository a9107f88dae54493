//! What is wrong with an array.

/// Why an array cannot be used, which reads on from the array's name, and what to do about it.
#[derive(Debug, PartialEq)]
pub(crate) struct Problem {
    pub what: String,
    pub remedy: String,
}

impl Problem {
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Problem {
        Problem { what: what.into(), remedy: remedy.into() }
    }

    /// The file is damaged or was not written by NumPy.
    pub(crate) fn damaged(what: impl Into<String>) -> Problem {
        Problem::new(what, "write the file again with numpy.savez")
    }
}
