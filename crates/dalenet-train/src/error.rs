//! Why a training cannot be made, restored or advanced.

/// Why a training cannot be made, restored or advanced. Each displays as one sentence that names
/// the setting or the data and the cause; where it happened is for the caller to say.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is not one: wrong type, impossible value.
    #[error("{0}")]
    Config(String),
    /// There is no such setting.
    #[error("there is no configuration key `{key}`{near}")]
    UnknownKey {
        /// The key.
        key: String,
        /// `; did you mean …?`, or nothing.
        near: String,
    },
    /// There is no such rule, preset, routing or task.
    #[error("there is no {what} `{name}`{near}")]
    UnknownName {
        /// `rule`, `preset`, `routing`, `task`.
        what: &'static str,
        /// The name.
        name: String,
        /// `; did you mean …?`, or nothing.
        near: String,
    },
    /// Kaneko's rule for a task that is no yes-or-no question.
    #[error("Kaneko's rule has one output, and {task} needs several; train it by the rule ed")]
    NotYesOrNo {
        /// The task.
        task: String,
        /// Whether it is an environment.
        environment: bool,
    },
    /// A preset of other tasks.
    #[error("{task} has no preset `{preset}`; without a preset it has its best settings")]
    OtherPreset {
        /// The preset.
        preset: String,
        /// The task.
        task: String,
    },
    /// The environment cannot be had.
    #[error(transparent)]
    Environment(#[from] dalenet_envs::Error),
    /// An agent cannot learn like that.
    #[error(transparent)]
    Ppo(dalenet_ppo::Error),
    /// The data cannot be had.
    #[error(transparent)]
    Data(#[from] dalenet_data::Error),
    /// A checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] dalenet::checkpoint::Error),
    /// A checkpoint of an agent does not fit.
    #[error("{0}")]
    OtherState(dalenet_ppo::Error),
    /// A checkpoint was written by a version that recorded less.
    #[error(
        "it was written by version {0} of dalenet, whose checkpoints have another form: evaluate or \
         resume it by that version, or train anew"
    )]
    OldVersion(String),
    /// A checkpoint was written under another configuration.
    #[error("it was trained with {key} = {found}, not {wanted}")]
    OtherConfig {
        /// The first key that differs.
        key: String,
        /// The value in the checkpoint.
        found: String,
        /// The value that is asked for.
        wanted: String,
    },
    /// A checkpoint was trained for longer than the configuration says.
    #[error("it was trained for {done} {key} already, more than {key} = {wanted}")]
    Longer {
        /// The setting: `epochs` or `steps`.
        key: &'static str,
        /// How many were begun.
        done: u64,
        /// How many are asked for.
        wanted: u64,
    },
    /// The data has another shape than the network.
    #[error("{data} has {found}, but the network was made for {wanted}")]
    OtherData {
        /// The data set.
        data: String,
        /// What it has.
        found: String,
        /// What the network takes.
        wanted: String,
    },
    /// The error or a weight is no longer a number.
    #[error(
        "training diverged in epoch {epoch}: the error or a weight is no longer a number; train \
         anew with a rate below {rate}"
    )]
    Diverged {
        /// Which epoch, from 1.
        epoch: usize,
        /// The configured rate.
        rate: f32,
    },
    /// The outputs of an agent's network are no longer numbers.
    #[error("{0}")]
    AgentDiverged(dalenet_ppo::Error),
}

impl Error {
    /// Whether a training failed that was asked for rightly.
    pub fn is_divergence(&self) -> bool {
        matches!(self, Self::Diverged { .. } | Self::AgentDiverged(_))
    }

    /// Whether a checkpoint cannot be used, whatever it was trained with.
    pub fn is_unusable(&self) -> bool {
        matches!(self, Self::Checkpoint(_) | Self::OtherState(_) | Self::OldVersion(_))
    }
}

impl From<dalenet_ppo::Error> for Error {
    fn from(cause: dalenet_ppo::Error) -> Self {
        match cause {
            dalenet_ppo::Error::Environment(cause) => Self::Environment(cause),
            dalenet_ppo::Error::Checkpoint(cause) => Self::Checkpoint(cause),
            dalenet_ppo::Error::OtherState(_) => Self::OtherState(cause),
            dalenet_ppo::Error::Diverged { .. } => Self::AgentDiverged(cause),
            cause => Self::Ppo(cause),
        }
    }
}
