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
    /// An environment whose episode is over was stepped: under [`crate::Autoreset::Disabled`].
    #[error(
        "the episode of environment {index} is over: reset it before the next step, or choose \
         another autoreset mode"
    )]
    Over {
        /// Which environment.
        index: usize,
    },
    /// There is not one entry for each environment.
    #[error("{found} entries of `{argument}`, where {wanted} are needed")]
    Entries {
        /// Of which argument.
        argument: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// The environment can only be reset as a whole.
    #[error("`{env}` can only be reset as a whole, by one seed")]
    NoMask {
        /// Which environment.
        env: &'static str,
    },
    /// Saved state does not fit.
    #[error("the saved state is not one of {wanted}")]
    Saved {
        /// What it should have been of.
        wanted: String,
    },
}
