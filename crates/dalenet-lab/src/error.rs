//! What can go wrong in an experiment, each as one sentence with the cause and the mend.

use crate::Run;
use std::path::{Path, PathBuf};

/// Why an experiment cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is not one: unknown key, wrong type, impossible value.
    #[error("{0}")]
    Config(String),
    /// The environment cannot be had.
    #[error(transparent)]
    Environment(#[from] dalenet_envs::Error),
    /// An agent cannot learn like that.
    #[error(transparent)]
    Ppo(dalenet_ppo::Error),
    /// The data cannot be had.
    #[error(transparent)]
    Data(#[from] dalenet_data::Error),
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {cause}{}", path.display(), mend(cause))]
    File {
        /// `read`, `write`, `create`.
        action: &'static str,
        /// Which one.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A run folder is there already.
    #[error(
        "{} exists already and is left as it is; name another folder with --out, or go on with it \
         by `dalenet train --resume {}`",
        .0.display(), .0.display()
    )]
    Exists(PathBuf),
    /// A folder is no run.
    #[error("{} is not a run: it has no config.toml; give the folder that `dalenet train` made", .0.display())]
    NotARun(PathBuf),
    /// A game's name in the place of a run.
    #[error(
        "{} is not a run: it has no config.toml; give the folder that `dalenet train` made, or play \
         the game yourself by `dalenet play {} --human`",
        .0.display(), .0.display()
    )]
    NotARunButAGame(PathBuf),
    /// No folder below one is a run.
    #[error("there is no run in {}: no folder there has a config.toml; give folders that `dalenet train` made", .0.display())]
    NoRuns(PathBuf),
    /// A file is in the place of a report.
    #[error("{} exists and was not written by `dalenet report`; it is left as it is: name another file with --out", .0.display())]
    NotAReport(PathBuf),
    /// A file of a run is not what was written.
    #[error("{}, line {line} cannot be read: {cause}; restore it from a copy, or train anew", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        cause: String,
    },
    /// A run was trained by a rule that the program does not know.
    #[error("{} was trained by a rule that is not one of `dalenet list`; only its own program can analyse it", .0.display())]
    UnknownRule(PathBuf),
    /// Another process works in the run.
    #[error("another process is training in {}; wait for it to end, or name another folder", .0.display())]
    Busy(PathBuf),
    /// A checkpoint cannot be used.
    #[error(
        "{} cannot be used: {cause}; restore it from a copy, or train anew with another --out",
        path.display()
    )]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: dalenet::checkpoint::Error,
    },
    /// A checkpoint was written under another configuration.
    #[error(
        "{} was trained with {key} = {found}, not {wanted}; a run goes on only as it began: leave \
         the setting as it was, or train anew with another --out",
        path.display()
    )]
    OtherConfig {
        /// The run.
        path: PathBuf,
        /// The first key that differs.
        key: String,
        /// The value in the checkpoint.
        found: String,
        /// The value that is asked for.
        wanted: String,
    },
    /// A run has no checkpoint yet.
    #[error("{} has no checkpoint yet; train it by `dalenet train --resume {}`", .0.display(), .0.display())]
    Untrained(PathBuf),
    /// The data has another shape than the network.
    #[error(
        "{data} has {found}, but the network of {} was made for {wanted}; give it data of that shape",
        run.display()
    )]
    OtherData {
        /// The data set.
        data: String,
        /// What it has.
        found: String,
        /// What the network takes.
        wanted: String,
        /// The run.
        run: PathBuf,
    },
    /// A run is not an agent's.
    #[error("{} was trained to classify; only a run in an environment can do that", .0.display())]
    NoAgent(PathBuf),
    /// A run is an agent's.
    #[error("{} was trained in an environment, and this is for runs on data sets; see `dalenet eval` and metrics.jsonl in it", .0.display())]
    IsAgent(PathBuf),
    /// An agent's checkpoint cannot be used.
    #[error(
        "{} cannot be used: {cause}; restore it from a copy, or train anew with another --out",
        path.display()
    )]
    AgentCheckpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: dalenet_ppo::Error,
    },
    /// The outputs of an agent's network are no longer numbers.
    #[error("{cause} ({} keeps what was saved before)", run.display())]
    AgentDiverged {
        /// When.
        cause: dalenet_ppo::Error,
        /// The run.
        run: PathBuf,
    },
    /// The error or a weight is no longer a number.
    #[error(
        "training diverged in epoch {epoch}: the error or a weight is no longer a number; train \
         anew with a rate below {rate} ({} keeps what was saved before)",
        run.display()
    )]
    Diverged {
        /// Which epoch, from 1.
        epoch: usize,
        /// The configured rate.
        rate: f32,
        /// The run.
        run: PathBuf,
    },
}

impl Error {
    /// The exit code of the program: 1 for a training that failed, 2 for input that is wrong.
    pub fn exit_code(&self) -> u8 {
        if self.is_divergence() { 1 } else { 2 }
    }

    /// Whether a training failed that was asked for rightly.
    pub(crate) fn is_divergence(&self) -> bool {
        matches!(self, Self::Diverged { .. } | Self::AgentDiverged { .. })
    }

    /// What PPO says of the training in `run`.
    pub(crate) fn from_ppo(cause: dalenet_ppo::Error, run: &Run) -> Self {
        match cause {
            dalenet_ppo::Error::Diverged { .. } => {
                Self::AgentDiverged { cause, run: run.folder().into() }
            }
            dalenet_ppo::Error::Checkpoint(cause) => {
                Self::Checkpoint { path: run.checkpoint_path(), cause }
            }
            dalenet_ppo::Error::OtherState(_) => {
                Self::AgentCheckpoint { path: run.checkpoint_path(), cause }
            }
            other => other.into(),
        }
    }

    /// For `map_err`: `action` on `path` failed.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |cause| Self::File { action, path: path.into(), cause }
    }
}

impl From<dalenet_ppo::Error> for Error {
    fn from(cause: dalenet_ppo::Error) -> Self {
        match cause {
            dalenet_ppo::Error::Environment(cause) => Self::Environment(cause),
            cause => Self::Ppo(cause),
        }
    }
}

fn mend(cause: &std::io::Error) -> &'static str {
    match cause.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            "; make room or name another folder with --out (what was saved before is kept)"
        }
        std::io::ErrorKind::PermissionDenied => {
            "; name a folder you may write to, or mend its rights"
        }
        std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
            "; a file is in the way: name another folder with --out"
        }
        std::io::ErrorKind::NotFound => "; check the path",
        _ => "; check the path and the disk",
    }
}
