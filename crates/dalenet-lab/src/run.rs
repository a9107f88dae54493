//! The folder of a run: configuration, metrics, checkpoint, result.

use crate::{Config, EpochMetrics, Error, Experiment, Outcome, UpdateMetrics, files};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

/// A run's folder, locked against a second training while this value lives.
pub struct Run {
    folder: PathBuf,
    _lock: Option<File>,
}

impl Run {
    /// Makes the folder of a new run with its configuration in it.
    ///
    /// # Errors
    /// If the folder exists already, or cannot be made.
    pub(crate) fn create(folder: &Path, config: &str) -> Result<Self, Error> {
        if let Some(parent) = folder.parent() {
            fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
        }
        fs::create_dir(folder).map_err(|cause| match cause.kind() {
            std::io::ErrorKind::AlreadyExists => Error::Exists(folder.into()),
            _ => Error::file("create", folder)(cause),
        })?;
        let mut run = Self { folder: folder.into(), _lock: None };
        files::write(&run.config_path(), config.as_bytes()).inspect_err(|_| {
            let _ = fs::remove_dir(folder); // it is empty, and would only be in the way
        })?;
        run.lock()?;
        Ok(run)
    }

    /// Makes the next free folder of this name for a run: `runs/mnist-ed-seed0`,
    /// `runs/mnist-ed-seed0-2`, …
    pub(crate) fn create_next(name: &str, config: &str) -> Result<Self, Error> {
        for attempt in 1.. {
            let name = if attempt == 1 { name.to_owned() } else { format!("{name}-{attempt}") };
            match Self::create(&Path::new("runs").join(name), config) {
                Err(Error::Exists(_)) => {}
                other => return other,
            }
        }
        unreachable!("there is always a next number")
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
        let file = File::open(&path).map_err(Error::file("open", &path))?;
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
        let path = self.config_path();
        let text = files::read_text(&path)?;
        let broken = |error: toml::de::Error| {
            let path = path.display();
            Error::Config(format!("{path} is not a whole configuration: {}", error.message()))
        };
        let table: toml::Table = text.parse().map_err(broken)?;
        match table.contains_key("envs") {
            true => table.try_into().map(Experiment::Agent),
            false => table.try_into().map(Experiment::Classification),
        }
        .map_err(broken)
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

    /// The bytes of the last checkpoint, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn checkpoint(&self) -> Result<Option<Vec<u8>>, Error> {
        let path = self.checkpoint_path();
        if path.exists() { files::read(&path).map(Some) } else { Ok(None) }
    }

    /// What was measured, epoch by epoch; nothing before the first save.
    ///
    /// # Errors
    /// If `metrics.jsonl` is there and cannot be read.
    pub fn metrics(&self) -> Result<Vec<EpochMetrics>, Error> {
        self.json_lines("metrics.jsonl")
    }

    /// What was measured of an agent, update by update; nothing before the first save.
    ///
    /// # Errors
    /// If `metrics.jsonl` is there and cannot be read.
    pub fn updates(&self) -> Result<Vec<UpdateMetrics>, Error> {
        self.json_lines("metrics.jsonl")
    }

    /// How the training ended, if it has.
    ///
    /// # Errors
    /// If `result.json` is there and cannot be read.
    pub fn outcome(&self) -> Result<Option<Outcome>, Error> {
        self.json_lines("result.json").map(|outcomes| outcomes.into_iter().next())
    }

    /// The lines of a file, each one JSON value; none where there is no file.
    fn json_lines<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, Error> {
        let path = self.folder.join(name);
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = files::read_text(&path)?;
        let value = |(line, text)| {
            serde_json::from_str(text).map_err(|cause| {
                let cause = cause.to_string();
                Error::Malformed { path: path.clone(), line, cause }
            })
        };
        (1..).zip(text.lines()).map(value).collect()
    }

    /// Where the last checkpoint is.
    pub fn checkpoint_path(&self) -> PathBuf {
        self.folder.join("checkpoint.safetensors")
    }

    fn config_path(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    pub(crate) fn save_checkpoint(&self, bytes: &[u8]) -> Result<(), Error> {
        files::write(&self.checkpoint_path(), bytes)
    }

    pub(crate) fn save_metrics(&self, history: &[impl Serialize]) -> Result<(), Error> {
        let lines = history.iter().map(|metrics| json(metrics) + "\n");
        files::write(&self.folder.join("metrics.jsonl"), lines.collect::<String>().as_bytes())
    }

    pub(crate) fn save_outcome(&self, outcome: &impl Serialize) -> Result<(), Error> {
        files::write(&self.folder.join("result.json"), (json(outcome) + "\n").as_bytes())
    }
}

/// A value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain numbers and texts")
}
