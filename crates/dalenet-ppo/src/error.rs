//! What can go wrong, each as one sentence with the cause and the mend.

/// Why a training cannot be made or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting makes no sense.
    #[error("`{key} = {value}` is not possible: it {reason}")]
    Setting {
        /// Which one.
        key: &'static str,
        /// Its value.
        value: String,
        /// Why not, and what would be.
        reason: String,
    },
    /// The environment cannot do what is asked of it.
    #[error(transparent)]
    Environment(#[from] dalenet_envs::Error),
    /// A checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] dalenet::checkpoint::Error),
    /// A checkpoint holds something else than this training has.
    #[error("its `{0}` is of another task, number of environments or version")]
    OtherState(&'static str),
    /// An output of a network is no longer a number.
    #[error(
        "training diverged in update {update}: an output of a network is no longer a number; train anew with a smaller rate"
    )]
    Diverged {
        /// Which update, from 1.
        update: u64,
    },
}
