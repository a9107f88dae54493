//! The flags of the commands that train many networks.

use super::{Computing, Flags, Slurm, examples};
use clap::Subcommand;
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
    /// Settings to start from: default, paper, conv or kaneko
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
    /// Settings to start from: default, paper or conv
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
    #[command(flatten)]
    pub running: Running,
}

#[derive(clap::Args)]
#[command(after_help = examples::SWEEP)]
pub struct Sweep {
    /// A TOML file of tasks, rules, seeds and values of settings
    pub file: PathBuf,
    #[command(flatten)]
    pub running: Running,
}

/// Where and how a study is trained.
#[derive(clap::Args)]
#[group(skip)]
pub struct Running {
    /// Folder of the study [default: named for the command and the tasks, under runs/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write the plan and train nothing: `dalenet study work` does, in any number of processes
    #[arg(long, conflicts_with = "jobs")]
    pub plan_only: bool,
    #[command(flatten)]
    pub jobs: Jobs,
    #[command(flatten)]
    pub computing: Computing,
    #[command(flatten)]
    pub slurm: Slurm,
}

#[derive(clap::Args)]
#[group(skip)]
pub struct Jobs {
    /// Train so many runs at a time; they share out the threads, and each needs its own memory
    #[arg(long, value_name = "N", default_value = "1", help_heading = "Machine")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: u16,
}

#[derive(Subcommand)]
pub enum StudyCommand {
    /// Train the free runs of a study until none is left, beside any number of other workers
    #[command(after_help = examples::STUDY_WORK)]
    Work(Work),
    /// List the runs of a study: done, running (where, how far, since when), failed (why), waiting
    #[command(after_help = examples::STUDY_STATUS)]
    Status {
        /// The study's folder
        study: PathBuf,
    },
    /// Write the table, figures and results of the runs that are done so far
    #[command(after_help = examples::STUDY_COLLECT)]
    Collect {
        /// The study's folder
        study: PathBuf,
    },
}

#[derive(clap::Args)]
pub struct Work {
    /// The study's folder, on a disk that all workers share
    pub study: PathBuf,
    /// Train these runs alone, such as mnist-ed-seed0 [default: all]
    #[arg(long, value_name = "RUN", value_delimiter = ',')]
    pub run: Vec<String>,
    /// End when no run is free, and do not wait for those of other workers, which may die
    #[arg(long)]
    pub no_wait: bool,
    /// Take over a run whose worker has had no heartbeat for so long; the same for all workers
    #[arg(long, value_name = "SECONDS", default_value = "180", help_heading = "Machine")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub lease: u32,
    /// The study's number, as --plan-only prints it: refuses a folder of the same name on another disk
    #[arg(long, value_name = "ID", help_heading = "Machine")]
    pub id: Option<String>,
    #[command(flatten)]
    pub jobs: Jobs,
    #[command(flatten)]
    pub computing: Computing,
}
