//! A training as a value: advanced step by step, saved to bytes, whatever is trained.

use crate::{
    AgentTrainer, ClassificationTrainer, Error, Experiment, Registry,
    agent::{AgentOutcome, Update},
    classification::{ClassificationOutcome, Epoch, Position},
    data::{Dataset, Identity},
};
use dalenet::{Network, checkpoint::Checkpoint};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Texts of the caller's own in a checkpoint, by key.
pub type Metadata = HashMap<String, String>;

/// What is trained.
///
/// ```
/// use dalenet_train::{Event, Experiment, Registry, Request, Trainer, trainer};
///
/// let registry = Registry::default();
/// let mut experiment = registry.experiment("xor", "default", "ed")?;
/// experiment.set("epochs", "3")?;
/// let mut request = Request { task: "xor", bits: 2, data_dir: None, observer: &mut () };
/// let data = registry.data("xor")?.load(&mut request)?;
///
/// let mut training = trainer(&registry, &experiment, Some(data))?;
/// let mut epochs = 0;
/// loop {
///     match training.advance(7)? {
///         Event::Epoch(_) => epochs += 1,
///         Event::Ended => break,
///         _ => {}
///     }
/// }
/// assert_eq!(epochs, 3);
/// # Ok::<(), dalenet_train::Error>(())
/// ```
pub trait Trainer: Send {
    /// What is trained, and how.
    fn experiment(&self) -> Experiment;

    /// The data that it learns from, if it learns from data.
    fn identity(&self) -> Option<&Identity>;

    /// What was noticed in the data, one sentence each.
    fn notes(&self) -> &[String];

    /// One line on what is trained.
    fn summary(&self) -> String;

    /// Its networks, each with a prefix for names of its parts: one without, or `actor/` and
    /// `critic/`.
    fn networks(&self) -> Vec<(&'static str, &Network)>;

    /// Steps up to the last epoch or update that was reported, as these count them: batches, or
    /// steps of all environments.
    fn reported_steps(&self) -> u64;

    /// Makes up to `budget` steps, until something is to be reported: a step is a batch of a
    /// classification, or a rollout of an agent and the update from it. What is learnt does not
    /// depend on how a training is cut into budgets. The end of an epoch and a warning cost no step.
    ///
    /// # Errors
    /// If the training diverges; it is then unusable.
    fn advance(&mut self, budget: u64) -> Result<Event, Error>;

    /// Whether all steps are made, or the training stopped early.
    fn has_ended(&self) -> bool;

    /// Why it ended before its last step, if it did: reads on from the training.
    fn stopped_early(&self) -> Option<String> {
        None
    }

    /// Evaluates what was learnt. `None` if `stop` said so before the end.
    ///
    /// # Errors
    /// If an environment cannot be made or stepped.
    fn outcome(&mut self, stop: &dyn Fn() -> bool) -> Result<Option<Outcome>, Error>;

    /// The whole state as the bytes of a checkpoint, with `metadata` of the caller's own.
    fn save(&mut self, metadata: Metadata) -> Vec<u8>;

    /// Resumes from the step at which the checkpoint was saved, to the same bits as without the
    /// interruption. The checkpoint may be of a training of another length
    /// ([`Experiment::other_settings`]): it is continued under this one's.
    ///
    /// # Errors
    /// If it is of another training or version, or was trained for longer; this one is then unusable.
    fn restore(&mut self, file: &Checkpoint<'_>) -> Result<(), Error>;

    /// Takes the weights of the checkpoint of another training on the same networks, and nothing else.
    /// Before the first step.
    ///
    /// # Errors
    /// If they do not fit; this training is then unusable.
    fn start_from(&mut self, file: &Checkpoint<'_>) -> Result<(), Error>;
}

/// What is reported of a training.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The budget of a classification is used up.
    Step(Position),
    /// There was no budget for an update of an agent.
    Idle,
    /// An epoch of a classification has ended.
    Epoch(Epoch),
    /// An agent has made an update.
    Update(Update),
    /// Something that the user should know.
    Warning(String),
    /// All steps are made.
    Ended,
}

/// How a training ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Outcome {
    /// Learning to classify.
    Classification(ClassificationOutcome),
    /// Learning to act.
    Agent(AgentOutcome),
}

/// The training of an experiment, before its first step: over `data`, or in an environment of the
/// registry.
///
/// # Errors
/// If the configuration is not possible, or a classification has no data.
pub fn trainer(
    registry: &Registry,
    experiment: &Experiment,
    data: Option<Dataset>,
) -> Result<Box<dyn Trainer>, Error> {
    match experiment {
        Experiment::Classification(config) => {
            let data = data.ok_or_else(|| {
                Error::Config(format!("a classification of {} needs its data", config.task))
            })?;
            Ok(Box::new(ClassificationTrainer::new(registry, config.clone(), data)?))
        }
        Experiment::Agent(config) => Ok(Box::new(AgentTrainer::new(registry, config.clone())?)),
    }
}

/// The version that writes checkpoints.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The experiment of a checkpoint.
///
/// # Errors
/// If it was written by a version that recorded less.
pub fn experiment(file: &Checkpoint<'_>) -> Result<Experiment, Error> {
    if file.json::<String>("version").is_err() {
        return Err(Error::OldVersion("0.1".into()));
    }
    // What agents keep besides networks was one tensor of opaque words.
    if file.len("agent").is_ok() {
        return Err(Error::OldVersion("0.2".into()));
    }
    Ok(file.json("experiment")?)
}

/// Checks that a checkpoint is of this experiment, whatever its length.
pub(crate) fn check_experiment(file: &Checkpoint<'_>, own: &Experiment) -> Result<(), Error> {
    check_none(experiment(file)?.other_settings(own))
}

/// The settings under which weights mean the same: their signs, and the scale of what they are for.
const SAME_WEIGHTS: [&str; 5] =
    ["dual", "dale", "input", "normalise_observations", "normalise_rewards"];

/// Checks that the weights of a checkpoint mean the same in this experiment. Shapes are checked where
/// they are read.
pub(crate) fn check_same_weights(file: &Checkpoint<'_>, own: &Experiment) -> Result<(), Error> {
    let of = experiment(file)?;
    let mut differences = of.differences(own);
    differences.retain(|(key, ..)| of.kind() != own.kind() || SAME_WEIGHTS.contains(&key.as_str()));
    check_none(differences)
}

/// # Errors
/// The first difference, if there is any.
fn check_none(differences: Vec<(String, String, String)>) -> Result<(), Error> {
    match differences.into_iter().next() {
        Some((key, found, wanted)) => Err(Error::OtherConfig { key, found, wanted }),
        None => Ok(()),
    }
}

/// The caller's metadata with the version and the experiment.
pub(crate) fn with_experiment(mut metadata: Metadata, experiment: &Experiment) -> Metadata {
    metadata.insert("version".into(), json(&VERSION));
    metadata.insert("experiment".into(), json(experiment));
    metadata
}

/// A value of plain numbers and texts as one line of JSON.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// E/I ratio and share at the floor of every layer.
pub(crate) fn balances(network: &Network) -> (Vec<f64>, Vec<f64>) {
    let balances = network.layers().iter().filter_map(|layer| layer.balance());
    balances.map(|balance| (balance.ei_ratio, balance.floor_share)).unzip()
}

/// Whether every weight and bias is a number.
pub(crate) fn finite(network: &Network) -> bool {
    let mut layers = network.layers().iter();
    layers.all(|layer| {
        let mut values = layer.weights().as_slice().iter().chain(layer.bias());
        values.all(|value| value.is_finite())
    })
}
