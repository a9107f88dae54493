//! Trained networks on other hardware: as ONNX graphs, and counted device by device.
//!
//! Letters are those of [`dalenet`]: B samples, D inputs, H units a stream, K presynaptic and N
//! postsynaptic units, C outputs.

mod count;
pub mod onnx;

pub use count::{LayerCount, Mapping, NetworkCount};
