//! Why an experiment cannot be run, each as one sentence with cause and remedy.

use dalenet_train::Error as TrainError;
use std::path::{Path, PathBuf};

/// Why an experiment cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is not one: unknown key, wrong type, impossible value.
    #[error("{0}")]
    Config(String),
    /// A training cannot be made or advanced.
    #[error(transparent)]
    Train(dalenet_train::Error),
    /// The environment cannot be had.
    #[error(transparent)]
    Environment(#[from] dalenet_envs::Error),
    /// The data cannot be had.
    #[error(transparent)]
    Data(#[from] dalenet_data::Error),
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {cause}{}", path.display(), remedy(cause))]
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
        "{} exists already and is left as it is; name another folder with --out, or resume it by \
         `dalenet train --resume {}`",
        .0.display(), .0.display()
    )]
    Exists(PathBuf),
    /// A folder is no run.
    #[error("{} is not a run: it has no config.toml; give the folder that `dalenet train` made", .0.display())]
    NotARun(PathBuf),
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
        "{} was trained with {key} = {found}, not {wanted}; a run is resumed only with its own settings: leave \
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
    /// A run was trained for longer than it should be.
    #[error(
        "{} was trained for {done} {key} already, more than {key} = {wanted}: a run is resumed under a \
         longer training, not a shorter one; give at least {done}, or train anew with another --out",
        run.display()
    )]
    Longer {
        /// The run.
        run: PathBuf,
        /// `epochs` or `steps`.
        key: &'static str,
        /// How many were begun.
        done: u64,
        /// How many are asked for.
        wanted: u64,
    },
    /// A run that stopped early would not be trained further by a longer training.
    #[error(
        "{} has stopped early, and a longer training would change nothing: {reason}; a larger patience \
         (--set patience=N) is what extends early stopping, another setting needs a run of its own",
        run.display()
    )]
    StoppedEarly {
        /// The run.
        run: PathBuf,
        /// Why: reads on from the training.
        reason: String,
    },
    /// A run cannot start from the weights of another.
    #[error(
        "the weights of {} do not fit the new run: {cause}; give it the same network, such as all \
         settings of that run by --config {}", run.display(), run.join("config.toml").display()
    )]
    OtherNetwork {
        /// The run whose weights they are.
        run: PathBuf,
        /// What does not fit.
        cause: Box<TrainError>,
    },
    /// A run was interrupted before its first checkpoint, and cannot start again from the same weights.
    #[error(
        "{} has no checkpoint of its own yet, and {} has been trained since it started from its \
         weights; remove {} and start it again with --from",
        run.display(), origin.display(), run.display()
    )]
    ChangedWeights {
        /// The run.
        run: PathBuf,
        /// The run whose weights it started from.
        origin: PathBuf,
    },
    /// A file is in the place of a new one.
    #[error("{} exists already and is left as it is; name another file with --out, or remove it first", .0.display())]
    InTheWay(PathBuf),
    /// A checkpoint was written by an older version.
    #[error(
        "{} was written by version {version} of dalenet, which recorded neither the preparation of \
         the input nor the data; use that version, or train anew with another --out",
        path.display()
    )]
    OldVersion {
        /// The file.
        path: PathBuf,
        /// The version.
        version: String,
    },
    /// The data are no longer those that a run was trained on.
    #[error(
        "{} is not the file that {} was trained on (its SHA-256 is {found}, not {wanted}): put that \
         file back, name other data with --data to evaluate on them, or train anew with another \
         --out",
        data.display(), run.display()
    )]
    ChangedData {
        /// The file.
        data: PathBuf,
        /// Its SHA-256.
        found: String,
        /// That of the data that were trained on.
        wanted: String,
        /// The run.
        run: PathBuf,
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
    /// A checkpoint does not fit its training.
    #[error(
        "{} cannot be used: {cause}; restore it from a copy, or train anew with another --out",
        path.display()
    )]
    OtherState {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: Box<TrainError>,
    },
    /// No study is in a folder.
    #[error(
        "{} holds no study: it has no study.json; give the folder of `dalenet compare` or `dalenet ablate`, \
         and on a cluster one that this machine shares with the one that planned it",
        .0.display()
    )]
    NoStudy(PathBuf),
    /// The study in a folder is not the one that was planned.
    #[error(
        "{} is not the folder that the study was planned in: this machine does not share it; name a folder \
         that all machines see",
        .0.display()
    )]
    OtherFolder(PathBuf),
    /// Every worker that tried to train a run of a study died.
    #[error("{0}")]
    Hopeless(String),
    /// The outputs or weights of a network are no longer numbers.
    #[error("{cause} ({} keeps what was saved before)", run.display())]
    Diverged {
        /// When.
        cause: Box<TrainError>,
        /// The run.
        run: PathBuf,
    },
}

