//! Trainings as values: over data in memory or in an environment, advanced by budgets of steps,
//! saved to bytes. No folder, no clock, no terminal.
//!
//! An [`Experiment`] says what is trained and how; [`trainer`](fn@trainer) makes it a [`Trainer`],
//! which is the same for classification and for PPO. Names in an experiment are those of a
//! [`Registry`]: the built-in rules, routings, data sets and environments, and one's own.

mod agent;
mod classification;
mod convolution;
mod data;
mod device;
mod error;
mod experiment;
mod network;
mod registry;
mod rules;
mod settings;
mod tasks;
mod trainer;

pub use agent::{AgentConfig, AgentEvaluation, AgentOutcome, AgentTrainer, TrainedAgent, Update};
pub use classification::{
    ClassWeights, ClassificationOutcome, ClassificationTrainer, Classifier, Config, Epoch,
    Evaluation, InputKind, OptimiserKind, OutputError, Position, Prediction, Preparation, Probe,
    Samples,
};
pub use convolution::{ConvolutionSettings, PoolingChoice};
pub use data::{Dataset, Identity, Inputs, TestSet, identify};
pub use device::DeviceSettings;
pub use error::Error;
pub use experiment::Experiment;
pub use network::{DaleKind, NetworkSettings, Response};
pub use registry::{PRESETS, Registry};
pub use rules::RuleEntry;
pub use settings::nearest;
pub use tasks::{DataSet, Environment, Request};
pub use trainer::{Event, Metadata, Outcome, Trainer, VERSION, experiment, trainer};
