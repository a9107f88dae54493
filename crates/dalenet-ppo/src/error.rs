//! Errors, each one sentence with cause and remedy.

/// Errors of a training.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is not possible.
    #[error("`{key} = {value}` is not possible: it {reason}")]
    Setting {
        /// Name of the setting.
        key: &'static str,
        /// Its value.
        value: String,
        /// Why not, and the remedy.
        reason: String,
    },
    /// The environment reports an error.
    #[error(transparent)]
    Environment(#[from] dalenet_envs::Error),
    /// A checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] dalenet::checkpoint::Error),
    /// A checkpoint is of another training.
    #[error("its `{0}` is of another task, number of environments or version")]
    OtherState(&'static str),
    /// An output of a network is not finite.
    #[error(
        "training diverged in update {update}: an output of a network is no longer a number; train anew with a smaller rate"
    )]
    Diverged {
        /// Number of the update, from 1.
        update: u64,
    },
}
