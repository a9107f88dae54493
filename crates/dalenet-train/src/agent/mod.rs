//! Agents: learning to act in an environment by PPO, with any learning rule.

mod config;
mod diagnosis;
mod evaluation;
mod metrics;
mod trained;
mod trainer;

pub use config::AgentConfig;
pub(crate) use config::single_stream;
pub use evaluation::AgentEvaluation;
pub use metrics::{AgentOutcome, Update};
pub use trained::TrainedAgent;
pub use trainer::AgentTrainer;
