//! What a run's network costs in hardware.

use crate::{Error, Experiment, Resources, Run, trained};
use dalenet_hardware::NetworkCount;
use std::path::Path;

/// Counts the network of the run at `path`; of an agent the policy's.
///
/// # Errors
/// If the run has no checkpoint or cannot be used.
pub fn count_run<'a>(
    path: &Path,
    resources: impl Into<Resources<'a>>,
) -> Result<NetworkCount, Error> {
    let (resources, run) = (resources.into(), Run::open(path)?);
    match run.experiment()? {
        Experiment::Classification(_) => {
            let (trained, _) = trained::classifier(resources, &run)?;
            Ok(NetworkCount::of(&trained.network))
        }
        Experiment::Agent(_) => {
            Ok(NetworkCount::of(&trained::agent(resources, &run)?.agent.network))
        }
    }
}