impl Error {
    /// The exit code of the program: 1 for a training that failed, 2 for input that is wrong.
    pub fn exit_code(&self) -> u8 {
        if self.is_divergence() || matches!(self, Self::Hopeless(_)) { 1 } else { 2 }
    }

    /// Whether a training failed that was asked for rightly.
    pub fn is_divergence(&self) -> bool {
        matches!(self, Self::Diverged { .. })
    }

    /// Whether no other run could be written either.
    pub(crate) fn is_of_disk(&self) -> bool {
        use std::io::ErrorKind::{
            PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
        };
        let Self::File { cause, .. } = self else { return false };
        matches!(cause.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem | PermissionDenied)
    }

    /// Of the training in the folder `run`, whose checkpoint is `path`: why it failed.
    pub(crate) fn of_training(cause: TrainError, run: PathBuf, path: PathBuf) -> Self {
        match cause {
            cause if cause.is_divergence() => Self::Diverged { cause: cause.into(), run },
            TrainError::Checkpoint(cause) => Self::Checkpoint { path, cause },
            TrainError::OldVersion(version) => Self::OldVersion { path, version },
            cause if cause.is_unusable() => Self::OtherState { path, cause: cause.into() },
            TrainError::OtherConfig { key, found, wanted } => {
                Self::OtherConfig { path: run, key, found, wanted }
            }
            TrainError::Longer { key, done, wanted } => Self::Longer { run, key, done, wanted },
            TrainError::OtherData { data, found, wanted } => {
                Self::OtherData { data, found, wanted, run }
            }
            cause => cause.into(),
        }
    }

    /// For `map_err`: `action` on `path` failed.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |cause| Self::File { action, path: path.into(), cause }
    }
}

impl From<TrainError> for Error {
    fn from(cause: TrainError) -> Self {
        match cause {
            TrainError::Data(cause) => Self::Data(cause),
            TrainError::Environment(cause) => Self::Environment(cause),
            TrainError::Config(sentence) => Self::Config(sentence),
            TrainError::UnknownName { what, name, near } => {
                Self::Config(format!("there is no {what} `{name}` (see `dalenet list`){near}"))
            }
            TrainError::UnknownKey { ref near, .. } if near.is_empty() => {
                Self::Config(format!("{cause}; `dalenet config TASK` shows them all"))
            }
            TrainError::NotYesOrNo { task, environment: true } => Self::Config(format!(
                "Kaneko's rule learns one yes-or-no output; train {task} by --rule ed"
            )),
            TrainError::NotYesOrNo { task, environment: false } => Self::Config(format!(
                "Kaneko's rule has one output, and {task} needs one a class: train xor or parity by \
                 it, or {task} by --rule ed (with --set grow_only=true if weights must only grow)"
            )),
            cause => Self::Train(cause),
        }
    }
}

fn remedy(cause: &std::io::Error) -> &'static str {
    match cause.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            "; make room or name another folder with --out (what was saved before is kept)"
        }
        std::io::ErrorKind::PermissionDenied => {
            "; name a folder you may write to, or change its permissions"
        }
        std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
            "; a file is in the way: name another folder with --out"
        }
        std::io::ErrorKind::NotFound => "; check the path",
        _ => "; check the path and the disk",
    }
}
