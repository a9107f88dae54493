//! Why the program ends without having done what was asked.

use dalenet_lab::Error;
use std::io;

/// What went wrong: one sentence with cause and remedy, and an exit code.
#[derive(Debug)]
pub enum Failure {
    /// The arguments do not fit each other or the task.
    Usage(String),
    /// A library cannot do it.
    Library(Error),
    /// The standard output cannot be written.
    Output(io::Error),
}

impl Failure {
    /// 1 for a training that diverged and for output that is lost, 2 for input that is wrong.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Library(error) => error.exit_code(),
            Self::Output(_) => 1,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(sentence) => write!(f, "{sentence}"),
            Self::Library(error) => write!(f, "{error}"),
            Self::Output(cause) => write!(
                f,
                "cannot write to the standard output: {cause}; make room, or send it elsewhere"
            ),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<dalenet_data::Error> for Failure {
    fn from(error: dalenet_data::Error) -> Self {
        Self::Library(error.into())
    }
}
