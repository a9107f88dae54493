//! Why an origin delivered nothing.

use crate::Error;

/// Why there are no data.
pub(crate) enum Failure {
    /// This origin has none: try the next one.
    Origin(String),
    /// No origin could help, for instance because the disk is full.
    Fatal(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Fatal(error)
    }
}
