//! The arguments of `dalenet export` and `dalenet count`.

use super::{Computing, examples};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = examples::EXPORT)]
pub struct Export {
    /// The run's folder
    pub run: PathBuf,
    /// The file to write: a graph from raw inputs (.onnx), or weights (.npz, .safetensors)
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Weights of an ONNX graph: the four matrices of magnitudes, or one signed matrix a layer
    #[arg(long, value_enum, default_value = "dual")]
    pub form: Form,
    /// Inputs of an ONNX graph: bytes 0 to 255, or floats as the network was trained on [default: bytes for
    /// images of a built-in data set]
    #[arg(long, value_enum)]
    pub pixels: Option<Pixels>,
    #[command(flatten)]
    pub computing: Computing,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Form {
    Dual,
    Signed,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Pixels {
    Bytes,
    Floats,
}

#[derive(clap::Args)]
#[command(after_help = examples::COUNT)]
pub struct Count {
    /// The run's folder
    pub run: PathBuf,
    /// Energy of a multiply-accumulate in picojoules, to add up that of a sample
    #[arg(long, value_name = "PJ", allow_negative_numbers = true)]
    pub pj_per_mac: Option<f64>,
    #[command(flatten)]
    pub computing: Computing,
}
