//! Agents: learning to act in an environment by PPO, with any learning rule.

mod config;
mod evaluate;
mod metrics;
mod preset;
mod train;

pub use config::{AgentConfig, AgentResponse};
pub use evaluate::{AgentEvaluation, evaluate_agent};
pub use metrics::{AgentOutcome, UpdateMetrics};
pub use preset::ENVIRONMENTS;
pub use train::AgentTraining;
