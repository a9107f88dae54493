//! Agents: learning to act in an environment by PPO, with any learning rule.

mod config;
mod curves;
mod evaluate;
mod metrics;
mod preset;
mod train;
mod watch;

pub use config::{AgentConfig, AgentResponse};
pub(crate) use curves::curves;
pub use evaluate::{AgentEvaluation, evaluate_agent};
pub use metrics::{AgentOutcome, UpdateMetrics};
pub use preset::ENVIRONMENTS;
pub use train::AgentTraining;
pub use watch::{new_game, play_run};
