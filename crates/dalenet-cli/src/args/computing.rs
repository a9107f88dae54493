//! The options of commands that read data sets, and of those that compute.

use std::path::PathBuf;

/// Of commands that do both.
#[derive(clap::Args)]
pub struct Computing {
    #[command(flatten)]
    pub data: DataDir,
    #[command(flatten)]
    pub threads: Threads,
}

#[derive(clap::Args)]
pub struct DataDir {
    /// Where data sets are kept [default: $DALENET_DATA, or the platform's data folder]
    #[arg(long, value_name = "DIR", help_heading = "Machine")]
    pub data_dir: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Threads {
    /// Threads to use; the result does not depend on it [default: one a core]
    #[arg(long, value_name = "N", help_heading = "Machine")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
}
