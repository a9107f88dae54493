//! An experiment of either kind: classification of samples, or an agent in an environment.

use crate::{AgentConfig, AgentTraining, Config, Ending, Error, Observer, Run, Training, settings};
use serde::{Deserialize, Serialize};
use std::{path::Path, sync::atomic::AtomicBool};
use toml::Table;

/// What is trained, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Experiment {
    /// Learning to classify samples.
    Classification(Config),
    /// Learning to act.
    Agent(AgentConfig),
}

/// A training of either kind.
pub enum AnyTraining {
    /// Learning to classify samples.
    Classification(Box<Training>),
    /// Learning to act.
    Agent(Box<AgentTraining>),
}

/// Runs the same expression on either kind.
macro_rules! either {
    ($self:expr, $name:ident => $body:expr) => {
        match $self {
            Self::Classification($name) => $body,
            Self::Agent($name) => $body,
        }
    };
}

impl Experiment {
    /// What `preset` gives for a task under a rule.
    ///
    /// # Errors
    /// If there is no such task, preset or rule; the nearest one is named.
    pub fn new(task: &str, preset: &str, rule: &str) -> Result<Self, Error> {
        match AgentConfig::is_task(task) {
            true => AgentConfig::new(task, preset, rule).map(Self::Agent),
            false => Config::new(task, preset, rule).map(Self::Classification),
        }
    }

    /// The settings in a TOML file.
    ///
    /// # Errors
    /// If it cannot be read or is not TOML.
    pub fn read(path: &Path) -> Result<Table, Error> {
        settings::read(path)
    }

    /// What a preset gives, and the same with the settings of a file over it. A task and a rule
    /// that are given go before those of the file.
    ///
    /// # Errors
    /// As [`Experiment::new`] and [`Experiment::set`], or if nothing names the task.
    pub fn layered(
        task: Option<&str>,
        preset: &str,
        rule: Option<&str>,
        file: Option<Table>,
    ) -> Result<(Self, Self), Error> {
        let mut file = file.unwrap_or_default();
        let mut named = |key: &str, given: Option<&str>| {
            let value = file.remove(key);
            given.map(str::to_owned).or_else(|| value?.as_str().map(str::to_owned))
        };
        let task = named("task", task)
            .ok_or_else(|| Error::Config("the file names no task: add task = \"mnist\"".into()))?;
        let rule = named("rule", rule).unwrap_or_else(|| "ed".into());
        let preset = Self::new(&task, preset, &rule)?;
        let mut experiment = preset.clone();
        for (key, value) in file {
            match &mut experiment {
                Self::Classification(config) => settings::set_value(config, &key, value)?,
                Self::Agent(config) => settings::set_value(config, &key, value)?,
            }
        }
        Ok((preset, experiment))
    }

    /// Sets one key, as `--set key=value` does.
    ///
    /// # Errors
    /// If there is no such key (the nearest one is named) or the value has the wrong type.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Error> {
        either!(self, config => config.set(key, value))
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first value that makes no sense.
    pub fn validate(&self) -> Result<(), Error> {
        either!(self, config => config.validate())
    }

    /// The whole configuration as TOML, each key under its meaning.
    pub fn commented(&self) -> String {
        either!(self, config => config.commented())
    }

    /// The keys in which it differs from `other`, with its own and the other's value.
    pub fn differences(&self, other: &Self) -> Vec<(String, String, String)> {
        match (self, other) {
            (Self::Classification(one), Self::Classification(other)) => one.differences(other),
            (Self::Agent(one), Self::Agent(other)) => one.differences(other),
            _ => vec![("task".into(), self.task().into(), other.task().into())],
        }
    }

    /// What is learnt.
    pub fn task(&self) -> &str {
        either!(self, config => &config.task)
    }

    /// Where all chance starts from.
    pub fn seed(&self) -> u64 {
        either!(self, config => config.seed)
    }

    /// The same with another seed.
    pub fn with_seed(mut self, seed: u64) -> Self {
        match &mut self {
            Self::Classification(config) => config.seed = seed,
            Self::Agent(config) => config.seed = seed,
        }
        self
    }

    /// Starts a run in `folder`, or in the next free one under `runs`.
    ///
    /// # Errors
    /// As [`Training::start`] and [`AgentTraining::start`].
    pub fn start(
        self,
        folder: Option<&Path>,
        data_dir: Option<&Path>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<AnyTraining, Error> {
        Ok(match self {
            Self::Classification(config) => AnyTraining::Classification(Box::new(Training::start(
                config, folder, data_dir, observer,
            )?)),
            Self::Agent(config) => {
                AnyTraining::Agent(Box::new(AgentTraining::start(config, folder)?))
            }
        })
    }

    /// Goes on with the run in `folder`, which should have this configuration.
    ///
    /// # Errors
    /// As [`Training::resume`] and [`AgentTraining::resume`].
    pub fn resume(
        &self,
        folder: &Path,
        data_dir: Option<&Path>,
        observer: &mut dyn dalenet_data::Observer,
    ) -> Result<AnyTraining, Error> {
        let trained = Run::open(folder)?.experiment()?;
        if let Some((key, found, wanted)) = trained.differences(self).into_iter().next() {
            return Err(Error::OtherConfig { path: folder.into(), key, found, wanted });
        }
        Ok(match self {
            Self::Classification(config) => AnyTraining::Classification(Box::new(
                Training::resume(folder, config, data_dir, observer)?,
            )),
            Self::Agent(config) => {
                AnyTraining::Agent(Box::new(AgentTraining::resume(folder, config)?))
            }
        })
    }
}

impl AnyTraining {
    /// The run's folder.
    pub fn folder(&self) -> &Path {
        either!(self, training => training.folder())
    }

    /// One line on what is trained.
    pub fn summary(&self) -> String {
        either!(self, training => training.summary())
    }

    /// Trains to the end. `None` if `stop` was set: the state is then saved.
    ///
    /// # Errors
    /// If the training diverges or a file cannot be written.
    pub fn run(
        &mut self,
        observer: &mut dyn Observer,
        stop: &AtomicBool,
    ) -> Result<Option<Ending>, Error> {
        Ok(match self {
            Self::Classification(training) => {
                training.run(observer, stop)?.map(Ending::Classification)
            }
            Self::Agent(training) => training.run(observer, stop)?.map(Ending::Agent),
        })
    }
}
