//! The folder of a run: configuration, metrics, checkpoint, result.

use crate::{
    Config, Ending, EpochMetrics, Error, Experiment, Outcome, Sources, UpdateMetrics, files,
};
use dalenet_train::{Registry, VERSION};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
};

/// The table of `config.toml` that holds what is no setting.
pub(crate) const RUN: &str = "run";

/// A run's folder, locked against a second training while this value exists.
pub struct Run {
    folder: PathBuf,
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
            std::io::ErrorKind::AlreadyExists => Error::Exists(folder.into()),
            _ => Error::file("create", folder)(cause),
        })?;
        let mut run = Self { folder: folder.into(), _lock: None };
        let recorded = Recorded { version: Some(VERSION.into()), sources: sources.clone() };
        run.write_config(experiment, &recorded).inspect_err(|_| {
            let _ = fs::remove_dir(folder); // it is empty, and would only be in the way
        })?;
        run.lock()?;
        Ok(run)
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
        let run = Self { folder: folder.into(), _lock: None };
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
        let file = file.or_else(|_| File::open(&path)).map_err(Error::file("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(Error::Busy(self.folder.clone())),
            // File systems without locks are trusted to have one user.
            Err(fs::TryLockError::Error(_)) => return Ok(()),
        }
        self._lock = Some(file);
        Ok(())
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
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
        let (folder, checkpoint) = (self.folder.clone(), self.checkpoint_path());
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

    fn config_path(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    pub(crate) fn save_checkpoint(&self, bytes: &[u8]) -> Result<(), Error> {
        files::write(&self.checkpoint_path(), bytes)
    }

    pub(crate) fn save_ending(&self, ending: &Ending) -> Result<(), Error> {
        files::write(&self.ending_path(), (json(ending) + "\n").as_bytes())
    }
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
