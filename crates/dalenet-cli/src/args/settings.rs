//! The flags by which a configuration is made.

use super::whole;
use std::path::PathBuf;

/// How the configuration of a single run is made: preset, file, then flags.
#[derive(clap::Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Learning rule: ed, ed-overlapping, ed-shared, dfa, fa, sign-symmetric, bp, bp-dale or kaneko [default: ed]
    #[arg(long)]
    pub rule: Option<String>,
    /// Settings to start from: default, paper, conv or kaneko
    #[arg(long, default_value = "default")]
    pub preset: String,
    /// A TOML file of settings
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Random seed
    #[arg(long, allow_negative_numbers = true, value_parser = whole::<u64>())]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub flags: Flags,
}

/// Settings that have a flag of their own, and any other by `--set`.
#[derive(clap::Args)]
pub struct Flags {
    /// Any setting, such as `layers=[512,256]`; may be given many times
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Settings")]
    pub set: Vec<String>,
    /// Passes over the training data
    #[arg(long, allow_negative_numbers = true, value_parser = whole::<usize>())]
    #[arg(help_heading = "Settings of data sets")]
    pub epochs: Option<usize>,
    /// Inputs of the task parity
    #[arg(long, allow_negative_numbers = true, value_parser = whole::<usize>())]
    #[arg(help_heading = "Settings of data sets")]
    pub bits: Option<usize>,
    /// Steps of all environments together, such as 5e7
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(help_heading = "Settings of environments")]
    pub steps: Option<String>,
    /// Environments that are stepped together
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(help_heading = "Settings of environments")]
    pub envs: Option<String>,
}
