//! The command line as it is written: clap's types, not yet checked against tasks and files.

mod predict;
mod settings;
mod study;

pub use predict::Predict;
pub use settings::{Flags, Settings};
pub use study::{Ablate, Common, Compare};

use clap::{ArgGroup, Parser, Subcommand, builder::RangedU64ValueParser};
use std::path::PathBuf;

/// The largest whole number of a configuration file.
const TOML_MAX: u64 = i64::MAX as u64;

/// Train networks that obey Dale's principle, without backpropagation.
#[derive(Parser)]
#[command(name = "dalenet", version, infer_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    /// Print one JSON object as the last line
    #[arg(long, global = true)]
    pub json: bool,
    /// Where data sets are kept [default: the platform's data folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Threads to use; the result does not depend on it [default: one a core]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Train a network, or resume a run
    Train(Train),
    /// Evaluate a run on a test set
    Eval(Eval),
    /// Predict the classes of samples by a run, and write them to a file
    Predict(Predict),
    /// Compare learning rules: train each with several seeds
    Compare(Compare),
    /// Measure what each part of Error Diffusion contributes, by removing it
    Ablate(Ablate),
    /// Show what a run's network became, layer by layer
    #[command(alias = "analyze")]
    Analyse {
        /// The run's folder
        run: PathBuf,
    },
    /// Write a page that shows a trained agent, or play Craftax yourself
    Play(Play),
    /// Write a page with figures on runs
    Report(Report),
    /// Fetch data sets
    Data {
        #[command(subcommand)]
        command: DataCommand,
    },
    /// Print the full default configuration of a task, commented
    Config {
        /// The task
        task: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// List tasks, rules and presets
    List,
    /// Print a script that completes commands and options in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(clap::Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["task", "config", "resume"]))]
pub struct Train {
    /// What to learn: a data set or an environment of `dalenet list`, or the path of an .npz file
    pub task: Option<String>,
    /// Resume this run; a larger --epochs, --steps or patience extends it
    #[arg(long, value_name = "RUN", conflicts_with_all = ["task", "out", "rule", "preset", "config"])]
    pub resume: Option<PathBuf>,
    /// Start from the weights of this run
    #[arg(long, value_name = "RUN", conflicts_with = "resume")]
    pub from: Option<PathBuf>,
    /// Folder of the run [default: the next free one under runs/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub settings: Settings,
}

#[derive(clap::Args)]
pub struct Eval {
    /// The run's folder
    pub run: PathBuf,
    /// Another data set than the run's
    #[arg(long, value_name = "TASK")]
    pub data: Option<String>,
    /// Also print recall and confusion, class by class [on a terminal: always]
    #[arg(long)]
    pub classes: bool,
    /// Episodes that an agent plays [default: 64]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub episodes: Option<u32>,
}

#[derive(clap::Args)]
pub struct Play {
    /// The run's folder; with --human, craftax or craftax-classic
    pub run: PathBuf,
    /// Play the game in this terminal
    #[arg(long, conflicts_with = "out")]
    pub human: bool,
    /// The page
    #[arg(long, value_name = "FILE", default_value = "play.html")]
    pub out: PathBuf,
    /// Random seed of the episode [default: 0; with --human, the time]
    #[arg(long, value_parser = whole::<u64>(), allow_negative_numbers = true)]
    pub seed: Option<u64>,
}

#[derive(clap::Args)]
pub struct Report {
    /// Runs, or folders with runs in them
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// The page; its figures go to the folder of the same name
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    pub out: PathBuf,
}

#[derive(Subcommand)]
pub enum DataCommand {
    /// Fetch a data set and verify it
    Fetch {
        /// mnist, fashion-mnist or cifar10
        name: String,
    },
}

/// A whole number from 0 that a configuration file can hold.
fn whole<T: TryFrom<u64> + Clone + Send + Sync>() -> RangedU64ValueParser<T> {
    RangedU64ValueParser::new().range(..=TOML_MAX)
}
