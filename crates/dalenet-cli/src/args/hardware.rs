//! The arguments of `dalenet export`, `dalenet import`, `dalenet count` and `dalenet robust`, and those of
//! `dalenet eval` for analogue devices.

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
    /// The run's folder; of several runs, a line each on what learning costs
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// Energy of a multiply-accumulate in picojoules, to add up that of a sample
    #[arg(long, value_name = "PJ", allow_negative_numbers = true)]
    pub pj_per_mac: Option<f64>,
    #[command(flatten)]
    pub computing: Computing,
}

#[derive(clap::Args)]
#[command(after_help = examples::IMPORT)]
pub struct Import {
    /// Weights and biases under the names of `dalenet export RUN --out net.npz`
    pub file: PathBuf,
    /// The run whose settings, data and preparation of inputs the new one has
    #[arg(long, value_name = "RUN")]
    pub like: PathBuf,
    /// Folder of the new run
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub computing: Computing,
}

#[derive(clap::Args)]
#[command(after_help = examples::ROBUST)]
pub struct Robust {
    /// Runs of one configuration, which differ in their seeds
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// Chips of each device whose errors are random
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub chips: u64,
    /// Random seed of the chips
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub chip_seed: u64,
    /// Test samples, evenly spaced [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub samples: Option<u32>,
    /// The figure; beside it the same in PNG
    #[arg(long, value_name = "FILE", default_value = "robust.svg")]
    pub out: PathBuf,
    #[command(flatten)]
    pub computing: Computing,
}

/// Where a network is evaluated, if not in floating point.
#[derive(clap::Args)]
#[command(next_help_heading = "Devices")]
pub struct OnDevice {
    /// Kind of device: ideal, pcm, rram or cmo
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// Weights of so many bits: 2^B magnitudes of single devices, 2^B − 1 values of pairs
    #[arg(long, value_name = "B", conflicts_with = "conductances", value_parser = clap::value_parser!(u32).range(1..=16))]
    pub bits: Option<u32>,
    /// Conductances that can be set, in equal steps
    #[arg(long, value_name = "N")]
    pub conductances: Option<u32>,
    /// The largest conductance over the smallest
    #[arg(long, value_name = "R", allow_negative_numbers = true)]
    pub ratio: Option<f64>,
    /// Weights that share a scale: those of a layer or those of a unit [default: column]
    #[arg(long, value_enum)]
    pub per: Option<Share>,
    /// Bits of the activities that a layer receives
    #[arg(long, value_name = "B")]
    pub activation_bits: Option<u32>,
    /// Any setting of the device, such as read=exact or stuck_low=0.01
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub settings: Vec<String>,
    /// Time between programming and evaluation: 1h, 1d, 1y [default: 0s]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub at: Option<std::time::Duration>,
    /// Chips that are programmed [default: 10; 1 where nothing is random]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub chips: Option<u64>,
    /// Random seed of the chips
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub chip_seed: u64,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Share {
    Matrix,
    Column,
}

impl OnDevice {
    /// Whether any of them was given.
    pub fn is_asked_for(&self) -> bool {
        let Self {
            device,
            bits,
            conductances,
            ratio,
            per,
            activation_bits,
            settings,
            at,
            chips,
            ..
        } = self;
        device.is_some()
            || [bits, conductances, activation_bits].into_iter().any(Option::is_some)
            || ratio.is_some()
            || per.is_some()
            || !settings.is_empty()
            || at.is_some()
            || chips.is_some()
    }
}
