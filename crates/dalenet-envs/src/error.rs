//! Errors of environments.

/// Why an environment cannot be made, stepped or restored.
#[derive(Debug, thiserror::Error, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// There is no such environment.
    #[error("there is no environment `{name}`{hint}; there are {all}")]
    Unknown {
        /// The unknown name.
        name: String,
        /// `; did you mean …?`, or nothing.
        hint: String,
        /// All names.
        all: String,
    },
    /// A task by MuJoCo, in a build without it.
    #[error(
        "this dalenet was built without MuJoCo; install libmujoco-dev and build with --features \
         mujoco"
    )]
    NoMuJoCo,
    /// MuJoCo cannot be used, or gives up.
    #[error("MuJoCo: {cause}")]
    MuJoCo {
        /// Why.
        cause: String,
    },
    /// An option has an impossible value.
    #[error("`{option}` must be at least 1")]
    Zero {
        /// Which option.
        option: &'static str,
    },
    /// The actions are of the other kind.
    #[error("`{env}` takes {wanted} actions")]
    ActionKind {
        /// Which environment.
        env: &'static str,
        /// What it takes.
        wanted: &'static str,
    },
    /// There are too many or too few actions.
    #[error("{found} numbers of actions, where {wanted} are needed")]
    ActionCount {
        /// How many there are.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// An action is not a number, infinite, or not one of the choices.
    #[error("the action of environment {index} is {value}")]
    Action {
        /// Which environment.
        index: usize,
        /// What it was given.
        value: String,
    },
    /// Saved state does not fit.
    #[error("the saved state is not one of {wanted}")]
    Saved {
        /// What it should have been of.
        wanted: String,
    },
}
