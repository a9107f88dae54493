//! Trained networks on other hardware: as ONNX graphs, on simulated devices, and counted.
//!
//! Letters are those of [`dalenet`]: B samples, D inputs, H units a stream, K presynaptic and N
//! postsynaptic units, C outputs.

mod count;
mod device;
pub mod onnx;

pub use count::{FeedbackPath, LayerCount, LearningCount, Mapping, NetworkCount};
pub use device::{
    Calibration, Chip, Compensation, Converter, Device, Drift, Programming, Read, Scale,
};
