//! The command line.

use crate::study;
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
    /// Train a network, or go on with a run
    Train(Train),
    /// Evaluate a run on a test set
    Eval {
        /// The run's folder
        run: PathBuf,
        /// Another data set than the run's
        #[arg(long, value_name = "TASK")]
        data: Option<String>,
        /// Episodes that an agent plays [default: 64]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
        episodes: Option<u32>,
    },
    /// Compare learning rules: train each with several seeds
    Compare(study::Compare),
    /// Measure what each part of Error Diffusion is worth, by removing it
    Ablate(study::Ablate),
    /// Show what a run's network became, layer by layer
    #[command(alias = "analyze")]
    Analyse {
        /// The run's folder
        run: PathBuf,
    },
    /// Write a page on which a trained agent is seen to act, or play Craftax yourself
    Play {
        /// The run's folder; with --human, craftax or craftax-classic
        run: PathBuf,
        /// Play the game in this terminal
        #[arg(long, conflicts_with = "out")]
        human: bool,
        /// The page
        #[arg(long, value_name = "FILE", default_value = "play.html")]
        out: PathBuf,
        /// Where the episode's chance starts from [default: 0; with --human, the time]
        #[arg(long, value_parser = whole::<u64>(), allow_negative_numbers = true)]
        seed: Option<u64>,
    },
    /// Write a page with figures on runs
    Report {
        /// Runs, or folders with runs in them
        #[arg(required = true)]
        runs: Vec<PathBuf>,
        /// The page; its figures go to the folder of the same name
        #[arg(long, value_name = "FILE", default_value = "report.html")]
        out: PathBuf,
    },
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
}

#[derive(clap::Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["task", "config", "resume"]))]
pub struct Train {
    /// What to learn: a data set or an environment of `dalenet list`, or the path of an .npz file
    pub task: Option<String>,
    /// Go on with this run
    #[arg(long, value_name = "RUN", conflicts_with_all = ["task", "out", "rule", "preset", "config"])]
    pub resume: Option<PathBuf>,
    /// Folder of the run [default: the next free one under runs/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub settings: Settings,
}

pub fn whole<T: TryFrom<u64> + Clone + Send + Sync>() -> RangedU64ValueParser<T> {
    RangedU64ValueParser::new().range(..=TOML_MAX)
}

/// How a configuration is made: preset, file, then flags.
#[derive(clap::Args)]
pub struct Settings {
    /// Learning rule: ed, dfa, fa, sign-symmetric, bp, bp-dale or kaneko [default: ed]
    #[arg(long)]
    pub rule: Option<String>,
    /// Settings to start from: default, paper or kaneko
    #[arg(long, default_value = "default")]
    pub preset: String,
    /// A TOML file of settings
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where all chance starts from
    #[arg(long, allow_negative_numbers = true, value_parser = whole::<u64>())]
    pub seed: Option<u64>,
    /// Steps of all environments together, such as 5e7
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub steps: Option<String>,
    /// Environments that are stepped together
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub envs: Option<String>,
    /// Passes over the training data
    #[arg(long, allow_negative_numbers = true, value_parser = whole::<usize>())]
    pub epochs: Option<usize>,
    /// Inputs of the parity task
    #[arg(long, allow_negative_numbers = true, value_parser = whole::<usize>())]
    pub bits: Option<usize>,
    /// Any setting, such as `layers=[512,256]`; may be given many times
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

#[derive(Subcommand)]
pub enum DataCommand {
    /// Fetch a data set and verify it
    Fetch {
        /// mnist, fashion-mnist or cifar10
        name: String,
    },
}
