//! The arguments of `dalenet predict`.

use super::{Computing, examples};
use dalenet_lab::Precision;
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
    /// Precision of products [default: that of the training]
    #[arg(long, value_name = "f32|bf16")]
    pub precision: Option<Precision>,
    #[command(flatten)]
    pub computing: Computing,
}
