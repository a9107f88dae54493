//! A run's agent on analogue devices.

use super::devices::Trial;
use crate::{Episodes, Error, Estimate, Resources, Run};
use dalenet::{Network, Trace};
use dalenet_hardware::{Calibration, Chip};
use serde::Serialize;
use std::path::Path;

/// Episodes that the ranges of converters are chosen by.
const CALIBRATION: usize = 8;
/// The seed of those episodes: none is evaluated.
const OTHER_EPISODES: u64 = 1;

/// An agent whose policy is on chips.
#[derive(Clone, Debug, Serialize)]
pub struct AgentDeviceEvaluation {
    /// How it was tried.
    #[serde(flatten)]
    pub trial: Trial,
    /// Mean return in floating point.
    pub float_return: f64,
    /// The same on each chip, in the same episodes.
    pub returns: Vec<f64>,
    /// How many episodes.
    pub episodes: usize,
}

impl AgentDeviceEvaluation {
    /// Mean over the chips and how far it can be trusted.
    pub fn estimate(&self) -> Option<Estimate> {
        Estimate::of(&self.returns)
    }
}

/// Programs the policy of the run at `path` into chips and plays `episodes` episodes with each. A first layer
/// whose observations are mostly 0 (Craftax) has no converters at its inputs.
///
/// # Errors
/// If the device is not possible or the run cannot be used.
pub fn evaluate_agent_on_devices<'a>(
    path: &Path,
    episodes: impl Into<Episodes>,
    trial: Trial,
    resources: impl Into<Resources<'a>>,
) -> Result<AgentDeviceEvaluation, Error> {
    let (episodes, resources) = (episodes.into(), resources.into());
    trial.device.check().map_err(Error::Config)?;
    let run = Run::open(path)?;
    let mut trained = episodes.agent(resources, &run)?;
    let (registry, episodes) = (resources.registry, episodes.count);
    let float = trained.evaluate(registry, episodes).map_err(run.failure())?;
    let mut calibration = Calibration::default();
    if trial.device.has_converters() {
        let mut add = |network: &Network, trace: &mut Trace| calibration.add(network, trace);
        let played = trained.evaluate_by(registry, CALIBRATION, OTHER_EPISODES, &mut add);
        played.map_err(run.failure())?;
    }
    let mut score = |chip| {
        let network = &trained.agent.network;
        let mut chip = Chip::program(network, &trial.device, &calibration, trial.seed, chip);
        chip.wait_until(trial.seconds);
        let mut forward = |_: &Network, trace: &mut Trace| chip.forward(trace);
        let played = trained.evaluate_by(registry, episodes, 0, &mut forward);
        Ok(played.map_err(run.failure())?.return_mean)
    };
    let returns = (0..trial.chips).map(&mut score).collect::<Result<_, Error>>()?;
    Ok(AgentDeviceEvaluation { trial, float_return: float.return_mean, returns, episodes })
}
