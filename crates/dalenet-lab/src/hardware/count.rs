//! What a run's network costs in hardware.

use crate::{Error, Experiment, Resources, Run, files, trained};
use dalenet::Network;
use dalenet_hardware::{FeedbackPath, LearningCount, Mapping, NetworkCount};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What a run's network costs in hardware.
#[derive(Clone, Debug, Serialize)]
pub struct RunCount {
    /// The run.
    #[serde(serialize_with = "files::lossy")]
    pub run: PathBuf,
    /// The rule's name.
    pub rule: String,
    /// Its devices: single under Dale's principle, else pairs.
    pub mapping: Mapping,
    /// The score of its result, test accuracy in percent or mean return; none before it has one.
    pub score: Option<f64>,
    /// Layer by layer.
    #[serde(flatten)]
    pub network: NetworkCount,
    /// Learning from one sample under its rule; none under a rule of one's own.
    pub learning: Option<LearningCount>,
}

/// Counts the network of the run at `path`; of an agent the policy's.
///
/// # Errors
/// If the run has no checkpoint or cannot be used.
pub fn count_run<'a>(path: &Path, resources: impl Into<Resources<'a>>) -> Result<RunCount, Error> {
    let (resources, run) = (resources.into(), Run::open(path)?);
    let experiment = run.experiment()?;
    let network = match experiment {
        Experiment::Classification(_) => trained::classifier(resources, &run)?.0.network,
        Experiment::Agent(_) => trained::agent(resources, &run)?.agent.network,
    };
    let (mapping, count) = (mapping(&network), NetworkCount::of(&network));
    let path = FeedbackPath::of_rule(experiment.rule());
    Ok(RunCount {
        run: run.folder().into(),
        rule: experiment.rule_name(),
        mapping,
        score: run.ending()?.map(|ending| ending.score()),
        learning: path.map(|path| count.learning(path, mapping)),
        network: count,
    })
}

/// Devices of a network with its own mapping.
pub(super) fn devices(network: &Network) -> u64 {
    NetworkCount::of(network).total(|layer| layer.devices(mapping(network)))
}

/// Single devices hold weights of one sign.
fn mapping(network: &Network) -> Mapping {
    match network.layers().iter().all(|layer| layer.dale().is_some()) {
        true => Mapping::Single,
        false => Mapping::Pair,
    }
}
