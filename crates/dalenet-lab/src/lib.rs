//! Runs on disk: folders that survive a kill, metrics anyone can read, studies of many runs,
//! reports, pages on which an agent is seen.
//!
//! ```no_run
//! use dalenet_lab::{Ending, Experiment, Resources, Training};
//!
//! let experiment = Experiment::new("mnist", "default", "ed")?;
//! let folder = Some("runs/x".as_ref());
//! let mut training = Training::start(experiment, folder, Resources::default(), &mut ())?;
//! if let Some(Ending::Classification(outcome)) = training.run(&mut (), &Default::default())? {
//!     println!("{:.2} %", 100.0 * outcome.test_accuracy);
//! }
//! # Ok::<(), dalenet_lab::Error>(())
//! ```
//!
//! What is trained is a value of [`dalenet_train`], with names of its [`Registry`]: a program's own
//! rules, routings, data sets and environments go through trainings and studies as [`Resources`].
//! Many trainings that together answer a question are a [`Study`].

mod ablation;
mod agent_analysis;
mod aggregation;
mod analysis;
mod clock;
mod curves;
mod error;
mod evaluate;
mod failure;
mod files;
mod findings;
mod hardware;
mod held_out;
mod length;
mod metrics;
mod metrics_file;
mod mistakes;
mod names;
mod observer;
mod paper;
mod plan;
pub mod play;
mod played;
mod predict;
mod provenance;
mod record;
mod report;
mod resources;
mod run;
mod shipped;
mod slurm;
mod source;
mod start_from;
mod statistics;
pub mod study;
mod sweep;
mod table;
mod tensorboard;
mod trained;
mod training;
mod watch;

pub use ablation::Part;
pub use agent_analysis::{AgentAnalysis, analyse_agent};
pub use aggregation::{Aggregation, RuleAggregate, Scale};
pub use analysis::{Analysis, Confused, Histogram, LayerAnalysis, analyse};
pub use dalenet::engine::{Kernel, Precision};
pub use dalenet_train::{
    AgentConfig, AgentEvaluation, ClassWeights, Config, ConvolutionSettings, DaleKind, DataSet,
    Dataset, Environment, Evaluation, Experiment, Identity, InputKind, NetworkSettings,
    OptimiserKind, PRESETS, PoolingChoice, Prediction, Preparation, Registry, Response, RuleEntry,
    TestSet, nearest,
};
pub use error::Error;
pub use evaluate::{Episodes, RunEvaluation, evaluate_agent, evaluate_run, test_results};
pub use findings::{CellFindings, Findings, Importance, SeedScore};
pub use hardware::{
    AgentDeviceEvaluation, DeviceEvaluation, Effect, RobustOptions, Robustness, RobustnessRow,
    RunCount, Trial, count_run, evaluate_agent_on_devices, evaluate_on_devices, export_run,
    import_run, robustness,
};
pub use metrics::{AgentOutcome, Ending, EpochMetrics, Outcome, Position, UpdateMetrics};
pub use mistakes::PlayedSamples;
pub use observer::Observer;
pub use plan::{Cell, Plan, Question, StudySettings};
pub use played::{Played, play_run};
pub use predict::{Predictions, predict_run};
pub use provenance::{LengthChange, Provenance, Sources, instructions};
pub use record::Record;
pub use report::{Configuration, LeftOut, Report, report};
pub use resources::Resources;
pub use run::{Run, read_settings};
pub use shipped::shipped_agents;
pub use slurm::{ArrayJob, check_slurm};
pub use statistics::{Estimate, Method, Test};
pub use study::{Job, Study, StudyObserver};
pub use sweep::{
    Halving, Ranked, Scale as ValueScale, SweepFile, SweepFindings, SweepGroup, SweepPlan, Values,
    Varied,
};
pub use trained::{load_agent, load_classifier};
pub use training::Training;
pub use watch::{PlayedEpisode, new_game};
