//! The arguments of `dalenet predict`.

use super::{Computing, examples};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = examples::PREDICT)]
pub struct Predict {
    /// The run's folder
    pub run: PathBuf,
    /// A data set, of which the test set is taken, or an .npz file with x_test or x
    pub data: String,
    /// The file to write: NumPy arrays (.npz) or a table (.csv)
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub computing: Computing,
}
