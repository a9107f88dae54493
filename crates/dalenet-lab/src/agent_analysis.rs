//! The networks of an agent's run, layer by layer.

use crate::{Error, Experiment, LayerAnalysis, Resources, Run, trained};
use dalenet::{Network, diagnosis::Diagnosis};
use dalenet_train::{AgentTrainer, Trainer};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Analysis of actor and critic.
#[derive(Clone, Debug, Serialize)]
pub struct AgentAnalysis {
    /// Folder of the run.
    #[serde(serialize_with = "crate::files::lossy")]
    pub run: PathBuf,
    /// Task.
    pub task: String,
    /// Learning rule.
    pub rule: String,
    /// Random seed.
    pub seed: u64,
    /// Transitions of the minibatch that both were diagnosed on.
    pub samples: usize,
    /// The actor, first layer to last.
    pub actor: Vec<LayerAnalysis>,
    /// The critic, first layer to last.
    pub critic: Vec<LayerAnalysis>,
}

/// Analyses actor and critic of the run at `path` on a minibatch of a rollout that follows its checkpoint.
///
/// # Errors
/// If the run cannot be used.
pub fn analyse_agent<'a>(
    path: &Path,
    resources: impl Into<Resources<'a>>,
) -> Result<AgentAnalysis, Error> {
    let run = Run::open(path)?;
    let experiment = run.experiment()?;
    let training = trained::agent_training(resources.into(), &run)?;
    of_training(&run, &experiment, training)
}

/// The analysis of a training at its checkpoint.
pub(crate) fn of_training(
    run: &Run,
    experiment: &Experiment,
    training: AgentTrainer,
) -> Result<AgentAnalysis, Error> {
    let networks = training.networks().into_iter().map(|(_, network)| network.clone());
    let networks: Vec<_> = networks.collect();
    let found = training.diagnose().map_err(run.failure())?;
    let [actor, critic] = &networks[..] else {
        return Err(Error::Config("an agent has an actor and a critic".into()));
    };
    Ok(AgentAnalysis {
        run: run.folder().into(),
        task: experiment.task().into(),
        rule: experiment.rule_name(),
        seed: experiment.seed(),
        samples: found.samples,
        actor: layers(actor, found.actor),
        critic: layers(critic, found.critic),
    })
}

fn layers(network: &Network, diagnoses: Vec<Diagnosis>) -> Vec<LayerAnalysis> {
    let layers = network.layers().iter().zip(diagnoses);
    layers.map(|(layer, diagnosis)| LayerAnalysis::new(layer, diagnosis)).collect()
}
