//! Evaluates what a run has learnt.

use crate::{AgentConfig, Config, Error, Resources, Run, source, trained};
use dalenet_data::Observer;
use dalenet_train::{AgentEvaluation, Evaluation, Identity, TestSet, TrainedAgent};
use serde_json::{Map, Value, json};
use std::path::Path;

/// How well a run's classifier does on a test set.
#[derive(Clone, Debug)]
pub struct RunEvaluation {
    /// Configuration of the run.
    pub config: Config,
    /// The names of the classes.
    pub classes: Vec<String>,
    /// What is right.
    pub evaluation: Evaluation,
}

/// An evaluation on a test set as the program prints it.
pub fn test_results(classes: &[String], evaluation: &Evaluation) -> Map<String, Value> {
    let results = [
        ("test_accuracy", json!(evaluation.accuracy)),
        ("balanced_accuracy", json!(evaluation.balanced_accuracy)),
        ("samples", json!(evaluation.samples)),
        ("classes", json!(classes)),
        ("recall", json!(evaluation.recall)),
        ("predicted", json!(evaluation.predicted)),
        ("confusion", json!(evaluation.confusion)),
    ];
    results.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Evaluates the classifier of the run at `path` on the test set of `data`, a task or a file; if
/// none, on that of the data it was trained on.
///
/// # Errors
/// If the run or the data cannot be used, do not fit each other, or the run's own data have changed.
pub fn evaluate_run<'a>(
    path: &Path,
    data: Option<&str>,
    resources: impl Into<Resources<'a>>,
    observer: &mut dyn Observer,
) -> Result<RunEvaluation, Error> {
    let resources = resources.into();
    let run = Run::open(path)?;
    let (trained, known) = trained::classifier(resources, &run)?;
    let test = test_set(resources, &run, &trained, known.as_ref(), data, observer)?;
    let evaluation = trained.evaluate(&test).map_err(run.failure())?;
    test.notes.iter().for_each(|note| observer.note(note));
    Ok(RunEvaluation { config: trained.config, classes: trained.classes, evaluation })
}

/// The test set of `data`, a task or a file; if none, that of the data that a run was trained on.
///
/// # Errors
/// If the data cannot be used, or the run's own data have changed.
pub(crate) fn test_set(
    resources: Resources<'_>,
    run: &Run,
    trained: &trained::Trained,
    known: Option<&Identity>,
    data: Option<&str>,
    observer: &mut dyn Observer,
) -> Result<TestSet, Error> {
    let (config, classes) = (&trained.config, &trained.classes);
    match (data, known) {
        (Some(data), _) => other_data(resources, data, config, classes, observer),
        (None, Some(identity)) => {
            let known = source::Known { identity, run: run.folder() };
            source::load_test(resources, config, known, observer)
        }
        (None, None) => other_data(resources, &config.task, config, classes, observer),
    }
}

/// The test set of other data than those of a run.
fn other_data(
    resources: Resources<'_>,
    data: &str,
    config: &Config,
    classes: &[String],
    observer: &mut dyn Observer,
) -> Result<TestSet, Error> {
    let entry = resources.registry.data(data)?;
    Ok(entry.load_test(&mut resources.request(data, config.bits, observer), classes)?)
}

/// The episodes that an agent is evaluated in.
#[derive(Clone, Copy, Debug)]
pub struct Episodes {
    /// How many.
    pub count: usize,
    /// Whether it takes its most probable actions; if not, they are sampled. `None`: as its training
    /// was evaluated.
    pub deterministic: Option<bool>,
}

impl From<usize> for Episodes {
    fn from(count: usize) -> Self {
        Self { count, deterministic: None }
    }
}

impl Episodes {
    /// The agent of a run with the actions that are asked for.
    ///
    /// # Errors
    /// If the run cannot be used.
    pub(crate) fn agent(self, resources: Resources<'_>, run: &Run) -> Result<TrainedAgent, Error> {
        let trained = trained::agent(resources, run)?;
        Ok(match self.deterministic {
            Some(deterministic) => trained.deterministic(deterministic),
            None => trained,
        })
    }
}

/// Plays episodes by the agent of the run at `path`.
///
/// # Errors
/// If the run cannot be used.
pub fn evaluate_agent<'a>(
    path: &Path,
    episodes: impl Into<Episodes>,
    resources: impl Into<Resources<'a>>,
) -> Result<(AgentConfig, AgentEvaluation), Error> {
    let (episodes, resources) = (episodes.into(), resources.into());
    let run = Run::open(path)?;
    let mut trained = episodes.agent(resources, &run)?;
    let evaluation = trained.evaluate(resources.registry, episodes.count).map_err(run.failure())?;
    Ok((trained.config, evaluation))
}
