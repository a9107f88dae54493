//! Experiments: a configuration, a run folder that survives a kill, metrics anyone can read.
//!
//! ```no_run
//! use dalenet_lab::{Config, Training};
//!
//! let config = Config::new("mnist", "default", "ed")?;
//! let mut training = Training::start(config, Some("runs/x".as_ref()), None, &mut ())?;
//! let outcome = training.run(&mut (), &Default::default())?.expect("nobody interrupts it");
//! println!("{:.2} %", 100.0 * outcome.test_accuracy);
//! # Ok::<(), dalenet_lab::Error>(())
//! ```
//!
//! Many trainings that together answer a question are a [`Study`].
//!
//! A rule of one's own trains in the same harness: [`Training::start_with`].

mod ablation;
mod advice;
mod agent;
mod analysis;
mod config;
mod distortion;
mod error;
mod evaluate;
mod experiment;
mod files;
mod findings;
mod input;
mod metrics;
mod paper;
mod plan;
pub mod play;
mod preset;
mod probe;
mod report;
mod run;
mod settings;
mod statistics;
mod study;
mod table;
mod task;
mod tensorboard;
mod train;
mod trained;

pub use ablation::Part;
pub use agent::{
    AgentConfig, AgentEvaluation, AgentOutcome, AgentResponse, AgentTraining, ENVIRONMENTS,
    UpdateMetrics, evaluate_agent, new_game, play_run,
};
pub use analysis::{Analysis, Confused, Histogram, LayerAnalysis, analyse};
pub use config::{
    Config, ConvolutionConfig, OptimiserKind, PoolingChoice, Response, RoutingKind, RuleKind,
};
pub use error::Error;
pub use evaluate::{Evaluation, evaluate, evaluate_run};
pub use experiment::{AnyTraining, Experiment};
pub use findings::{CellFindings, Findings, Importance, SeedScore};
pub use input::{InputKind, Preparation};
pub use metrics::{Ending, EpochMetrics, Outcome};
pub use plan::{Cell, Plan, Question, StudySettings};
pub use preset::{PRESETS, RULES};
pub use report::{LeftOut, Report, report};
pub use run::Run;
pub use settings::nearest;
pub use statistics::Estimate;
pub use study::{Job, Record, Study, StudyObserver};
pub use task::{TASKS, Task};
pub use train::{Observer, Position, Training};
