//! What a run has learnt: the classifier or the agent of its last checkpoint.

use crate::{Error, Experiment, Resources, Run, clock::Clock};
use dalenet::checkpoint::Checkpoint;
use dalenet_train::{AgentTrainer, Identity, TrainedAgent};
use std::{collections::BTreeSet, path::Path};

pub(crate) use dalenet_train::Classifier as Trained;

/// The program's own part of a checkpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct Saved {
    /// Seconds spent so far.
    pub clock: Clock,
    /// How many bytes of the metrics were measured before it.
    pub metrics_bytes: u64,
    /// The data that was learnt from.
    pub data: Option<Identity>,
    /// The vector instructions of the processors it was trained on.
    pub instructions: BTreeSet<String>,
}

impl Saved {
    /// Keys and texts, as a checkpoint keeps them.
    pub fn metadata(&self) -> dalenet_train::Metadata {
        use crate::run::json;
        let texts = [
            ("clock", json(&self.clock)),
            ("metrics_bytes", json(&self.metrics_bytes)),
            ("data", json(&self.data)),
            ("instructions", json(&self.instructions)),
        ];
        texts.map(|(key, text)| (key.to_owned(), text)).into()
    }

    /// That of a checkpoint.
    pub fn read(file: &Checkpoint<'_>) -> Result<Self, dalenet::checkpoint::Error> {
        Ok(Self {
            clock: file.json("clock")?,
            metrics_bytes: file.json("metrics_bytes")?,
            data: file.json("data")?,
            instructions: file.json("instructions").unwrap_or_default(), // none in older ones
        })
    }
}

/// The classifier of the run at `path`.
///
/// # Errors
/// If the run is no classification, has no checkpoint, or it cannot be used.
pub fn load_classifier<'a>(
    path: &Path,
    resources: impl Into<Resources<'a>>,
) -> Result<Trained, Error> {
    classifier(resources.into(), &Run::open(path)?).map(|(trained, _)| trained)
}

/// The agent of the run at `path`.
///
/// # Errors
/// If the run is no agent's, has no checkpoint, or it cannot be used.
pub fn load_agent<'a>(
    path: &Path,
    resources: impl Into<Resources<'a>>,
) -> Result<TrainedAgent, Error> {
    agent(resources.into(), &Run::open(path)?)
}

/// The classifier of a run, and the data that it was trained on.
///
/// # Errors
/// If the run has no checkpoint, or it cannot be used.
pub(crate) fn classifier(
    resources: Resources<'_>,
    run: &Run,
) -> Result<(Trained, Option<Identity>), Error> {
    run.config()?;
    let bytes = bytes(run)?;
    let file = parse(run, &bytes)?;
    let mut trained = Trained::restore(resources.registry, &file).map_err(run.failure())?;
    resources.set_precision(&mut trained.network);
    let saved = Saved::read(&file).map_err(|cause| run.failure()(cause.into()))?;
    Ok((trained, saved.data))
}

/// The classifier of a run, as far as the built-in rules know it.
pub(crate) fn load(run: &Run) -> Result<Trained, Error> {
    classifier(Resources::default(), run).map(|(trained, _)| trained)
}

/// The agent of a run.
///
/// # Errors
/// If the run is no agent's, has no checkpoint, or it cannot be used.
pub(crate) fn agent(resources: Resources<'_>, run: &Run) -> Result<TrainedAgent, Error> {
    let Experiment::Agent(_) = run.experiment()? else {
        return Err(Error::NoAgent(run.folder().into()));
    };
    let bytes = bytes(run)?;
    let file = parse(run, &bytes)?;
    let mut trained = TrainedAgent::restore(resources.registry, &file).map_err(run.failure())?;
    resources.set_precision(&mut trained.agent.network);
    Ok(trained)
}

/// The training of an agent's run, at its checkpoint.
///
/// # Errors
/// If the run is no agent's, has no checkpoint, or it cannot be used.
pub(crate) fn agent_training(resources: Resources<'_>, run: &Run) -> Result<AgentTrainer, Error> {
    let bytes = bytes(run)?;
    let file = parse(run, &bytes)?;
    AgentTrainer::resume(resources.registry, &file).map_err(run.failure())
}

pub(crate) fn bytes(run: &Run) -> Result<Vec<u8>, Error> {
    run.checkpoint()?.ok_or_else(|| Error::Untrained(run.folder().into()))
}

/// Reads and verifies the checkpoint of a run.
pub(crate) fn parse<'a>(run: &Run, bytes: &'a [u8]) -> Result<Checkpoint<'a>, Error> {
    let broken = |cause| Error::Checkpoint { path: run.checkpoint_path(), cause };
    Checkpoint::parse(bytes).map_err(broken)
}
