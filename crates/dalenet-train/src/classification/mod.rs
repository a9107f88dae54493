//! Classification: a network that learns which class a sample belongs to.

mod class_weights;
mod classifier;
mod collapse;
mod config;
mod distortion;
mod early_stopping;
mod evaluation;
mod metrics;
mod output_error;
mod prediction;
mod preparation;
mod presets;
mod probe;
mod progress;
mod samples;
mod saved;
mod trainer;
mod warnings;
mod whitening;

pub use class_weights::ClassWeights;
pub use classifier::Classifier;
pub use config::{Config, OptimiserKind};
pub use evaluation::Evaluation;
pub use metrics::{ClassificationOutcome, Epoch, Position};
pub use output_error::OutputError;
pub use prediction::Prediction;
pub use preparation::{InputKind, Preparation};
pub(crate) use presets::{
    backprop_under_dale, best, best_on_photographs, convolutions_on_grey, kaneko, paper,
    paper_on_photographs, single_stream,
};
pub use probe::Probe;
pub use samples::Samples;
pub use trainer::ClassificationTrainer;
