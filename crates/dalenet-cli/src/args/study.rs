//! The flags of the commands that train many networks.

use super::{Computing, Flags, examples};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = examples::COMPARE)]
pub struct Compare {
    /// Tasks to learn: see `dalenet list`, or paths of .npz files
    #[arg(required = true, value_name = "TASK")]
    pub tasks: Vec<String>,
    /// Rules to compare
    #[arg(long, value_delimiter = ',', default_value = "ed,dfa,fa,bp,bp-dale")]
    pub rules: Vec<String>,
    /// Settings to start from: default, paper or kaneko
    #[arg(long, default_value = "default", help_heading = "Settings")]
    pub preset: String,
    #[command(flatten)]
    pub common: Common,
}

#[derive(clap::Args)]
#[command(after_help = examples::ABLATE)]
pub struct Ablate {
    /// Tasks to learn: see `dalenet list`, or paths of .npz files
    #[arg(required = true, value_name = "TASK")]
    pub tasks: Vec<String>,
    /// Settings to start from: default or paper
    #[arg(long, default_value = "paper", help_heading = "Settings")]
    pub preset: String,
    #[command(flatten)]
    pub common: Common,
}

/// Flags of both commands.
#[derive(clap::Args)]
pub struct Common {
    /// Train every cell with so many seeds, from 0
    #[arg(long, value_name = "N", default_value = "5", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub seeds: u32,
    /// A TOML file of settings
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub flags: Flags,
    /// Folder of the study [default: named for the command and the tasks, under runs/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub computing: Computing,
}
