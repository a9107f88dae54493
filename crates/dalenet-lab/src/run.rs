//! The folder of a run: configuration, metrics, checkpoint, result.

use crate::{
    Config, Ending, EpochMetrics, Error, Experiment, Outcome, Sources, UpdateMetrics, files,
};
use dalenet_train::{Registry, VERSION};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// The table of `config.toml` that holds what is no setting.
pub(crate) const RUN: &str = "run";

/// A run's folder, locked against a second training while this value exists.
pub struct Run {
    folder: PathBuf,
    /// Where it will be once it is finished, if not in `folder`: of an attempt at a run of a study.
    destination: Option<PathBuf>,
    _lock: Option<File>,
}

/// What is recorded of a run beside its settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recorded {
    /// The version that began it; none before 0.2.
    pub version: Option<String>,
    /// What it began from.
    #[serde(flatten)]
    pub sources: Sources,
}

impl Run {
    /// Makes the folder of a new run with its configuration in it.
    ///
    /// # Errors
    /// If the folder exists already, or cannot be made.
    pub(crate) fn create(
        folder: &Path,
        experiment: &Experiment,
        sources: &Sources,
    ) -> Result<Self, Error> {
        if let Some(parent) = folder.parent() {
            fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
        }
        fs::create_dir(folder).map_err(|cause| match cause.kind() {
            io::ErrorKind::AlreadyExists => Error::Exists(folder.into()),
            _ => Error::file("create", folder)(cause),
        })?;
        let mut run = Self { folder: folder.into(), destination: None, _lock: None };
        run.begin(experiment, sources).inspect_err(|_| {
            let _ = fs::remove_dir(folder); // it is empty, and would only be in the way
        })?;
        run.lock()?;
        Ok(run)
    }

    /// An attempt at the run `destination`, in a folder that is there and that only this process writes
    /// to, so that there is nothing to lock.
    pub(crate) fn attempt(folder: &Path, destination: &Path) -> Self {
        Self { folder: folder.into(), destination: Some(destination.into()), _lock: None }
    }

    /// Writes the configuration of a run that begins.
    pub(crate) fn begin(&self, experiment: &Experiment, sources: &Sources) -> Result<(), Error> {
        let recorded = Recorded { version: Some(VERSION.into()), sources: sources.clone() };
        self.write_config(experiment, &recorded)
    }

    /// Makes the next free folder of this name for a run: `runs/mnist-ed-seed0`,
    /// `runs/mnist-ed-seed0-2`, …
    pub(crate) fn create_next(
        name: &str,
        experiment: &Experiment,
        sources: &Sources,
    ) -> Result<Self, Error> {
        let mut attempt = 1_u64;
        loop {
            let name = if attempt == 1 { name.to_owned() } else { format!("{name}-{attempt}") };
            match Self::create(&Path::new("runs").join(name), experiment, sources) {
                Err(Error::Exists(_)) => attempt += 1,
                other => return other,
            }
        }
    }

    /// Records another length: the configuration and what was recorded beside it are written anew, and
    /// the result of the former length goes away first, so that after a kill at any moment the run is
    /// one of the two lengths without a result.
    pub(crate) fn change_length(
        &mut self,
        experiment: &Experiment,
        version: Option<String>,
        sources: &Sources,
    ) -> Result<(), Error> {
        let ending = self.ending_path();
        if ending.exists() {
            fs::remove_file(&ending).map_err(Error::file("remove", &ending))?;
        }
        self.write_config(experiment, &Recorded { version, sources: sources.clone() })?;
        self.lock() // the file that was locked has been replaced
    }

    fn write_config(&self, experiment: &Experiment, recorded: &Recorded) -> Result<(), Error> {
        let config = experiment.commented() + &beside_settings(recorded);
        files::write(&self.config_path(), config.as_bytes())
    }

