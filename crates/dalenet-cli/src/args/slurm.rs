//! The flags by which a study is submitted to Slurm.

/// How the array job is asked for.
#[derive(clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Slurm")]
pub struct Slurm {
    /// Submit the runs to Slurm as an array job, instead of training here
    #[arg(long, conflicts_with_all = ["jobs", "plan_only"])]
    pub slurm: bool,
    /// Print the script of the array job; nothing is written or submitted
    #[arg(long, requires = "slurm")]
    pub dry_run: bool,
    /// Partition of the job [default: the cluster's]
    #[arg(long, value_name = "NAME", requires = "slurm")]
    pub partition: Option<String>,
    /// Longest time of an array task, such as 2:00:00; it saves before, and continues in the queue
    #[arg(long, value_name = "TIME", requires = "slurm")]
    pub time: Option<String>,
    /// Array tasks that run at a time [default: all]
    #[arg(long, value_name = "N", requires = "slurm")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub array_limit: Option<u32>,
    /// Cores of an array task, and threads of its training
    #[arg(long, value_name = "N", default_value = "1", requires = "slurm")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    pub cpus: u16,
    /// Any other option of sbatch, such as --account=lab; may be given many times
    #[arg(long, value_name = "OPTION", requires = "slurm", allow_hyphen_values = true)]
    pub sbatch: Vec<String>,
}
