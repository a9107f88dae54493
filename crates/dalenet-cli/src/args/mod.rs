//! The command line as it is written: clap's types, not yet checked against tasks and files.

mod computing;
mod examples;
mod hardware;
mod predict;
mod settings;
mod slurm;
mod study;

pub use computing::{Computing, DataDir, Threads};
pub use hardware::{Count, Export, Form, Import, OnDevice, Pixels, Robust, Share};
pub use predict::Predict;
pub use settings::{Flags, Settings};
pub use slurm::Slurm;
pub use study::{Ablate, Common, Compare, Running, StudyCommand, Sweep, Work};

use clap::{ArgGroup, Parser, Subcommand, builder::RangedU64ValueParser};
use dalenet_lab::Precision;
use std::path::{Path, PathBuf};

/// The largest whole number of a configuration file.
const TOML_MAX: u64 = i64::MAX as u64;

/// Train networks that obey Dale's principle, without backpropagation.
#[derive(Parser)]
#[command(name = "dalenet", version, infer_subcommands = true, after_help = examples::PROGRAM)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    /// Print one JSON object as the last line
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
    // Where they stood in scripts for versions up to 0.2.
    #[arg(long, hide = true)]
    data_dir: Option<PathBuf>,
    #[arg(long, hide = true, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl Args {
    /// Where data sets are kept, if a folder was given to a command that reads them.
    pub fn data_dir(&self) -> Option<&Path> {
        self.command.data_dir().or(self.data_dir.as_deref())
    }

    /// How many threads to use, if a number was given.
    pub fn threads(&self) -> Option<u16> {
        self.command.threads().or(self.threads)
    }
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
    /// Search for the best settings: train many configurations and judge them on held-out samples
    Sweep(Sweep),
    /// Work on a study that is planned, see how far it is, and collect what is done
    #[command(after_help = examples::STUDY)]
    Study {
        #[command(subcommand)]
        command: StudyCommand,
    },
    /// Show what a run's network became, layer by layer
    #[command(alias = "analyze")]
    Analyse(Analyse),
    /// Write a page that shows what a run has learnt, or play Craftax yourself
    Play(Play),
    /// Write a page with figures on runs
    Report(Report),
    /// Write what a run has learnt as an ONNX graph, NumPy arrays or safetensors
    Export(Export),
    /// Make a run of weights that another program has changed
    Import(Import),
    /// Count multiply-accumulates, devices and updates of a run's network
    Count(Count),
    /// Measure how runs stand few bits, errors of programming, stuck devices and time
    Robust(Robust),
    /// Fetch, list and remove data sets
    #[command(after_help = examples::DATA)]
    Data {
        #[command(subcommand)]
        command: DataCommand,
    },
    /// Print the full default configuration of a task, commented
    #[command(after_help = examples::CONFIG)]
    Config {
        /// The task
        task: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// List tasks, rules and presets
    #[command(after_help = examples::LIST)]
    List,
    /// Print a script that completes commands and options in a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print a manual page, or write all of them into a folder
    Man(Man),
}

impl Command {
    /// Its options of data sets and threads, if it has both.
    fn computing(&self) -> Option<&Computing> {
        match self {
            Self::Train(args) => Some(&args.computing),
            Self::Eval(args) => Some(&args.computing),
            Self::Predict(args) => Some(&args.computing),
            Self::Compare(args) => Some(&args.common.running.computing),
            Self::Ablate(args) => Some(&args.common.running.computing),
            Self::Sweep(args) => Some(&args.running.computing),
            Self::Study { command: StudyCommand::Work(args) } => Some(&args.computing),
            Self::Analyse(args) => Some(&args.computing),
            Self::Play(args) => Some(&args.computing),
            Self::Export(args) => Some(&args.computing),
            Self::Import(args) => Some(&args.computing),
            Self::Count(args) => Some(&args.computing),
            Self::Robust(args) => Some(&args.computing),
            _ => None,
        }
    }

    /// Where it keeps data sets, if it reads any and a folder was given.
    fn data_dir(&self) -> Option<&Path> {
        let dir = match self {
            Self::Data { command } => command.data(),
            _ => &self.computing()?.data,
        };
        dir.data_dir.as_deref()
    }

    /// How many threads it uses, if it computes and a number was given.
    fn threads(&self) -> Option<u16> {
        let threads = match self {
            Self::Report(args) => &args.threads,
            _ => &self.computing()?.threads,
        };
        threads.threads
    }
}

#[derive(clap::Args)]
#[command(after_help = examples::TRAIN)]
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
    #[command(flatten)]
    pub computing: Computing,
}

#[derive(clap::Args)]
#[command(after_help = examples::EVAL)]
pub struct Eval {
    /// The run's folder
    pub run: PathBuf,
    /// Another data set than the run's
    #[arg(long, value_name = "TASK")]
    pub data: Option<String>,
    /// Also print recall and confusion, class by class [on a terminal: always]
    #[arg(long)]
    pub classes: bool,
    /// Precision of products [default: that of the training]
    #[arg(long, value_name = "f32|bf16")]
    pub precision: Option<Precision>,
    /// Episodes that an agent plays [default: 64]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub episodes: Option<u32>,
    /// Whether an agent takes its most probable actions; if not, they are sampled [default: the run's]
    #[arg(long, value_name = "true|false")]
    pub deterministic: Option<bool>,
    #[command(flatten)]
    pub on: OnDevice,
    #[command(flatten)]
    pub computing: Computing,
}

#[derive(clap::Args)]
#[command(after_help = examples::ANALYSE)]
pub struct Analyse {
    /// The run's folder
    pub run: PathBuf,
    #[command(flatten)]
    pub computing: Computing,
}

#[derive(clap::Args)]
#[command(after_help = examples::PLAY)]
pub struct Play {
    /// The run's folder, or an environment whose agent comes with the program; with --human, craftax
    /// or craftax-classic
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
    #[command(flatten)]
    pub computing: Computing,
}

#[derive(clap::Args)]
#[command(after_help = examples::REPORT)]
pub struct Report {
    /// Runs, or folders with runs in them
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// The page; its figures go to the folder of the same name
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    pub out: PathBuf,
    #[command(flatten)]
    pub threads: Threads,
}

#[derive(clap::Args)]
#[command(after_help = examples::MAN)]
pub struct Man {
    /// The command whose page is printed [default: the program's own page]
    #[arg(conflicts_with = "out")]
    pub command: Option<String>,
    /// Folder that takes the pages of the program and of all commands
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Subcommand)]
pub enum DataCommand {
    /// Fetch a data set and verify it
    #[command(after_help = examples::DATA_FETCH)]
    Fetch {
        /// mnist, fashion-mnist or cifar10
        name: String,
        #[command(flatten)]
        data: DataDir,
    },
    /// List the data sets, and what is kept of them
    #[command(after_help = examples::DATA_LIST)]
    List {
        #[command(flatten)]
        data: DataDir,
    },
    /// Remove a data set that was fetched; it can be fetched again
    #[command(after_help = examples::DATA_REMOVE)]
    Remove {
        /// mnist, fashion-mnist or cifar10
        name: String,
        #[command(flatten)]
        data: DataDir,
    },
}

impl DataCommand {
    fn data(&self) -> &DataDir {
        match self {
            Self::Fetch { data, .. } | Self::List { data } | Self::Remove { data, .. } => data,
        }
    }
}

/// A whole number from 0 that a configuration file can hold.
fn whole<T: TryFrom<u64> + Clone + Send + Sync>() -> RangedU64ValueParser<T> {
    RangedU64ValueParser::new().range(..=TOML_MAX)
}