    /// Opens an existing run to read from it.
    ///
    /// # Errors
    /// If the folder is no run.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let run = Self { folder: folder.into(), destination: None, _lock: None };
        match run.config_path().is_file() {
            true => Ok(run),
            false => Err(Error::NotARun(folder.into())),
        }
    }

    /// Keeps other processes from training in it.
    pub(crate) fn lock(&mut self) -> Result<(), Error> {
        let path = self.config_path();
        // Network file systems lock files only that are open for writing.
        let file = OpenOptions::new().read(true).write(true).open(&path);
        let file = file.map_err(Error::file("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Busy(self.folder.clone())),
            // File systems without locks are trusted to have one user.
            Err(TryLockError::Error(cause)) if has_no_locks(&cause) => return Ok(()),
            Err(TryLockError::Error(cause)) => return Err(Error::file("lock", &path)(cause)),
        }
        self._lock = Some(file);
        Ok(())
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where it is once it is finished: what is recorded and said of it.
    pub(crate) fn destination(&self) -> &Path {
        self.destination.as_deref().unwrap_or(&self.folder)
    }

    /// The full configuration it was started with.
    ///
    /// # Errors
    /// If `config.toml` is not a whole configuration.
    pub fn experiment(&self) -> Result<Experiment, Error> {
        let mut table = self.config_table()?;
        table.remove(RUN);
        Experiment::whole(Registry::built_in(), table).map_err(|cause| self.not_whole(&cause))
    }

    /// What was recorded beside the settings.
    pub(crate) fn recorded(&self) -> Result<Recorded, Error> {
        match self.config_table()?.remove(RUN) {
            Some(value) => {
                value.try_into().map_err(|error: toml::de::Error| self.not_whole(error.message()))
            }
            None => Ok(Recorded::default()),
        }
    }

    fn config_table(&self) -> Result<toml::Table, Error> {
        let text = files::read_text(&self.config_path())?;
        text.parse().map_err(|error: toml::de::Error| self.not_whole(error.message()))
    }

    fn not_whole(&self, cause: &str) -> Error {
        let path = self.config_path();
        Error::Config(format!("{} is not a whole configuration: {cause}", path.display()))
    }

    /// The configuration of a run that classifies.
    ///
    /// # Errors
    /// As [`Run::experiment`], or if it is an agent's.
    pub fn config(&self) -> Result<Config, Error> {
        match self.experiment()? {
            Experiment::Classification(config) => Ok(config),
            Experiment::Agent(_) => Err(Error::IsAgent(self.folder.clone())),
        }
    }

    /// For `map_err`: why the training in it failed, or its checkpoint cannot be used.
    pub(crate) fn failure(&self) -> impl Fn(dalenet_train::Error) -> Error + use<> {
        let (folder, checkpoint) = (self.destination().to_owned(), self.checkpoint_path());
        move |cause| Error::of_training(cause, folder.clone(), checkpoint.clone())
    }

    /// The bytes of the last checkpoint, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn checkpoint(&self) -> Result<Option<Vec<u8>>, Error> {
        let path = self.checkpoint_path();
        if path.exists() { files::read(&path).map(Some) } else { Ok(None) }
    }

    /// What was measured, epoch by epoch.
    ///
    /// # Errors
    /// If `metrics.jsonl` is there and cannot be read.
    pub fn metrics(&self) -> Result<Vec<EpochMetrics>, Error> {
        self.json_lines(&self.metrics_path())
    }

    /// What was measured of an agent, update by update.
    ///
    /// # Errors
    /// If `metrics.jsonl` is there and cannot be read.
    pub fn updates(&self) -> Result<Vec<UpdateMetrics>, Error> {
        self.json_lines(&self.metrics_path())
    }

    /// How the training of a classification ended, if it has.
    ///
    /// # Errors
    /// If `result.json` is there and cannot be read.
    pub fn outcome(&self) -> Result<Option<Outcome>, Error> {
        self.json_lines(&self.ending_path()).map(|outcomes| outcomes.into_iter().next())
    }

    /// How the training ended, if it has.
    ///
    /// # Errors
    /// If `result.json` is there and cannot be read.
    pub fn ending(&self) -> Result<Option<Ending>, Error> {
        self.json_lines(&self.ending_path()).map(|endings| endings.into_iter().next())
    }

    /// The lines of a file, each one JSON value; none where there is no file.
    fn json_lines<T: DeserializeOwned>(&self, path: &Path) -> Result<Vec<T>, Error> {
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = files::read_text(path)?;
        let value = |(line, text)| {
            serde_json::from_str(text).map_err(|cause| {
                let cause = cause.to_string();
                Error::Malformed { path: path.into(), line, cause }
            })
        };
        (1..).zip(text.lines()).map(value).collect()
    }

    /// Where the last checkpoint is.
    pub fn checkpoint_path(&self) -> PathBuf {
        self.folder.join("checkpoint.safetensors")
    }

    pub(crate) fn metrics_path(&self) -> PathBuf {
        self.folder.join("metrics.jsonl")
    }

    fn ending_path(&self) -> PathBuf {
        self.folder.join("result.json")
    }

    pub(crate) fn config_path(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    pub(crate) fn save_checkpoint(&self, bytes: &[u8]) -> Result<(), Error> {
        files::write(&self.checkpoint_path(), bytes)
    }

    pub(crate) fn save_ending(&self, ending: &Ending) -> Result<(), Error> {
        files::write(&self.ending_path(), (json(ending) + "\n").as_bytes())
    }
}

/// Whether the cause is that the file system has no locks at all: the call is unknown or there is no lock
/// server. Anything else, such as a file that may not be locked as it was opened, is a failure.
fn has_no_locks(cause: &io::Error) -> bool {
    const ENOLCK: i32 = 37;
    cause.kind() == io::ErrorKind::Unsupported
        || cfg!(target_os = "linux") && cause.raw_os_error() == Some(ENOLCK)
}

/// The table of a run that is no setting.
fn beside_settings(recorded: &Recorded) -> String {
    let table = toml::Table::try_from(recorded).unwrap_or_default();
    let lines = table.iter().map(|(key, value)| format!("{key} = {value}\n"));
    format!("# Not settings: the version of the program, and what the run began from.\n[{RUN}]\n")
        + &lines.collect::<String>()
}

/// The settings in a TOML file.
///
/// # Errors
/// If it cannot be read or is not TOML.
pub fn read_settings(path: &Path) -> Result<toml::Table, Error> {
    let text = files::read_text(path)?;
    let mut table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        let path = path.display();
        Error::Config(format!("{path}, line {line} is not TOML: {}", error.message()))
    })?;
    table.remove(RUN); // the configuration of a run may serve another
    Ok(table)
}

/// A value of numbers and texts as one line of JSON.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn only_a_file_system_without_locks_is_trained_on_without() {
        let [no_call, unsupported, no_server] = [38, 95, 37].map(io::Error::from_raw_os_error);
        assert!([no_call, unsupported, no_server].iter().all(has_no_locks));
        // Network file systems say so of a file that is open for reading only.
        let [bad_file, disk] = [9, 5].map(io::Error::from_raw_os_error);
        assert!(![bad_file, disk].iter().any(has_no_locks));
    }
}
